"""Public holidays and Ramadan of Indonesia, from the ``holidays`` package.

Dates of Muslim holidays that the government has not announced yet are the package's estimates.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from waagent.domain.calendar import SpecialDays

ZONES = frozenset(
    {
        *("Asia/Jakarta", "Asia/Pontianak", "Asia/Makassar", "Asia/Ujung_Pandang"),
        "Asia/Jayapura",
    }
)
"""WIB, WITA and WIT: shops elsewhere have no calendar, only the night."""

_RAMADAN_DAYS = 30
"""Or 29: the day before is treated as fasting too, which is careful."""


def special_days(zone: str, around: date) -> SpecialDays | None:
    """The special days of a shop in ``zone``, from the year before ``around`` to the year after."""
    return _indonesia(around.year) if zone in ZONES else None


@lru_cache(maxsize=8)
def _indonesia(year: int) -> SpecialDays:
    from holidays.countries.indonesia import Indonesia  # 0.3 s, for those who need it

    found = Indonesia(years=range(year - 1, year + 2), language="en_US")
    fasting: set[date] = set()
    for day, name in found.items():
        if "Eid al-Fitr" in name and "Second Day" not in name:
            fasting.update(day - timedelta(days=back) for back in range(1, _RAMADAN_DAYS + 1))
    return SpecialDays(closed=frozenset(found), fasting=frozenset(fasting) - frozenset(found))
