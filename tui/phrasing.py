"""Times, ages, phone numbers and names as a shop owner reads them. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from tui.safe import one_line
from tui.strings import t
from waagent.domain.labels import Status
from waagent.domain.leads import Stage
from waagent.domain.views import LeadView


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What ages and times are told from: the time now and the shop's IANA zone."""

    now: datetime
    zone: str


def age(at: datetime, now: datetime) -> str:
    """How long ago ``at`` was, in a few cells: ``baru``, ``5 mnt``, ``2 jam``, ``3 hr``."""
    seconds = max((now - at).total_seconds(), 0)
    if seconds < 60:
        return t("age.now")
    if seconds < 3600:
        return t("age.minutes", n=int(seconds // 60))
    if seconds < 86400:
        return t("age.hours", n=int(seconds // 3600))
    return t("age.days", n=int(seconds // 86400))


def clock(at: datetime, zone: str) -> str:
    """The local time of day: ``14.30``."""
    return at.astimezone(ZoneInfo(zone)).strftime("%H.%M")


def soon(at: datetime, now: datetime, zone: str) -> str:
    """When something is due: ``14.30`` today, ``besok 08.00``, ``Sen 08.00``, ``3 Des``."""
    local, today = at.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone)).date()
    days = (local.date() - today).days
    time = local.strftime("%H.%M")
    if days == 0:
        return time
    if days == 1:
        return f"{t('day.tomorrow')} {time}"
    if 1 < days < 7:
        return f"{t('weekdays.short').split()[local.weekday()]} {time}"
    return _short_date(local.date())


def due_day(at: datetime, now: datetime, zone: str) -> str:
    """The day of something planned or past: ``Hari ini``, ``Besok``, ``Sen, 23 Nov``."""
    local, today = local_date(at, zone), local_date(now, zone)
    words = {-1: "day.yesterday", 0: "day.today", 1: "day.tomorrow"}
    word = words.get((local - today).days)
    if word is not None:
        return t(word).capitalize()
    return f"{t('weekdays.short').split()[local.weekday()]}, {_short_date(local)}"


def day(at: datetime, now: datetime, zone: str) -> str:
    """The day of a separator: ``Hari ini``, ``Kemarin``, ``Senin, 16 Nov 2026``."""
    local = at.astimezone(ZoneInfo(zone)).date()
    today = now.astimezone(ZoneInfo(zone)).date()
    if local == today:
        return t("day.today")
    if local == today - timedelta(days=1):
        return t("day.yesterday")
    return f"{t('weekdays').split()[local.weekday()]}, {_short_date(local)} {local.year}"


def file_size(size: int) -> str:
    """A file's size: ``240 KB``, ``1,2 MB``."""
    if size < 1_000_000:
        return f"{max(round(size / 1000), 1)} KB"
    return f"{size / 1_000_000:.1f} MB".replace(".", t("size.point"))


def local_date(at: datetime, zone: str) -> date:
    """The local calendar day of ``at``."""
    return at.astimezone(ZoneInfo(zone)).date()


def _short_date(when: date) -> str:
    return f"{when.day} {t('months.short').split()[when.month - 1]}"


def phone(number: str | None) -> str | None:
    """An E.164 number in readable groups: ``+62 812-3456-7890``; None stays None."""
    if number is None:
        return None
    digits = one_line(number, limit=20)
    if not digits.startswith("+62") or len(digits) < 10:
        return digits
    rest = digits[3:]
    groups = [rest[:3], *(rest[i : i + 4] for i in range(3, len(rest), 4))]
    return f"+62 {'-'.join(groups)}"


def customer(name: str | None, number: str | None) -> str:
    """What to call a customer: name, else number, else that there is none."""
    return one_line(name or "") or phone(number) or t("lead.no_phone")


def lead_name(lead: LeadView) -> str:
    """What to call the customer of ``lead``."""
    return customer(lead.name, lead.phone)


def product(value: str | None) -> str:
    """A product label: ``kue_lapis`` reads ``kue lapis``. Empty if there is none."""
    return one_line((value or "").replace("_", " "))


def stage_name(stage: Stage, own: Mapping[Stage, str]) -> str:
    """What the shop calls a stage; ``own`` are the names it gave itself."""
    return one_line(own.get(stage, "")) or t(f"stage.{stage}")


def rupiah(amount: int) -> str:
    """An amount in few cells, rounded to three digits: ``1,5 jt``, ``250 rb``."""
    for unit, size in (("billion", 1_000_000_000), ("million", 1_000_000), ("thousand", 1_000)):
        if amount >= size:
            places = max(3 - len(str(amount // size)), 0)
            number = f"{amount / size:.{places}f}"
            short = number.rstrip("0").rstrip(".") if places else number
            return t(f"rupiah.{unit}", n=short.replace(".", t("size.point")))
    return f"Rp {amount}"


def status(value: Status | None) -> str:
    """A status in the shop's words."""
    return t(f"status.{value}") if value else t("status.none")
