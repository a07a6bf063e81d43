"""Every setting of waagent, and where its value comes from.

Precedence: flags > environment > ``./waagent.toml`` > the user's ``config.toml`` > defaults; see
``waagent.setting_sources`` for how each is read. Plain pydantic rather than pydantic-settings: that
one takes longer to import (``python -X importtime``), and knows neither origins nor secret files.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from platformdirs import user_state_path
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from waagent.errors import ConfigError
from waagent.setting_sources import Spec, Value, gather, nearest
from waagent.setting_values import Duration, KeyTable, to_text


class Settings(BaseModel):
    """The settings of one process; frozen. Made by :func:`load_settings`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    home: Path = Field(
        default_factory=lambda: user_state_path("waagent"),
        description="Folder of the state: embedded backend, keys, logs, sandbox",
    )
    database_url: str | None = Field(
        None,
        repr=False,
        description="PostgreSQL to use, postgresql://…; unset: the embedded one",
        json_schema_extra={"secret": True},
    )
    redis_url: str | None = Field(
        None,
        repr=False,
        description="Redis or Valkey to use, redis://…; unset: the embedded one",
        json_schema_extra={"secret": True},
    )
    database_pooled: bool = Field(
        False, description="The database URL goes through a transaction pooler"
    )
    whatsapp_endpoint: Path | None = Field(
        None, description="Descriptor of a WhatsApp server other than the live one, a JSON file"
    )
    master_key: SecretStr | None = Field(
        None,
        description="Key that wraps the shops' data keys; unset: made and kept in the home folder",
        json_schema_extra={"secret": True},
    )
    ai_model: str = Field("gpt-5-mini", min_length=1, description="Model of the openai engine")
    openai_base_url: str | None = Field(
        None, description="Base URL of an OpenAI-compatible server, https://…"
    )
    openai_api_key: SecretStr | None = Field(
        None, description="Key for that server", json_schema_extra={"secret": True}
    )
    ai_engine: Literal["local", "openai", "cascade", "off"] = Field(
        "local",
        description="What labels conversations: local, openai, cascade (openai where local is not"
        " sure) or off",
    )
    ai_cascade_threshold: float = Field(
        0.8, ge=0, le=1, description="Confidence from which the cascade trusts local, 0 to 1"
    )
    ai_monthly_tokens: int | None = Field(
        None,
        ge=0,
        description="Tokens a shop may use in a month, in and out; then local; unset: no limit",
    )
    ai_price_in: float | None = Field(
        None, ge=0, description="Price of a million tokens sent, in USD; unset: costs are not told"
    )
    ai_price_out: float | None = Field(
        None, ge=0, description="Price of a million tokens received, in USD"
    )
    followup_after: Duration = Field(
        timedelta(hours=24),
        gt=timedelta(0),
        description="How long an open sale rests before its follow-up: 24h, 90m, 5s, 1d, 1h30m",
    )
    bot_mute: Duration | None = Field(
        None,
        ge=timedelta(0),
        description="How long after a person of the shop wrote no follow-up goes out, 12h;"
        " unset: half of followup_after",
    )
    followup_writer: Literal["off", "openai"] = Field(
        "off",
        description="What may write follow-ups where a shop's rule wants it: off, or openai, the"
        " language model of ai_model",
    )
    quiet_period: Duration = Field(
        timedelta(seconds=8),
        ge=timedelta(0),
        description="How long a customer must pause before a conversation is labelled",
    )
    pacing: Literal["safe", "off"] = Field(
        "safe", description="Human pace of sending: safe; or off, only with a WhatsApp endpoint"
    )
    tenant: str | None = Field(None, description="Shop that commands are about, its slug")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Least level that is logged: debug, info, warning or error"
    )
    log_format: Literal["console", "json"] = Field(
        "console", description="Form of log lines: console or json"
    )
    notify_after: Duration = Field(
        timedelta(minutes=2),
        ge=timedelta(0),
        description="How long a number may be away before its owner is told: 2m, 30s",
    )
    notify_keep: Duration = Field(
        timedelta(days=90),
        ge=timedelta(days=1),
        description="How long the log of notifications is kept: 90d",
    )
    smtp_url: SecretStr | None = Field(
        None,
        description="Mail server for notifications: smtp:// (STARTTLS), smtps:// or smtp+plain://",
        json_schema_extra={"secret": True},
    )
    mail_from: str | None = Field(
        None, description="Sender of notifications by e-mail; unset: the mail server's user"
    )
    notify_session: str | None = Field(
        None,
        pattern=r"^[^/\s]+/[^/]+$",
        description="Operator's own number that notifies owners by WhatsApp, SHOP/SESSION",
    )
    sessions_per_host: int = Field(
        100, ge=1, le=500, description="Linked numbers that one session host holds, 1 to 500"
    )
    session_hosts: int = Field(
        2, ge=1, le=20, description="Session hosts that waagent up runs, 1 to 20"
    )
    media_dir: Path | None = Field(
        None,
        description="Folder of large files of messages, encrypted; unset: media in the home folder."
        " Several machines need one they share",
    )
    media_limit: int = Field(
        16, ge=1, le=100, description="Largest file that is fetched or sent, in MB, 1 to 100"
    )
    region: Annotated[str, StringConstraints(to_upper=True, pattern=r"^[A-Za-z]{2}$")] = Field(
        "ID", description="Country of phone numbers written without a country code, two letters"
    )
    language: Literal["id", "en"] = Field(
        "id", description="Language that shop owners read: id or en"
    )
    theme: str | None = Field(
        None,
        min_length=1,
        description="Colours of the board: waagent, waagent-light, waagent-contrast or another of"
        " its themes; unset: the one chosen last",
    )
    keys: KeyTable | None = Field(
        None,
        description="Own keys of the board: board.move_on=M; global.quit=Q, or a table [keys]",
    )

    web_login_lasts: Duration = Field(
        timedelta(hours=12),
        gt=timedelta(0),
        description="How long a login in the browser holds at most: 12h, 7d",
    )
    web_idle: Duration = Field(
        timedelta(minutes=30),
        gt=timedelta(0),
        description="How long without a key or a click until such a login ends: 30m",
    )
    web_visitors: int = Field(
        20, ge=1, le=500, description="Open boards in browsers at once; each is a process"
    )
    web_visitors_per_user: int = Field(
        3, ge=1, le=50, description="Of these, how many one user may have open"
    )
    web_visitor_memory: int = Field(
        512, ge=128, le=8192, description="Memory that one of them may use, in MB; then it is ended"
    )
    web_proxy: str | None = Field(
        None,
        description="Address of the reverse proxy whose X-Forwarded-For is believed, 127.0.0.1;"
        " unset: none",
    )

    plain: bool = Field(
        False, description="Lists as lines that name what they say, for screen readers"
    )

    @field_validator("home", "whatsapp_endpoint", "media_dir")
    @classmethod
    def _absolute(cls, value: Path | None) -> Path | None:
        return value and Path(os.path.abspath(value.expanduser()))

    @field_validator("database_url", "redis_url", "openai_base_url")
    @classmethod
    def _known_scheme(cls, value: str | None, info: ValidationInfo) -> str | None:
        schemes = _SCHEMES[str(info.field_name)]
        if value is not None and not value.startswith(schemes):
            raise ValueError(f"must start with {' or '.join(schemes)}")
        return value

    @field_validator("ai_engine")
    @classmethod
    def _reachable_engine(cls, value: str, info: ValidationInfo) -> str:
        given = info.data.get("openai_api_key") or info.data.get("openai_base_url")
        if value in ("openai", "cascade") and not given:
            raise ValueError(f"{value} needs OPENAI_API_KEY or OPENAI_BASE_URL; neither is set")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _readable_relay(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            from waagent.notify.mail import parse_relay  # only who sends mail pays for it

            parse_relay(value.get_secret_value())
        return value

    @field_validator("mail_from")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        from waagent.notify.mail import is_address

        if value is not None and not is_address(value):
            raise ValueError("must be an e-mail address, such as kabar@example.com")
        return value

    @property
    def quiet_hours(self) -> bool:
        """Whether nobody is written to unasked at night. At an endpoint there is nobody to wake."""
        return self.whatsapp_endpoint is None

    def require_safe_pacing(self) -> None:
        """For whatever connects numbers: without a pace, a real one would soon be banned.

        Raises ConfigError if pacing is off on the real WhatsApp. Commands that send nothing
        themselves do not ask, so the variable may stand in the environment of all of them.
        """
        if self.pacing == "off" and self.whatsapp_endpoint is None:
            raise ConfigError(
                "pacing is off, which is only for a WhatsApp endpoint of your own; none is set",
                hint="unset WAAGENT_PACING, or set WAAGENT_WHATSAPP_ENDPOINT",
            )

    @property
    def media_folder(self) -> Path:
        """Where files of messages are that are too large for the database."""
        return self.media_dir or self.home / "media"

    @property
    def sandbox_dir(self) -> Path:
        """Where a WhatsApp sandbox of this home keeps its state."""
        return self.home / "sandbox"

    @property
    def sandbox_endpoint(self) -> Path:
        """The endpoint descriptor that such a sandbox writes."""
        return self.sandbox_dir / "endpoint.json"

    @property
    def in_sandbox(self) -> bool:
        """Whether WhatsApp is that sandbox, whose phones are for practice."""
        return self.whatsapp_endpoint == self.sandbox_endpoint

    def environment(self) -> dict[str, str]:
        """These settings as environment variables for a child process, secrets included.

        Put over ``os.environ``, they give the child the same settings. Unset ones are left out.
        """
        values = {env_name(name): getattr(self, name) for name in Settings.model_fields}
        return {name: to_text(value) for name, value in values.items() if value is not None}


_SCHEMES = {
    "database_url": ("postgresql://", "postgres://"),
    "redis_url": ("redis://", "rediss://", "unix://"),
    "openai_base_url": ("https://", "http://"),
}


def load_settings(*, sandbox: bool = False, **overrides: Any) -> Settings:
    """The settings of this process. Raises ConfigError naming the setting and its origin.

    ``overrides`` are flags, by attribute name; None means not given. ``sandbox`` points
    ``whatsapp_endpoint`` at the sandbox of this home, whether or not it runs yet.
    """
    return load_with_origins(sandbox=sandbox, **overrides)[0]


def load_with_origins(
    *, sandbox: bool = False, **overrides: Any
) -> tuple[Settings, dict[str, str]]:
    """The settings, and for each name where its value came from (``default`` included)."""
    found = gather(overrides, _specs())
    if sandbox:
        home = _validated({name: found[name] for name in ("home",) if name in found})
        found["whatsapp_endpoint"] = Value(home.sandbox_endpoint, "flag --sandbox")
    settings = _validated(found)
    origins = {
        name: found[name].origin if name in found else "default" for name in Settings.model_fields
    }
    return settings, origins


def check_value(name: str, text: str) -> None:
    """See that a setting could be given so. Raises ConfigError.

    Only this one is looked at: what it takes besides may come from another source.
    """
    if name not in Settings.model_fields:
        return
    try:
        Settings.model_validate({name: text})
    except ValidationError as error:
        for each in error.errors(include_url=False, include_input=False):
            if each["loc"][:1] == (name,) and "neither is set" not in each["msg"]:
                raise _as_config_error(error, {name: Value(text, "what was given")}) from None


def env_name(name: str) -> str:
    """The environment variable of a setting; those of OpenAI keep the names its tools use."""
    return name.upper() if name.startswith("openai_") else f"WAAGENT_{name.upper()}"


def _specs() -> dict[str, Spec]:
    return {name: Spec(env_name(name), is_secret(name)) for name in Settings.model_fields}


def is_secret(name: str) -> bool:
    """Whether the value must not be shown; such a setting can also be given as a file."""
    extra = Settings.model_fields[name].json_schema_extra
    return isinstance(extra, dict) and bool(extra.get("secret"))


def _validated(found: Mapping[str, Value]) -> Settings:
    values = {name: _anchored(name, given) for name, given in found.items()}
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        raise _as_config_error(error, found) from None


def _anchored(name: str, given: Value) -> Any:
    """Relative paths in a settings file start at its folder, whatever the current one is."""
    if given.base is None or name not in ("home", "whatsapp_endpoint", "media_dir"):
        return given.value
    return given.base / Path(str(given.value)).expanduser()


def _as_config_error(error: ValidationError, found: Mapping[str, Value]) -> ConfigError:
    """The first thing wrong. The value itself is not repeated: it may be a secret."""
    first = error.errors(include_url=False, include_input=False)[0]
    problem = first["msg"].removeprefix("Value error, ")
    if not first["loc"]:
        return ConfigError(problem, hint="see docs/reference/settings.md")
    name = str(first["loc"][0])
    if name not in Settings.model_fields:
        return ConfigError(f"unknown setting {name!r}", hint=nearest(name, Settings.model_fields))
    origin = found[name].origin if name in found else "default"
    return ConfigError(
        f"{name} (from {origin}): {problem[:1].lower()}{problem[1:]}",
        hint=f"{env_name(name)}: {Settings.model_fields[name].description}",
    )
