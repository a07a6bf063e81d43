"""Everything the sandbox must remember, written through to one SQLite file as it happens.

A commit reaches the operating system before the call returns, so a killed sandbox loses nothing;
only a crash of the machine may. All calls come from the event loop's thread.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from waagent.sandbox.store_messages import MessageTables


@dataclass(frozen=True, slots=True, kw_only=True)
class HandsetRow:
    """A telephone."""

    phone: str
    role: str
    name: str
    creds: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRow:
    """A device linked to an account. Keys are 32 bytes, the signature 64."""

    account: str
    number: int
    noise_key: bytes
    identity: bytes
    registration_id: int
    signed_id: int
    signed_key: bytes
    signed_signature: bytes
    linked_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedNode:
    """A node that a device has not acknowledged."""

    seq: int
    cls: str
    node: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """A person's message as it was before it was encrypted for an account's devices."""

    account: str
    id: str
    sender: str
    attrs: dict[str, str]
    enc_attrs: dict[str, str]
    plaintext: bytes


class Store(MessageTables):
    """The database of one sandbox."""

    # settings and counters

    def setting(self, name: str) -> bytes | None:
        row = self._one("select value from setting where name = ?", name)
        return None if row is None else bytes(row["value"])

    def set_setting(self, name: str, value: bytes) -> None:
        self._db.execute("insert or replace into setting values (?, ?)", (name, value))

    def next_number(self, name: str) -> int:
        """1, 2, 3 … for each name."""
        number = int(self.setting(name) or b"0") + 1
        self.set_setting(name, str(number).encode())
        return number

    # handsets

    def add_handset(self, row: HandsetRow) -> None:
        self._db.execute(
            "insert into handset (phone, role, name, creds) values (?, ?, ?, ?)",
            (row.phone, row.role, row.name, row.creds),
        )
        if row.role == "owner":
            self._db.execute("insert into account (phone) values (?)", (row.phone,))

    def rename_handset(self, phone: str, name: str) -> None:
        self._db.execute("update handset set name = ? where phone = ?", (name, phone))

    def handsets(self) -> list[HandsetRow]:
        rows = self._all("select phone, role, name, creds from handset order by rowid")
        return [HandsetRow(**row) for row in rows]

    def signal_value(self, phone: str, kind: str, key: str) -> bytes | None:
        row = self._one(
            "select value from signal where phone = ? and kind = ? and key = ?", phone, kind, key
        )
        return None if row is None else bytes(row["value"])

    def set_signal_value(self, phone: str, kind: str, key: str, value: bytes | None) -> None:
        if value is None:
            self._db.execute(
                "delete from signal where phone = ? and kind = ? and key = ?", (phone, kind, key)
            )
        else:
            self._db.execute(
                "insert or replace into signal values (?, ?, ?, ?)", (phone, kind, key, value)
            )

    # linked devices

    def next_device_number(self, account: str) -> int:
        """A device number this account never used. The first is 1."""
        row = self._one(
            "update account set next_device = next_device + 1 where phone = ?"
            " returning next_device - 1 as number",
            account,
        )
        if row is None:
            raise KeyError(account)
        return int(row["number"])

    def add_device(self, row: DeviceRow) -> None:
        self._db.execute(
            "insert into device (account, number, noise_key, identity, registration_id, signed_id,"
            " signed_key, signed_signature, linked_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                row.account,
                row.number,
                row.noise_key,
                row.identity,
                row.registration_id,
                row.signed_id,
                row.signed_key,
                row.signed_signature,
                row.linked_at,
            ),
        )

    def remove_device(self, account: str, number: int) -> None:
        """Forget a device, its keys and its queue."""
        self._db.execute("delete from device where account = ? and number = ?", (account, number))

    def devices(self) -> list[DeviceRow]:
        return [DeviceRow(**row) for row in self._all("select * from device order by linked_at")]

    def replace_signed_key(
        self, account: str, number: int, key_id: int, key: bytes, signature: bytes
    ) -> None:
        self._db.execute(
            "update device set signed_id = ?, signed_key = ?, signed_signature = ?"
            " where account = ? and number = ?",
            (key_id, key, signature, account, number),
        )

    def add_one_time_keys(
        self, account: str, number: int, keys: Iterable[tuple[int, bytes]]
    ) -> None:
        with self._db:
            self._db.execute("begin")
            self._db.executemany(
                "insert or replace into one_time_key values (?, ?, ?, ?)",
                ((account, number, key_id, public) for key_id, public in keys),
            )

    def count_one_time_keys(self, account: str, number: int) -> int:
        row = self._one(
            "select count(*) as n from one_time_key where account = ? and number = ?",
            account,
            number,
        )
        return int(row["n"]) if row else 0

    def take_one_time_key(self, account: str, number: int) -> tuple[int, bytes] | None:
        """Hand out a one-time key, which is then gone."""
        row = self._one(
            "delete from one_time_key where account = ?1 and number = ?2 and key_id ="
            " (select min(key_id) from one_time_key where account = ?1 and number = ?2)"
            " returning key_id, public",
            account,
            number,
        )
        return None if row is None else (int(row["key_id"]), bytes(row["public"]))

    # nodes on their way to a device

    def enqueue(
        self, account: str, number: int, cls: str, node_id: str, kind: str, node: bytes
    ) -> None:
        self._db.execute(
            "insert into queue (account, number, class, id, type, node) values (?, ?, ?, ?, ?, ?)",
            (account, number, cls, node_id, kind, node),
        )

    def queued(self, account: str, number: int, after: int) -> list[QueuedNode]:
        """What is queued behind sequence number ``after``, oldest first."""
        rows = self._all(
            "select seq, class as cls, node from queue"
            " where account = ? and number = ? and seq > ? order by seq",
            account,
            number,
            after,
        )
        return [QueuedNode(**row) for row in rows]

    def dequeue(
        self, account: str, number: int, cls: str, node_id: str, kind: str | None, upto: int
    ) -> None:
        """Drop what a device acknowledged, up to a sequence number. No type: any type."""
        self._db.execute(
            "delete from queue where account = ?1 and number = ?2 and class = ?3 and id = ?4"
            " and (?5 is null or type = ?5) and seq <= ?6",
            (account, number, cls, node_id, kind, upto),
        )

    # messages that devices may ask for again

    def keep_original(self, original: Original) -> None:
        self._db.execute(
            "insert or replace into original values (?, ?, ?, ?, ?, ?)",
            (
                original.account,
                original.id,
                original.sender,
                json.dumps(original.attrs),
                json.dumps(original.enc_attrs),
                original.plaintext,
            ),
        )

    def original(self, account: str, message_id: str) -> Original | None:
        row = self._one("select * from original where account = ? and id = ?", account, message_id)
        if row is None:
            return None
        loaded = {name: json.loads(row[name]) for name in ("attrs", "enc_attrs")}
        return Original(**{**dict(row), **loaded})
