"""Amounts of rupiah as people type them: ``1,5jt``, ``Rp 250.000``, ``250rb``. Pure."""

from __future__ import annotations

import re
from decimal import Decimal

HIGHEST = 1_000_000_000_000
"""The most an amount may be: more than any one sale of a small shop."""
_LONGEST = 40

_UNITS = {
    **dict.fromkeys(("rb", "ribu", "k"), 1_000),
    **dict.fromkeys(("jt", "juta"), 1_000_000),
    **dict.fromkeys(("m", "miliar", "milyar"), 1_000_000_000),
}
_WITH_UNIT = re.compile(r"(\d+)(?:[.,](\d+))?\s*([a-z]+)", re.ASCII)
_IN_FULL = re.compile(r"(\d+|\d{1,3}(?:\.\d{3})+)(?:,(?:-|0{1,2}))?", re.ASCII)


def parse_rupiah(text: str) -> int:
    """The amount in whole rupiah.

    With a unit (``rb``, ``ribu``, ``k``; ``jt``, ``juta``; ``m``, ``miliar``) a comma or a point
    is a decimal one. Without, points part thousands, as in ``250.000``, and ``,-`` or ``,00`` may
    follow.

    Raises:
        ValueError: it is no amount, could mean two amounts, or is too much; says which.
    """
    if len(text) > _LONGEST:
        raise ValueError("this is too long for an amount of rupiah")
    plain = re.sub(r"^(?:rp|idr)\.?\s*", "", text.strip().casefold())
    if found := _WITH_UNIT.fullmatch(plain):
        amount = _with_unit(text, *found.groups())
    elif found := _IN_FULL.fullmatch(plain):
        amount = int(found[1].replace(".", ""))
    elif re.fullmatch(r"[0-9.,]+", plain):
        raise ValueError(f"{text!r} is not clear: are these thousands? Write 250000, or 250rb")
    else:
        raise ValueError(f"{text!r} is no amount of rupiah: write 1,5jt, Rp 250.000 or 250rb")
    if amount > HIGHEST:
        raise ValueError(f"{text!r} is more than {format_rupiah(HIGHEST)}")
    return amount


def _with_unit(text: str, whole: str, decimals: str | None, unit: str) -> int:
    if unit not in _UNITS:
        raise ValueError(f"{unit!r} is no unit of rupiah: use rb, jt or m")
    if decimals is not None and len(decimals) > 2:
        raise ValueError(f"{text!r} could mean two amounts: write it in full, as in 1500000")
    return int(Decimal(f"{whole}.{decimals or 0}") * _UNITS[unit])


def format_rupiah(amount: int) -> str:
    """``Rp 1.500.000``."""
    return f"Rp {amount:,}".replace(",", ".")
