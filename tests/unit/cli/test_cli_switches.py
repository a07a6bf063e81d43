"""What holds for every command: plain lists, narrow terminals, questions, and names for things."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from cli_fakes import FOLLOW_UP, LEAD, SHOP, FakeServices, Run

from cli import output, progress, refs
from cli.ask import confirm
from waagent.domain.followups import FollowUpState
from waagent.errors import InvalidInputError, NotFoundError
from waagent.settings import Settings

LEADS = ("lead", "list", "-t", "kopi-senja")
ID = "ca50d640-ca5f-4201-9e42-4fbdbee94f8b"


@pytest.fixture
def terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[int], None]:
    """Makes stdout a terminal of so many columns."""

    def resize(columns: int) -> None:
        monkeypatch.setattr(output, "plain", False)
        monkeypatch.setattr("sys.stdout.isatty", lambda: True)
        monkeypatch.setattr("shutil.get_terminal_size", lambda: os.terminal_size((columns, 24)))
        monkeypatch.setenv("TERM", "dumb")

    return resize


def test_plain_lists_name_every_fact_and_leave_out_what_is_not_known(
    waagent: Run, services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = waagent(*LEADS, "--plain").out.split("\n\n")
    assert len(records) == 2
    assert records[0].splitlines()[0] == "Pelanggan: Budi +6281200000001"
    assert "ID: l-1" in records[0]
    assert "Tindak lanjut" not in records[0]
    assert waagent("--plain", *LEADS).out == waagent(*LEADS, "--plain").out
    assert waagent(*LEADS, "--plain", "--fields", "id").out == "id: l-1\n\nid: l-2\n"
    assert "Pelanggan: " not in waagent(*LEADS).out
    assert "Nama: Kopi Senja" in waagent("tenant", "show", "kopi-senja", "--plain").out
    assert waagent(*LEADS, "--plain", "--json").data[0]["id"] == "l-1"
    monkeypatch.setenv("WAAGENT_PLAIN", "true")
    assert "Pelanggan: " in waagent(*LEADS).out


def test_a_narrow_terminal_is_not_given_a_broken_table(
    terminal: Callable[[int], None], capsys: pytest.CaptureFixture[str]
) -> None:
    headers = ["Nama", "Tahap", "Kosong", "ID"]
    rows = [["Sari Wulandari", "Menang", "", output.Ref(ID)]]

    def shown(columns: int) -> list[str]:
        terminal(columns)
        output.table(headers, rows)
        return [line.rstrip() for line in capsys.readouterr().out.splitlines()]

    assert shown(80) == [
        f"{'Nama':14}  Tahap   Kosong  ID",
        f"Sari Wulandari  Menang          {ID}",
    ]
    assert shown(40) == ["Nama            Tahap   ID", "Sari Wulandari  Menang  ca50d640"]
    assert shown(20) == ["Nama: Sari Wulandari", "Tahap: Menang", "ID: ca50d640"]


def test_what_cannot_be_taken_back_is_asked(
    waagent: Run, services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    delete = ("message", "delete", "m-1", "-t", "kopi-senja")
    refused = waagent(*delete, "--json")
    assert (refused.code, refused.error["hint"]) == (2, "agree to it with --yes")

    def answer(text: str) -> int:
        stdin = io.StringIO(text)
        stdin.isatty = lambda: True  # type: ignore[method-assign]
        monkeypatch.setattr("sys.stdin", stdin)
        return waagent(*delete).code

    for no in ("\n", "t\n", "tidak\n", ""):
        assert answer(no) == 1
    assert services.calls == []
    assert answer("ya\n") == 0
    assert [call[0] for call in services.calls] == ["delete"]
    stdin = io.StringIO("y\n")
    stdin.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.setattr("sys.stdin", stdin)
    assert waagent(*delete, "--no-input").code == 2
    confirm("sure?", yes=True)


def test_no_color_reaches_whatever_draws(waagent: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "")
    assert waagent("--no-color", "version").code == 0
    assert os.environ["NO_COLOR"] == "1"


def test_a_lead_is_named_by_id_beginning_number_or_name() -> None:
    sari = replace(LEAD, id=ID, name="Sari Wulandari", phone="+6281200000002")
    ayu = replace(LEAD, id="177eb6c0-0000-4000-8000-000000000000", name="Ayu", phone=None)
    lestari = replace(LEAD, id="177eb6c0-1111-4000-8000-000000000000", name="Ayu Lestari")
    services: Any = SimpleNamespace(
        settings=Settings(), leads=SimpleNamespace(list=lambda shop: [sari, ayu, lestari])
    )

    def lead(ref: str) -> str:
        return refs.lead_id(services, SHOP, ref)

    unknown = "00000000-0000-4000-8000-000000000000"
    assert lead(unknown) == unknown  # a whole id needs no list; the service says if it is none
    for ref in ("ca50d640", "CA50", "0812-0000-0002", "wa.me/6281200000002", "sari", "wulandari"):
        assert lead(ref) == ID, ref
    assert lead("ayu") == ayu.id  # a whole name before a part of one
    assert lead("lestari") == lestari.id
    with pytest.raises(InvalidInputError, match="names 2 leads: Ayu"):
        lead("177e")
    with pytest.raises(NotFoundError) as none:
        lead("sary wulandary")
    assert "did you mean 'sari wulandari'?" in str(none.value.hint)
    for short in ("", "ca5", "a", "12"):
        with pytest.raises(NotFoundError):
            lead(short)


def test_a_customer_names_the_follow_up_that_is_to_come() -> None:
    sent = replace(FOLLOW_UP, id="f-0", state=FollowUpState.SENT)
    services: Any = SimpleNamespace(
        settings=Settings(), followups=SimpleNamespace(list=lambda shop: [sent, FOLLOW_UP])
    )
    assert refs.follow_up_id(services, SHOP, "budi") == "f-1"
    assert refs.follow_up_id(services, SHOP, "f-0") == "f-0"


def test_progress_off_a_terminal_is_a_line_now_and_then(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert list(progress.shown([1, 2, 3], "Exporting", 3)) == [1, 2, 3]
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(progress, "EVERY_S", 0.0)
    assert list(progress.shown([1, 2], "Mengekspor", 2)) == [1, 2]
    assert capsys.readouterr().err.splitlines() == [
        "Mengekspor: 1 dari 2",
        "Mengekspor: 2 dari 2",
    ]
    assert list(progress.shown([1], "Mengekspor", 1, quiet=True)) == [1]
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(progress, "EVERY_S", 0.01)
    until = time.monotonic() + 10
    with progress.waiting("Pengukuran"):
        while "Pengukuran: masih" not in capsys.readouterr().err:
            assert time.monotonic() < until
