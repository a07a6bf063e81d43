"""What the reference says of every setting."""

from __future__ import annotations

from dataclasses import dataclass

from waagent.setting_values import to_text
from waagent.settings import Settings, env_name, is_secret


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingInfo:
    """What the reference says of one setting. ``default`` is text, None where it is unset."""

    name: str
    env: str
    type: str
    default: str | None
    help: str
    secret: bool


def describe() -> list[SettingInfo]:
    """Every setting, in the order of the reference."""
    return [_describe(name) for name in Settings.model_fields]


def _describe(name: str) -> SettingInfo:
    field = Settings.model_fields[name]
    default = "the user's state folder" if name == "home" else field.default
    return SettingInfo(
        name=name,
        env=env_name(name),
        type=_type_name(name),
        default=None if default is None else to_text(default),
        help=field.description or "",
        secret=is_secret(name),
    )


def _type_name(name: str) -> str:
    annotation = str(Settings.__annotations__[name]).removesuffix(" | None")
    if annotation.startswith("Literal"):
        return "one of " + annotation[len("Literal[") : -1].replace('"', "")
    numbers = {"int": "number", "float": "number"}
    texts = {"str": "text", "SecretStr": "text", "KeyTable": "table"}
    plain = {**texts, "bool": "true or false", **numbers}
    return plain.get(annotation, "text" if "Constraints" in annotation else annotation.lower())
