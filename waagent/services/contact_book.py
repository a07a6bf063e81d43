"""The shop's customers as people see them: listing, merging by hand, undoing."""

from __future__ import annotations

import builtins
from dataclasses import dataclass
from datetime import datetime

from waagent.domain.views import ContactView, MergeView, Tenant
from waagent.errors import NotFoundError
from waagent.phones import format_e164, parse_phone
from waagent.services import merging, optouts
from waagent.services.contacts import find_by_phone
from waagent.services.core import Core, Scope
from waagent.services.ids import require_id


@dataclass(frozen=True, slots=True)
class _Row:
    id: str
    name_enc: bytes | None
    phone_enc: bytes | None
    has_lid: bool
    opted_out: bool
    merges: int
    last_message_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Merge:
    id: str
    kept_id: str
    merged_id: str
    kept_name: bytes | None
    kept_phone: bytes | None
    merged_name: bytes | None
    merged_phone: bytes | None
    evidence: str
    actor: str
    at: datetime
    undone_at: datetime | None


class ContactService:
    """Lists contacts, and makes two of them one or one of them two."""

    def __init__(self, core: Core, *, region: str) -> None:
        self._core = core
        self._region = region

    def list(self, tenant: Tenant) -> list[ContactView]:
        """Everybody who wrote to the shop, the newest first."""
        with self._core.tenant(tenant.id) as scope:
            rows = scope.tx.all(_Row, "contacts.list", contact_id=None)
        return [_view(scope, row) for row in rows]

    def get(self, tenant: Tenant, ref: str) -> ContactView:
        """The contact of an id or a phone number.

        Raises:
            NotFoundError: there is none.
            InvalidPhoneError: ``ref`` is neither an id nor a number.
        """
        with self._core.tenant(tenant.id) as scope:
            return self._get(scope, ref)

    def merge(self, tenant: Tenant, kept: str, other: str, *, actor: str) -> str:
        """Make ``other`` part of ``kept`` (ids or numbers); returns the merge's id.

        Raises:
            NotFoundError, InvalidPhoneError: as :meth:`get`.
            InvalidInputError: they are the same.
        """
        with self._core.tenant(tenant.id) as scope:
            ids = self._get(scope, kept).id, self._get(scope, other).id
            return merging.merge(scope, *ids, evidence="person", actor=actor)

    def undo(self, tenant: Tenant, merge_id: str, *, actor: str) -> None:
        """Take a merge back.

        Raises:
            NotFoundError: no such merge is in force.
            ConflictError: the contact was merged again since.
        """
        with self._core.tenant(tenant.id) as scope:
            merging.undo(scope, require_id(merge_id, "merge"), actor=actor)

    def opt_out(self, tenant: Tenant, ref: str, *, actor: str) -> ContactView:
        """Note that a contact wants no messages unasked. Raises as :meth:`get`."""
        with self._core.tenant(tenant.id) as scope:
            optouts.opt_out(scope, self._get(scope, ref).id, actor=actor)
            return self._get(scope, ref)

    def opt_in(self, tenant: Tenant, ref: str, *, actor: str) -> ContactView:
        """Note that a contact wants them again. Raises as :meth:`get`."""
        with self._core.tenant(tenant.id) as scope:
            optouts.opt_in(scope, self._get(scope, ref).id, actor=actor)
            return self._get(scope, ref)

    def merges(self, tenant: Tenant) -> builtins.list[MergeView]:
        """All merges, the newest first."""
        with self._core.tenant(tenant.id) as scope:
            rows = scope.tx.all(_Merge, "merging.list")
        return [
            MergeView(
                id=row.id,
                kept_id=row.kept_id,
                merged_id=row.merged_id,
                kept=_who(scope, row.kept_name, row.kept_phone),
                merged=_who(scope, row.merged_name, row.merged_phone),
                evidence=row.evidence,
                actor=row.actor,
                at=row.at,
                undone_at=row.undone_at,
            )
            for row in rows
        ]

    def _get(self, scope: Scope, ref: str) -> ContactView:
        row = scope.tx.one(_Row, "contacts.list", contact_id=self._id(scope, ref))
        if row is None:
            raise NotFoundError(f"no contact {ref}", hint="see: waagent contact list")
        return _view(scope, row)

    def _id(self, scope: Scope, ref: str) -> str:
        if "-" in ref and len(ref) == 36:
            return require_id(ref, "contact")
        digits = parse_phone(ref, self._region)
        found = find_by_phone(scope, digits)
        if found is None:
            raise NotFoundError(
                f"nobody with the number {format_e164(digits)} wrote to this shop",
                hint="see: waagent contact list",
            )
        return found


def _view(scope: Scope, row: _Row) -> ContactView:
    return ContactView(
        id=row.id,
        name=scope.cipher.decrypt_or_none(row.name_enc, "contacts.name"),
        phone=scope.phone(row.phone_enc),
        has_lid=row.has_lid,
        opted_out=row.opted_out,
        merges=row.merges,
        last_message_at=row.last_message_at,
    )


def _who(scope: Scope, name: bytes | None, phone: bytes | None) -> str | None:
    parts = (scope.cipher.decrypt_or_none(name, "contacts.name"), scope.phone(phone))
    return " ".join(part for part in parts if part) or None
