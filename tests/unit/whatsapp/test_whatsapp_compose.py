"""What goes into the messages that are sent; a dict stands for the library's protobuf class."""

from __future__ import annotations

from typing import Any

import pytest

from waagent.domain.messages import (
    ChangeOfMessage,
    MessageKind,
    Outgoing,
    OutgoingChange,
    OutgoingContact,
    OutgoingLocation,
    OutgoingMedia,
    OutgoingText,
    Quoted,
)
from waagent.errors import InvalidInputError
from waagent.whatsapp import compose, jids

ME = compose.Self(phone="6281210000001", lid="93200000000002")
STORED = {"directPath": "/v/1", "mediaKey": b"key"}


def composed(outgoing: Outgoing, *, to: str = "93100000000001@lid", me: Any = ME) -> Any:
    return compose.message(dict, outgoing, chat=jids.parse(to), me=me, upload=lambda media: STORED)


def file(kind: MessageKind, mimetype: str = "image/jpeg", data: bytes = b"x") -> OutgoingMedia:
    return OutgoingMedia(kind=kind, data=data, mimetype=mimetype, file_name="menu.pdf")


def test_a_text_is_as_plain_as_can_be() -> None:
    assert composed(OutgoingText(text="Halo @628 https://x.id")) == {
        "conversation": "Halo @628 https://x.id"
    }


@pytest.mark.parametrize(
    ("to", "from_me", "author"),
    [
        ("93100000000001@lid", False, "93100000000001@lid"),
        ("93100000000001@lid", True, "93200000000002@lid"),
        ("6281310000001@s.whatsapp.net", False, "6281310000001@s.whatsapp.net"),
        ("6281310000001@s.whatsapp.net", True, "6281210000001@s.whatsapp.net"),
    ],
)
def test_an_answer_quotes_in_the_chats_kind_of_address(to: str, from_me: bool, author: str) -> None:
    quoted = Quoted(wa_message_id="3A0", from_me=from_me, text="ada?")
    assert composed(OutgoingText(text="Ada", quoted=quoted), to=to) == {
        "extendedTextMessage": {
            "text": "Ada",
            "contextInfo": {
                "stanzaID": "3A0",
                "participant": author,
                "quotedMessage": {"conversation": "ada?"},
            },
        }
    }


def test_a_file_has_its_caption_and_its_quote() -> None:
    quoted = Quoted(wa_message_id="3A0", from_me=False, text="ada?")
    outgoing = OutgoingText(text="ini", media=file(MessageKind.IMAGE), quoted=quoted)
    image = composed(outgoing)["imageMessage"]
    assert image["mediaKeyTimestamp"] > 1_700_000_000
    assert (image["caption"], image["contextInfo"]["stanzaID"]) == ("ini", "3A0")
    assert (image["mimetype"], image["directPath"]) == ("image/jpeg", "/v/1")


def test_a_document_has_a_name_and_an_envelope_for_its_caption() -> None:
    bare = composed(OutgoingText(text="", media=file(MessageKind.DOCUMENT)))["documentMessage"]
    assert (bare["fileName"], "caption" in bare) == ("menu.pdf", False)
    wrapped = composed(OutgoingText(text="menu", media=file(MessageKind.DOCUMENT)))
    inner = wrapped["documentWithCaptionMessage"]["message"]["documentMessage"]
    assert (inner["fileName"], inner["caption"]) == ("menu.pdf", "menu")


@pytest.mark.parametrize(
    ("mimetype", "voice"), [("audio/ogg; codecs=opus", True), ("audio/mpeg", False)]
)
def test_opus_is_a_voice_note(mimetype: str, voice: bool) -> None:
    audio = composed(OutgoingText(text="", media=file(MessageKind.AUDIO, mimetype)))
    assert audio["audioMessage"]["PTT"] is voice


def test_a_contact_is_a_card() -> None:
    contact = composed(OutgoingContact(name="Budi; S.E.\nKurir", phone="6281234567890"))
    card = contact["contactMessage"]["vcard"]
    assert "FN:Budi\\; S.E. Kurir\n" in card
    assert "TEL;type=CELL;waid=6281234567890:+6281234567890\n" in card


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (ChangeOfMessage.REVOKE, {"type": 0}),
        (ChangeOfMessage.EDIT, {"type": 14, "editedMessage": {"conversation": "12 box"}}),
    ],
)
def test_changes_name_their_target(change: ChangeOfMessage, expected: dict[str, Any]) -> None:
    outgoing = OutgoingChange(kind=change, wa_message_id="3EB0", target_from_me=True, text="12 box")
    message = composed(outgoing)
    if change is ChangeOfMessage.EDIT:
        message = message["editedMessage"]["message"]
    protocol = message["protocolMessage"]
    assert protocol["key"] == {"remoteJID": "93100000000001@lid", "fromMe": True, "ID": "3EB0"}
    assert expected.items() <= protocol.items()


@pytest.mark.parametrize("emoji", ["👍", ""])
def test_a_reaction_may_be_to_anybodys_message(emoji: str) -> None:
    outgoing = OutgoingChange(
        kind=ChangeOfMessage.REACTION, wa_message_id="3A0", target_from_me=False, text=emoji
    )
    reaction = composed(outgoing)["reactionMessage"]
    assert (reaction["key"]["fromMe"], reaction["text"]) == (False, emoji)


@pytest.mark.parametrize(
    "outgoing",
    [
        OutgoingText(text=" "),
        OutgoingText(text="x" * 65_537),
        OutgoingText(text="x", media=file(MessageKind.STICKER)),
        OutgoingText(text="", media=file(MessageKind.IMAGE, data=b"")),
        OutgoingText(text="dengar", media=file(MessageKind.AUDIO, "audio/ogg")),
        OutgoingLocation(latitude=91, longitude=0, name=""),
        OutgoingContact(name="", phone="6281234567890"),
        OutgoingContact(name="Budi", phone="08123"),
        OutgoingChange(kind=ChangeOfMessage.EDIT, wa_message_id="3A", target_from_me=True),
        OutgoingChange(kind=ChangeOfMessage.REVOKE, wa_message_id="3A", target_from_me=False),
    ],
)
def test_what_whatsapp_would_not_take_is_refused_before_anything_happens(
    outgoing: Outgoing,
) -> None:
    with pytest.raises(InvalidInputError):
        composed(outgoing)
