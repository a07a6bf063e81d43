"""Lengths of time as people write them in settings: ``24h``, ``90m``, ``5s``, ``1d``, ``1h30m``."""

from __future__ import annotations

import re
from datetime import timedelta

_UNITS = {
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
    "s": timedelta(seconds=1),
    "ms": timedelta(milliseconds=1),
}
_FORM = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?")


def parse_duration(text: str) -> timedelta:
    """The time that ``text`` names: units ``d h m s ms``, largest first, each at most once.

    Raises ValueError for anything else; a bare number too, for it names no unit.
    """
    compact = text.strip().lower().replace(" ", "")
    found = _FORM.fullmatch(compact)
    if not compact or found is None:
        raise ValueError(f"{text!r} is no length of time, such as 24h, 90m, 5s, 1d or 1h30m")
    amounts = (int(amount or 0) for amount in found.groups())
    try:
        return sum(
            (n * unit for n, unit in zip(amounts, _UNITS.values(), strict=True)), timedelta()
        )
    except OverflowError:
        raise ValueError(f"{text!r} is too long a time") from None


def format_duration(value: timedelta) -> str:
    """A form that :func:`parse_duration` reads back to ``value``, to a millisecond; no days."""
    rest = value
    parts = []
    for name in ("h", "m", "s", "ms"):
        count, rest = divmod(rest, _UNITS[name])
        if count:
            parts.append(f"{count}{name}")
    return "".join(parts) or "0s"
