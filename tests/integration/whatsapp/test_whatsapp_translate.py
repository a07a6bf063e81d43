"""What becomes of the library's events, with the library's own protobufs."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.xdist_group("whatsapp")

Event = dict[str, Any]
Translate = Callable[[str | int, str, Event], Event | None]

LID = {"User": "93100000000001", "Server": "lid", "Device": 4}
PHONE = {"User": "6281310000001", "Server": "s.whatsapp.net", "Device": 4}
CHAT = {"User": "93100000000001", "Server": "lid"}
OWN_LID = {"User": "93200000000002", "Server": "lid", "Device": 1}
OWN_PHONE = {"User": "6281210000001", "Server": "s.whatsapp.net"}


@pytest.fixture(scope="module")
def translate() -> Iterator[Translate]:
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("whatsapp_translator.py"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    stdin, stdout = process.stdin, process.stdout

    def translate(function: str | int, kind: str, event: Event) -> Event | None:
        stdin.write(json.dumps({"function": function, "type": kind, "event": event}) + "\n")
        stdin.flush()
        answer: Event | None = json.loads(stdout.readline())
        return answer

    yield translate
    stdin.close()
    assert process.wait(10) == 0
    stdout.close()


def info(**changes: Any) -> Event:
    source = {"Chat": CHAT, "Sender": LID, "SenderAlt": PHONE, "IsFromMe": False}
    source |= changes.pop("source", {})
    # neonize sends every required field; ParseDict needs only those that matter here
    fields = {"ID": "3A1", "Pushname": "Bu Sari", "Timestamp": 1795334400123}
    return {"MessageSource": source} | fields | changes


def message(content: Event, **changes: Any) -> Event:
    return {"Info": info(**changes), "Message": content}


TEXTS = {
    "plain": ({"conversation": "Halo"}, "text", "Halo"),
    "extended": ({"extendedTextMessage": {"text": "Halo"}}, "text", "Halo"),
    "image": ({"imageMessage": {"caption": "ini bukti transfer"}}, "image", "ini bukti transfer"),
    "image without caption": ({"imageMessage": {}}, "image", ""),
    "video": ({"videoMessage": {"caption": "lihat"}}, "video", "lihat"),
    "round video": ({"ptvMessage": {}}, "video", ""),
    "voice note": ({"audioMessage": {"PTT": True}}, "audio", ""),
    "document": ({"documentMessage": {"caption": "katalog"}}, "document", "katalog"),
    "sticker": ({"stickerMessage": {}}, "sticker", ""),
    "location": ({"locationMessage": {"degreesLatitude": -6.2}}, "location", ""),
    "contact": ({"contactMessage": {"displayName": "Budi"}}, "contact", ""),
    "poll": ({"pollCreationMessageV3": {"name": "pilih"}}, "other", ""),
    "order": ({"orderMessage": {}}, "other", ""),
    "button": ({"buttonsResponseMessage": {"selectedDisplayText": "Ya"}}, "text", "Ya"),
    "disappearing": ({"ephemeralMessage": {"message": {"conversation": "Hai"}}}, "text", "Hai"),
    "view once": ({"viewOnceMessageV2": {"message": {"imageMessage": {}}}}, "image", ""),
    "captioned document": (
        {"documentWithCaptionMessage": {"message": {"documentMessage": {"caption": "PO"}}}},
        "document",
        "PO",
    ),
    "edited": (
        {
            "editedMessage": {
                "message": {
                    "protocolMessage": {
                        "type": "MESSAGE_EDIT",
                        "editedMessage": {"conversation": "12 box, bukan 10"},
                    }
                }
            }
        },
        "text",
        "12 box, bukan 10",
    ),
    "with keys beside it": (
        {"senderKeyDistributionMessage": {}, "messageContextInfo": {}, "conversation": "Halo"},
        "text",
        "Halo",
    ),
}


@pytest.mark.parametrize("name", TEXTS)
def test_kinds_and_texts(translate: Translate, name: str) -> None:
    content, kind, text = TEXTS[name]
    got = translate("message", "Message", message(content))
    assert got is not None
    assert (got["kind"], got["text"]) == (kind, text)


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"protocolMessage": {"type": "REVOKE"}},
        {"protocolMessage": {"type": "EPHEMERAL_SETTING"}},
        {"reactionMessage": {"text": "👍"}},
        {"pollUpdateMessage": {}},
        {"senderKeyDistributionMessage": {}, "messageContextInfo": {}},
    ],
)
def test_what_is_no_message_is_dropped(translate: Translate, content: Event) -> None:
    assert translate("message", "Message", message(content)) is None


@pytest.mark.parametrize(
    ("user", "server"),
    [
        ("120363", "g.us"),
        ("status", "broadcast"),
        ("628", "broadcast"),
        ("1", "newsletter"),
        ("1", "bot"),
        ("0", "s.whatsapp.net"),
    ],
)
def test_only_one_to_one_chats_count(translate: Translate, user: str, server: str) -> None:
    jid = {"User": user, "Server": server}
    source = {"Chat": jid, "Sender": jid, "SenderAlt": {}, "IsGroup": server == "g.us"}
    assert translate("message", "Message", message({"conversation": "x"}, source=source)) is None


def test_a_message_names_the_customer_by_lid_and_number(translate: Translate) -> None:
    assert translate("message", "Message", message({"conversation": "Halo"})) == {
        "wa_message_id": "3A1",
        "chat_jid": "93100000000001@lid",
        "lid": "93100000000001",
        "phone": "6281310000001",
        "from_me": False,
        "push_name": "Bu Sari",
        "kind": "text",
        "text": "Halo",
        "sent_at": "2026-11-22 08:00:00.123000+00:00",
    }


def test_a_lid_alone_is_never_a_number(translate: Translate) -> None:
    source = {"SenderAlt": {}}
    got = translate("message", "Message", message({"conversation": "x"}, source=source))
    assert got is not None
    assert (got["lid"], got["phone"]) == ("93100000000001", None)


def test_a_chat_by_number_finds_the_lid(translate: Translate) -> None:
    source = {"Chat": OWN_PHONE | {"User": PHONE["User"]}, "Sender": PHONE, "SenderAlt": LID}
    got = translate("message", "Message", message({"conversation": "x"}, source=source))
    assert got is not None
    assert (got["lid"], got["phone"]) == ("93100000000001", "6281310000001")
    assert got["chat_jid"] == "6281310000001@s.whatsapp.net"


@pytest.mark.parametrize(
    ("source", "changes", "phone"),
    [
        ({"RecipientAlt": PHONE}, {}, "6281310000001"),
        ({}, {"DeviceSentMeta": {"DestinationJID": "6281310000001@s.whatsapp.net"}}, PHONE["User"]),
        ({}, {"DeviceSentMeta": {"DestinationJID": "93100000000001@lid"}}, None),
        ({}, {}, None),
    ],
)
def test_the_owners_own_message_names_the_customer_too(
    translate: Translate, source: Event, changes: Event, phone: str | None
) -> None:
    mine = {"IsFromMe": True, "Sender": OWN_LID, "SenderAlt": OWN_PHONE}
    event = message({"conversation": "ada"}, source=mine | source, **changes)
    got = translate("message", "Message", event)
    assert got is not None
    assert (got["from_me"], got["push_name"]) == (True, None)
    assert (got["lid"], got["phone"]) == ("93100000000001", phone)


def test_a_note_to_self_is_dropped(translate: Translate) -> None:
    chat = {"User": OWN_LID["User"], "Server": "lid"}
    source = {"Chat": chat, "Sender": OWN_LID, "SenderAlt": OWN_PHONE, "IsFromMe": True}
    assert translate("message", "Message", message({"conversation": "x"}, source=source)) is None


def test_a_stub_stands_for_what_could_not_be_read(translate: Translate) -> None:
    event = {"Info": info(), "IsUnavailable": False, "DecryptFailMode": "DECRYPT_FAIL_SHOW"}
    got = translate("undecryptable", "UndecryptableMessage", event)
    assert got is not None
    assert (got["kind"], got["text"], got["phone"]) == ("undecryptable", "", "6281310000001")
    hidden = event | {"DecryptFailMode": "DECRYPT_FAIL_HIDE"}
    assert translate("undecryptable", "UndecryptableMessage", hidden) is None
    stub = translate("message_stub", "Message", message({}))
    assert stub is not None
    assert (stub["kind"], stub["wa_message_id"]) == ("other", "3A1")


@pytest.mark.parametrize(
    ("kind", "source", "meaning"),
    [
        ("DELIVERED", {}, "delivered"),
        ("READ", {}, "read"),
        ("PLAYED", {}, "read"),
        ("READ_SELF", {}, None),
        ("SENDER", {}, None),
        ("RETRY", {}, None),
        ("INACTIVE", {}, None),
        (None, {}, None),
        ("DELIVERED", {"IsFromMe": True}, None),
        ("READ", {"IsGroup": True}, None),
    ],
)
def test_receipts(
    translate: Translate, kind: str | None, source: Event, meaning: str | None
) -> None:
    fields = {"MessageIDs": ["3EB01", "3EB02"], "Timestamp": 1795334400}
    event = {"MessageSource": info(source=source)["MessageSource"]} | fields
    got = translate("receipt", "Receipt", event | ({"Type": kind} if kind else {}))
    if meaning is None:
        assert got is None
    else:
        ids, at = ["3EB01", "3EB02"], "2026-11-22 08:00:00+00:00"
        assert got == {"wa_message_ids": ids, "kind": meaning, "at": at}


@pytest.mark.parametrize(
    ("number", "kind", "event", "expected"),
    [
        (3, "Connected", {"status": True}, ("connected", None)),
        (4, "KeepAliveTimeout", {"ErrorCount": 1}, ("keepalive_timeout", None)),
        (5, "KeepAliveRestored", {}, ("keepalive_restored", None)),
        (6, "LoggedOut", {"OnConnect": True, "Reason": "LOGGED_OUT"}, ("logged_out", "401")),
        (6, "LoggedOut", {"OnConnect": True, "Reason": "UNKNOWN_LOGOUT"}, ("logged_out", "406")),
        (6, "LoggedOut", {"OnConnect": False}, ("logged_out", "device_removed")),
        (7, "StreamReplaced", {}, ("replaced", None)),
        (9, "ConnectFailure", {"Reason": "SERVICE_UNAVAILABLE"}, ("connect_failure", "503")),
        (
            9,
            "ConnectFailure",
            {"Raw": {"Tag": "failure", "Attrs": [{"name": "reason", "text": "415"}]}},
            ("connect_failure", "415"),
        ),
        (9, "ConnectFailure", {}, ("connect_failure", None)),
        (10, "ClientOutdated", {}, ("outdated", "405")),
        (11, "StreamError", {"Code": "479"}, ("stream_error", "479")),
        (12, "Disconnected", {"status": True}, ("disconnected", None)),
        (27, "OfflineSyncCompleted", {"Count": 3}, ("offline_sync_completed", None)),
    ],
)
def test_session_events(
    translate: Translate, number: int, kind: str, event: Event, expected: tuple[str, str | None]
) -> None:
    got = translate(number, kind, event)
    assert got == {"kind": expected[0], "code": expected[1], "until": None}


def test_a_temporary_ban_has_an_end(translate: Translate) -> None:
    event = {"Code": "BROADCAST_LIST", "Expire": 3600}
    until = "2026-11-22 09:00:00+00:00"
    expected = {"kind": "temporary_ban", "code": "106", "until": until}
    assert translate(8, "TemporaryBan", event) == expected


def test_other_events_say_nothing(translate: Translate) -> None:
    assert translate(19, "ChatPresence", {}) is None
