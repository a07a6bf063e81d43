"""What the sandbox remembers of messages: inboxes and receipts."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, field
from typing import Any

from waagent.sandbox.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxRow:
    """A message as one handset shows it. ``peer`` is the other side's phone number.

    ``device`` is the number of the device it was sent from, 0 for a telephone. ``details`` may have
    ``media``, ``location`` and ``contact``; ``reactions`` map phone numbers to emojis.
    ``message`` is the protobuf it was sent as, serialised.
    """

    seq: int
    phone: str
    id: str
    peer: str
    device: int
    from_me: bool
    text: str
    at: float
    taken: bool
    read: bool
    kind: str = "text"
    quoted: str | None = None
    edited: bool = False
    revoked: bool = False
    details: dict[str, Any] = field(default_factory=dict)
    reactions: dict[str, str] = field(default_factory=dict)
    message: bytes | None = None


class MessageTables(Database):
    """The tables of messages."""

    # inboxes

    def add_to_inbox(
        self,
        phone: str,
        message_id: str,
        *,
        peer: str,
        device: int,
        from_me: bool,
        text: str,
        at: float,
        kind: str = "text",
        quoted: str | None = None,
        details: dict[str, Any] | None = None,
        message: bytes | None = None,
        taken: bool = False,
    ) -> bool:
        """Show a message on a handset; False when it is there already."""
        packed = json.dumps(details or {})
        changed = self._db.execute(
            "insert or ignore into inbox"
            " (phone, id, peer, device, from_me, text, at, kind, quoted, details, message,"
            " taken)"
            " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                phone,
                message_id,
                peer,
                device,
                from_me,
                text,
                at,
                kind,
                quoted,
                packed,
                message,
                taken,
            ),
        ).rowcount
        return changed > 0

    def edit_in_inbox(self, phone: str, message_id: str, text: str, *, from_me: bool) -> bool:
        """Replace a text; False when there is no such message of that side, or it was revoked."""
        changed = self._db.execute(
            "update inbox set text = ?, edited = 1"
            " where phone = ? and id = ? and from_me = ? and not revoked",
            (text, phone, message_id, from_me),
        ).rowcount
        return changed > 0

    def revoke_in_inbox(self, phone: str, message_id: str, *, from_me: bool) -> bool:
        """Leave nothing of a message but that it was deleted; False as in an edit."""
        changed = self._db.execute(
            "update inbox set text = '', details = '{}', reactions = '{}', message = null,"
            " revoked = 1"
            " where phone = ? and id = ? and from_me = ? and not revoked",
            (phone, message_id, from_me),
        ).rowcount
        return changed > 0

    def react_in_inbox(self, phone: str, message_id: str, by: str, emoji: str) -> bool:
        """Put somebody's emoji on a message, or take it off; False when there is no such one."""
        row = self.inbox_message(phone, message_id)
        if row is None or row.revoked:
            return False
        reactions = {who: what for who, what in row.reactions.items() if who != by}
        if emoji:
            reactions[by] = emoji
        self._db.execute(
            "update inbox set reactions = ? where phone = ? and id = ?",
            (json.dumps(reactions), phone, message_id),
        )
        return True

    def take_from_inbox(self, phone: str) -> InboxRow | None:
        """The oldest message of others that was not taken yet; it now is."""
        row = self._one(
            "update inbox set taken = 1 where seq = (select min(seq) from inbox"
            " where phone = ? and not taken and not from_me) returning *",
            phone,
        )
        return None if row is None else _inbox_row(row)

    def inbox(self, phone: str) -> list[InboxRow]:
        rows = self._all("select * from inbox where phone = ? order by seq", phone)
        return [_inbox_row(row) for row in rows]

    def inbox_message(self, phone: str, message_id: str) -> InboxRow | None:
        row = self._one("select * from inbox where phone = ? and id = ?", phone, message_id)
        return None if row is None else _inbox_row(row)

    def last_in_inbox(self, phone: str) -> int:
        """The sequence number of a handset's newest message; 0 when it has none."""
        row = self._one("select max(seq) as seq from inbox where phone = ?", phone)
        return int(row["seq"] or 0) if row else 0

    def from_device_after(self, phone: str, account: str, seq: int) -> int | None:
        """The first message behind ``seq`` that a linked device of this account sent."""
        row = self._one(
            "select min(seq) as seq from inbox"
            " where phone = ? and peer = ? and device > 0 and not from_me and seq > ?",
            phone,
            account,
            seq,
        )
        return row["seq"] if row else None

    def mark_read(self, phone: str, message_id: str) -> None:
        self._db.execute(
            "update inbox set read = 1 where phone = ? and id = ?", (phone, message_id)
        )

    # receipts of the shops

    def add_receipt(self, message_id: str, account: str, number: int, kind: str, at: float) -> None:
        self._db.execute(
            "insert or ignore into receipt values (?, ?, ?, ?, ?)",
            (message_id, account, number, kind, at),
        )

    def receipts(self, message_id: str) -> list[dict[str, Any]]:
        """``account``, ``device``, ``type`` and ``at`` of each receipt for a message."""
        return [
            dict(row)
            for row in self._all(
                "select account, number as device, type, at from receipt"
                " where message_id = ? order by at",
                message_id,
            )
        ]


def _inbox_row(row: sqlite3.Row) -> InboxRow:
    flags = {name: bool(row[name]) for name in ("from_me", "taken", "read", "edited", "revoked")}
    parsed = {name: json.loads(row[name]) for name in ("details", "reactions")}
    return InboxRow(**{**dict(row), **flags, **parsed})
