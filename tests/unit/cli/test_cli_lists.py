"""The listing commands: JSON exactly as documented, tables for people."""

from __future__ import annotations

import pytest
from cli_fakes import FakeServices, Run

TIME = "2026-11-22T07:39:05.250Z"


def test_tenant_create(waagent: Run, services: FakeServices) -> None:
    done = waagent("tenant", "create", "Kopi Senja", "--json")
    assert done.code == 0
    assert done.data == {
        "id": "t-1",
        "slug": "kopi-senja",
        "name": "Kopi Senja",
        "timezone": "Asia/Jakarta",
    }
    assert services.calls == [("create", "Kopi Senja", "Asia/Jakarta")]
    shown = waagent("tenant", "create", "Kopi Senja")
    assert shown.out == "Toko Kopi Senja dibuat: kopi-senja\n"
    assert shown.err == "Berikutnya: waagent connect kopi-senja\n"


def test_tenant_list_and_show(waagent: Run, services: FakeServices) -> None:
    assert [shop["slug"] for shop in waagent("tenant", "list", "--json").data] == ["kopi-senja"]
    assert waagent("tenant", "show", "kopi-senja", "--json").data["id"] == "t-1"
    assert "Asia/Jakarta" in waagent("tenant", "show", "t-1").out
    services.shops.clear()
    assert waagent("tenant", "list", "--json").out == "[]\n"
    assert "waagent tenant create" in waagent("tenant", "list").out


def test_session_list(waagent: Run, services: FakeServices) -> None:
    (session,) = waagent("session", "list", "--json").data
    assert session == {
        "id": "s-1",
        "tenant": "kopi-senja",
        "name": "main",
        "phone": "+6281100000001",
        "state": "connected",
        "reason": None,
        "owner": "host-1",
        "last_event_at": TIME,
        "outbox": 2,
        "detail": None,
        "connected_at": None,
        "down_since": None,
        "retry_at": None,
        "banned_until": None,
        "frozen_until": None,
        "freeze_reason": None,
        "move_to": None,
        "why": "Nomor tersambung.",
        "todo": "Tidak ada yang perlu dilakukan.",
    }
    assert "14:39 WIB" in waagent("session", "list", "-t", "kopi-senja").out


def test_lead_list(waagent: Run, services: FakeServices) -> None:
    leads = waagent("lead", "list", "-t", "kopi-senja", "--json").data
    assert leads[0] == {
        "id": "l-1",
        "conversation_id": "c-1",
        "phone": "+6281200000001",
        "name": "Budi",
        "stage": "qualified",
        "status": "warm_lead",
        "intent": "price_inquiry",
        "product": "kopi susu",
        "sentiment": "neutral",
        "need": None,
        "follow_up_at": None,
        "last_message_at": TIME,
        "unread": 1,
        "updated_at": TIME,
        "stage_name": "",
        "score": 0,
        "assignee": None,
        "value": None,
        "suggested_value": None,
        "closed_at": None,
        "tags": [],
        "notes": 0,
    }
    assert [lead["id"] for lead in leads] == ["l-1", "l-2"]


def test_lead_list_filters(waagent: Run, services: FakeServices) -> None:
    def ids(*options: str) -> list[str]:
        found = waagent("lead", "list", "-t", "kopi-senja", "--json", *options).data
        return [lead["id"] for lead in found]

    assert ids("--stage", "won") == ["l-2"]
    assert ids("--status", "warm_lead") == ["l-1"]
    assert ids("--stage", "won", "--status", "warm_lead") == []


def test_lead_move(waagent: Run, services: FakeServices) -> None:
    moved = waagent("lead", "move", "l-1", "won", "-t", "kopi-senja", "--json")
    assert moved.data["stage"] == "won"
    assert waagent("lead", "move", "l-1", "won", "-t", "kopi-senja").out == (
        "Budi sekarang di tahap won.\n"
    )
    assert waagent("lead", "move", "l-1", "sold", "-t", "kopi-senja").code == 2


def test_message_list(waagent: Run, services: FakeServices) -> None:
    done = waagent("message", "list", "-t", "kopi-senja", "--contact", "0812 0000 0001", "--json")
    (message,) = done.data
    expected = {"id": "m-1", "direction": "in", "phone": "+6281200000001", "state": "received"}
    assert message.items() >= expected.items()
    assert message["at"] == TIME
    assert message["text"] == "[bold]harga?[/bold]\x1b[2J\nya"
    assert "\x1b" not in done.out
    assert services.calls == [("messages", "+6281200000001", None, 500)]


def test_customer_text_is_shown_as_it_is_but_harmless(waagent: Run, services: FakeServices) -> None:
    shown = waagent("message", "list", "-t", "kopi-senja").out
    assert "[bold]harga?[/bold] ya" in shown
    assert "\x1b" not in shown
    assert "masuk" in shown


def test_truncation_is_announced(waagent: Run, services: FakeServices) -> None:
    done = waagent("message", "list", "-t", "kopi-senja", "--limit", "1", "--json")
    assert len(done.data) == 1
    assert "--limit" in done.err


def test_followup_list(waagent: Run, services: FakeServices) -> None:
    (item,) = waagent("followup", "list", "-t", "kopi-senja", "--json").data
    assert item.items() >= {"id": "f-1", "lead": "l-1", "due_at": TIME, "state": "pending"}.items()
    assert item["phone"] == "+6281200000001"
    assert "Budi +6281200000001" in waagent("followup", "list", "-t", "kopi-senja").out


def test_the_shop_comes_from_the_environment_too(
    waagent: Run, services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAAGENT_TENANT", "kopi-senja")
    assert waagent("lead", "list").code == 0
    assert waagent("lead", "list", "-t", "lain").code == 5


def test_english(waagent: Run, services: FakeServices, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAAGENT_LANGUAGE", "en")
    assert waagent("tenant", "create", "X").out.startswith("Shop X created")


def test_a_pipe_is_not_wrapped(waagent: Run, services: FakeServices) -> None:
    lines = waagent("lead", "list", "-t", "kopi-senja").out.splitlines()
    assert len(lines) == 3
    assert lines[1].rstrip().endswith("l-1")
