"""Moments as shop owners write them: ``besok 9:00``, ``2 jam``, ``senin``, ``25 des 10.30``."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from waagent.durations import parse_duration

EXAMPLES = "besok 9:00, 2 jam, 3 hari, senin pagi, 25 des 10.30, 2026-12-25 08:00 or 2h"
FARTHEST = timedelta(days=366)

_DEFAULT_TIME = time(9, 0)
_AHEAD = {"besok": 1, "tomorrow": 1, "lusa": 2}
_TODAY = ("nanti", "hari ini", "today")
_NEXT_WEEK = ("minggu depan", "pekan depan", "next week")
_WEEK = (
    ("senin", "sen", "monday"),
    ("selasa", "sel", "tuesday"),
    ("rabu", "rab", "wednesday"),
    ("kamis", "kam", "thursday"),
    ("jumat", "jum", "jum'at", "friday"),
    ("sabtu", "sab", "saturday"),
    ("minggu", "min", "ahad", "sunday"),
)
_DAYS = {name: number for number, names in enumerate(_WEEK) for name in names}
_YEAR = (
    *(("jan",), ("feb",), ("mar",), ("apr",), ("mei", "may"), ("jun",), ("jul",)),
    *(("agu", "agt", "aug"), ("sep",), ("okt", "oct"), ("nov",), ("des", "dec")),
)
_MONTHS = {name: number for number, names in enumerate(_YEAR, 1) for name in names}
_PARTS = {"pagi": time(9, 0), "siang": time(13, 0), "sore": time(16, 0), "malam": time(19, 0)}
_UNITS = {
    "menit": timedelta(minutes=1),
    "mnt": timedelta(minutes=1),
    "minutes?": timedelta(minutes=1),
    "jam": timedelta(hours=1),
    "hours?": timedelta(hours=1),
    "hari": timedelta(days=1),
    "days?": timedelta(days=1),
    "minggu": timedelta(weeks=1),
    "pekan": timedelta(weeks=1),
    "weeks?": timedelta(weeks=1),
}
_SPELLED = {"setengah jam": timedelta(minutes=30), "sejam": timedelta(hours=1)}
_ZONES = {"wib": "Asia/Jakarta", "wita": "Asia/Makassar", "wit": "Asia/Jayapura"}

_SPANS = [(re.compile(rf"(\d{{1,4}}) ?{unit}"), length) for unit, length in _UNITS.items()]
_CLOCK = re.compile(
    r"(?:(?:jam|pukul|pk|at) )?(\d{1,2})(?:[:.](\d{2}))?(?: ?(pagi|siang|sore|malam|am|pm))?"
)
_PART_FIRST = re.compile(r"(pagi|siang|sore|malam) ((?:(?:jam|pukul|pk) )?\d.*)")
_DATE = re.compile(
    r"(?:(?:tanggal|tgl) )?"
    r"(?:(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})t?"
    r"|(?P<d2>\d{1,2})[/-](?P<m2>\d{1,2})(?:[/-](?P<y2>\d{4}|\d{2}))?"
    r"|(?P<d3>\d{1,2}) (?P<name>[a-z]{3})[a-z]*(?: (?P<y3>\d{4}))?)"
)
_WORD = re.compile(r"(?:hari |next )?([a-z']+)")


def parse_moment(text: str, now: datetime, zone: str) -> datetime:
    """The moment that ``text`` names in the shop's ``zone`` (an IANA name), in UTC.

    A day without a time is meant at nine in the morning; a time without a day is the next such.
    Raises ValueError, with a sentence for people, if it names none, or one that is past or more
    than :data:`FARTHEST` away.
    """
    plain = " ".join(text.lower().replace(",", " ").split())
    moment = _written_out(text.strip(), plain, now, zone)
    if moment is None:
        raise ValueError(f"{text!r} names no time, such as {EXAMPLES}")
    moment = moment.astimezone(now.tzinfo)
    if moment <= now:
        raise ValueError(f"{text!r} is past")
    if moment > now + FARTHEST:
        raise ValueError(f"{text!r} is more than a year away")
    return moment


def parse_length(text: str) -> timedelta:
    """The length of time that ``text`` names: ``24h``, ``1h30m``, ``2 jam``, ``3 hari``.

    Raises ValueError, with a sentence for people, if it names none.
    """
    found = _length(" ".join(text.lower().split()))
    if found is None:
        raise ValueError(f"{text!r} is no length of time, such as 24h, 90m, 1h30m, 2 jam or 3 hari")
    return found


def _written_out(text: str, plain: str, now: datetime, zone: str) -> datetime | None:
    """A length of time from now, a moment with its offset, or a day and time of the zone."""
    found = _length(plain)
    if found is not None:
        return now + found
    with suppress(ValueError):
        exact = datetime.fromisoformat(text)
        if exact.tzinfo is not None:
            return exact
    words, _, last = plain.rpartition(" ")
    if words and last in _ZONES:
        plain, zone = words, _ZONES[last]
    return _read(plain, now.astimezone(ZoneInfo(zone)))


def _length(plain: str) -> timedelta | None:
    bare = plain.removeprefix("in ").removesuffix(" lagi")
    if bare in _SPELLED:
        return _SPELLED[bare]
    for form, length in _SPANS:
        spelled = form.fullmatch(bare)
        if spelled:
            return int(spelled[1]) * length
    try:
        return min(parse_duration(bare), FARTHEST * 2)
    except ValueError:
        return None


def _read(plain: str, now: datetime) -> datetime | None:
    """A day, a time, or both, in the zone of ``now``."""
    day, rest = _day(plain, now)
    if day is None and not rest:
        return None
    at = _time(rest) if rest else _DEFAULT_TIME
    if at is None:
        return None
    if day is not None:
        return datetime.combine(day, at, now.tzinfo)
    today = datetime.combine(now.date(), at, now.tzinfo)
    return today if today > now else today + timedelta(days=1)


def _day(plain: str, now: datetime) -> tuple[date | None, str]:
    """The day that a text begins with, and what follows it."""
    dated = _DATE.match(plain)
    if dated:
        day = _date(dated, now.date())
        if day is not None:
            return day, plain[dated.end() :].strip()
    for names, days in ((_TODAY, 0), (_NEXT_WEEK, 7)):
        for name in names:
            if plain == name or plain.startswith(f"{name} "):
                return now.date() + timedelta(days=days), plain[len(name) :].strip()
    if plain == "tonight" or plain.endswith(" ini"):
        return now.date(), "malam" if plain == "tonight" else plain.removesuffix(" ini")
    word = _WORD.match(plain)
    if word and word[1] in _AHEAD:
        return now.date() + timedelta(days=_AHEAD[word[1]]), plain[word.end() :].strip()
    if word and word[1] in _DAYS:
        ahead = (_DAYS[word[1]] - now.weekday() - 1) % 7 + 1
        rest = plain[word.end() :].strip().removeprefix("depan").strip()
        return now.date() + timedelta(days=ahead), rest
    return None, plain


def _date(found: re.Match[str], today: date) -> date | None:
    """The date; without a year the next such."""
    part = found.groupdict()
    month = part["m"] or part["m2"] or _MONTHS.get(part["name"] or "")
    year = part["y"] or part["y2"] or part["y3"]
    if month is None:
        return None
    if year and len(year) == 2:
        year = f"20{year}"
    try:
        day = date(int(year or today.year), int(month), int(part["d"] or part["d2"] or part["d3"]))
        return day if year or day >= today else day.replace(year=day.year + 1)
    except ValueError:
        return None


def _time(text: str) -> time | None:
    if text in _PARTS:
        return _PARTS[text]
    turned = _PART_FIRST.fullmatch(text)
    found = _CLOCK.fullmatch(f"{turned[2]} {turned[1]}" if turned else text)
    if found is None:
        return None
    hour, part = int(found[1]), found[3]
    if part in ("am", "pm") and not 1 <= hour <= 12:
        return None
    if (part, hour) == ("malam", 12):
        return None  # of which night?
    if (part, hour) == ("am", 12):
        hour = 0
    if part in ("siang", "sore", "malam", "pm") and hour < 12 and not _is_late_morning(part, hour):
        hour += 12
    if hour > 23 or int(found[2] or 0) > 59:
        return None
    return time(hour, int(found[2] or 0))


def _is_late_morning(part: str, hour: int) -> bool:
    """``jam 11 siang`` is before noon."""
    return part == "siang" and hour >= 10
