"""Words from the library's objects: texts as they are, locations and contacts as text.

A terminal shows neither maps nor cards.

Like :mod:`waagent.whatsapp.content`, these look at the library's objects without importing it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

MOST_CONTACTS = 20
_MOST_CARD_LINES = 200
_PHONE_ID = re.compile(r"waid=(\d{5,20})", re.IGNORECASE)
_FOLDED = re.compile(r"\r?\n[ \t]")
_ESCAPED = re.compile(r"\\([\\,;])")


def words(value: Any) -> str:
    """A string of the library's, which is ``bytes`` if its sender's client did not write UTF-8."""
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def location(place: Any) -> str:
    """Name and address, the degrees, and an address a browser opens as a map."""
    return _place((place.name, place.address, place.comment), place)


def live_location(place: Any) -> str:
    """Where somebody was when they began to share their way."""
    return _place((place.caption,), place)


def contact(card: Any) -> str:
    """A name and the numbers: ``Budi: +62812…``."""
    name, phones = _card(words(card.vcard))
    name = words(card.displayName) or name
    return ": ".join(part for part in (name, ", ".join(phones)) if part)


def contacts(cards: Any) -> str:
    """One line for each, the first :data:`MOST_CONTACTS` of them."""
    lines = [contact(card) for card in cards.contacts[:MOST_CONTACTS]]
    more = len(cards.contacts) - MOST_CONTACTS
    return "\n".join([*lines, f"(+{more})"] if more > 0 else lines)


def _place(said: Iterable[Any], place: Any) -> str:
    latitude, longitude = (
        f"{degrees:.6f}" for degrees in (place.degreesLatitude, place.degreesLongitude)
    )
    lines = [words(line) for line in said if line]
    lines.append(f"{latitude}, {longitude}")
    lines.append(f"https://maps.google.com/?q={latitude},{longitude}")
    return "\n".join(lines)


def _card(vcard: str) -> tuple[str, list[str]]:
    """The name and the numbers of a vCard (RFC 2426/6350), in WhatsApp's ``waid`` form if given."""
    name, phones = "", []
    for line in _FOLDED.sub("", vcard).splitlines()[:_MOST_CARD_LINES]:
        head, _, value = line.partition(":")
        field = head.partition(";")[0].rpartition(".")[2].upper()  # "item1.TEL;…" is a TEL too
        if field == "FN" and not name:
            name = _ESCAPED.sub(r"\1", value).strip()
        elif field == "TEL":
            known = _PHONE_ID.search(head)
            phones.append(f"+{known[1]}" if known else value.strip().removeprefix("tel:"))
    return name, [phone for phone in dict.fromkeys(phones) if phone]
