"""Forms of settings: lengths of time, tables of keys, and how each is written as text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, SecretStr

from waagent.durations import format_duration, parse_duration

Duration = Annotated[
    timedelta,
    BeforeValidator(lambda value: parse_duration(value) if isinstance(value, str) else value),
]
"""A length of time; text is read by :func:`waagent.durations.parse_duration`."""


def _key_table(value: Any) -> Any:
    """``"board.move_on=M; global.quit=Q"``, or a table of tables as TOML gives it, as one table."""
    if isinstance(value, str):
        pairs = [pair.partition("=") for pair in value.split(";") if pair.strip()]
        return {name.strip(): keys.strip() for name, _, keys in pairs}
    if not isinstance(value, Mapping):
        return value
    found: dict[Any, Any] = {}
    for name, keys in value.items():
        inner = keys if isinstance(keys, Mapping) else {"": keys}
        found |= {f"{name}.{action}" if action else name: keys for action, keys in inner.items()}
    return found


KeyTable = Annotated[dict[str, str], BeforeValidator(_key_table)]
"""Keys of the board by the id of their action."""


def to_text(value: Any) -> str:
    """The value as an environment variable holds it, secrets included."""
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, timedelta):
        return format_duration(value)
    if isinstance(value, dict):
        return "; ".join(f"{name}={keys}" for name, keys in value.items())
    return str(value).lower() if isinstance(value, bool) else str(value)
