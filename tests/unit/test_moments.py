"""What shop owners write for a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from waagent.moments import parse_moment

ZONE = "Asia/Makassar"
NOW = datetime(2026, 11, 22, 14, 30, tzinfo=ZoneInfo(ZONE)).astimezone(UTC)  # a Sunday


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("besok", (2026, 11, 23, 9, 0)),
        ("besok 9:00", (2026, 11, 23, 9, 0)),
        ("Besok jam 10.30", (2026, 11, 23, 10, 30)),
        ("besok sore", (2026, 11, 23, 16, 0)),
        ("besok jam 2 siang", (2026, 11, 23, 14, 0)),
        ("besok jam 11 siang", (2026, 11, 23, 11, 0)),
        ("lusa pagi", (2026, 11, 24, 9, 0)),
        ("nanti malam", (2026, 11, 22, 19, 0)),
        ("hari ini 16.00", (2026, 11, 22, 16, 0)),
        ("senin", (2026, 11, 23, 9, 0)),
        ("hari jumat 14:00", (2026, 11, 27, 14, 0)),
        ("jum'at", (2026, 11, 27, 9, 0)),
        ("minggu depan", (2026, 11, 29, 9, 0)),  # today is a Sunday
        ("jam 16", (2026, 11, 22, 16, 0)),
        ("8:15", (2026, 11, 23, 8, 15)),  # past for today
        ("25 des 10.30", (2026, 12, 25, 10, 30)),
        ("25 Desember 2026", (2026, 12, 25, 9, 0)),
        ("3 jan", (2027, 1, 3, 9, 0)),
        ("25/12 08:00", (2026, 12, 25, 8, 0)),
        ("2026-12-25", (2026, 12, 25, 9, 0)),
        ("2026-12-25 08:00", (2026, 12, 25, 8, 0)),
        ("2026-12-25T08:00", (2026, 12, 25, 8, 0)),
        ("2026-12-25T08:00+07:00", (2026, 12, 25, 9, 0)),  # with an offset the zone is none
        ("2026-12-25T00:00:00Z", (2026, 12, 25, 8, 0)),
        ("besok 8.30 WIB", (2026, 11, 23, 9, 30)),
        ("besok pagi jam 8", (2026, 11, 23, 8, 0)),
        ("malam ini", (2026, 11, 22, 19, 0)),
        ("tanggal 25 des", (2026, 12, 25, 9, 0)),
        ("25/12/26", (2026, 12, 25, 9, 0)),
        ("pekan depan jam 10", (2026, 11, 29, 10, 0)),
        ("tomorrow 9am", (2026, 11, 23, 9, 0)),
        ("next monday 12 am", (2026, 11, 23, 0, 0)),
        ("tonight", (2026, 11, 22, 19, 0)),
    ],
)
def test_a_day_and_a_time(text: str, expected: tuple[int, ...]) -> None:
    wanted = datetime(*expected, tzinfo=ZoneInfo(ZONE))  # type: ignore[arg-type, misc]
    found = parse_moment(text, NOW, ZONE)
    assert found == wanted
    assert found.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        *(("2h", 2), ("2 jam", 2), ("2 jam lagi", 2), ("90 menit", 1.5)),
        *(("3 hari", 72), ("1 minggu", 168), ("1d", 24)),
        *(("sejam", 1), ("setengah jam lagi", 0.5), ("in 2 hours", 2), ("3 days", 72)),
    ],
)
def test_a_length_of_time(text: str, hours: float) -> None:
    assert parse_moment(text, NOW, ZONE) - NOW == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no time"),
        ("nanti-nanti", "no time"),
        ("besok 25:00", "no time"),
        ("besok 9:75", "no time"),
        ("31 feb", "no time"),
        ("besok jam 12 malam", "no time"),  # the night to it, or the one after?
        ("besok 13pm", "no time"),
        ("besok besok", "no time"),
        ("0h", "past"),
        ("2026-11-22 14:00", "past"),
        ("hari ini 9:00", "past"),
        ("2030-01-01", "more than a year"),
        ("9999 minggu", "more than a year"),
        ("999999999999d", "no time"),
    ],
)
def test_anything_else_is_told(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse_moment(text, NOW, ZONE)
