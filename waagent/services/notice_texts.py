"""Notifications in words: the shop, the number (masked), what happened, since when, what to do.

The text is made when it is sent, from facts without names and numbers, and in the channel's
language. Nothing of a customer is in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from waagent.domain.notifications import NoticeKind
from waagent.i18n import Language, t
from waagent.notify.port import Letter
from waagent.services.explain import explain

_EXPLAINED = (NoticeKind.DOWN, NoticeKind.ACTION, NoticeKind.FLAPPING, NoticeKind.FROZEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a notification is about. ``phone`` is E.164; ``session`` is None for a test."""

    slug: str
    shop: str
    timezone: str
    session: str | None
    phone: str | None


def compose(
    notification_id: str,
    kind: NoticeKind,
    facts: Mapping[str, str | None],
    about: Subject,
    language: Language,
) -> Letter:
    """The notification as it is sent."""
    zone = ZoneInfo(about.timezone)
    values = {
        "shop": about.shop,
        "session": about.session,
        "phone": mask_phone(about.phone) or t("notice.no_number", language=language),
        **{name: _local(facts.get(name), zone) for name in ("since", "until", "at")},
    }
    banned = kind is NoticeKind.ACTION and facts.get("until") is not None
    key = f"notice.{kind}.body_until" if banned else f"notice.{kind}.body"
    paragraphs = [t(key, language=language, **values)]
    if kind in _EXPLAINED:
        why, todo = explain(
            str(facts["state"]),
            facts.get("reason"),
            language,
            shop=about.slug,
            session=about.session or "main",
        )
        paragraphs.append(t("notice.why", language=language, why=why))
        paragraphs.append(t("notice.todo", language=language, todo=todo))
    return Letter(
        id=notification_id,
        subject=t(f"notice.{kind}.subject", language=language, **values),
        body="\n\n".join(paragraphs) + "\n",
        language=language,
        urgent=kind in (NoticeKind.DOWN, NoticeKind.ACTION),
    )


def mask_phone(phone: str | None) -> str | None:
    """``+6281234567834`` → ``0812…34``; other countries' keep their code: ``+6591…34``."""
    if phone is None:
        return None
    local = f"0{phone[3:]}" if phone.startswith("+62") else phone
    head = 4 if local.startswith("0") else 5
    return f"{local[:head]}…{local[-2:]}"


def mask_address(address: str) -> str:
    """``rini@example.com`` → ``r…@example.com``."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}…@{domain}"


def _local(moment: str | None, zone: ZoneInfo) -> str:
    """``2026-11-22 14:39 WIB``; nothing for no time."""
    if moment is None:
        return ""
    return f"{datetime.fromisoformat(moment).astimezone(zone):%Y-%m-%d %H:%M %Z}"
