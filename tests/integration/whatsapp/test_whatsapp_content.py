"""Files, places, cards, quotes, changes, typing and history: both ways, with the real library."""

from __future__ import annotations

import hashlib
import time
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Iterator
from datetime import datetime

import psycopg
import pytest
from whatsapp_harness import PATIENCE, Fields, Linked, Remote, RunningShop

from waagent.sandbox.client import SandboxClient

pytestmark = pytest.mark.xdist_group("whatsapp")

FILE = bytes(range(256)) * 40


@pytest.fixture(scope="module")
def shop(host: Remote, linked: list[Linked], database_url: str) -> Iterator[RunningShop]:
    """One connected number for all of these tests.

    It has the name that a phone's app state gives it: without one the library is never available.
    """
    with psycopg.connect(database_url) as connection:
        named = "update whatsmeow.whatsmeow_device set push_name = %s where jid = %s"
        connection.execute(named, ("Dapur Bu Ratna", linked[1].jid))
    shop = RunningShop(remote=host, key="content", linked=linked[1])
    shop.start()
    yield shop
    assert shop.stop() is True


def jid(customer: str) -> str:
    return f"{customer}@s.whatsapp.net"


def came(shop: RunningShop, message_id: str) -> Fields:
    return shop.expect(event="message", wa_message_id=message_id)


@pytest.mark.parametrize(
    ("kind", "mimetype", "text"),
    [
        ("image", "image/jpeg", "bukti transfer"),
        ("video", "video/mp4", ""),
        ("audio", "audio/ogg; codecs=opus", ""),
        ("document", "application/pdf", "PO nomor 12"),
    ],
)
def test_files_go_both_ways(
    shop: RunningShop, world: SandboxClient, customer: str, kind: str, mimetype: str, text: str
) -> None:
    sent_id = world.send_file(
        customer,
        shop.phone,
        FILE,
        kind=kind,
        caption=text or None,
        mimetype=mimetype,
        file_name="PO 12.pdf",
    )
    got = came(shop, sent_id)
    assert (got["kind"], got["text"]) == (kind, text)
    assert (got["media"]["mimetype"], got["media"]["size"]) == (mimetype, len(FILE))
    assert got["media"]["file_name"] == ("PO 12.pdf" if kind == "document" else None)
    fetch = {"key": shop.key, "ref": got["media"]["ref"]}
    assert b64decode(shop.remote.do("download", limit=len(FILE), **fetch)) == FILE
    too_large = shop.remote.refused("download", limit=len(FILE) - 1, **fetch)
    assert too_large == {"error": "MediaError", "code": "too_large"}

    media = {"kind": kind, "data": b64encode(FILE).decode(), "mimetype": mimetype}
    quoted = {"wa_message_id": sent_id, "from_me": False, "text": text}
    back = shop.transmit(
        got["chat_jid"], "text", text=text, media=media | {"file_name": "menu.pdf"}, quoted=quoted
    )
    shown = world.recv(customer)
    assert (shown.id, shown.kind, shown.text) == (back["wa_message_id"], kind, text)
    assert shown.quoted == sent_id
    assert shown.media is not None
    assert (shown.media.error, shown.media.mimetype) == ("", mimetype)
    assert shown.media.sha256 == hashlib.sha256(FILE).hexdigest()
    assert shown.media.voice is (kind == "audio")
    assert shown.media.file_name == ("menu.pdf" if kind == "document" else None)


def test_places_and_cards_go_both_ways(
    shop: RunningShop, world: SandboxClient, customer: str
) -> None:
    place = came(shop, world.send_location(customer, shop.phone, -6.2, 106.8, name="Rumah"))
    assert place["kind"] == "location"
    assert place["text"].splitlines()[:2] == ["Rumah", "-6.200000, 106.800000"]
    card = came(shop, world.send_contact(customer, shop.phone, "Budi", "6281234567890"))
    assert (card["kind"], card["text"]) == ("contact", "Budi: +6281234567890")

    shop.transmit(jid(customer), "location", latitude=-6.3, longitude=106.9, name="Toko")
    shown = world.recv(customer).location
    assert shown is not None
    assert (shown.latitude, shown.longitude, shown.name) == (-6.3, 106.9, "Toko")
    shop.transmit(jid(customer), "contact", name="Kurir Adi", phone="6281234567890")
    contact = world.recv(customer).contact
    assert contact is not None
    assert contact.name == "Kurir Adi"
    assert "waid=6281234567890" in contact.vcard


def test_answers_name_what_they_answer(
    shop: RunningShop, world: SandboxClient, customer: str
) -> None:
    asked = came(shop, world.send(customer, shop.phone, "ada?"))
    quoted = {"wa_message_id": asked["wa_message_id"], "from_me": False, "text": "ada?"}
    sent = shop.transmit(asked["chat_jid"], "text", text="Ada", quoted=quoted)
    assert world.recv(customer).quoted == asked["wa_message_id"]
    answer = came(shop, world.reply(customer, shop.phone, "satu ya", sent["wa_message_id"]))
    assert (answer["quoted_id"], answer["text"]) == (sent["wa_message_id"], "satu ya")


def test_changes_go_both_ways(shop: RunningShop, world: SandboxClient, customer: str) -> None:
    asked = world.send(customer, shop.phone, "10 box")
    chat = came(shop, asked)["chat_jid"]
    sent = shop.send(chat, "10 box ya")["wa_message_id"]
    assert world.recv(customer).id == sent

    world.edit(customer, asked, "12 box")
    world.react(customer, sent, "👍")
    edited = shop.expect(event="change", kind="edit", wa_message_id=asked)
    assert (edited["text"], edited["by_me"], edited["target_from_me"]) == ("12 box", False, False)
    liked = shop.expect(event="change", kind="reaction", wa_message_id=sent)
    assert (liked["text"], liked["by_me"], liked["target_from_me"]) == ("👍", False, True)

    shop.transmit(chat, "edit", wa_message_id=sent, target_from_me=True, text="12 box ya")
    shop.transmit(chat, "reaction", wa_message_id=asked, target_from_me=False, text="🙏")
    shown = {message.id: message for message in world.inbox(customer)}
    assert (shown[sent].text, shown[sent].edited) == ("12 box ya", True)
    assert shown[asked].reactions == {shop.phone: "🙏"}
    shop.transmit(chat, "reaction", wa_message_id=asked, target_from_me=False, text="")
    shop.transmit(chat, "revoke", wa_message_id=sent, target_from_me=True)
    shown = {message.id: message for message in world.inbox(customer)}
    assert shown[sent].revoked
    assert shown[asked].reactions == {}
    world.delete(customer, asked)
    gone = shop.expect(event="change", kind="revoke", wa_message_id=asked)
    assert (gone["phone"], gone["by_me"], gone["target_from_me"]) == (customer, False, False)
    assert len(shop.all(event="message", phone=customer)) == 1  # no change came as a message


def test_the_owners_changes_on_the_phone_come_too(
    shop: RunningShop, world: SandboxClient, customer: str
) -> None:
    asked = world.send(customer, shop.phone, "ada?")
    told = world.owner_send(shop.phone, customer, "Ada")
    came(shop, told)
    world.edit(shop.phone, told, "Ada, kak")
    world.react(shop.phone, asked, "❤️")
    edited = shop.expect(event="change", kind="edit", wa_message_id=told)
    assert (edited["text"], edited["by_me"], edited["target_from_me"]) == ("Ada, kak", True, True)
    assert edited["phone"] == customer
    liked = shop.expect(event="change", kind="reaction", wa_message_id=asked)
    assert (liked["by_me"], liked["target_from_me"]) == (True, False)


def test_typing_is_seen_and_the_owner_is_away_again(
    shop: RunningShop, world: SandboxClient, customer: str
) -> None:
    with world.events() as events:
        shop.remote.do("typing", key=shop.key, to=jid(customer), composing=True)
        events.wait_for("presence", account=shop.phone, state="available")
        events.wait_for("typing", account=shop.phone, customer=customer, state="composing")
        shop.remote.do("typing", key=shop.key, to=jid(customer), composing=False)
        events.wait_for("typing", account=shop.phone, customer=customer, state="paused")
        events.wait_for("presence", account=shop.phone, state="unavailable")
    shop.remote.do("typing", key="nobody", to=jid(customer), composing=True)  # only logged


def test_a_probe_tells_whether_whatsapp_answers(shop: RunningShop, world: SandboxClient) -> None:
    assert shop.remote.do("probe", key=shop.key, seconds=10) is True
    assert shop.remote.do("probe", key="nobody", seconds=10) is False
    world.fault("deaf", account=shop.phone)
    assert shop.remote.do("probe", key=shop.key, seconds=0.5) is False
    world.clear_faults(shop.phone)
    world.drop(shop.phone)  # a question nobody will answer waits for the connection's end
    shop.expect(event="session", kind="connected", count=2)
    deadline = time.monotonic() + PATIENCE
    while not shop.remote.do("probe", key=shop.key, seconds=5):
        assert time.monotonic() < deadline


def test_half_a_character_is_refused(shop: RunningShop, customer: str) -> None:
    what = {"key": shop.key, "to": jid(customer), "of": "text", "text": "Halo \ud83d"}
    assert shop.remote.refused("transmit", **what)["code"] == "invalid_input"


def test_gaps_say_what_they_are(shop: RunningShop, world: SandboxClient, customer: str) -> None:
    world.fault("unavailable", account=shop.phone, value=1)
    hidden = came(shop, world.send(customer, shop.phone, "sekali lihat"))
    assert (hidden["kind"], hidden["text"]) == ("undecryptable", "")
    assert hidden["gap"] == "unavailable"
    world.fault("undecryptable", account=shop.phone, value=1)
    message_id = world.send(customer, shop.phone, "halo?")
    assert came(shop, message_id)["gap"] == "undecryptable"
    again = shop.expect(event="message", wa_message_id=message_id, kind="text")
    assert (again["text"], again["gap"]) == ("halo?", None)
    world.clear_faults(shop.phone)


@pytest.mark.parametrize(
    ("status", "kind"), [(403, "expired"), (404, "expired"), (410, "expired"), (400, "failed")]
)
def test_a_file_that_cannot_be_fetched_says_why(
    shop: RunningShop, world: SandboxClient, customer: str, status: int, kind: str
) -> None:
    got = came(shop, world.send_file(customer, shop.phone, FILE))
    fetch = {"key": shop.key, "ref": got["media"]["ref"], "limit": len(FILE)}
    world.fault("refuse_download", account=shop.phone, value=status)
    assert shop.remote.refused("download", **fetch) == {"error": "MediaError", "code": kind}
    world.clear_faults(shop.phone)
    assert b64decode(shop.remote.do("download", **fetch)) == FILE


def test_no_reference_and_no_session_download_nothing(shop: RunningShop) -> None:
    broken = {"ref": b64encode(b"\xff\xff").decode(), "limit": 10}
    assert shop.remote.refused("download", key=shop.key, **broken)["code"] == "failed"
    nothing = {"ref": "", "limit": 10}
    assert shop.remote.refused("download", key=shop.key, **nothing)["code"] == "failed"
    assert shop.remote.refused("download", key="nobody", **nothing)["error"] == "NotConnected"


@pytest.mark.parametrize(
    ("status", "error", "code"), [(413, "SendRefused", "upload_413"), (503, "NotConnected", None)]
)
def test_a_file_that_cannot_be_uploaded_was_not_sent(
    shop: RunningShop, world: SandboxClient, customer: str, status: int, error: str, code: str
) -> None:
    world.fault("refuse_upload", account=shop.phone, value=status)
    media = {"kind": "image", "data": "eA==", "mimetype": "image/png", "file_name": None}
    what = {"key": shop.key, "to": jid(customer), "of": "text", "text": "", "media": media}
    refusal = shop.remote.refused("transmit", **what)
    assert refusal == {"error": error, "code": code, "sure": True}
    world.clear_faults(shop.phone)
    shop.remote.do("transmit", **what)
    assert len(world.inbox(customer)) == 1


def test_a_phones_past_comes_bounded_and_beside_what_is_new(
    shop: RunningShop, world: SandboxClient, customer: str
) -> None:
    now = time.time()
    said = [
        {"text": "masih ada?", "from_me": False, "at": now - 7200},
        {"text": "masih, kak", "from_me": True, "at": now - 3600},
        {"text": "bulan lalu", "from_me": False, "at": now - 30 * 86400},
    ]
    past = {"phone": customer, "name": "Bu Sari", "messages": said}
    world.history(shop.phone, conversations=[past], now=True)
    asked = shop.expect(event="history", phone=customer, text="masih ada?")
    told = shop.expect(event="history", phone=customer, text="masih, kak")
    assert (asked["from_me"], asked["history"], asked["push_name"]) == (False, True, "Bu Sari")
    assert (told["from_me"], told["lid"]) == (True, asked["lid"])
    assert asked["lid"] not in {None, customer}
    assert datetime.fromisoformat(asked["sent_at"]).timestamp() == int(now - 7200)

    world.history(shop.phone, chats=60, messages=30, days=10, now=True)
    came(shop, world.send(customer, shop.phone, "halo lagi"))  # what is new does not wait for it
    deadline = time.monotonic() + PATIENCE
    while len({message["chat_jid"] for message in shop.all(event="history")}) < 50:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert shop.remote.do("await_history", key=shop.key) is True
    old = shop.all(event="history")
    assert max(Counter(message["chat_jid"] for message in old).values()) == 20
    assert len({message["chat_jid"] for message in old}) == 50
    assert not [message for message in old if message["text"] == "bulan lalu"]


def test_the_past_that_was_announced_can_be_waited_for(
    shop: RunningShop, world: SandboxClient, customer: str
) -> None:
    said = {"text": "sebelum dihubungkan", "from_me": False, "at": time.time() - 60}
    past = {"phone": customer, "name": "Bu Sari", "messages": [said]}
    shop.stop()  # the fifty chats of the last start may be full
    shop.start()
    world.fault("slow_media", account=shop.phone, value=0.5)
    with world.events() as events:
        world.history(shop.phone, conversations=[past], now=True)
        events.wait_for("history", account=shop.phone)
    came(shop, world.send(customer, shop.phone, "halo"))  # so it knows what came before this
    assert shop.all(event="history", text=said["text"]) == []
    assert shop.remote.do("await_history", key=shop.key) is True
    assert len(shop.all(event="history", text=said["text"])) == 1
    world.clear_faults(shop.phone)


def test_a_text_that_is_not_utf8_is_read_as_far_as_it_goes(
    shop: RunningShop, world: SandboxClient, customer: str
) -> None:
    got = came(shop, world.send_bytes(customer, shop.phone, b"12 box\xff ya"))
    assert (got["kind"], got["text"]) == ("text", "12 box\N{REPLACEMENT CHARACTER} ya")
