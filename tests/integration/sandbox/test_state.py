"""What the sandbox keeps on disk: the database, Signal sessions, keys and descriptors."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from waagent.sandbox import content, drafts
from waagent.sandbox.certs import noise_identity, tls_context
from waagent.sandbox.network import Network
from waagent.sandbox.people import Handset
from waagent.sandbox.signal import DecryptError
from waagent.sandbox.store import DeviceRow, Store
from waagent.sandbox.wire import Node

SHOP, SARI = "6281200009001", "6281200000101"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "sandbox.db")
    yield opened
    opened.close()


def reopen(store: Store, path: Path) -> Store:
    store.close()
    return Store(path / "sandbox.db")


def text_in(message: Any) -> str:
    found = content.read(message)
    assert isinstance(found, content.Content)
    return found.text


def a_device(number: int = 1) -> DeviceRow:
    return DeviceRow(
        account=SHOP,
        number=number,
        noise_key=bytes([number]) * 32,
        identity=b"i" * 32,
        registration_id=7,
        signed_id=1,
        signed_key=b"s" * 32,
        signed_signature=b"t" * 64,
        linked_at=1.0,
    )


def test_everything_is_there_again(store: Store, tmp_path: Path) -> None:
    network = Network(store)
    network.ensure_account(SHOP, "Dapur Bu Ratna")
    network.ensure_customer(SARI, "Bu Sari")
    network.add_device(a_device())
    identity = noise_identity(store)
    store.add_one_time_keys(SHOP, 1, [(n, bytes([n]) * 32) for n in range(1, 4)])
    store.enqueue(SHOP, 1, "message", "A", "text", b"one")
    store.add_to_inbox(SARI, "A", peer=SHOP, device=1, from_me=False, text="ya", at=2.5)
    store.add_receipt("A", SHOP, 1, "read", 3.0)

    again = reopen(store, tmp_path)
    revived = Network(again)
    assert revived.account(SHOP).devices[1].row == a_device()
    assert revived.customer(SARI).name == "Bu Sari"
    assert noise_identity(again).root_public == identity.root_public
    assert again.take_one_time_key(SHOP, 1) == (1, b"\1" * 32)
    assert again.count_one_time_keys(SHOP, 1) == 2
    assert [q.node for q in again.queued(SHOP, 1, 0)] == [b"one"]
    taken = again.take_from_inbox(SARI)
    assert taken is not None
    assert (taken.id, taken.text, taken.at, taken.device) == ("A", "ya", 2.5, 1)
    assert again.take_from_inbox(SARI) is None
    assert again.receipts("A") == [{"account": SHOP, "device": 1, "type": "read", "at": 3.0}]
    again.close()


def test_the_queue_drops_what_was_sent_and_acknowledged(store: Store) -> None:
    Network(store).ensure_account(SHOP, "Dapur Bu Ratna")
    store.add_device(a_device())
    for kind in ("", "read"):
        store.enqueue(SHOP, 1, "receipt", "A", kind, kind.encode())
    store.enqueue(SHOP, 1, "message", "A", "text", b"m")
    store.dequeue(SHOP, 1, "receipt", "A", "", 3)
    assert [q.node for q in store.queued(SHOP, 1, 0)] == [b"read", b"m"]
    store.dequeue(SHOP, 1, "message", "A", None, 2)
    assert [q.node for q in store.queued(SHOP, 1, 2)] == [b"m"]
    store.remove_device(SHOP, 1)
    assert store.queued(SHOP, 1, 0) == []
    assert store.next_device_number(SHOP) == 1
    assert store.next_device_number(SHOP) == 2


async def write(sender: Handset, receiver: Handset, text: str) -> Node:
    if not await sender.signal.has_session(receiver.lid):
        await sender.signal.start_session(receiver.lid, receiver.signal.take_bundle())
    kind, ciphertext = await sender.signal.encrypt(receiver.lid, drafts.text(text).message)
    return Node("enc", {"type": kind}, ciphertext)


async def test_signal_sessions_outlive_the_process(store: Store, tmp_path: Path) -> None:
    def pair(opened: Store) -> tuple[Handset, Handset]:
        network = Network(opened)
        network.ensure_account(SHOP, "Toko")
        return network.handsets[SHOP], network.ensure_customer(SARI, "Bu Sari")

    owner, sari = pair(store)
    first = await write(sari, owner, "satu")
    assert text_in(await owner.decrypt(sari.lid, first)) == "satu"
    late = await write(owner, sari, "dua")
    owner, sari = pair(again := reopen(store, tmp_path))
    after = await write(owner, sari, "tiga")
    assert text_in(await sari.decrypt(owner.lid, after)) == "tiga"
    assert text_in(await sari.decrypt(owner.lid, late)) == "dua"
    with pytest.raises(DecryptError):
        await sari.decrypt(owner.lid, late)
    again.close()


async def test_a_replaced_session_is_still_understood(store: Store) -> None:
    network = Network(store)
    network.ensure_account(SHOP, "Toko")
    owner, sari = network.handsets[SHOP], network.ensure_customer(SARI, "Bu Sari")
    assert await owner.decrypt(sari.lid, await write(sari, owner, "kenalan"))
    assert await sari.decrypt(owner.lid, await write(owner, sari, "salam"))
    on_the_way = await write(owner, sari, "sesi lama")
    await owner.signal.start_session(sari.lid, sari.signal.take_bundle())
    assert text_in(await sari.decrypt(owner.lid, await write(owner, sari, "sesi baru")))
    assert text_in(await sari.decrypt(owner.lid, on_the_way)) == "sesi lama"


def test_the_certificate_authority_stays_the_same(tmp_path: Path) -> None:
    _, first = tls_context(tmp_path)
    authority = first.read_bytes()
    _, second = tls_context(tmp_path)
    assert second.read_bytes() == authority
    assert x509.load_pem_x509_certificate(authority).subject
    assert (tmp_path / "ca-key.pem").stat().st_mode & 0o777 == 0o600


def test_descriptors_hold_what_they_must(sandbox) -> None:
    endpoint = json.loads(sandbox.info.endpoint.read_text())
    assert sorted(endpoint) == ["ca_file", "noise_root_public_key", "proxy_url"]
    assert Path(endpoint["ca_file"]).is_absolute()
    assert len(bytes.fromhex(endpoint["noise_root_public_key"])) == 32
    for path in (sandbox.info.endpoint, sandbox.info.control):
        assert path.stat().st_mode & 0o777 == 0o600
    assert sandbox.state_dir.stat().st_mode & 0o777 == 0o700


def test_a_file_of_the_first_release_is_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "sandbox.db"
    Store(path).close()
    with closing(sqlite3.connect(path)) as old:
        for column in ("kind", "quoted", "edited", "revoked", "details", "reactions", "message"):
            old.execute(f"alter table inbox drop column {column}")
        old.execute("insert into handset values (?, 'customer', 'Bu Sari', x'00')", (SARI,))
        old.execute(
            "insert into inbox (phone, id, peer, device, from_me, text, at)"
            " values (?, 'A', ?, 1, 0, 'ya', 2.5)",
            (SARI, SHOP),
        )
        old.commit()
    store = Store(path)
    [row] = store.inbox(SARI)
    store.close()
    assert (row.text, row.kind, row.edited, row.reactions) == ("ya", "text", False, {})
