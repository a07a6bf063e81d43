"""The product a conversation is about: a catalogue name, a known noun, or a guess from the wording.

Form by the labelling guide: the Indonesian head noun and at most one qualifier, in snake_case,
without size, colour, number or brand; the product of the last request, the first of several.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from waagent.ai.catalogue import Catalogue
from waagent.ai.snippet import Snippet
from waagent.ai.tables import data_lines, data_words
from waagent.ai.text import normalise


def _table() -> dict[str, str]:
    table: dict[str, str] = {}
    for line in data_lines("products.txt"):
        name, _, slug = line.partition(" = ")
        table.setdefault(normalise(name), slug or name.replace(" ", "_"))
    return table


_CLITIC = r"(?:nya|ku|mu|e|na|nyo|pun|ipun)?"


@lru_cache(maxsize=1)
def _lexicon() -> tuple[re.Pattern[str], dict[str, str]]:
    table = _table()
    names = sorted(table, key=len, reverse=True)
    return re.compile(rf"\b({'|'.join(map(re.escape, names))}){_CLITIC}\b"), table


_TRIGGER = re.compile(
    r"\b(?:pesan|order|beli|booking|ambil|jual|cari|sewa|mau|harga|ada|cetak|jahit)\s+(?:yang\s+|lagi\s+)?((?:[a-z]+\s?){1,3})"
)
_LEADING = re.compile(
    r"^((?:[a-z]+\s){1,4}?)(?=(?:yang|ukuran|isi|berapa|masih|ada|ready|warna|<n>|<uang>)\b)"
)
_NOT_NOUNS = data_words("not_products.txt")


def _slug(words: Iterable[str]) -> str | None:
    kept: list[str] = []
    for word in words:
        if word in _NOT_NOUNS or len(word) < 3:
            if kept:
                break
            continue
        kept.append(re.sub(r"(?<=\w{4})nya$", "", word))
    return "_".join(kept[:2]) or None


def _guess(normal: str) -> str | None:
    opening = re.sub(
        r"^(?:\W|\b(?:kak|min|bang|mas|mbak|bu|pak|sis|gan|om|bos|halo|permisi)\b)+", "", normal
    )
    for match in (_TRIGGER.search(normal), _LEADING.match(opening)):
        if match and (slug := _slug(match[1].split())):
            return slug
    return None


@dataclass(frozen=True, slots=True)
class Named:
    """A product as it is shown: the catalogue's name and id, or a slug without one."""

    label: str
    id: str | None = None


def in_catalogue(slug: str, catalogue: Catalogue | None) -> Named:
    """The catalogue's product that a slug means, else the slug itself."""
    found = catalogue and catalogue.find(slug)
    return Named(found.name, found.id) if found else Named(slug)


def find_product(
    snippet: Snippet, catalogue: Catalogue | None = None, *, guess: bool, from_business: bool
) -> Named | None:
    """The product or None; the latest customer message that names one wins.

    ``guess`` allows a noun in a telling place ("harga …", "… masih ada?") when neither the
    catalogue nor the word list has it; ``from_business`` what only the business named.
    """
    mine = list(reversed(snippet.customer))
    theirs = [t.text for t in reversed(snippet.turns) if t.author == "business"]
    named = _first(mine, catalogue)
    if named is None and guess:
        slug = next(filter(None, (_guess(normalise(text)) for text in mine)), None)
        named = in_catalogue(slug, catalogue) if slug else None
    return named or (_first(theirs, catalogue) if from_business else None)


def _first(texts: Sequence[str], catalogue: Catalogue | None) -> Named | None:
    pattern, table = _lexicon()
    for text in texts:
        if own := catalogue and catalogue.find(text):
            return Named(own.name, own.id)
        if match := pattern.search(normalise(text)):
            return in_catalogue(table[match[1]], catalogue)
    return None
