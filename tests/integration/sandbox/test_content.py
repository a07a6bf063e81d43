"""Files, places, cards, quotes and changes, between people and a real neonize client.

One shop for all tests here.
"""

from __future__ import annotations

import hashlib
import json
import time
from pathlib import Path
from typing import Any

import pytest
from pyaileys.proto import WAProto_pb2
from sandbox_support import PATIENCE, SHOP, Place
from typer.testing import CliRunner

from cli.commands.sandbox import app
from waagent.errors import InvalidInputError, NotFoundError
from waagent.sandbox.records import Card
from waagent.sandbox.records import Place as PlaceRecord

pytestmark = pytest.mark.xdist_group("sandbox-content")
PHOTO = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 300


@pytest.mark.parametrize(
    ("kind", "name", "mimetype", "mediatype"),
    [
        ("image", "bukti transfer.jpg", "image/jpeg", "image"),
        ("video", "kue.mp4", "video/mp4", "video"),
        ("audio", "suara.ogg", "audio/ogg; codecs=opus", "ptt"),
        ("document", "katalog.pdf", "application/pdf", "document"),
        ("sticker", "ok.webp", "image/webp", "sticker"),
    ],
)
def test_files_of_customers_are_read_by_the_shop(
    shared: Place, tmp_path: Path, kind: str, name: str, mimetype: str, mediatype: str
) -> None:
    phone = "6281200000601"
    shared.customer(phone)
    data = kind.encode() + PHOTO
    (tmp_path / name).write_bytes(data)
    caption = "ini kak" if kind in ("image", "video", "document") else None
    said = shared.control.send_file(
        phone, SHOP, tmp_path / name, kind=kind, caption=caption, voice=kind == "audio"
    )
    got = shared.shop.wait("content", id=said)
    assert (got["type"], got["mediatype"]) == ("media", mediatype)
    body = got["body"][f"{kind}Message"]
    assert body["mimetype"] == mimetype
    assert int(body["fileLength"]) == len(data)
    assert body.get("caption") == caption
    assert body.get("fileName") == (name if kind == "document" else None)
    assert body.get("PTT", False) is (kind == "audio")
    downloaded = shared.shop.ask("download", "downloaded", "download_failed", id=said)
    assert downloaded["sha256"] == hashlib.sha256(data).hexdigest()
    shown = shared.control.inbox(phone)[-1]
    assert (shown.kind, shown.text, shown.from_me) == (kind, caption or "", True)


@pytest.mark.parametrize("kind", ["image", "video", "audio", "document", "sticker"])
def test_files_of_the_shop_are_read_by_customers(shared: Place, tmp_path: Path, kind: str) -> None:
    phone = "6281200000602"
    shared.customer(phone)
    (tmp_path / "file").write_bytes(kind.encode() + PHOTO)
    more: dict[str, Any] = {"fileName": "harga.pdf"} if kind == "document" else {}
    more |= {"caption": "daftar harga"} if kind in ("image", "video", "document") else {}
    sent = shared.shop.ask(
        "send_file",
        "sent",
        "send_failed",
        to=phone,
        kind=kind,
        path=str(tmp_path / "file"),
        mimetype="x/y",
        more=more,
    )
    got = shared.control.recv(phone, PATIENCE)
    assert (got.id, got.kind, got.text) == (sent["id"], kind, more.get("caption", ""))
    assert got.media is not None
    assert got.media.error == ""
    assert (got.media.mimetype, got.media.size) == ("x/y", len(kind.encode() + PHOTO))
    assert got.media.file_name == more.get("fileName")
    assert shared.control.file(got.media.sha256) == kind.encode() + PHOTO
    assert shared.control.inbox(SHOP)[-1].media == got.media


def test_media_servers_refuse_and_dawdle_on_command(shared: Place, tmp_path: Path) -> None:
    phone, control, shop = "6281200000603", shared.control, shared.shop
    shared.customer(phone)
    said = control.send_file(phone, SHOP, PHOTO, file_name="foto.jpg")
    shop.wait("content", id=said)
    try:
        for status in (404, 410):
            control.fault("refuse_download", account=SHOP, value=status)
            refused = shop.ask("download", "downloaded", "download_failed", id=said)
            assert str(status) in refused["error"]
        control.fault("refuse_upload", account=SHOP, value=503)
        (tmp_path / "file").write_bytes(PHOTO)
        upload = {"to": phone, "kind": "image", "path": str(tmp_path / "file"), "mimetype": "x/y"}
        refused = shop.ask("send_file", "sent", "send_failed", **upload)
        assert "503" in refused["error"]
        control.clear_faults(SHOP)
        control.fault("slow_media", account=SHOP, value=1)
        begun = time.monotonic()
        assert "size" in shop.ask("download", "downloaded", "download_failed", id=said)
        assert time.monotonic() - begun > 0.9
    finally:
        control.clear_faults(SHOP)
    assert "size" in shop.ask("download", "downloaded", "download_failed", id=said)


def test_a_file_that_is_not_on_the_servers_is_shown_with_the_reason(shared: Place) -> None:
    phone = "6281200000604"
    shared.customer(phone)
    message = WAProto_pb2.Message()
    message.imageMessage.mimetype, message.imageMessage.caption = "image/png", "hilang"
    shared.shop.ask("send_built", "sent", to=phone, message=message.SerializeToString().hex())
    got = shared.control.recv(phone, PATIENCE)
    assert (got.kind, got.text) == ("image", "hilang")
    assert got.media is not None
    assert got.media.error == "it is not on the servers"
    with pytest.raises(NotFoundError):
        shared.control.file("0" * 64)


def test_places_and_cards_pass_both_ways(shared: Place) -> None:
    phone, control, shop = "6281200000605", shared.control, shared.shop
    shared.customer(phone)
    place = control.send_location(
        phone, SHOP, -6.2088, 106.8456, name="Rumah", address="Jl. Melati"
    )
    body = shop.wait("content", id=place)["body"]["locationMessage"]
    assert (body["degreesLatitude"], body["degreesLongitude"]) == (-6.2088, 106.8456)
    assert (body["name"], body["address"]) == ("Rumah", "Jl. Melati")
    card = control.send_contact(phone, SHOP, "Pak RT", "0812-0000-0777")
    body = shop.wait("content", id=card)["body"]["contactMessage"]
    assert body["displayName"] == "Pak RT"
    assert "waid=6281200000777:+6281200000777" in body["vcard"]

    where, who = WAProto_pb2.Message(), WAProto_pb2.Message()
    where.locationMessage.degreesLatitude, where.locationMessage.degreesLongitude = -7.25, 112.75
    where.locationMessage.name = "Toko"
    who.contactMessage.displayName, who.contactMessage.vcard = "Kurir", body["vcard"]
    for message in (where, who):
        shop.ask("send_built", "sent", to=phone, message=message.SerializeToString().hex())
    first, second = control.recv(phone, PATIENCE), control.recv(phone, PATIENCE)
    assert first.location == PlaceRecord(latitude=-7.25, longitude=112.75, name="Toko")
    assert second.contact == Card(name="Kurir", vcard=body["vcard"])


def test_customers_react_edit_delete_and_quote(shared: Place) -> None:
    phone, control, shop = "6281200000606", shared.control, shared.shop
    shared.customer(phone)
    sent = shop.send(phone, "Jadi pesan 3 box kak?")
    control.recv(phone, PATIENCE)

    liked = shop.wait("content", id=control.react(phone, sent, "👍"))
    assert liked["type"] == "reaction"
    reaction = liked["body"]["reactionMessage"]
    assert (reaction["key"]["ID"], reaction["text"]) == (sent, "👍")
    assert reaction["key"].get("fromMe", False) is False
    assert control.inbox(SHOP)[-1].reactions == {phone: "👍"}
    taken_back = shop.wait("content", id=control.react(phone, sent, ""))
    assert taken_back["body"]["reactionMessage"].get("text", "") == ""
    assert control.inbox(phone)[-1].reactions == {}

    answer = control.reply(phone, SHOP, "4 box ya", sent)
    quoting = shop.wait("content", id=answer)["body"]["extendedTextMessage"]
    assert quoting["text"] == "4 box ya"
    assert quoting["contextInfo"]["stanzaID"] == sent
    quoted = quoting["contextInfo"]["quotedMessage"]["extendedTextMessage"]
    assert quoted["text"] == "Jadi pesan 3 box kak?"
    assert control.inbox(phone)[-1].quoted == sent

    edited = shop.wait("content", id=control.edit(phone, answer, "5 box ya"))
    protocol = edited["body"]["protocolMessage"]
    assert (edited["edit"], edited["is_edit"]) == ("1", True)
    assert (protocol["key"]["ID"], protocol["type"]) == (answer, "MESSAGE_EDIT")
    assert protocol["editedMessage"] == {"conversation": "5 box ya"}
    shown = control.inbox(SHOP)[-1]
    assert (shown.text, shown.edited) == ("5 box ya", True)

    gone = shop.wait("content", id=control.delete(phone, answer))
    assert gone["edit"] == "7"
    assert gone["body"]["protocolMessage"]["key"]["ID"] == answer
    assert gone["body"]["protocolMessage"].get("type", "REVOKE") == "REVOKE"
    shown = control.inbox(SHOP)[-1]
    assert (shown.text, shown.revoked) == ("", True)
    for forbidden in (
        lambda: control.edit(phone, sent, "x"),
        lambda: control.delete(phone, answer),
    ):
        with pytest.raises(InvalidInputError):
            forbidden()


def test_what_the_shop_changes_shows_on_telephones(shared: Place) -> None:
    phone, control, shop = "6281200000607", shared.control, shared.shop
    shared.customer(phone)
    said = control.send(phone, SHOP, "kak masih buka?")
    shop.wait("content", id=said)
    with control.events() as events:
        shop.ask("react", "sent", "send_failed", id=said, emoji="🙏")
        assert events.wait_for("shop_changed", target=said)["text"] == "🙏"
        assert control.inbox(phone)[-1].reactions == {SHOP: "🙏"}
        shop.ask("react", "sent", "send_failed", id=said, emoji="")
        events.wait_for("shop_changed", target=said, text="")
        assert control.inbox(phone)[-1].reactions == {}

        shop.ask("reply", "sent", "send_failed", id=said, text="masih kak")
        answer = control.recv(phone, PATIENCE)
        assert (answer.text, answer.quoted) == ("masih kak", said)
        shop.ask("edit", "sent", "send_failed", to=phone, id=answer.id, text="masih, sampai jam 9")
        assert events.wait_for("shop_changed", target=answer.id)["change"] == "edit"
        for telephone in (phone, SHOP):
            shown = control.inbox(telephone)[-1]
            assert (shown.text, shown.edited, shown.revoked) == ("masih, sampai jam 9", True, False)
        shop.ask("revoke", "sent", "send_failed", to=phone, id=answer.id)
        assert events.wait_for("shop_changed", change="revoke")["done"] is True
        assert control.inbox(phone)[-1].revoked
        shop.ask("edit", "sent", "send_failed", to=phone, id=said, text="bukan punyaku")
        assert events.wait_for("shop_changed", change="edit")["done"] is False
    assert [m.text for m in control.inbox(phone)] == ["kak masih buka?", ""]


def test_what_the_owner_does_on_the_phone_reaches_everybody(shared: Place) -> None:
    phone, control, shop = "6281200000608", shared.control, shared.shop
    shared.customer(phone)
    sent = control.send_file(SHOP, phone, PHOTO, caption="ini fotonya", file_name="kue.jpg")
    copy = shop.wait("content", id=sent)
    assert (copy["from_me"], copy["body"]["imageMessage"]["caption"]) == (True, "ini fotonya")
    assert "size" in shop.ask("download", "downloaded", "download_failed", id=sent)
    got = control.recv(phone)
    assert got.media is not None
    assert control.file(got.media.sha256) == PHOTO
    edited = shop.wait("content", id=control.edit(SHOP, sent, "ini foto yang baru"))
    assert edited["from_me"] is True
    assert control.inbox(phone)[-1].text == "ini foto yang baru"
    shop.wait("content", id=control.delete(SHOP, sent), edit="7", from_me=True)
    assert control.inbox(phone)[-1].revoked


@pytest.mark.parametrize(
    "text",
    [
        "ya" * 32_768,
        "​‍‮abc‬﻿",
        "مرحبا كيف الحال؟ שלום",
        "👨‍👩‍👧‍👦🇮🇩❤️‍🔥 e\u0301 \u0000 \ufffd Ã©",
        "   ",
    ],
    ids=["65536 characters", "invisible", "right to left", "emoji and NUL", "blank"],
)
def test_texts_arrive_as_given(shared: Place, text: str) -> None:
    phone = "6281200000609"
    shared.customer(phone)
    said = shared.control.send_text(phone, SHOP, text)
    assert shared.shop.wait("content", id=said)["body"]["conversation"] == text
    assert shared.control.inbox(SHOP)[-1].text == text


def test_a_text_that_is_not_utf8_does_not_stop_the_next_one(shared: Place) -> None:
    phone = "6281200000610"
    shared.customer(phone)
    broken = shared.control.send_bytes(phone, SHOP, b"rusak \xff\xc0")
    said = shared.control.send(phone, SHOP, "sudah benar?")
    shared.shop.wait("content", id=said)
    assert shared.shop.wait("message", id=broken)["text"] == repr(b"rusak \xff\xc0")  # no str
    assert shared.control.inbox(SHOP)[-2].text.startswith("rusak \ufffd")


def test_all_this_can_be_done_by_hand(shared: Place, tmp_path: Path) -> None:
    phone, shop = "6281200000611", shared.shop
    shared.customer(phone)
    (tmp_path / "kue.jpg").write_bytes(PHOTO)

    def run(*args: str) -> Any:
        line = [*args, "--dir", str(shared.sandbox.info.endpoint.parent), "--json"]
        result = CliRunner().invoke(app, line, catch_exceptions=False)
        assert result.exit_code == 0
        return json.loads(result.stdout)

    photo = run("send", phone, "ini?", "--image", str(tmp_path / "kue.jpg"))["id"]
    assert shop.wait("content", id=photo)["body"]["imageMessage"]["caption"] == "ini?"
    place = run("send", phone, "Rumah", "--location", "-6.5,106.5", "--quote", photo)["id"]
    assert shop.wait("content", id=place)["body"]["locationMessage"]["degreesLatitude"] == -6.5
    card = run("owner-send", phone, "--contact", "Pak, RT,0812-0000-0777")["id"]
    assert shop.wait("content", id=card)["body"]["contactMessage"]["displayName"] == "Pak, RT"
    run("react", SHOP, photo, "😍")
    run("edit", phone, photo, "yang ini?")
    run("delete", phone, place)
    shown = {m["id"]: m for m in run("inbox", phone)}
    assert (shown[photo]["reactions"], shown[photo]["text"]) == ({SHOP: "😍"}, "yang ini?")
    assert shown[place]["revoked"] is True
    assert shown[place]["quoted"] == photo
    run("save", SHOP, photo, str(tmp_path / "saved"))
    assert (tmp_path / "saved").read_bytes() == PHOTO
    chats = [{"phone": phone, "messages": [{"text": "dulu", "at": 1_700_000_000}]}]
    (tmp_path / "past.json").write_text(json.dumps(chats))
    past = run("history", "--file", str(tmp_path / "past.json"), "--now")
    assert past == {"chats": 1, "messages": 1, "devices": 1}
    assert shop.wait("history", sync_type="INITIAL_BOOTSTRAP")["chats"]
