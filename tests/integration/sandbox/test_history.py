"""A newly linked neonize client gets what the owner's telephone shows."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sandbox_support import SARI, SHOP, Neonize, Place, eventually, pair

from waagent.errors import InvalidInputError, TimedOutError
from waagent.sandbox import start

pytestmark = pytest.mark.xdist_group("sandbox-history")
PHOTO = b"\xff\xd8\xff\xe0" + bytes(300)


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A shop that had 3 chats of 30 messages before it linked its first device."""
    folder = tmp_path_factory.mktemp("history")
    with start(folder / "sandbox") as sandbox, Neonize(sandbox, folder, "shop") as shop:
        control = sandbox.client()
        past = control.history(SHOP, name="Dapur Bu Ratna", chats=3, messages=30, days=10)
        assert (past.chats, past.messages, past.devices) == (3, 90, 0)
        pair(shop, control)
        yield Place(folder, sandbox, control, shop)


def text_of(item: dict[str, Any]) -> str:
    return str(item["message"]["message"]["conversation"])


def test_the_past_comes_in_chunks_newest_first(linked: Place) -> None:
    control, shop = linked.control, linked.shop
    first = shop.wait("history", sync_type="INITIAL_BOOTSTRAP")
    names = shop.wait("history", sync_type="PUSH_NAME")["names"]
    rest = shop.wait("history", sync_type="RECENT", progress=100)
    people = {person.lid: person for person in control.customers()}
    assert {chat["ID"] for chat in first["chats"]} == set(people) == set(names)
    assert first["mappings"] == {lid: person.jid for lid, person in people.items()}
    assert [len(chat["messages"]) for chat in first["chats"] + rest["chats"]] == [20] * 3 + [10] * 3
    chat = first["chats"][0]
    newest, one_before = (item["message"] for item in chat["messages"][:2])
    assert int(newest["messageTimestamp"]) > int(one_before["messageTimestamp"])
    assert time.time() - 86_400 < int(newest["messageTimestamp"]) < time.time()
    assert newest["key"]["remoteJID"] == chat["ID"]
    assert (newest["key"]["fromMe"], one_before["key"].get("fromMe", False)) == (True, False)
    assert one_before["pushName"] == names[chat["ID"]] == people[chat["ID"]].name
    shown = control.inbox(people[chat["ID"]].phone)
    assert [m.id for m in shown[::-1][:20]] == [m["message"]["key"]["ID"] for m in chat["messages"]]
    assert [m.text for m in shown[::-1][:20]] == [text_of(item) for item in chat["messages"]]
    with pytest.raises(TimedOutError):
        control.recv(people[chat["ID"]].phone, 0.05)  # what was is nothing new


def test_what_was_fetched_is_deleted_and_not_sent_again(linked: Place) -> None:
    linked.shop.wait("history", sync_type="RECENT", progress=100)
    eventually(lambda: not list((Path(linked.folder) / "sandbox" / "media").iterdir()))
    before = len(linked.shop.all("history"))
    with linked.control.events() as events:
        linked.control.drop(SHOP)
        events.wait_for("login", account=SHOP)
    linked.customer()
    linked.shop.wait("message", id=linked.control.send(SARI, SHOP, "sudah nyambung lagi?"))
    assert len(linked.shop.all("history")) == before


def test_real_messages_are_history_for_a_device_too(linked: Place) -> None:
    control, shop = linked.control, linked.shop
    linked.customer()
    photo = control.send_file(SARI, SHOP, PHOTO, caption="yang ini", file_name="kue.jpg")
    edited = control.owner_send(SHOP, SARI, "besok")
    control.edit(SHOP, edited, "lusa")
    deleted = control.send(SARI, SHOP, "salah kirim")
    control.delete(SARI, deleted)
    at = time.time() - 400 * 86_400
    old = {"phone": "6281200000777", "name": "Pak Lama", "messages": [{"text": "halo", "at": at}]}
    past = control.history(SHOP, conversations=[old], addressing="pn", now=True)
    assert (past.chats, past.messages, past.devices) == (1, 1, 1)
    found = shop.wait_for(
        "history",
        lambda e: any(chat["ID"] == f"{SARI}@s.whatsapp.net" for chat in e["chats"]),
    )
    chats = {chat["ID"].partition("@")[0]: chat["messages"] for chat in found["chats"]}
    messages = {item["message"]["key"]["ID"]: item["message"] for item in chats[SARI]}
    assert messages[photo]["message"]["imageMessage"]["caption"] == "yang ini"
    assert messages[edited]["message"]["conversation"] == "lusa"
    assert deleted not in messages
    assert [int(item["message"]["messageTimestamp"]) for item in chats["6281200000777"]] == [
        int(at)
    ]
    with pytest.raises(InvalidInputError):
        control.history(SHOP, conversations=[{"phone": SARI}])
