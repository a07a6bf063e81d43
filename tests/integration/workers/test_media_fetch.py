"""A host fetches the files of its own sessions, and survives whatever a download does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Event

import pytest
from shop_support import Customer, Shop, eventually

from waagent.domain.media import MediaState
from waagent.domain.messages import InboundMedia, MessageKind
from waagent.whatsapp.errors import MediaError, NotConnected
from workers.media_fetch import MediaFetcher

Answer = Callable[[], bytes]


class Phone:
    """In the gateway's place: answers each file by its reference."""

    def __init__(self) -> None:
        self.answers: dict[bytes, Answer] = {}
        self.asked: list[tuple[str, bytes]] = []

    def download(self, key: str, ref: bytes, *, limit: int) -> bytes:
        assert limit == 16_000_000
        self.asked.append((key, ref))
        return self.answers[ref]()


def failing(error: Exception) -> Answer:
    def answer() -> bytes:
        raise error

    return answer


@pytest.fixture
def phone() -> Phone:
    return Phone()


@pytest.fixture
def fetching(shop: Shop, phone: Phone) -> Iterator[Callable[..., MediaFetcher]]:
    """Starts a fetcher for some sessions, which looks often."""
    started: list[MediaFetcher] = []

    def start(*sessions: str) -> MediaFetcher:
        started.append(MediaFetcher(shop.host.media_inbox, phone, lambda: sessions, 0.02))
        return started[-1]

    yield start
    for fetcher in started:
        fetcher.close(5)


def send(shop: Shop, session_id: str, ref: bytes) -> None:
    media = InboundMedia(mimetype="image/png", file_name=None, size=10, ref=ref)
    shop.receive(session_id, Customer().says("", kind=MessageKind.IMAGE, media=media))


def states(shop: Shop) -> list[MediaState]:
    return [message.media.state for message in shop.messages() if message.media]


def test_files_come_whatever_happens_to_others(
    shop: Shop, phone: Phone, fetching: Callable[..., MediaFetcher]
) -> None:
    session_id = shop.session()
    phone.answers = {
        b"good": lambda: b"isi",
        b"gone": failing(MediaError("gone", kind="expired")),
        b"huge": failing(MediaError("huge", kind="too_large")),
        b"flaky": failing(MediaError("flaky", kind="failed")),
        b"away": failing(NotConnected("away")),
        b"bug": failing(RuntimeError("bug")),
    }
    for ref in phone.answers:
        send(shop, session_id, ref)
    fetching(session_id)
    pending = MediaState.PENDING
    wanted = [MediaState.STORED, MediaState.EXPIRED, MediaState.TOO_LARGE, *[pending] * 3]
    eventually(lambda: states(shop) == wanted and len(phone.asked) == len(phone.answers))
    assert {key for key, _ in phone.asked} == {session_id}
    assert shop.host.media.read(shop.id, shop.messages()[0].id)[0] == b"isi"
    errors = shop.column(
        "select x.error from message_media x join messages m on m.id = x.message_id"
        " where x.tenant_id = %s order by m.seq"
    )
    eventually(lambda: shop.count("message_media", "attempt = 1") == len(phone.answers))
    assert errors[1:5] == ["expired", "too_large", "failed", "not_connected"]


def test_only_sessions_that_are_connected_here_fetch(
    shop: Shop, phone: Phone, fetching: Callable[..., MediaFetcher]
) -> None:
    here, elsewhere = shop.session(), shop.session("kedua")
    phone.answers = {b"here": lambda: b"1", b"elsewhere": lambda: b"2"}
    send(shop, elsewhere, b"elsewhere")
    send(shop, here, b"here")
    fetcher = fetching(here)
    eventually(lambda: MediaState.STORED in states(shop))
    fetcher.close(5)
    assert phone.asked == [(here, b"here")]


def test_closing_lets_a_fetch_end_and_starts_none(
    shop: Shop, phone: Phone, fetching: Callable[..., MediaFetcher]
) -> None:
    begun, go = Event(), Event()

    def slow() -> bytes:
        begun.set()
        go.wait(10)
        return b"isi"

    session_id = shop.session()
    phone.answers = {b"slow": slow}
    send(shop, session_id, b"slow")
    fetcher = fetching(session_id)
    assert begun.wait(10)
    go.set()
    fetcher.close(10)
    assert states(shop) == [MediaState.STORED]
    send(shop, session_id, b"never")
    assert len(phone.asked) == 1
