"""``waagent session pacing``: what it asks for, and what owners read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from cli_fakes import FakeServices, Run

from waagent import i18n
from waagent.domain.pacing import DecidedBy, HoldReason
from waagent.domain.views import HeldView, PacingView

AT = datetime(2026, 11, 22, 7, 39, tzinfo=UTC)
FAR = datetime(2099, 7, 15, 1, 0, tzinfo=UTC)
VIEW = PacingView(
    session="main",
    tenant="kopi-senja",
    pacing="safe",
    number_since=None,
    age_days=2,
    decided_by=DecidedBy.FIRST_PAIRED_AT,
    sent_today=17,
    day_cap=100,
    unasked_today=3,
    follow_up_cap=5,
    grows_in_days=2,
    grows_to=250,
    next_reply_at=AT,
    next_follow_up_at=FAR,
    quiet_hours=True,
    quiet_now=False,
    frozen_until=None,
    freeze_reason=None,
    follow_ups_moved=None,
    held=(),
)


class Pacing:
    """Shows ``view``, and remembers what it was told."""

    def __init__(self) -> None:
        self.view = VIEW
        self.declared: list[tuple[str, str]] = []

    def report(self, shop: Any, session: str) -> PacingView:
        return replace(self.view, session=session)

    def set_number_since(self, shop: Any, session: str, text: str, *, actor: str) -> None:
        assert actor.startswith("cli:")
        self.declared.append((session, text))
        self.view = replace(
            self.view, number_since=date(2024, 11, 22), decided_by=DecidedBy.NUMBER_SINCE
        )


@pytest.fixture
def pacing(services: FakeServices, monkeypatch: pytest.MonkeyPatch) -> Pacing:
    made = Pacing()
    monkeypatch.setattr(FakeServices, "pacing", made, raising=False)
    return made


def shown(waagent: Run, *arguments: str) -> str:
    done = waagent("session", "pacing", *arguments, "-t", "kopi-senja")
    assert done.code == 0, done
    return str(done.out)


def test_what_decides_it_and_what_to_do(waagent: Run, pacing: Pacing) -> None:
    text = shown(waagent)
    assert "17 dari 100 pesan" in text
    assert "3 dari 5 hari ini" in text
    assert "waagent session pacing main -t kopi-senja --number-since 2y" in text
    assert "menjadi 250 sehari, 2 hari lagi" in text
    assert "bisa sekarang" in text
    assert "mulai 2099-07-15 08:00 WIB" in text
    assert "20:00 sampai 08:00" in text
    assert "balasan yang Anda kirim tetap jalan" in text


def test_a_freeze_and_what_waits(waagent: Run, pacing: Pacing) -> None:
    pacing.view = replace(
        VIEW,
        frozen_until=FAR - timedelta(hours=10),
        freeze_reason="463",
        follow_ups_moved=23,
        held=(
            HeldView(reason="frozen", messages=4, first=FAR, last=FAR + timedelta(hours=1)),
            HeldView(reason="day_cap", messages=1, first=FAR, last=FAR),
            HeldView(reason="not_connected", messages=2, first=FAR, last=FAR),
        ),
    )
    text = shown(waagent, "main")
    assert "sampai 2099-07-14 22:00 WIB" in text
    assert "kode 463" in text
    assert "4 pesan, dibekukan WhatsApp, antara 2099-07-15 08:00 WIB dan 2099-07-15 09:00" in text
    assert "1 pesan, batas sehari tercapai, sampai 2099-07-15 08:00 WIB" in text
    assert "2 pesan, dicoba lagi nanti" in text
    assert "23 tindak lanjut dipindah ke 2099-07-15" in text


def test_json(waagent: Run, pacing: Pacing) -> None:
    pacing.view = replace(
        VIEW, held=(HeldView(reason="frozen", messages=4, first=AT, last=AT),), frozen_until=AT
    )
    data = waagent("session", "pacing", "-t", "kopi-senja", "--json").data
    assert data["decided_by"] == "first_paired_at"
    assert data["frozen_until"] == "2026-11-22T07:39:00.000Z"
    assert data["number_since"] is None
    assert data["held"] == [
        {
            "reason": "frozen",
            "messages": 4,
            "first": "2026-11-22T07:39:00.000Z",
            "last": "2026-11-22T07:39:00.000Z",
        }
    ]


def test_the_age_is_declared(waagent: Run, pacing: Pacing) -> None:
    text = shown(waagent, "kedua", "--number-since", "2y")
    assert pacing.declared == [("kedua", "2y")]
    assert text.startswith("Dicatat: nomor sesi kedua dipakai sejak 2024-11-22.\n")
    assert "karena Anda menyatakan nomor ini dipakai sejak 2024-11-22" in text


def test_off(waagent: Run, pacing: Pacing) -> None:
    pacing.view = replace(VIEW, pacing="off")
    assert shown(waagent) == "Tanpa batas: WAAGENT_PACING=off, hanya untuk WhatsApp bohongan.\n"


def test_every_reason_has_words() -> None:
    keys = i18n.keys()
    assert not [reason for reason in HoldReason if f"pacing.held.{reason}" not in keys]
