"""Texts with variables: what may stand in them, which variant is taken, how they are filled in.

A text never shows that something was not known: every variable has words for that.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from waagent.domain.labels import Intent

VARIABLES: Mapping[str, str] = {
    "sapaan": "kak",
    "nama": "kak",
    "produk": "produk kami",
    "harga": "sesuai daftar harga kami",
    "toko": "toko kami",
}
"""Each with what stands in its place when the value is not known."""

MAX_LENGTH = 500
"""In characters: more is not read on a telephone."""
MAX_EMOJI = 3
_MAX_VALUE = 60

_TITLES = {
    *("bu", "ibu", "pak", "bapak", "mas", "mbak", "mba", "kak", "kakak", "bang", "abang", "om"),
    *("tante", "teh", "kang", "uni", "uda", "cik", "koh", "ci"),
}
_VARIABLE = re.compile(r"\{([^{}]*)\}")
_LINK = re.compile(
    r"https?:|www\.|\b[\w-]+\.(?:com|id|co|net|org|me|link|ly|shop|store|my|info|biz|app|io|xyz)\b",
    re.IGNORECASE,
)


class Situation(StrEnum):
    """Where a conversation was left; each is the name of the built-in template for it."""

    UNANSWERED = "belum-dijawab"
    PAYMENT = "menunggu-pembayaran"
    PRICE = "tanya-harga"
    PRODUCT = "tanya-produk"
    OTHER = "umum"


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One wording of a template. The first has the template's name, the others ``name/2`` on."""

    name: str
    body: str


def situation_of(
    intent: Intent | None, product: str | None, last_outbound_at: datetime | None
) -> Situation:
    """The situation that a follow-up without a template of its own speaks to."""
    if last_outbound_at is None:
        return Situation.UNANSWERED
    if intent in (Intent.PAYMENT, Intent.PURCHASE):
        return Situation.PAYMENT
    if intent is Intent.PRICE_INQUIRY:
        return Situation.PRICE
    return Situation.PRODUCT if product else Situation.OTHER


def variables_of(body: str) -> frozenset[str]:
    """The variables that a text names, known or not."""
    return frozenset(_VARIABLE.findall(body))


def check_template(body: str) -> None:
    """See that a text can be a template.

    Raises ValueError, with a sentence for people, if it is empty, too long, names a variable there
    is not, or has a brace that belongs to none; and for what :func:`check_text` forbids.
    """
    for name in sorted(variables_of(body)):
        if name not in VARIABLES:
            raise ValueError(f"there is no variable {{{name}}}")
    if re.search(r"[{}]", _VARIABLE.sub("", body)):
        raise ValueError("a { or } belongs to no variable")
    check_text(body)


def check_text(text: str) -> None:
    """See that a text can be sent by itself to somebody who did not ask.

    Raises ValueError if it is empty, too long, or has a link, many emoji or control characters.
    """
    if not text.strip():
        raise ValueError("the text is empty")
    if len(text) > MAX_LENGTH:
        raise ValueError(f"the text has {len(text)} characters, more than {MAX_LENGTH}")
    if _LINK.search(text):
        raise ValueError("the text has a link: WhatsApp takes unasked links for spam")
    emoji = sum(unicodedata.category(character) == "So" for character in text)
    if emoji > MAX_EMOJI:
        raise ValueError(f"the text has {emoji} emoji, more than {MAX_EMOJI}")
    if any(unicodedata.category(c) in ("Cc", "Cs") and c != "\n" for c in text):
        raise ValueError("the text has control characters")


def choose_variant(
    variants: Sequence[Variant],
    follow_up_id: str,
    *,
    used: Collection[str],
    known: Collection[str],
) -> Variant:
    """The wording for a follow-up: always the same one, as long as what is known is the same.

    Not one that the customer has had (``used``, names), nor one that needs a variable whose value
    is not ``known``, while there is another.
    """
    drawn = int.from_bytes(sha256(f"variant {follow_up_id}".encode()).digest()[:8])
    start = drawn % len(variants)
    turned = [*variants[start:], *variants[:start]]
    return min(
        turned,
        key=lambda variant: (variant.name in used, not variables_of(variant.body) <= set(known)),
    )


def render(body: str, values: Mapping[str, str | None]) -> str:
    """``body`` with its variables filled in, in one pass: a value is never read as a template."""
    filled = _VARIABLE.sub(
        lambda found: usable(values.get(found[1])) or VARIABLES.get(found[1], found[0]), body
    )
    return filled[:1].upper() + filled[1:]


def usable(value: str | None) -> str | None:
    """A value as it can stand in a sentence, or None if it cannot: too long, or with a link."""
    plain = " ".join((value or "").replace("_", " ").split())
    fits = 0 < len(plain) <= _MAX_VALUE and not _LINK.search(plain)
    return plain if fits and all(character.isprintable() for character in plain) else None


def names_of(profile: str | None) -> tuple[str | None, str | None]:
    """How to address somebody, and their name, by the name in their profile.

    ``Sari Wulandari`` → ``kak Sari``, ``Sari``; ``Pak Joko RT 05`` → ``Pak Joko``, ``Joko``. None
    where it can be no person's name.
    """
    given = (profile or "").split()
    words = [word for word in given if word.isalpha() and 2 <= len(word) <= 20]
    if not words or words[0] != given[0]:
        return None, None
    first = words[0].title()
    if words[0].lower() not in _TITLES:
        return f"kak {first}", first
    if len(words) == 1:
        return None, None
    name = words[1].title()
    return f"{first} {name}", name


def rupiah(price: int) -> str:
    """``25000`` → ``Rp25.000``."""
    return f"Rp{price:,}".replace(",", ".")
