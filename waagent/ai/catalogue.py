"""Finds a shop's own products in what customers write: by name, alias, part of a name, with typos.

Everything is prepared once; a look-up costs little whatever the size of the catalogue.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set

from waagent.ai.tables import data_words
from waagent.ai.text import words
from waagent.domain.catalogue import Product

ENOUGH = 0.5
"""Share of a name, weighted by how telling its words are, that must have been written."""
_TYPO_FROM = 5
"""Letters of the shortest word in which one letter may be wrong: in "kopi" it may be another."""
_CLITICS = ("nya", "ku", "mu", "e", "na", "nyo", "pun", "ipun")
_COMMON = data_words("not_products.txt") | data_words("vocatives.txt")

Terms = tuple[str, ...]


class Catalogue:
    """The products of one shop, prepared for looking up."""

    def __init__(self, products: Sequence[Product]) -> None:
        self.products = tuple(products)
        self._names: list[tuple[Terms, int]] = []
        self._with: dict[str, list[int]] = defaultdict(list)
        for at, product in enumerate(self.products):
            for name in (product.name, *product.aliases):
                if terms := tuple(words(name)):
                    self._names.append((terms, at))
        for position, (terms, _) in enumerate(self._names):
            for term in set(terms):
                self._with[term].append(position)
        self._typos = _typo_table(self._with)

    def find(self, text: str) -> Product | None:
        """The product that ``text`` names, or None where it names none or might mean several."""
        return self._find(self._heard(text)) if self.products else None

    def shortlist(self, texts: Iterable[str], limit: int) -> list[Product]:
        """At most ``limit`` products, those that ``texts`` have words of first."""
        heard = [term for text in texts for term in self._heard(text)]
        named = Counter(
            self._names[at][1] for term in set(heard) for at in self._with.get(term, ())
        )
        first = [at for at, _ in named.most_common(limit)]
        rest = (at for at in range(len(self.products)) if at not in named)
        return [self.products[at] for at in (*first, *rest)][:limit]

    def _find(self, heard: Sequence[str]) -> Product | None:
        written = set(heard)
        near = {at for term in written for at in self._with.get(term, ())}
        shares = {at: self._share(self._names[at][0], written) for at in near}
        if whole := [at for at, share in shares.items() if share == 1.0]:
            return self._first_named(whole, heard)
        best = max(shares, key=lambda at: shares[at], default=None)
        if best is None or shares[best] < ENOUGH:
            return None
        # What was written must not fit the name of another product as well.
        part = written.intersection(self._names[best][0])
        fitting = {self._names[at][1] for at in near if part <= set(self._names[at][0])}
        return self.products[self._names[best][1]] if len(fitting) == 1 else None

    def _share(self, terms: Terms, written: Set[str]) -> float:
        """How much of a name was written, 0 to 1."""
        found = [term for term in terms if term in written]
        if not any(map(_telling, found)) and any(map(_telling, terms)):
            return 0.0  # "mau yang hitam" names no product
        if len(found) == len(terms):
            return 1.0
        return sum(map(self._weight, found)) / sum(map(self._weight, terms))

    def _first_named(self, whole: Sequence[int], heard: Sequence[str]) -> Product | None:
        """Of names written in full the first (labelling guide), but not one within another."""
        terms = {at: set(self._names[at][0]) for at in whole}
        outer = [at for at in whole if not any(terms[at] < terms[other] for other in whole)]
        places = {at: min(heard.index(term) for term in terms[at]) for at in outer}
        first = min(places.values())
        meant = {self._names[at][1] for at in outer if places[at] == first}
        return self.products[meant.pop()] if len(meant) == 1 else None

    def _weight(self, term: str) -> float:
        """Rare words tell products apart; a word of every name still counts a little."""
        return 0.3 + math.log((1 + len(self._names)) / len(self._with[term]))

    def _heard(self, text: str) -> list[str]:
        return [self._recognised(word) for word in words(text)]

    def _recognised(self, word: str) -> str:
        """The catalogue's word that ``word`` is, also with a clitic or one letter wrong."""
        if word in self._with or not word.isalpha():
            return word
        for clitic in _CLITICS:
            if word.endswith(clitic) and word[: -len(clitic)] in self._with:
                return word[: -len(clitic)]
        if len(word) < _TYPO_FROM - 1 or word in _COMMON:
            return word
        meant = {term for key in _one_less(word) for term in self._typos.get(key, ())}
        close = sorted(term for term in meant if _one_apart(word, term))
        products = [{self._names[at][1] for at in self._with[term]} for term in close]
        # Two that a typo may mean are as good as one if they name the same product.
        return close[0] if close and set.intersection(*products) else word


def _telling(term: str) -> bool:
    """Whether a word can name a product: no number, colour or everyday word."""
    return term.isalpha() and len(term) > 2 and term not in _COMMON


def _one_less(word: str) -> Iterator[str]:
    """``word`` and everything it is with one letter left out."""
    yield word
    yield from (word[:at] + word[at + 1 :] for at in range(len(word)))


def _typo_table(terms: Iterable[str]) -> dict[str, list[str]]:
    table: dict[str, list[str]] = defaultdict(list)
    for term in terms:
        if term.isalpha() and len(term) >= _TYPO_FROM:
            for key in set(_one_less(term)):
                table[key].append(term)
    return table


def _one_apart(a: str, b: str) -> bool:
    """Whether one letter added, dropped, changed, or two swapped, make ``b`` of ``a``."""
    if len(a) == len(b):
        wrong = [at for at in range(len(a)) if a[at] != b[at]]
        if len(wrong) == 1:
            return True
        swapped = len(wrong) == 2 and wrong[1] == wrong[0] + 1
        return swapped and a[wrong[0]] == b[wrong[1]] and a[wrong[1]] == b[wrong[0]]
    short, long = sorted((a, b), key=len)
    return len(long) - len(short) == 1 and short in list(_one_less(long))
