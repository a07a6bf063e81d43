"""Who wrote: a contact has an id of ours and any number of aliases (LIDs and phone numbers).

WhatsApp names a customer by LID, by phone number, or both; a pair seen together teaches that they
are one person. A LID is never kept or shown as a number.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from waagent.services.core import Scope
from waagent.services.merging import merge

MAX_NAME = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What a message says of its other side; ``lid`` or ``phone`` is set."""

    lid: str | None
    phone: str | None
    name: str | None

    def aliases(self) -> list[tuple[str, str]]:
        """Kind and value; the LID first, since it is what lasts."""
        pairs = (("lid", self.lid), ("phone", self.phone))
        return [(kind, value) for kind, value in pairs if value]


@dataclass(frozen=True, slots=True)
class _Known:
    kind: str
    value_index: bytes
    contact_id: str
    name_enc: bytes | None
    phone_enc: bytes | None
    created_at: datetime
    has_lid: bool


@dataclass(slots=True)
class _Contact:
    id: str
    name: str | None
    phone: str | None
    created_at: datetime
    has_lid: bool


class _Directory:
    """The contacts that a batch of identities names."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._by_alias: dict[tuple[str, bytes], _Contact] = {}
        self._merged: dict[str, _Contact] = {}

    def load(self, aliases: Iterable[tuple[str, bytes]]) -> None:
        wanted = list(dict.fromkeys(aliases))
        rows = self._scope.tx.all(
            _Known,
            "contacts.by_aliases",
            kinds=[kind for kind, _ in wanted],
            indexes=[index for _, index in wanted],
        )
        contacts: dict[str, _Contact] = {}
        for row in rows:
            contact = contacts.get(row.contact_id) or self._opened(row)
            contacts[row.contact_id] = contact
            self._by_alias[row.kind, row.value_index] = contact

    def find(self, aliases: Sequence[tuple[str, bytes]]) -> _Contact | None:
        found = (self._by_alias.get(alias) for alias in aliases)
        return next((contact for contact in found if contact is not None), None)

    def split(self, aliases: Sequence[tuple[str, bytes]]) -> bool:
        """Whether these aliases of one person lead to two contacts."""
        found = (self._by_alias.get(alias) for alias in aliases)
        return len({contact.id for contact in found if contact is not None}) > 1

    def unite(self, aliases: Sequence[tuple[str, bytes]]) -> None:
        """Merge the contacts that a message says are one person, the later into the earlier.

        Not when both have a LID: then the number has changed hands, or there is no telling. Not
        when a person has said that they are two.
        """
        found = {contact.id: contact for alias in aliases if (contact := self._by_alias.get(alias))}
        kept, merged = sorted(found.values(), key=lambda contact: contact.created_at)
        if kept.has_lid and merged.has_lid:
            return
        if self._scope.tx.value("contacts.merge_undone", one=kept.id, other=merged.id):
            return
        merge(self._scope, kept.id, merged.id, evidence="message", actor="rule")
        kept.name, kept.phone = kept.name or merged.name, kept.phone or merged.phone
        kept.has_lid = kept.has_lid or merged.has_lid
        self._merged[merged.id] = kept
        for alias, contact in self._by_alias.items():
            if contact.id == merged.id:
                self._by_alias[alias] = kept

    def now(self, contact: _Contact) -> _Contact:
        """Whom a contact has become part of, if it was merged since it was found."""
        return self._merged.get(contact.id, contact)

    def missing(self, aliases: Sequence[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
        return [alias for alias in aliases if alias not in self._by_alias]

    def create(self, identity: Identity) -> _Contact:
        contact = _Contact(
            id=str(uuid4()),
            name=_clean(identity.name),
            phone=identity.phone,
            created_at=datetime.now(UTC),
            has_lid=identity.lid is not None,
        )
        self._scope.tx.run(
            "contacts.create",
            id=contact.id,
            name=self._scope.cipher.encrypt_or_none(contact.name, "contacts.name"),
            phone=self._scope.cipher.encrypt_or_none(contact.phone, "contacts.phone"),
        )
        return contact

    def add(self, contact: _Contact, alias: tuple[str, bytes]) -> None:
        kind, index = alias
        self._scope.tx.run(
            "contacts.add_alias", kind=kind, value_index=index, contact_id=contact.id
        )
        contact.has_lid = contact.has_lid or kind == "lid"
        self._by_alias[alias] = contact

    def learn(self, contact: _Contact, identity: Identity) -> None:
        name = _clean(identity.name)
        new_name = name if name and name != contact.name else None
        new_phone = identity.phone if identity.phone and contact.phone is None else None
        if new_name is None and new_phone is None:
            return
        contact.name, contact.phone = new_name or contact.name, new_phone or contact.phone
        self._scope.tx.run(
            "contacts.learn",
            id=contact.id,
            name=self._scope.cipher.encrypt_or_none(new_name, "contacts.name"),
            phone=self._scope.cipher.encrypt_or_none(new_phone, "contacts.phone"),
        )

    def _opened(self, row: _Known) -> _Contact:
        cipher = self._scope.cipher
        return _Contact(
            id=row.contact_id,
            name=cipher.decrypt_or_none(row.name_enc, "contacts.name"),
            phone=cipher.decrypt_or_none(row.phone_enc, "contacts.phone"),
            created_at=row.created_at,
            has_lid=row.has_lid,
        )


def resolve_contacts(scope: Scope, identities: Sequence[Identity]) -> list[str]:
    """The contact's id of each identity; makes contacts and learns aliases, names and numbers.

    Two contacts that a message shows to be one person are merged.
    """
    aliases = [_indexed(scope, identity) for identity in identities]
    directory = _Directory(scope)
    directory.load(alias for each in aliases for alias in each)
    if any(directory.missing(each) or directory.split(each) for each in aliases):
        # Two sessions of a shop may meet a customer at the same moment.
        scope.tx.value("contacts.lock")
        directory.load(alias for each in aliases for alias in each)
    found = []
    for identity, each in zip(identities, aliases, strict=True):
        if directory.split(each):
            directory.unite(each)
        contact = directory.find(each) or directory.create(identity)
        for alias in directory.missing(each):
            directory.add(contact, alias)
        directory.learn(contact, identity)
        found.append(contact)
    return [directory.now(contact).id for contact in found]


def find_by_phone(scope: Scope, phone: str) -> str | None:
    """The contact's id of a number (digits with the country code), or None."""
    known = scope.tx.one(
        _Known,
        "contacts.by_aliases",
        kinds=["phone"],
        indexes=[scope.cipher.index("phone", phone)],
    )
    return None if known is None else known.contact_id


def _indexed(scope: Scope, identity: Identity) -> list[tuple[str, bytes]]:
    return [(kind, scope.cipher.index(kind, value)) for kind, value in identity.aliases()]


def _clean(name: str | None) -> str | None:
    return " ".join((name or "").split())[:MAX_NAME] or None
