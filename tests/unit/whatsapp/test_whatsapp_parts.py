"""The small parts: error texts, addresses, how a pairing goes, what listeners are told, the log."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from structlog.testing import capture_logs

from waagent.domain.messages import InboundMessage, MessageChange, MessageKind, Receipt
from waagent.domain.sessions import SessionEvent, SessionEventKind
from waagent.errors import InvalidInputError
from waagent.whatsapp import jids, library_log, pairing, sending, translate
from waagent.whatsapp.errors import NotConnected, SendError, SendRefused, SendUncertain
from waagent.whatsapp.listeners import deliver, tell
from waagent.whatsapp.session import UNDER_WAY, PairingSession, Session


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [
        ("server returned error 463", SendRefused, "463"),
        ("server returned error 429", SendRefused, "429"),
        ("server returned error 500", SendUncertain, "500"),
        ("no LID found for 628111@s.whatsapp.net from server", SendRefused, "not_on_whatsapp"),
        (
            "message recipient must be a user JID with no device part",
            SendRefused,
            "bad_recipient",
        ),
        ("can't send message to unknown server g.us", SendRefused, "bad_recipient"),
        ("failed to send message node: websocket not connected", NotConnected, None),
        ("failed to send message node: write: broken pipe", SendUncertain, None),
        ("failed to get device list: info query timed out", NotConnected, None),
        ("failed to get user info for 6@lid to fill LID cache: x", NotConnected, None),
        ("the store doesn't contain a device JID", NotConnected, None),
        ("client is nil", NotConnected, None),
        ("timed out waiting for message send response", SendUncertain, None),
        ("websocket disconnected before message send returned response", SendUncertain, None),
        ("websocket not connected", SendUncertain, None),  # while repeating one that may have gone
        ("something new", SendUncertain, None),
        ("", SendUncertain, None),
    ],
)
def test_error_texts(text: str, kind: type[SendError], code: str | None) -> None:
    error = sending.failure(text)
    assert type(error) is kind
    assert error.code == code
    assert error.surely_not_sent is (kind is not SendUncertain)


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [
        ("upload failed with status code 413", SendRefused, "upload_413"),
        ("upload failed with status code 401", NotConnected, None),
        ("upload failed with status code 503", NotConnected, None),
        ("failed to refresh media connections: websocket not connected", NotConnected, None),
    ],
)
def test_a_failed_upload_sent_nothing(text: str, kind: type[SendError], code: str | None) -> None:
    error = sending.upload_failure(text)
    assert (type(error), error.code, error.surely_not_sent) == (kind, code, True)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("download failed with status code 403", "expired"),
        ("download failed with status code 404", "expired"),
        (
            "failed to download media from last host: download failed with status code 410",
            "expired",
        ),
        ("failed to download media from last host: download failed with status code 500", "failed"),
        ("invalid media hmac", "failed"),
    ],
)
def test_a_failed_download_says_whether_it_can_come_back(text: str, kind: str) -> None:
    assert sending.download_failure(text).kind == kind


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("6281@s.whatsapp.net", ("6281", "s.whatsapp.net", 0, 0)),
        ("6281:17@s.whatsapp.net", ("6281", "s.whatsapp.net", 0, 17)),
        ("6281.1:17@s.whatsapp.net", ("6281", "s.whatsapp.net", 1, 17)),
        ("93100000000001@lid", ("93100000000001", "lid", 0, 0)),
    ],
)
def test_addresses(text: str, expected: tuple[str, str, int, int]) -> None:
    jid = jids.parse(text)
    assert (jid.user, jid.server, jid.agent, jid.device) == expected


@pytest.mark.parametrize(
    "text",
    ["", "6281", "a@lid", "120363@g.us", "status@broadcast", "6281@s.whatsapp.net\n", "@lid"],
)
def test_bad_addresses(text: str) -> None:
    with pytest.raises(InvalidInputError):
        jids.parse(text)


@pytest.mark.parametrize(
    ("codes", "words", "reasons"),
    [
        (6, ["timeout"], [pairing.EXPIRED]),
        (1, ["timeout"], [pairing.DISCONNECTED]),
        (1, ["passkey-request", "timeout"], [pairing.PASSKEY_REQUIRED]),
        (1, ["passkey-confirmation"], [pairing.PASSKEY_REQUIRED]),
        (1, ["error"], [pairing.REFUSED]),
        (1, ["err-unexpected-state"], [pairing.REFUSED]),
        (1, ["err-client-outdated"], [pairing.OUTDATED]),
        (1, ["success"], []),
    ],
)
def test_outcomes_of_a_pairing(codes: int, words: list[str], reasons: list[str]) -> None:
    heard: list[str] = []
    progress = pairing.PairingProgress(heard.append)
    assert [progress.code() for _ in range(codes)] == ([60, *[20] * 5])[:codes]
    for word in words:
        progress.status(word)
    assert heard == reasons
    assert progress.over is bool(reasons)


DEVICE = SimpleNamespace(LID=SimpleNamespace(User="931"))
"""The library's event when a client is under way."""


class Recorder:
    """A listener that keeps what it hears."""

    def __init__(self) -> None:
        self.heard: list[tuple[Any, ...]] = []

    def on_message(self, key: str, message: InboundMessage) -> None:
        self.heard.append((key, message.kind, message.wa_message_id))

    def on_change(self, key: str, change: MessageChange) -> None:
        self.heard.append((key, change.kind, change.wa_message_id))

    def on_history(self, key: str, messages: Sequence[InboundMessage]) -> None:
        self.heard.append((key, [message.wa_message_id for message in messages]))

    def on_receipt(self, key: str, receipt: Receipt) -> None:
        raise RuntimeError("listeners should not raise")

    def on_event(self, key: str, event: SessionEvent) -> None:
        self.heard.append((key, event.kind, event.code))

    def on_qr(self, key: str, code: str, expires_in: int) -> None:
        self.heard.append((key, code, expires_in))

    def on_pairing_code(self, key: str, code: str) -> None:
        self.heard.append((key, code))

    def on_paired(self, key: str, jid: str, lid: str | None) -> None:
        self.heard.append((key, jid, lid))

    def on_pairing_failed(self, key: str, reason: str) -> None:
        self.heard.append((key, reason))


def test_a_message_that_cannot_be_translated_is_still_delivered() -> None:
    jid = SimpleNamespace(User="931", Server="lid")
    source = SimpleNamespace(Chat=jid, Sender=jid, SenderAlt=jid, IsFromMe=False, IsGroup=False)
    info = SimpleNamespace(MessageSource=source, ID="3A1", Pushname="", Timestamp=1)
    listener = Recorder()
    with capture_logs() as logs:
        deliver("shop", listener, translate.MESSAGE, SimpleNamespace(Info=info, Message=None))
        deliver("shop", listener, translate.MESSAGE, SimpleNamespace())
    fault = ("shop", SessionEventKind.CALLBACK_FAULT, "event_17")
    assert listener.heard == [fault, ("shop", MessageKind.OTHER, "3A1"), fault]
    assert {entry["event"] for entry in logs} == {"whatsapp.callback.failed"}


def test_a_listeners_fault_is_told_and_stays_with_it() -> None:
    listener = Recorder()
    with capture_logs() as logs:
        tell("shop", listener, listener.on_receipt, None)
    assert listener.heard == [("shop", SessionEventKind.CALLBACK_FAULT, "on_receipt")]
    (entry,) = logs
    assert (entry["where"], entry["error"]) == ("on_receipt", "RuntimeError")
    assert entry["line"].startswith("test_whatsapp_parts.py:")
    assert "listeners should not raise" not in str(entry)  # it may hold what somebody wrote


def test_an_event_that_cannot_be_parsed_is_told() -> None:
    listener = Recorder()
    with capture_logs():
        Session("shop", "6281", listener).unreadable(18, ValueError("x"))
    assert listener.heard == [("shop", SessionEventKind.CALLBACK_FAULT, "event_18")]


def test_a_listener_that_cannot_even_hear_of_faults_raises_nothing() -> None:
    class Deaf(Recorder):
        def on_event(self, key: str, event: SessionEvent) -> None:
            raise RuntimeError

    with capture_logs() as logs:
        deliver("shop", Deaf(), 3, SimpleNamespace())
    assert [entry["where"] for entry in logs] == ["on_event", "on_event"]


def test_a_history_blob_is_read_elsewhere_and_its_fault_is_told() -> None:
    told = threading.Event()

    class Listener(Recorder):
        def on_event(self, key: str, event: SessionEvent) -> None:
            super().on_event(key, event)
            told.set()

    parsing = threading.Event()
    go_on = threading.Event()

    def parse() -> Any:
        parsing.set()
        go_on.wait(5)
        raise ValueError

    listener = Listener()
    session = Session("shop", "6281", listener)
    with capture_logs():
        session.handle_history(parse)
        assert parsing.wait(5)
        assert session.silent_for() == 0.0  # a stop waits for it
        go_on.set()
        assert told.wait(5)
    assert listener.heard == [("shop", SessionEventKind.CALLBACK_FAULT, "history")]


def test_a_session_settles_when_it_is_under_way() -> None:
    session = Session("shop", "6281", Recorder())
    session.handle(UNDER_WAY, DEVICE)
    assert session.settled.is_set()
    assert session.up
    assert not session.finished.is_set()


def test_a_session_that_ends_by_itself_says_so() -> None:
    listener = Recorder()
    session = Session("shop", "6281", listener)
    session.handle(UNDER_WAY, DEVICE)
    session.run(lambda: None)
    assert listener.heard == [("shop", SessionEventKind.DISCONNECTED, "ended")]
    assert session.finished.is_set()


def test_a_session_that_cannot_connect_keeps_the_reason() -> None:
    def connect() -> None:
        raise OSError("no route")

    session = Session("shop", "6281", Recorder())
    session.run(connect)
    assert (session.error, session.up, session.settled.is_set()) == ("no route", False, True)


def test_silence_begins_when_an_event_is_dealt_with() -> None:
    dealing = threading.Event()
    go_on = threading.Event()

    class Slow(Recorder):
        def on_event(self, key: str, event: SessionEvent) -> None:
            dealing.set()
            go_on.wait(5)

    session = Session("shop", "6281", Slow())
    thread = threading.Thread(target=session.handle, args=(3, SimpleNamespace()))
    thread.start()
    dealing.wait(5)
    assert session.silent_for() == 0.0
    go_on.set()
    thread.join()
    assert session.silent_for() >= 0.0


def test_a_pairing_hears_its_lid_before_its_outcome() -> None:
    listener = Recorder()
    session = PairingSession("new", listener)
    session.code("https://wa.me/1")
    jid = SimpleNamespace(User="6281", Device=3, Server="s.whatsapp.net")
    session.handle(UNDER_WAY, DEVICE)
    session.handle(translate.PAIR_STATUS, SimpleNamespace(Status=2, ID=jid))
    session.status("timeout")
    session.code("https://wa.me/2")
    expected = [("new", "https://wa.me/1", 60), ("new", "6281:3@s.whatsapp.net", "931")]
    assert listener.heard == expected


def test_a_pairing_by_code_asks_once_and_shows_no_qr() -> None:
    shown = threading.Event()

    class Listener(Recorder):
        def on_pairing_code(self, key: str, code: str) -> None:
            super().on_pairing_code(key, code)
            shown.set()

    listener = Listener()
    session = PairingSession("new", listener, lambda: "ABCD-EFGH")
    session.code("https://wa.me/1")
    session.code("https://wa.me/2")
    assert shown.wait(5)
    for _ in range(4):
        session.code("https://wa.me/3")
    session.status("timeout")
    assert listener.heard == [("new", "ABCD-EFGH"), ("new", pairing.EXPIRED)]


def test_a_pairing_without_a_code_is_refused() -> None:
    told = threading.Event()

    class Listener(Recorder):
        def on_pairing_failed(self, key: str, reason: str) -> None:
            super().on_pairing_failed(key, reason)
            told.set()

    def ask() -> str:
        raise ValueError("info query returned status 429")

    listener = Listener()
    with capture_logs():
        PairingSession("new", listener, ask).code("https://wa.me/1")
        assert told.wait(5)
    assert listener.heard == [("new", pairing.CODE_TOO_OFTEN)]


def test_why_whatsapp_gives_no_code() -> None:
    assert pairing.code_refusal("info query returned status 429: rate") == pairing.CODE_TOO_OFTEN
    assert pairing.code_refusal("info query returned status 400") == pairing.CODE_REFUSED
    assert pairing.code_refusal("phone number 4291 too short") == pairing.CODE_REFUSED


def test_a_refused_pairing_is_reported_once() -> None:
    listener = Recorder()
    session = PairingSession("new", listener)
    session.handle(translate.PAIR_STATUS, SimpleNamespace(Status=1))
    session.run(lambda: None)
    assert listener.heard == [("new", pairing.REFUSED)]


def test_the_librarys_log_is_taken_over_without_numbers() -> None:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    ours = logging.NullHandler()
    root.addHandler(ours)
    try:
        library_log.capture(handlers, level)
        assert ours not in root.handlers
        with capture_logs() as logs:
            logging.getLogger("whatsmeow.Client").warning("no session with 6281310000001@lid")
            logging.getLogger("whatsmeow.Client").info("not worth a line")
        assert [entry["text"] for entry in logs] == ["no session with #@lid"]
    finally:
        for name in library_log.LOGGERS:
            logging.getLogger(name).handlers = []
            logging.getLogger(name).propagate = True


def test_nothing_here_brings_the_library_into_this_process() -> None:
    assert "neonize" not in sys.modules
