"""What a shell may offer while somebody types: names and ids of what there is, the newest first.

Customers are named by what of their name cannot mean anything to a shell: letters, digits, spaces.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from waagent.services.core import Core, Scope

MOST = 30
_SAFE = re.compile(r"[\w./+-]+", re.ASCII)
_LONGEST_NAME = 30


class Offer(NamedTuple):
    """A value, and what it is."""

    value: str
    about: str


@dataclass(frozen=True, slots=True)
class _Named:
    value: str
    about: str


@dataclass(frozen=True, slots=True)
class _OfCustomer:
    id: str
    name_enc: bytes | None
    about: str


class Glance:
    """Offers of one shop; of tenants and hosts it needs none."""

    def __init__(self, core: Core, shop: str | None) -> None:
        self._core = core
        self._shop = shop

    def tenants(self) -> Iterator[Offer]:
        """The shops, by slug."""
        with self._core.db.system() as tx:
            yield from _offers(tx.all(_Named, "glance.tenants"))

    def hosts(self) -> Iterator[Offer]:
        """The session hosts."""
        with self._core.db.system() as tx:
            yield from _offers(tx.all(_Named, "glance.hosts"))

    def sessions(self) -> Iterator[Offer]:
        """The shop's numbers, by name, and their states."""
        for scope in self._scopes():
            yield from _offers(scope.tx.all(_Named, "glance.sessions"))

    def templates(self) -> Iterator[Offer]:
        """The shop's own templates."""
        for scope in self._scopes():
            yield from _offers(scope.tx.all(_Named, "glance.templates"))

    def channels(self) -> Iterator[Offer]:
        """Where the shop's owner is told."""
        for scope in self._scopes():
            yield from _offers(scope.tx.all(_Named, "glance.channels"))

    def leads(self, begins: str) -> Iterator[Offer]:
        """Leads whose id begins so, those who wrote last first."""
        for scope in self._scopes():
            rows = scope.tx.all(_OfCustomer, "glance.leads", begins=_like(begins), limit=MOST)
            yield from _of_customers(scope, rows)

    def follow_ups(self, begins: str) -> Iterator[Offer]:
        """Follow-ups still to come whose id begins so, the next first."""
        for scope in self._scopes():
            rows = scope.tx.all(_OfCustomer, "glance.follow_ups", begins=_like(begins), limit=MOST)
            yield from _of_customers(scope, rows)

    def _scopes(self) -> Iterator[Scope]:
        """The shop's, if there is such a shop."""
        if not self._shop:
            return
        with self._core.db.system() as tx:
            tenant_id = tx.value("tenants.find", ref=self._shop)
        if tenant_id is not None:
            with self._core.tenant(tenant_id) as scope:
                yield scope


def _like(begins: str) -> str:
    """A pattern of what begins so; ids hold no character that means something in it."""
    return re.sub(r"[^0-9a-f-]", "", begins.lower()) + "%"


def _of_customers(scope: Scope, rows: list[_OfCustomer]) -> Iterator[Offer]:
    for row in rows:
        name = scope.cipher.decrypt_or_none(row.name_enc, "contacts.name") or ""
        yield Offer(row.id, harmless(f"{name} {row.about}"))


def _offers(rows: list[_Named]) -> Iterator[Offer]:
    for row in rows:
        if _SAFE.fullmatch(row.value):
            yield Offer(row.value, harmless(row.about))


def harmless(text: str) -> str:
    """The words of ``text``; zsh runs what completions print, so nothing else may get there."""
    words = re.sub(r"[\W]+", " ", text).strip()
    return words if len(words) <= _LONGEST_NAME else words[:_LONGEST_NAME].rstrip()
