"""Sending and acting on messages, by the command line."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from cli_fakes import FakeServices, Run

from waagent.domain.messages import MessageKind, OutgoingContact, OutgoingLocation
from waagent.domain.outbox import Resolution
from waagent.services.attachments import attachment
from waagent.services.drafts import Draft

SHOP = ("-t", "kopi-senja")
PHONE = "+6281200000001"


def test_a_text_is_sent_from_the_line_or_from_stdin(
    waagent: Run, services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = waagent("message", "send", "0812-0000-0001", "Halo kak", *SHOP, "--json")
    assert sent.data.items() >= {"direction": "out", "text": "Halo kak", "state": "queued"}.items()
    monkeypatch.setattr("sys.stdin", io.StringIO("dua\nbaris\n"))
    piped = waagent("message", "send", "6281200000001", "-", *SHOP)
    assert piped.out == f"Pesan untuk {PHONE} masuk antrean kirim.\n"
    assert services.calls == [
        ("send", PHONE, Draft(text="Halo kak")),
        ("send", PHONE, Draft(text="dua\nbaris")),
    ]


def test_files_places_cards_and_quotes(
    waagent: Run, services: FakeServices, tmp_path: Path
) -> None:
    picture = tmp_path / "menu.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n...")
    send = ("message", "send", PHONE)
    for arguments in (
        ("menunya kak", "--file", str(picture), "--quote", "m-1"),
        ("--location", "-6.2,106.8"),
        ("--location", "-6.2,106.8, Dapur Bu Rini"),
        ("--card", "Budi, S.E.,0812 0000 0002"),
    ):
        assert waagent(*send, *arguments, *SHOP).code == 0
    file = attachment(picture.read_bytes(), "menu.png")
    assert file.kind is MessageKind.IMAGE
    assert [draft for _, _, draft in services.calls] == [
        Draft(text="menunya kak", attachment=file, quote="m-1"),
        Draft(location=OutgoingLocation(latitude=-6.2, longitude=106.8, name="")),
        Draft(location=OutgoingLocation(latitude=-6.2, longitude=106.8, name="Dapur Bu Rini")),
        Draft(card=OutgoingContact(name="Budi, S.E.", phone="6281200000002")),
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        (("--file", "no-such-file"), 2, "invalid_input"),
        (("--file", "."), 2, "invalid_input"),
        (("--file", "empty.pdf"), 2, "invalid_input"),
        (("--file", "pipe"), 2, "invalid_input"),
        (("--file", "huge.bin"), 7, "limit"),
        (("--location", "di sana"), 2, "invalid_input"),
        (("--location", "-6.2"), 2, "invalid_input"),
        (("--card", "Budi"), 2, "invalid_input"),
        (("--card", "Budi,123"), 2, "invalid_phone"),
        ((), 2, "invalid_input"),
    ],
)
def test_what_cannot_be_sent_is_said_and_not_queued(
    arguments: tuple[str, ...], code: int, error: str,
    waagent: Run, services: FakeServices, tmp_path: Path,
) -> None:  # fmt: skip
    (tmp_path / "empty.pdf").touch()
    os.mkfifo(tmp_path / "pipe")
    with open(tmp_path / "huge.bin", "wb") as huge:
        huge.truncate(100_000_000)
    done = waagent("message", "send", PHONE, *arguments, *SHOP, "--json")
    assert (done.code, done.error["code"]) == (code, error)
    assert services.calls == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(waagent: Run, services: FakeServices, tmp_path: Path) -> None:
    secret = tmp_path / "secret.pdf"
    secret.write_bytes(b"x")
    secret.chmod(0)
    assert waagent("message", "send", PHONE, "--file", str(secret), *SHOP).code == 2


@pytest.mark.parametrize(
    ("data", "name", "kind", "mimetype"),
    [
        (b"\xff\xd8\xff\xe0", "menu", "image", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "menu.jpg", "image", "image/png"),
        (b"no picture", "menu.jpg", "document", "application/octet-stream"),
        (b"GIF89a", "lucu.gif", "document", "image/gif"),
        (b"...", "video.MP4", "video", "video/mp4"),
        (b"OggS", "suara.opus", "audio", "audio/ogg"),
        (b"...", "lagu.mp3", "audio", "audio/mpeg"),
        (b"%PDF", "daftar harga.pdf", "document", "application/pdf"),
        (b"...", "apa", "document", "application/octet-stream"),
    ],
)
def test_what_a_file_is(data: bytes, name: str, kind: str, mimetype: str) -> None:
    found = attachment(data, name)
    assert (found.kind, found.mimetype, found.file_name) == (kind, mimetype, name)


def test_edit_delete_and_react(waagent: Run, services: FakeServices) -> None:
    assert "antrean" in waagent("message", "edit", "m-1", "25rb kak", *SHOP).out
    assert "antrean" in waagent("message", "delete", "m-1", "--yes", *SHOP).out
    assert "antrean" in waagent("message", "react", "m-1", "👍", *SHOP).out
    assert waagent("message", "react", "m-1", "", *SHOP, "--json").data["id"] == "m-1"
    assert services.calls == [
        ("edit", "m-1", "25rb kak"),
        ("delete", "m-1"),
        ("react", "m-1", "👍"),
        ("react", "m-1", ""),
    ]
    assert waagent("message", "edit", "m-1", " ", *SHOP).code == 2


def test_resolve_takes_one_answer(waagent: Run, services: FakeServices) -> None:
    for resolution in Resolution:
        done = waagent("message", "resolve", "m-1", f"--{resolution}", *SHOP)
        assert done.out == "Pesan sekarang berstatus sent.\n"
        assert ("dua kali" in done.err) is (resolution is Resolution.RESEND)
    assert services.calls == [("resolve", "m-1", each, "actor") for each in Resolution]
    for wrong in ((), ("--sent", "--resend")):
        assert waagent("message", "resolve", "m-1", *wrong, *SHOP).code == 2
