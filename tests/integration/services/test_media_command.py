"""``waagent message media`` and the list, over the real services."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from shop_support import Customer, Shop

import cli.context
from cli.main import run
from waagent.bootstrap import Services
from waagent.domain.messages import InboundMedia, MessageKind
from waagent.i18n import use_language
from waagent.settings import Settings

PHOTO = b"\xff\xd8 foto"


@pytest.fixture
def waagent(
    front: Services, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Callable[..., int]]:
    """Runs a command in an empty folder."""

    @contextmanager
    def services(_settings: Settings) -> Iterator[Services]:
        yield front

    monkeypatch.setattr(cli.context, "services_factory", services)
    monkeypatch.chdir(tmp_path)
    yield lambda *arguments: run(arguments)
    use_language("id")


@pytest.fixture
def message_id(shop: Shop) -> str:
    """Of a message whose file is here."""
    session_id = shop.session()
    media = InboundMedia(mimetype="image/jpeg", file_name="../../struk.jpg", size=7, ref=b"r")
    photo = Customer().says("ini kak", kind=MessageKind.IMAGE, media=media)
    shop.receive(session_id, photo)
    (due,) = shop.host.media_inbox.due([session_id], 1)
    fetch = shop.host.media_inbox.claim(due)
    assert fetch is not None
    shop.host.media_inbox.fetched(fetch, PHOTO)
    return shop.messages()[0].id


def test_a_file_is_saved_under_a_safe_name_and_nothing_is_overwritten(
    shop: Shop, waagent: Callable[..., int], message_id: str, tmp_path: Path, capsys: object
) -> None:
    command = ("message", "media", message_id, "-t", shop.tenant.slug)
    assert waagent(*command) == 0
    assert [file.name for file in tmp_path.iterdir()] == ["struk.jpg"]
    assert (tmp_path / "struk.jpg").read_bytes() == PHOTO
    (tmp_path / "struk.jpg").write_text("milik saya")
    assert waagent(*command) == 6
    assert (tmp_path / "struk.jpg").read_text() == "milik saya"
    assert waagent(*command, "--force") == 0
    assert (tmp_path / "struk.jpg").read_bytes() == PHOTO


def test_json_says_where_it_is(
    shop: Shop,
    waagent: Callable[..., int],
    message_id: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    target = tmp_path / "bukti.jpg"
    command = ("message", "media", message_id, "-t", shop.tenant.slug, "-o", str(target), "--json")
    assert waagent(*command) == 0
    assert json.loads(capsys.readouterr().out) == {
        "id": message_id,
        "path": str(target),
        "mimetype": "image/jpeg",
        "size": len(PHOTO),
    }
    assert waagent("message", "list", "-t", shop.tenant.slug, "--json") == 0
    (listed,) = json.loads(capsys.readouterr().out)
    assert listed["media"] == {
        "mimetype": "image/jpeg",
        "file_name": "../../struk.jpg",
        "size": len(PHOTO),
        "state": "stored",
    }
    assert (listed["quoted"], listed["edited_at"], listed["reactions"]) == (None, None, [])


def test_a_missing_folder_or_a_file_that_is_not_here_leaves_nothing_behind(
    shop: Shop, waagent: Callable[..., int], message_id: str, tmp_path: Path
) -> None:
    command = ("message", "media", message_id, "-t", shop.tenant.slug)
    assert waagent(*command, "-o", str(tmp_path / "tidak" / "ada.jpg")) == 1
    shop.admin.run("update message_media set state = 'failed' where message_id = %s", message_id)
    assert waagent(*command) == 4
    assert waagent("message", "media", "x", "-t", shop.tenant.slug) == 5
    assert list(tmp_path.iterdir()) == []
