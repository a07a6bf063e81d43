"""Taking a shop's data out, a page at a time, and the names of its address book in.

An export decrypts: it is written down in the audit log before the first row leaves. An import
gives names to numbers and nothing else: nobody becomes somebody who wrote first, so waagent still
refuses to write to them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from waagent.domain.views import Tenant
from waagent.errors import InvalidPhoneError
from waagent.phones import parse_phone
from waagent.services.contact_files import Refusal, RefuseReason, WrittenContact
from waagent.services.contacts import MAX_NAME, Identity, resolve_contacts
from waagent.services.core import Core, Scope

PAGE = 500


class ExportKind(StrEnum):
    """What can be taken out."""

    LEADS = "leads"
    MESSAGES = "messages"
    CONTACTS = "contacts"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedLead:
    """A lead; ``value`` in rupiah."""

    id: str
    created_at: datetime
    name: str | None
    phone: str | None
    stage: str
    stage_name: str | None
    status: str | None
    intent: str | None
    sentiment: str | None
    product: str | None
    need: str | None
    value: int | None
    assignee: str | None
    tags: tuple[str, ...]
    last_message_at: datetime
    follow_up_at: datetime | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedMessage:
    """A message; ``file_name`` and ``mimetype`` of a file that came with it, which stays here."""

    id: str
    conversation_id: str
    at: datetime
    direction: str
    origin: str
    name: str | None
    phone: str | None
    kind: str
    text: str
    state: str
    edited_at: datetime | None
    revoked_at: datetime | None
    file_name: str | None
    mimetype: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedContact:
    """A contact."""

    id: str
    name: str | None
    phone: str | None
    opted_out: bool
    created_at: datetime
    last_message_at: datetime | None


Exported = ExportedLead | ExportedMessage | ExportedContact


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What an import did, or would do: numbers that are ``new``, and ``known`` ones renamed."""

    new: int
    known: int
    refused: tuple[Refusal, ...]
    written: bool


@dataclass(frozen=True, slots=True)
class _Lead:
    id: str
    created_at: datetime
    name_enc: bytes | None
    phone_enc: bytes | None
    stage: str
    stage_named: str | None
    status: str | None
    intent: str | None
    sentiment: str | None
    product: str | None
    need_enc: bytes | None
    value: int | None
    assignee: str | None
    closed_at: datetime | None
    tags: list[str]
    last_message_at: datetime
    follow_up_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Message:
    id: str
    seq: int
    conversation_id: str
    at: datetime
    direction: str
    origin: str
    name_enc: bytes | None
    phone_enc: bytes | None
    kind: str
    body_enc: bytes
    state: str
    edited_at: datetime | None
    revoked_at: datetime | None
    file_name_enc: bytes | None
    mimetype: str | None


@dataclass(frozen=True, slots=True)
class _Contact:
    id: str
    created_at: datetime
    name_enc: bytes | None
    phone_enc: bytes | None
    opted_out: bool
    last_message_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Counts:
    leads: int
    messages: int
    contacts: int


class ExchangeService:
    """Exports and imports."""

    def __init__(self, core: Core, *, region: str) -> None:
        self._core = core
        self._region = region

    def count(self, tenant: Tenant, kind: ExportKind) -> int:
        """About how many rows an export has."""
        with self._core.tenant(tenant.id) as scope:
            counts = scope.tx.one(_Counts, "exchange.counts")
        return int(getattr(counts, kind.value))

    def export(
        self, tenant: Tenant, kind: ExportKind, *, form: str, actor: str
    ) -> Iterator[Exported]:
        """Every row, oldest first, read page by page; what changes meanwhile may be in it or not.

        ``form`` and ``actor`` are for the audit log, which is written before the first row is read.
        """
        with self._core.tenant(tenant.id) as scope:
            scope.tx.run("audit.note", actor=actor, action=f"export.{kind.value}", subject=form)
        pages: dict[ExportKind, Callable[[str], Iterator[Exported]]] = {
            ExportKind.LEADS: self._leads,
            ExportKind.MESSAGES: self._messages,
            ExportKind.CONTACTS: self._contacts,
        }
        return pages[kind](tenant.id)

    def import_contacts(
        self,
        tenant: Tenant,
        contacts: Sequence[WrittenContact | Refusal],
        *,
        actor: str,
        dry_run: bool = False,
        partial: bool = False,
        told: Callable[[int, int], None] = lambda _done, _all: None,
    ) -> ImportReport:
        """Give numbers their names, all in one transaction.

        If some are refused nothing is written, unless ``partial`` says to take the others.
        ``told`` is called with how many are named already, of how many.
        """
        wanted, refused = self._sorted(contacts)
        write = bool(wanted) and not dry_run and (partial or not refused)
        with self._core.tenant(tenant.id) as scope:
            known = _known(scope, [each.phone or "" for each in wanted])
            if write:
                for start in range(0, len(wanted), PAGE):
                    resolve_contacts(scope, wanted[start : start + PAGE])
                    told(min(start + PAGE, len(wanted)), len(wanted))
                subject = str(len(wanted))
                scope.tx.run("audit.note", actor=actor, action="import.contacts", subject=subject)
        return ImportReport(
            new=len(wanted) - known, known=known, refused=tuple(refused), written=write
        )

    def _sorted(
        self, contacts: Sequence[WrittenContact | Refusal]
    ) -> tuple[list[Identity], list[Refusal]]:
        """Those that can be taken, each number once, and those that cannot, in the file's order."""
        wanted: dict[str, Identity] = {}
        lines: dict[str, int] = {}
        refused = []
        for each in contacts:
            if isinstance(each, Refusal):
                refused.append(each)
                continue
            digits, reason = self._digits(each)
            if digits in wanted:
                reason = RefuseReason.DUPLICATE
            if reason is not None or digits is None:
                same_as = lines.get(digits) if digits else None
                refused.append(
                    Refusal(
                        line=each.line,
                        reason=reason or RefuseReason.BAD_NUMBER,
                        same_as=same_as,
                        name=each.name,
                        phone=each.phone,
                    )
                )
                continue
            lines[digits] = each.line
            wanted[digits] = Identity(lid=None, phone=digits, name=each.name)
        return list(wanted.values()), refused

    def _digits(self, contact: WrittenContact) -> tuple[str | None, RefuseReason | None]:
        """The number as digits, or why the contact cannot be taken."""
        if not contact.name.strip():
            return None, RefuseReason.NO_NAME
        if len(contact.name) > MAX_NAME:
            return None, RefuseReason.LONG_NAME
        if not contact.phone.strip():
            return None, RefuseReason.NO_NUMBER
        try:
            return parse_phone(contact.phone, self._region), None
        except InvalidPhoneError:
            return None, RefuseReason.BAD_NUMBER

    def _leads(self, tenant_id: str) -> Iterator[Exported]:
        at: datetime | None = None
        after: str | None = None
        while True:
            with self._core.tenant(tenant_id) as scope:
                rows = scope.tx.all(
                    _Lead, "exchange.leads", after_at=at, after_id=after, limit=PAGE
                )
                page = [_lead(scope, row) for row in rows]
            yield from page
            if len(rows) < PAGE:
                return
            at, after = rows[-1].created_at, rows[-1].id

    def _messages(self, tenant_id: str) -> Iterator[Exported]:
        after = -(2**62)  # history is numbered from below zero
        while True:
            with self._core.tenant(tenant_id) as scope:
                rows = scope.tx.all(_Message, "exchange.messages", after=after, limit=PAGE)
                page = [_message(scope, row) for row in rows]
            yield from page
            if len(rows) < PAGE:
                return
            after = rows[-1].seq

    def _contacts(self, tenant_id: str) -> Iterator[Exported]:
        at: datetime | None = None
        after: str | None = None
        while True:
            with self._core.tenant(tenant_id) as scope:
                rows = scope.tx.all(
                    _Contact, "exchange.contacts", after_at=at, after_id=after, limit=PAGE
                )
                page = [_contact(scope, row) for row in rows]
            yield from page
            if len(rows) < PAGE:
                return
            at, after = rows[-1].created_at, rows[-1].id


def _known(scope: Scope, phones: Sequence[str]) -> int:
    indexes = [scope.cipher.index("phone", phone) for phone in phones]
    return int(scope.tx.value("exchange.known_numbers", indexes=indexes))


def _name(scope: Scope, sealed: bytes | None) -> str | None:
    return scope.cipher.decrypt_or_none(sealed, "contacts.name")


def _lead(scope: Scope, row: _Lead) -> ExportedLead:
    return ExportedLead(
        id=row.id,
        created_at=row.created_at,
        name=_name(scope, row.name_enc),
        phone=scope.phone(row.phone_enc),
        stage=row.stage,
        stage_name=row.stage_named,
        status=row.status,
        intent=row.intent,
        sentiment=row.sentiment,
        product=row.product,
        need=scope.cipher.decrypt_or_none(row.need_enc, "customer_insights.need"),
        value=row.value,
        assignee=row.assignee,
        tags=tuple(row.tags),
        last_message_at=row.last_message_at,
        follow_up_at=row.follow_up_at,
        closed_at=row.closed_at,
    )


def _message(scope: Scope, row: _Message) -> ExportedMessage:
    return ExportedMessage(
        id=row.id,
        conversation_id=row.conversation_id,
        at=row.at,
        direction=row.direction,
        origin=row.origin,
        name=_name(scope, row.name_enc),
        phone=scope.phone(row.phone_enc),
        kind=row.kind,
        text=scope.cipher.decrypt(row.body_enc, "messages.body"),
        state=row.state,
        edited_at=row.edited_at,
        revoked_at=row.revoked_at,
        file_name=scope.cipher.decrypt_or_none(row.file_name_enc, "message_media.file_name"),
        mimetype=row.mimetype,
    )


def _contact(scope: Scope, row: _Contact) -> ExportedContact:
    return ExportedContact(
        id=row.id,
        name=_name(scope, row.name_enc),
        phone=scope.phone(row.phone_enc),
        opted_out=row.opted_out,
        created_at=row.created_at,
        last_message_at=row.last_message_at,
    )
