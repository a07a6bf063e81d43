"""The rows that arrivals become, live ones and history alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from waagent.domain.messages import Direction, InboundMessage, MessageKind, MessageState, Origin
from waagent.domain.texts import encodable, identifier
from waagent.services.contacts import Identity, resolve_contacts
from waagent.services.core import Scope
from waagent.services.media_inbox import NewFile, note_files


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message and the session it came to."""

    session_id: str
    message: InboundMessage


@dataclass(frozen=True, slots=True)
class Placed:
    """An arrival and the conversation it belongs to."""

    session_id: str
    conversation_id: str
    message: InboundMessage

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes a message one: WhatsApp's ids are unique for each side only."""
        return self.session_id, self.message.wa_message_id, self.direction

    @property
    def direction(self) -> str:
        """Seen from the shop."""
        return (Direction.OUT if self.message.from_me else Direction.IN).value


@dataclass(frozen=True, slots=True)
class StoredRow:
    """A row that was made; not ``fresh`` where it took the place of a stub."""

    id: str
    conversation_id: str
    session_id: str
    wa_message_id: str
    direction: str
    fresh: bool


@dataclass(frozen=True, slots=True)
class New:
    """A row that was made, and what it was made of."""

    row: StoredRow
    placed: Placed


@dataclass(frozen=True, slots=True)
class _Conversation:
    id: str
    session_id: str
    contact_id: str


def place(scope: Scope, arrivals: Sequence[Arrival], *, readdress: bool) -> list[Placed]:
    """Find or make the contacts and conversations of arrivals; each message once.

    With ``readdress``, answers go from now on to where the newest of them came from.
    """
    arrivals = [replace(each, message=_storable(each.message)) for each in arrivals]
    contacts = resolve_contacts(scope, [_identity(each.message) for each in arrivals])
    newest = {
        (arrival.session_id, contact): arrival.message
        for arrival, contact in zip(arrivals, contacts, strict=True)
    }
    rows = scope.tx.all(
        _Conversation,
        "messages.upsert_conversations",
        session_ids=[session_id for session_id, _ in newest],
        contact_ids=[contact for _, contact in newest],
        chats=[
            scope.cipher.encrypt(message.chat_jid, "conversations.chat")
            for message in newest.values()
        ],
        ats=[message.sent_at for message in newest.values()],
        readdress=readdress,
    )
    ids = {(row.session_id, row.contact_id): row.id for row in rows}
    return _unique(
        Placed(arrival.session_id, ids[arrival.session_id, contact], arrival.message)
        for arrival, contact in zip(arrivals, contacts, strict=True)
    )


def insert(
    scope: Scope, placed: Sequence[Placed], media_limit: int, numbers: Sequence[int] | None = None
) -> list[New]:
    """Store what is not stored yet, in this order, and note its files.

    ``numbers`` are those of history, which changes nothing; what is live gets the next ones, and
    takes the place of a stub. A file larger than ``media_limit`` bytes is not fetched.
    """
    messages = [each.message for each in placed]
    rows = scope.tx.all(
        StoredRow,
        "messages.insert_arrived",
        session_ids=[each.session_id for each in placed],
        conversation_ids=[each.conversation_id for each in placed],
        wa_message_ids=[message.wa_message_id for message in messages],
        directions=[each.direction for each in placed],
        origins=[(Origin.PHONE if m.from_me else Origin.CUSTOMER).value for m in messages],
        kinds=[message.kind.value for message in messages],
        bodies=[scope.cipher.encrypt(message.text, "messages.body") for message in messages],
        states=[
            (MessageState.SENT if message.from_me else MessageState.RECEIVED).value
            for message in messages
        ],
        ats=[message.sent_at for message in messages],
        quoted_wa_ids=[message.quoted_id for message in messages],
        seqs=[None] * len(placed) if numbers is None else list(numbers),
    )
    by_key = {each.key: each for each in placed}
    new = [New(row, by_key[row.session_id, row.wa_message_id, row.direction]) for row in rows]
    files = [
        NewFile(each.row.id, each.row.session_id, media)
        for each in new
        if (media := each.placed.message.media) is not None
    ]
    note_files(scope, files, media_limit)
    return new


def _unique(placed: Iterable[Placed]) -> list[Placed]:
    """The last readable one of each: one statement must not meet the same key twice."""
    found: dict[tuple[str, str, str], Placed] = {}
    for each in placed:
        if each.key not in found or each.message.kind is not MessageKind.UNDECRYPTABLE:
            found[each.key] = each
    return list(found.values())


def _storable(message: InboundMessage) -> InboundMessage:
    """The message with every text such that PostgreSQL and the cipher take it."""
    name, quoted = message.push_name, message.quoted_id
    return replace(
        message,
        wa_message_id=identifier(message.wa_message_id),
        chat_jid=encodable(message.chat_jid),
        lid=message.lid and encodable(message.lid),
        phone=message.phone and encodable(message.phone),
        push_name=name and encodable(name),
        text=encodable(message.text),
        quoted_id=quoted and identifier(quoted),
    )


def _identity(message: InboundMessage) -> Identity:
    name = None if message.from_me else message.push_name
    return Identity(lid=message.lid, phone=message.phone, name=name)
