"""What shop owners and customers read: one catalogue, in Indonesian and English.

``t("connected", phone=…)`` looks a message up in the language of ``WAAGENT_LANGUAGE``, which a
front end sets once with :func:`use_language`. Errors are not here: they are for operators too and
stay in English, with their codes. Each module of this package holds one area's messages.
"""

from __future__ import annotations

from typing import Literal

from waagent.i18n import (
    commands,
    connecting,
    contacts,
    doctor,
    exchange,
    faults,
    follow_ups,
    general,
    inbox,
    insights,
    leads,
    messages,
    notifications,
    pacing,
    reports,
    sessions,
    users,
)

Language = Literal["id", "en"]

_AREAS = (
    general,
    commands,
    connecting,
    sessions,
    notifications,
    pacing,
    contacts,
    messages,
    inbox,
    insights,
    follow_ups,
    leads,
    reports,
    faults,
    doctor,
    exchange,
    users,
)
_CATALOGUE: dict[str, tuple[str, str]] = {
    key: texts for area in _AREAS for key, texts in area.CATALOGUE.items()
}
_language: Language = "id"


def use_language(language: Language) -> None:
    """Set the language of this process."""
    global _language
    _language = language


def language() -> Language:
    """The language of this process."""
    return _language


def t(key: str, *, language: Language | None = None, **values: object) -> str:
    """The message ``key`` with ``values`` filled in, in ``language`` or else the process's.

    Raises KeyError for an unknown key.
    """
    indonesian, english = _CATALOGUE[key]
    return (english if (language or _language) == "en" else indonesian).format(**values)


def keys() -> frozenset[str]:
    """Every key of the catalogue."""
    return frozenset(_CATALOGUE)
