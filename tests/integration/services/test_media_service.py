"""Files of messages: noted with the message, stored encrypted, by size, and given back whole."""

from __future__ import annotations

import os
import secrets
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from shop_support import Customer, Shop

from waagent.domain.media import MediaState
from waagent.domain.messages import InboundMedia, MessageKind
from waagent.domain.views import MediaView
from waagent.errors import InvalidInputError, LimitError, NotFoundError, RefusedError
from waagent.services.media import INLINE_BYTES, MediaStore
from waagent.services.media_files import CHUNK, MediaFiles
from waagent.services.media_inbox import MAX_ATTEMPTS, DueFile, Fetch, MediaInbox

SMALL, LARGE = b"kecil", secrets.token_bytes(2 * CHUNK + 17)
FILES = {
    "empty": b"",
    "small": SMALL,
    "largest in a column": b"x" * INLINE_BYTES,
    "large": LARGE,
    "whole chunks": b"y" * (2 * CHUNK),
}


def photo(customer: Customer, *, size: int = 1000, name: str | None = None, **more: object):  # type: ignore[no-untyped-def]
    media = InboundMedia(mimetype="image/jpeg", file_name=name, size=size, ref=b"ref-penanda")
    return customer.says("ini kak", kind=MessageKind.IMAGE, media=media, **more)  # type: ignore[arg-type]


def received(shop: Shop, **more: object) -> tuple[str, str]:
    """The session's id and the message's."""
    session_id = shop.session()
    shop.receive(session_id, photo(Customer(), **more))  # type: ignore[arg-type]
    return session_id, shop.messages()[-1].id


def claim(shop: Shop, session_id: str, inbox: MediaInbox | None = None) -> Fetch:
    inbox = inbox or shop.host.media_inbox
    (due,) = inbox.due([session_id], 10)
    fetch = inbox.claim(due)
    assert fetch is not None
    return fetch


def due_again(shop: Shop) -> None:
    """The wait is over."""
    shop.admin.run("update message_media set not_before = now() where tenant_id = %s", shop.id)


def state(shop: Shop) -> MediaState:
    media = shop.messages()[0].media
    assert media is not None
    return media.state


@pytest.mark.parametrize("data", FILES.values(), ids=FILES)
def test_a_file_comes_back_as_it_was(shop: Shop, data: bytes) -> None:
    session_id, message_id = received(shop, name="struk penanda.jpg")
    assert state(shop) is MediaState.PENDING
    assert shop.host.media_inbox.fetched(claim(shop, session_id), data) is MediaState.STORED
    assert shop.messages()[0].media == MediaView(
        mimetype="image/jpeg",
        file_name="struk penanda.jpg",
        size=len(data),
        state=MediaState.STORED,
    )
    read = shop.front.media.read(shop.id, message_id)
    assert read == (data, "image/jpeg", "struk penanda.jpg")
    on_disk = shop.column("select path is not null from message_media where tenant_id = %s")
    assert on_disk == [len(data) > INLINE_BYTES]


def test_nothing_of_it_is_readable_where_it_lies(shop: Shop) -> None:
    session_id, _ = received(shop, name="struk penanda.jpg")
    (row,) = shop.column("select m::text from message_media m where tenant_id = %s")
    assert "penanda" not in row
    assert b"penanda".hex() not in row
    shop.host.media_inbox.fetched(claim(shop, session_id), b"penanda" * 100_000)
    (path,) = shop.column("select path from message_media where tenant_id = %s")
    folder = shop.front.settings.media_folder
    assert b"penanda" not in (folder / path).read_bytes()
    assert (folder / path).stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_file_that_was_changed_cut_or_swapped_is_not_given_out(shop: Shop) -> None:
    stored = []
    for _ in range(2):
        session_id, message_id = received(shop)
        shop.host.media_inbox.fetched(claim(shop, session_id), LARGE)
        stored.append(message_id)
    folder = shop.front.settings.media_folder
    first, second = [
        folder / shop.admin.value("select path from message_media where message_id = %s", each)
        for each in stored
    ]
    whole, other = first.read_bytes(), second.read_bytes()
    sealed = CHUNK + 16
    swapped = whole[:16] + whole[16 + sealed : 16 + 2 * sealed] + whole[16 : 16 + sealed]
    broken = [
        whole[:-1],
        whole[: 16 + sealed],
        whole[:100] + bytes([whole[100] ^ 1]) + whole[101:],
        swapped + whole[16 + 2 * sealed :],
        other,
    ]
    for content in broken:
        first.write_bytes(content)
        with pytest.raises(InvalidTag):
            shop.front.media.read(shop.id, stored[0])
    first.write_bytes(whole)
    assert shop.front.media.read(shop.id, stored[0])[0] == LARGE
    first.unlink()
    with pytest.raises(NotFoundError) as missing:
        shop.front.media.read(shop.id, stored[0])
    assert "WAAGENT_MEDIA_DIR" in str(missing.value.hint)


def test_one_that_is_too_large_is_never_fetched(shop: Shop) -> None:
    session_id, message_id = received(shop, size=100_000_000)
    assert state(shop) is MediaState.TOO_LARGE
    assert shop.host.media_inbox.due([session_id], 10) == []
    with pytest.raises(RefusedError):
        shop.front.media.open(shop.id, message_id)


def test_nor_kept_if_its_sender_lied_about_its_size(shop: Shop) -> None:
    session_id, _ = received(shop, size=5)
    fetch = claim(shop, session_id)
    small = MediaStore(shop.host.core, MediaFiles(Path("/nonexistent")), 1000)
    assert MediaInbox(shop.host.core, small).fetched(fetch, LARGE) is MediaState.TOO_LARGE
    assert state(shop) is MediaState.TOO_LARGE


def test_failures_are_tried_again_with_growing_waits_and_not_for_ever(shop: Shop) -> None:
    session_id, message_id = received(shop)
    inbox = shop.host.media_inbox
    waits = []
    for _ in range(MAX_ATTEMPTS):
        inbox.failed(claim(shop, session_id), MediaState.PENDING, "failed")
        waits += shop.column(
            "select extract(epoch from not_before - now()) from message_media where tenant_id = %s"
        )
        assert inbox.due([session_id], 10) == [], "not before its time"
        due_again(shop)
    assert waits == sorted(waits)
    assert waits[3] > 60
    assert state(shop) is MediaState.FAILED
    with pytest.raises(RefusedError):
        shop.front.media.read(shop.id, message_id)


def test_a_fetch_that_ends_its_process_counts_as_an_attempt(shop: Shop) -> None:
    session_id, _ = received(shop)
    for _ in range(MAX_ATTEMPTS):
        claim(shop, session_id)
        assert shop.host.media_inbox.due([session_id], 10) == []
        due_again(shop)
    (due,) = shop.host.media_inbox.due([session_id], 10)
    assert shop.host.media_inbox.claim(due) is None
    assert state(shop) is MediaState.FAILED


def test_what_whatsapp_has_no_more_is_not_tried_again(shop: Shop) -> None:
    session_id, _ = received(shop)
    shop.host.media_inbox.failed(claim(shop, session_id), MediaState.EXPIRED, "expired")
    due_again(shop)
    assert shop.host.media_inbox.due([session_id], 10) == []
    assert state(shop) is MediaState.EXPIRED


def test_two_hosts_that_fetch_the_same_keep_one_file(shop: Shop) -> None:
    session_id, message_id = received(shop)
    first = claim(shop, session_id)
    due_again(shop)
    second = claim(shop, session_id)
    folder = shop.front.settings.media_folder / shop.id.replace("-", "")
    shop.host.media_inbox.fetched(first, LARGE)
    shop.host.media_inbox.fetched(second, LARGE)
    assert len(list(folder.iterdir())) == 1
    assert shop.front.media.read(shop.id, message_id)[0] == LARGE


def test_another_tenant_s_and_other_sessions_files_are_out_of_reach(
    shop: Shop, new_shop: object
) -> None:
    session_id, message_id = received(shop)
    other = new_shop()  # type: ignore[operator]
    shop.host.media_inbox.fetched(claim(shop, session_id), SMALL)
    for given in (message_id, "x", "00000000-0000-0000-0000-000000000000"):
        with pytest.raises(NotFoundError):
            other.front.media.open(other.id, given)
    assert shop.host.media_inbox.claim(DueFile(other.id, message_id)) is None
    assert shop.host.media_inbox.due([other.session()], 10) == []


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 400 kB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("this machine lets us mount nothing")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk_loses_nothing(shop: Shop, tiny_disk: Path) -> None:
    store = MediaStore(shop.host.core, MediaFiles(tiny_disk / "media"), 16_000_000)
    inbox = MediaInbox(shop.host.core, store)
    filler = tiny_disk / "filler"
    filler.write_bytes(b"x" * 200_000)
    session_id, message_id = received(shop)
    for _ in range(MAX_ATTEMPTS + 2):
        fetch = claim(shop, session_id, inbox)
        assert inbox.fetched(fetch, LARGE[:300_000]) is MediaState.NO_SPACE
        due_again(shop)
    assert state(shop) is MediaState.NO_SPACE
    assert not [file for _, _, files in os.walk(tiny_disk / "media") for file in files]
    assert shop.receive(session_id, Customer().says("teks tetap masuk")) == 1
    filler.unlink()
    assert inbox.fetched(claim(shop, session_id, inbox), LARGE[:300_000]) is MediaState.STORED
    assert store.read(shop.id, message_id)[0] == LARGE[:300_000]


def test_a_file_of_ours_is_kept_with_its_message_or_not_at_all(shop: Shop) -> None:
    _, message_id = received(shop)
    shop.admin.run("delete from message_media where tenant_id = %s", shop.id)
    media = shop.host.media
    for data, error in ((b"", InvalidInputError), (b"x" * 16_000_001, LimitError)):
        with shop.host.core.tenant(shop.id) as scope, pytest.raises(error):
            media.put(scope, message_id, data, "image/png", None)
    with shop.host.core.tenant(shop.id) as scope:
        media.put(scope, message_id, LARGE, "application/pdf", "daftar harga.pdf")
    assert media.read(shop.id, message_id) == (LARGE, "application/pdf", "daftar harga.pdf")


def test_files_of_no_message_are_swept_when_they_are_old(shop: Shop) -> None:
    session_id, message_id = received(shop)
    shop.host.media_inbox.fetched(claim(shop, session_id), LARGE)
    folder = shop.front.settings.media_folder / shop.id.replace("-", "")
    (kept,) = folder.iterdir()
    orphan, fresh, part = folder / ("0" * 32), folder / ("1" * 32), folder / "2.part"
    unknown = folder.with_name("0" * 32)
    unknown.mkdir(exist_ok=True)
    (unknown / "theirs").touch()
    for file in (orphan, fresh, part):
        file.touch()
    old = time.time() - 7200
    for file in (kept, orphan, part, unknown / "theirs"):
        os.utime(file, (old, old))
    assert shop.host.media.sweep() == 2
    assert sorted(folder.iterdir()) == sorted([kept, fresh])
    assert (unknown / "theirs").exists()
    assert shop.front.media.read(shop.id, message_id)[0] == LARGE


def test_what_a_sender_calls_things_can_be_anything(shop: Shop) -> None:
    """NUL and halves of surrogate pairs, in every text that a message has."""
    session_id = shop.session()
    bad = "a\0b\ud83d"
    customer = Customer(name=bad, lid="12\ud83d", phone=None)
    media = InboundMedia(mimetype=bad, file_name=bad, size=-1, ref=b"r")
    message = customer.says(f"\udc00{bad}", id=bad, quoted=bad, media=media)
    assert shop.receive(session_id, message) == 1
    assert shop.receive(session_id, message) == 0
    (stored,) = shop.messages()
    assert stored.text == "\ufffda\0b\ufffd"
    assert shop.lead().name == "a\0b\ufffd"
    assert stored.media is not None
    assert (stored.media.mimetype, stored.media.file_name) == ("a\ufffdb\ufffd", "a\0b\ufffd")
    whole = "🙏🏽".encode("utf-16", "surrogatepass").decode("utf-16")
    halves = "\ud83d\ude4f"
    shop.receive(session_id, customer.says(halves + whole))
    assert shop.messages()[1].text == "🙏🙏🏽"
