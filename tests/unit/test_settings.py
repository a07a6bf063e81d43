"""Settings: precedence, origins, forms of values, secrets, and what is refused."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from waagent.durations import format_duration, parse_duration
from waagent.errors import ConfigError
from waagent.setting_reference import describe
from waagent.settings import (
    Settings,
    env_name,
    load_settings,
    load_with_origins,
)


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, an empty user's config, and none of the variables."""
    for name in Settings.model_fields:
        monkeypatch.delenv(env_name(name), raising=False)
        monkeypatch.delenv(f"{env_name(name)}_FILE", raising=False)
    (tmp_path / "config" / "waagent").mkdir(parents=True)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    project = tmp_path / "project"
    project.mkdir()
    monkeypatch.chdir(project)
    return tmp_path


def user_file(place: Path, text: str) -> Path:
    path = place / "config" / "waagent" / "config.toml"
    path.write_text(text)
    return path


def refusal(**overrides: Any) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        load_settings(**overrides)
    assert "\n" not in caught.value.message
    return caught.value


def test_defaults(place: Path) -> None:
    settings = load_settings()
    assert settings.home == place / "state" / "waagent"
    assert (settings.ai_engine, settings.pacing, settings.language) == ("local", "safe", "id")
    assert settings.followup_after == timedelta(hours=24)
    assert settings.quiet_period == timedelta(seconds=8)
    assert settings.database_url is None
    assert settings.sessions_per_host == 100


def test_a_flag_beats_the_environment_beats_the_project_beats_the_user(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def seen() -> tuple[str | None, str]:
        settings, origins = load_with_origins()
        return settings.tenant, origins["tenant"]

    assert seen() == (None, "default")
    mine = user_file(place, 'tenant = "user"')
    assert seen() == ("user", str(mine))
    Path("waagent.toml").write_text('tenant = "project"')
    assert seen() == ("project", "waagent.toml")
    monkeypatch.setenv("WAAGENT_TENANT", "env")
    assert seen() == ("env", "environment WAAGENT_TENANT")
    settings, origins = load_with_origins(tenant="flag")
    assert (settings.tenant, origins["tenant"]) == ("flag", "flag --tenant")
    assert load_settings(tenant=None).tenant == "env"


def test_an_empty_variable_is_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAAGENT_DATABASE_URL", "")
    assert load_settings().database_url is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("24h", timedelta(hours=24)),
        ("90m", timedelta(minutes=90)),
        ("5s", timedelta(seconds=5)),
        ("1d", timedelta(days=1)),
        ("1h30m", timedelta(minutes=90)),
        (" 1H 30M ", timedelta(minutes=90)),
        ("500ms", timedelta(milliseconds=500)),
    ],
)
def test_durations(text: str, expected: timedelta, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAAGENT_FOLLOWUP_AFTER", text)
    assert load_settings().followup_after == expected
    assert parse_duration(format_duration(expected)) == expected


@pytest.mark.parametrize("text", ["", "5", "h", "1h1h", "1m1h", "-5s", "1.5h", "9" * 12 + "d"])
def test_no_durations(text: str) -> None:
    with pytest.raises(ValueError, match="time"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["0s", "5", "soon"])
def test_a_follow_up_needs_a_positive_delay(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAAGENT_FOLLOWUP_AFTER", text)
    error = refusal()
    assert "followup_after (from environment WAAGENT_FOLLOWUP_AFTER)" in error.message
    assert error.hint is not None
    assert "24h" in error.hint


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("WAAGENT_AI_ENGINE", "gpt"),
        ("WAAGENT_SESSIONS_PER_HOST", "0"),
        ("WAAGENT_SESSIONS_PER_HOST", "501"),
        ("WAAGENT_REGION", "IDN"),
        ("WAAGENT_LANGUAGE", "fr"),
        ("WAAGENT_DATABASE_POOLED", "perhaps"),
        ("WAAGENT_REDIS_URL", "localhost:6379"),
        ("WAAGENT_DATABASE_URL", "mysql://u:hunter2@host/db"),
        ("WAAGENT_LOG_LEVEL", "loud"),
        ("OPENAI_BASE_URL", "api.example"),
    ],
)
def test_a_bad_value_is_refused_by_name_and_origin(
    variable: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    error = refusal()
    assert f"from environment {variable}" in error.message
    assert error.hint is not None
    assert error.hint.startswith(variable)
    assert "hunter2" not in f"{error.message} {error.hint}"


def test_numbers_are_connected_without_a_pace_only_at_an_endpoint(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("WAAGENT_PACING", "off")
    with pytest.raises(ConfigError, match="pacing is off"):
        load_settings().require_safe_pacing()
    load_settings(whatsapp_endpoint="e.json").require_safe_pacing()
    load_settings(sandbox=True).require_safe_pacing()


def test_the_openai_engine_needs_a_key_or_a_server(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "ai_engine (from flag --ai-engine)" in refusal(ai_engine="openai").message
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    assert load_settings(ai_engine="openai").openai_api_key is None


def test_sandbox_points_at_the_descriptor_of_the_home(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAAGENT_WHATSAPP_ENDPOINT", "/elsewhere.json")
    settings = load_settings(sandbox=True, home=place / "h")
    assert settings.whatsapp_endpoint == place / "h" / "sandbox" / "endpoint.json"
    assert settings.whatsapp_endpoint == settings.sandbox_endpoint


def test_an_unknown_key_in_a_file_is_refused_with_the_nearest(place: Path) -> None:
    path = user_file(place, 'folowup_after = "1h"')
    error = refusal()
    assert error.message == f"unknown setting 'folowup_after' in {path}"
    assert error.hint == "did you mean 'followup_after'?"
    path.write_text('zzz = "1h"')
    assert "docs/reference/settings.md" in str(refusal().hint)
    path.write_text('tenant_file = "x"')
    assert "unknown setting 'tenant_file'" in refusal().message


def test_an_unknown_flag_is_refused() -> None:
    error = refusal(tenent="x")
    assert (error.message, error.hint) == ("unknown setting 'tenent'", "did you mean 'tenant'?")


def test_a_file_that_is_not_toml(place: Path) -> None:
    path = user_file(place, "tenant: kopi")
    error = refusal()
    assert error.message.startswith(f"{path} is not TOML:")
    path.write_bytes(b"\xff\xfe")
    assert "is not TOML" in refusal().message


def test_paths_in_a_file_start_at_its_folder(place: Path) -> None:
    path = user_file(place, 'home = "state"')
    assert load_settings().home == path.parent / "state"
    assert load_settings(home="state").home == Path.cwd() / "state"


def test_secrets_from_files(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = place / "key"
    secret.write_text("s3cret\n")
    monkeypatch.setenv("WAAGENT_MASTER_KEY_FILE", str(secret))
    settings, origins = load_with_origins()
    assert settings.master_key is not None
    assert settings.master_key.get_secret_value() == "s3cret"
    assert origins["master_key"] == "environment WAAGENT_MASTER_KEY_FILE"
    monkeypatch.setenv("WAAGENT_MASTER_KEY", "plain")
    assert load_with_origins()[1]["master_key"] == "environment WAAGENT_MASTER_KEY"


def test_secret_files_named_in_a_file(place: Path) -> None:
    path = user_file(place, 'redis_url_file = "redis.txt"')
    (path.parent / "redis.txt").write_text("redis://:pw@host\n")
    assert load_settings().redis_url == "redis://:pw@host"


def test_missing_and_empty_secret_files(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = place / "key"
    monkeypatch.setenv("OPENAI_API_KEY_FILE", str(path))
    assert "named by OPENAI_API_KEY_FILE: No such file" in refusal().message
    path.write_text(" \n")
    assert refusal().message.endswith("named by OPENAI_API_KEY_FILE is empty")


def test_repr_shows_no_secret() -> None:
    secrets: dict[str, Any] = {
        "master_key": "hunter2",
        "openai_api_key": "hunter2",
        "database_url": "postgresql://u:hunter2@host/db",
        "redis_url": "redis://:hunter2@host",
        "smtp_url": "smtps://kabar:hunter2@host",
    }
    settings = load_settings(**secrets)
    assert "hunter2" not in f"{settings!r} {settings}"
    assert {info.name for info in describe() if info.secret} == set(secrets)


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("SMTP_URL", "http://kabar:hunter2@host", "must start with smtps://"),
        ("SMTP_URL", "smtps://kabar:hunter2@host:x", "is no URL"),
        ("MAIL_FROM", "Kabar", "must be an e-mail address"),
        ("NOTIFY_SESSION", "operator", "should match pattern"),
        ("NOTIFY_AFTER", "-2m", "no length of time"),
    ],
)
def test_what_cannot_be_used_for_notifications(
    name: str, value: str, problem: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"WAAGENT_{name}", value)
    assert problem in refusal().message
    assert "hunter2" not in refusal().message


def test_settings_are_frozen() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        load_settings().tenant = "x"  # type: ignore[misc]


def test_the_environment_gives_a_child_the_same_settings(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = load_settings(
        home=place / "h",
        database_url="postgresql://u:pw@host/db",
        database_pooled=True,
        master_key="key",
        openai_api_key="sk",
        ai_engine="openai",
        followup_after="1h30m",
        quiet_period=timedelta(milliseconds=250),
        tenant="kopi",
        sandbox=True,
        pacing="off",
    )
    for name, value in given.environment().items():
        monkeypatch.setenv(name, value)
    assert load_settings() == given
    assert all(isinstance(value, str) for value in given.environment().values())
    assert given.environment().keys() <= os.environ.keys()
    assert "WAAGENT_REDIS_URL" not in given.environment()


def test_every_setting_is_described() -> None:
    for info in describe():
        assert info.help, info.name
        assert info.type, info.name
