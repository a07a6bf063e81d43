"""What every service stands on: the database, the keys, and the clock of a tenant's scope."""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import Literal
from uuid import UUID

from waagent.errors import NotFoundError, RefusedError
from waagent.security.cipher import KeyRing, TenantCipher
from waagent.storage.db import Database, Transaction

ChangeKind = Literal["lead", "message", "session", "follow_up", "insight"]

OUTBOX_CHANNEL = "waagent_outbox"
"""Tells hosts that a message waits; the payload is the session's id."""


@dataclass(frozen=True, slots=True)
class Scope:
    """One tenant's open transaction, and the cipher of its fields."""

    tenant_id: str
    tx: Transaction
    cipher: TenantCipher

    def changed(self, kind: ChangeKind, id: str, conversation_id: str | None = None) -> None:  # noqa: A002
        """Tell this tenant's listeners, with the commit. Ids only."""
        payload = {"kind": kind, "id": id, "conversation_id": conversation_id}
        self.tx.notify(change_channel(self.tenant_id), json.dumps(payload))

    def phone(self, sealed: bytes | None, column: str = "contacts.phone") -> str | None:
        """A stored number as E.164."""
        digits = self.cipher.decrypt_or_none(sealed, column)
        return None if digits is None else f"+{digits}"


def change_channel(tenant_id: str) -> str:
    """The channel of one tenant's changes: nobody listens to another's."""
    return f"waagent_t_{UUID(tenant_id).hex}"


@dataclass(slots=True)
class Core:
    """The database and the ciphers of its tenants."""

    db: Database
    keys: KeyRing
    only: str | None = None
    """The one shop that this process serves; None: all."""
    _ciphers: dict[str, TenantCipher] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    @contextmanager
    def tenant(self, tenant_id: str) -> Generator[Scope]:
        """A transaction for one tenant.

        Raises:
            NotFoundError: there is no such tenant, or this process does not serve it.
        """
        if self.only is not None and tenant_id != self.only:
            raise NotFoundError(f"no tenant {tenant_id}")
        with self.db.tenant(tenant_id) as tx:
            yield Scope(tenant_id, tx, self._cipher(tenant_id, tx))

    @contextmanager
    def operator(self) -> Generator[Transaction]:
        """A transaction across shops, for what only an operator may see or do.

        Raises:
            RefusedError: this process serves one shop.
        """
        if self.only is not None:
            raise RefusedError("only an operator may do this")
        with self.db.system() as tx:
            yield tx

    def _cipher(self, tenant_id: str, tx: Transaction) -> TenantCipher:
        with self._lock:
            known = self._ciphers.get(tenant_id)
        if known is not None:
            return known
        wrapped = tx.value("tenants.data_key")
        if wrapped is None:
            raise NotFoundError(f"no tenant {tenant_id}", hint="see: waagent tenant list")
        cipher = self.keys.cipher(UUID(tenant_id), wrapped)
        with self._lock:
            self._ciphers[tenant_id] = cipher
        return cipher
