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


VCARD = (
    "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Santoso;Budi;;;\r\nFN:Budi Santoso\\, S.E.\r\n"
    "item1.TEL;type=CELL;waid=62812345\r\n 67890:+62 812-3456-7890\r\nTEL:(021) 555\r\n"
    "TEL;waid=6281234567890:+62 812 3456 7890\r\nEND:VCARD"
)
BUDI = "Budi Santoso, S.E.: +6281234567890, (021) 555"
TEXTS: dict[str, tuple[Event, str, str]] = {
    "plain": ({"conversation": "Halo"}, "text", "Halo"),
    "extended": ({"extendedTextMessage": {"text": "Halo"}}, "text", "Halo"),
    "image": ({"imageMessage": {"caption": "ini bukti transfer"}}, "image", "ini bukti transfer"),
    "image without caption": ({"imageMessage": {}}, "image", ""),
    "video": ({"videoMessage": {"caption": "lihat"}}, "video", "lihat"),
    "round video": ({"ptvMessage": {}}, "video", ""),
    "voice note": ({"audioMessage": {"PTT": True}}, "audio", ""),
    "document": ({"documentMessage": {"caption": "katalog"}}, "document", "katalog"),
    "sticker": ({"stickerMessage": {}}, "sticker", ""),
    "location": (
        {
            "locationMessage": {
                "degreesLatitude": -6.2,
                "degreesLongitude": 106.8166667,
                "name": "Dapur Bu Ratna",
                "address": "Jl. Melati 3",
            }
        },
        "location",
        "Dapur Bu Ratna\nJl. Melati 3\n-6.200000, 106.816667\n"
        "https://maps.google.com/?q=-6.200000,106.816667",
    ),
    "live location": (
        {"liveLocationMessage": {"degreesLatitude": -6.2, "caption": "di jalan"}},
        "location",
        "di jalan\n-6.200000, 0.000000\nhttps://maps.google.com/?q=-6.200000,0.000000",
    ),
    "contact": (
        {"contactMessage": {"displayName": "Budi", "vcard": VCARD}},
        "contact",
        "Budi: +6281234567890, (021) 555",
    ),
    "contact without a name": ({"contactMessage": {"vcard": VCARD}}, "contact", BUDI),
    "contact without a card": ({"contactMessage": {"displayName": "Budi"}}, "contact", "Budi"),
    "contacts": (
        {"contactsArrayMessage": {"contacts": [{"vcard": VCARD}] * 21}},
        "contact",
        "\n".join([*[BUDI] * 20, "(+1)"]),
    ),
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
    "an edit that only the phone can read": (
        {"secretEncryptedMessage": {"secretEncType": "MESSAGE_EDIT"}},
        "other",
        "",
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
        {"protocolMessage": {"type": "EPHEMERAL_SETTING", "key": {"ID": "3A0"}}},
        {"reactionMessage": {"text": "👍"}},
        {"secretEncryptedMessage": {"secretEncType": "POLL_EDIT"}},
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
        "media": None,
        "quoted_id": None,
        "gap": None,
        "history": False,
    }


def test_a_lid_alone_is_never_a_number(translate: Translate) -> None:
    source: Event = {"SenderAlt": {}}
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
    assert got["gap"] == "undecryptable"
    unavailable = translate(
        "undecryptable", "UndecryptableMessage", event | {"IsUnavailable": True}
    )
    assert unavailable is not None
    assert unavailable["gap"] == "unavailable"
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
        (26, "OfflineSyncPreview", {"Total": 9, "Message": 7}, ("offline_sync_preview", "7")),
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


FILE = {
    "mimetype": "application/pdf",
    "directPath": "/v/t62.7119-24/1.enc?ccb=11-4",
    "mediaKey": "a2V5",
    "fileSHA256": "cGxhaW4=",
    "fileEncSHA256": "ZW5j",
    "fileLength": "70000",
}


@pytest.mark.parametrize(
    ("field", "fetched_as"),
    [
        ("imageMessage", "imageMessage"),
        ("videoMessage", "videoMessage"),
        ("ptvMessage", "videoMessage"),
        ("audioMessage", "audioMessage"),
        ("documentMessage", "documentMessage"),
        ("stickerMessage", "stickerMessage"),
    ],
)
def test_a_file_can_be_fetched_by_its_reference(
    translate: Translate, field: str, fetched_as: str
) -> None:
    """The reference holds what a download needs, and nothing of what the message says."""
    rest = {"contextInfo": {"stanzaID": "3A0", "quotedMessage": {"conversation": "rahasia"}}}
    got = translate("message", "Message", message({field: FILE | rest}))
    assert got is not None
    assert got["quoted_id"] == "3A0"
    media = {"mimetype": "application/pdf", "file_name": None, "size": 70000}
    assert got["media"] == media | {"ref": {fetched_as: FILE}}


def test_a_document_has_a_name(translate: Translate) -> None:
    content = {"documentMessage": FILE | {"fileName": "PO 12.pdf", "caption": "PO"}}
    wrapped = {"documentWithCaptionMessage": {"message": content}}
    got = translate("message", "Message", message(wrapped))
    assert got is not None
    assert got["media"]["file_name"] == "PO 12.pdf"
    assert got["media"]["ref"] == {"documentMessage": FILE}


def test_without_a_way_to_fetch_it_there_is_no_file(translate: Translate) -> None:
    got = translate("message", "Message", message({"imageMessage": FILE | {"directPath": ""}}))
    assert got is not None
    assert (got["kind"], got["media"]) == ("image", None)


@pytest.mark.parametrize(
    "content",
    [
        {"extendedTextMessage": {"text": "ya", "contextInfo": {"stanzaID": "3A0"}}},
        {"locationMessage": {"contextInfo": {"stanzaID": "3A0"}}},
        {"contactMessage": {"contextInfo": {"stanzaID": "3A0"}}},
    ],
)
def test_an_answer_names_what_it_answers(translate: Translate, content: Event) -> None:
    got = translate("message", "Message", message(content))
    assert got is not None
    assert got["quoted_id"] == "3A0"


def edit(**key: Any) -> Event:
    new = {"conversation": "12 box, bukan 10"}
    return {"protocolMessage": {"type": "MESSAGE_EDIT", "key": key, "editedMessage": new}}


CHANGES = {
    "edit": (edit(ID="3A0", fromMe=True), "edit", "12 box, bukan 10"),
    "edit in its envelope": (
        {"editedMessage": {"message": edit(ID="3A0", fromMe=True)}},
        "edit",
        "12 box, bukan 10",
    ),
    "edited caption": (
        {
            "protocolMessage": {
                "type": "MESSAGE_EDIT",
                "key": {"ID": "3A0", "fromMe": True},
                "editedMessage": {"imageMessage": {"caption": "lunas"}},
            }
        },
        "edit",
        "lunas",
    ),
    "revoke": (
        {"protocolMessage": {"type": "REVOKE", "key": {"ID": "3A0", "fromMe": True}}},
        "revoke",
        "",
    ),
    "reaction": (
        {"reactionMessage": {"key": {"ID": "3A0", "fromMe": True}, "text": "👍"}},
        "reaction",
        "👍",
    ),
    "reaction taken back": (
        {"reactionMessage": {"key": {"ID": "3A0", "fromMe": True}, "text": ""}},
        "reaction",
        "",
    ),
}
MINE = {"IsFromMe": True, "Sender": OWN_LID, "SenderAlt": OWN_PHONE, "RecipientAlt": PHONE}


@pytest.mark.parametrize("by_me", [False, True])
@pytest.mark.parametrize("name", CHANGES)
def test_changes_of_ones_own_message(translate: Translate, name: str, by_me: bool) -> None:
    """A key is its sender's view: "mine" of a customer is a message of the customer's."""
    content, kind, text = CHANGES[name]
    event = message(content, source=MINE if by_me else {})
    assert translate("message", "Message", event) == {
        "kind": kind,
        "wa_message_id": "3A0",
        "target_from_me": by_me,
        "by_me": by_me,
        "chat_jid": "93100000000001@lid",
        "lid": "93100000000001",
        "phone": "6281310000001",
        "text": text,
        "at": "2026-11-22 08:00:00.123000+00:00",
    }


@pytest.mark.parametrize("by_me", [False, True])
def test_a_reaction_to_the_other_sides_message(translate: Translate, by_me: bool) -> None:
    content = {"reactionMessage": {"key": {"ID": "3EB0", "fromMe": False}, "text": "❤️"}}
    got = translate("message", "Message", message(content, source=MINE if by_me else {}))
    assert got is not None
    assert (got["kind"], got["target_from_me"], got["by_me"]) == ("reaction", not by_me, by_me)


@pytest.mark.parametrize("name", ["edit", "revoke"])
def test_nobody_changes_the_other_sides_message(translate: Translate, name: str) -> None:
    content = json.loads(json.dumps(CHANGES[name][0]))
    content["protocolMessage"]["key"]["fromMe"] = False
    assert translate("message", "Message", message(content)) is None


def test_an_edit_without_its_key_is_of_the_message_it_names(translate: Translate) -> None:
    event = message({"conversation": "12 box"}) | {"IsEdit": True}
    got = translate("message", "Message", event)
    assert got is not None
    assert (got["kind"], got["wa_message_id"], got["text"]) == ("edit", "3A1", "12 box")
    recovered = translate("message", "Message", event | {"SourceWebMsg": {"key": {"ID": "3A1"}}})
    assert recovered is not None
    assert recovered["kind"] == "text"


def history(*conversations: Event, **rest: Any) -> Event:
    return {"Data": {"syncType": "RECENT", "conversations": list(conversations)} | rest}


def old(number: int, *, days: int = 1, from_me: bool = False, **fields: Any) -> Event:
    """A message sent some days (and ``number`` seconds) ago."""
    key = {"ID": f"3A{number}", "fromMe": from_me, "remoteJID": "93100000000001@lid"}
    sent_at = 1795334400 - days * 86400 - number
    return {
        "message": {
            "key": key,
            "messageTimestamp": sent_at,
            "message": {"conversation": f"pesan {number}"},
        }
        | fields
    }


def test_history_is_of_the_newest_messages_of_people(translate: Translate) -> None:
    person = {
        "ID": "93100000000001@lid",
        "name": "Sari (tetangga)",
        "messages": [
            *[old(number) for number in range(25)],
            old(90, days=15),
            old(91, message={"protocolMessage": {"type": "EPHEMERAL_SETTING"}}),
        ],
    }
    group = {"ID": "120363@g.us", "messages": [old(50)]}
    status = {"ID": "status@broadcast", "messages": [old(51)]}
    aliens = {"ID": "0@s.whatsapp.net", "messages": [old(52)]}
    pairs = [{"pnJID": "6281310000001@s.whatsapp.net", "lidJID": "93100000000001@lid"}]
    names = [{"ID": "6281310000001@s.whatsapp.net", "pushname": "Bu Sari"}]
    blob = history(group, status, aliens, person, pushnames=names, phoneNumberToLidMappings=pairs)
    got = translate("history", "HistorySync", blob)
    assert got is not None
    assert got["faults"] == []
    assert [each["text"] for each in got["kept"]] == [f"pesan {n}" for n in range(19, -1, -1)]
    assert got["kept"][-1] == {
        "wa_message_id": "3A0",
        "chat_jid": "93100000000001@lid",
        "lid": "93100000000001",
        "phone": "6281310000001",
        "from_me": False,
        "push_name": "Bu Sari",
        "kind": "text",
        "text": "pesan 0",
        "sent_at": "2026-11-21 08:00:00+00:00",
        "media": None,
        "quoted_id": None,
        "gap": None,
        "history": True,
    }
    assert got["again"] == []  # twenty are enough, whichever blob they came in


def test_history_knows_numbers_names_files_and_edits(translate: Translate) -> None:
    chat = {
        "ID": "6281310000001@s.whatsapp.net",
        "lidJID": "93100000000001@lid",
        "name": "Sari (tetangga)",
        "messages": [
            old(3, from_me=True, pushName="Dapur"),
            old(2, message={"editedMessage": {"message": edit(ID="3A2", fromMe=True)}}),
            old(1, message={"imageMessage": FILE}, pushName="Bu Sari"),
        ],
    }
    got = translate("history", "HistorySync", history(chat))
    assert got is not None
    mine, edited, image = got["kept"]
    assert {each["lid"] for each in got["kept"]} == {"93100000000001"}
    assert {each["phone"] for each in got["kept"]} == {"6281310000001"}
    assert (mine["from_me"], mine["push_name"]) == (True, None)
    assert (edited["text"], edited["push_name"]) == ("12 box, bukan 10", "Sari (tetangga)")
    assert (image["media"]["size"], image["push_name"]) == (70000, "Bu Sari")


def test_history_is_of_the_fifty_liveliest_chats(translate: Translate) -> None:
    chats = [
        {"ID": f"93{number:012}@lid", "messages": [old(number)], "lastMsgTimestamp": 1795334400}
        for number in range(60)
    ]
    got = translate("history", "HistorySync", history(*chats))
    assert got is not None
    assert len(got["kept"]) == 50
