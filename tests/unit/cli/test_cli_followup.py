"""``waagent followup``: what people and programs see of follow-ups, rules and templates."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from cli_fakes import FOLLOW_UP, FakeServices, Run

from waagent import i18n
from waagent.domain.followup_views import FollowUpRuleView, FollowUpSettingsView, TemplateView
from waagent.domain.followups import Author, Draft, FollowUpStop, Rule
from waagent.domain.labels import Intent
from waagent.domain.leads import Stage

SHOP = ("-t", "kopi-senja")
TEXT = "Halo kak Budi, soal kopi susu yang ditanyakan, masih berminat?"
PLANNED = replace(
    FOLLOW_UP,
    text=TEXT,
    rule="qualified/price_inquiry",
    stage=Stage.QUALIFIED,
    intent=Intent.PRICE_INQUIRY,
    template="tanya-produk",
    variant="tanya-produk/2",
    stops=(FollowUpStop.APPROVAL, FollowUpStop.HELD_OUT),
)
SETTINGS = FollowUpSettingsView(
    paused_until=None, hold_out_percent=10, hold_out_default=True, calendar=True
)
RULE = FollowUpRuleView(
    stage=None,
    intent=Intent.PAYMENT,
    after_s=7200,
    most=2,
    template=None,
    approval=True,
    built_in=False,
)


class Desk:
    """Remembers what it was asked."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.settings_view = SETTINGS

    def __getattr__(self, name: str) -> Any:
        def call(_shop: Any, *given: Any, actor: str = "", **how: Any) -> Any:
            self.calls.append((name, *given, *how.values()))
            if name in ("pause", "resume", "hold_out", "calendar", "settings"):
                return self.settings_view
            return {"rules": [RULE], "set_rule": RULE}.get(name, PLANNED)

        return call


@pytest.fixture
def desk(services: FakeServices) -> Desk:
    made = Desk()
    services.follow_up_desk = made  # type: ignore[attr-defined]
    services.shown = PLANNED
    return made


def test_show_tells_what_is_sent_when_and_why(waagent: Run, desk: Desk) -> None:
    out = waagent("followup", "show", "f-1", *SHOP).out
    assert TEXT in out
    assert "2026-11-22 14:39 WIB" in out
    assert "qualified/price_inquiry (qualified · price_inquiry)" in out
    assert "tanya-produk/2" in out
    assert "menunggu persetujuan: waagent followup approve" in out
    assert "sengaja tidak dikirim" in out
    data = waagent("followup", "show", "f-1", *SHOP, "--json").data
    assert data["text"] == TEXT
    assert data["stops"] == ["approval", "held_out"]
    assert (data["held_out"], data["approval"], data["stage"]) == (False, None, "qualified")


def test_what_a_person_does_to_one(waagent: Run, desk: Desk) -> None:
    assert waagent("followup", "approve", "f-1", *SHOP, "--text", "Halo kak").code == 0
    assert waagent("followup", "snooze", "f-1", "--until", "besok 9:00", *SHOP).code == 0
    assert waagent("followup", "cancel", "f-1", *SHOP, "--json").data["id"] == "f-1"
    assert desk.calls == [
        ("approve", "f-1", "Halo kak"),
        ("snooze", "f-1", "besok 9:00"),
        ("cancel", "f-1"),
    ]
    assert waagent("followup", "snooze", "f-1", *SHOP).code == 2, "until when?"


def test_what_holds_for_all_of_them(waagent: Run, desk: Desk) -> None:
    out = waagent("followup", "settings", *SHOP).out
    assert "10% secara acak" in out
    assert "waagent followup holdout 0 -t kopi-senja" in out
    desk.settings_view = replace(SETTINGS, hold_out_percent=0, hold_out_default=False)
    assert "semua dikirim" in waagent("followup", "holdout", "0", *SHOP).out
    until = datetime(2026, 11, 30, 2, 0, tzinfo=UTC)
    desk.settings_view = replace(SETTINGS, paused_until=until)
    assert "sampai 2026-11-30 09:00 WIB" in waagent("followup", "pause", *SHOP).out
    desk.settings_view = replace(SETTINGS, paused_until=until.replace(year=2200), calendar=False)
    shown = waagent("followup", "pause", "--until", "senin", *SHOP)
    assert "waagent followup resume -t kopi-senja" in shown.out
    assert waagent("followup", "calendar", "off", *SHOP, "--json").data["calendar"] is False
    assert waagent("followup", "calendar", "maybe", *SHOP).code == 2
    assert waagent("followup", "resume", *SHOP).code == 0
    assert [call[0] for call in desk.calls] == [
        "settings", "hold_out", "pause", "pause", "calendar", "resume",
    ]  # fmt: skip


def test_rules(waagent: Run, desk: Desk) -> None:
    (rule,) = waagent("followup", "rules", "list", *SHOP, "--json").data
    assert rule == {
        "stage": None,
        "intent": "payment",
        "after_s": 7200,
        "most": 2,
        "template": None,
        "approval": True,
        "built_in": False,
        "writer": "template",
    }
    assert "2h" in waagent("followup", "rules", "list", *SHOP).out
    options = ("--stage", "new", "--after", "3h", "--max", "2", "--approval", "--template", "x")
    assert waagent("followup", "rules", "set", *SHOP, *options).code == 0
    wanted = Rule(stage=Stage.NEW, after=timedelta(hours=3), most=2, template="x", approval=True)
    assert desk.calls[-1] == ("set_rule", wanted)
    for options, approval in ((), True), (("--no-approval",), False):
        waagent("followup", "rules", "set", *SHOP, "--writer", "model", *options)
        assert desk.calls[-1] == ("set_rule", Rule(writer=Author.MODEL, approval=approval))
    bad = waagent("followup", "rules", "set", *SHOP, "--after", "soon", "--json")
    assert (bad.code, bad.error["code"]) == (2, "invalid_input")
    removed = waagent("followup", "rules", "remove", *SHOP, "--intent", "payment")
    assert removed.out == "Aturan */payment dihapus.\n"
    assert desk.calls[-1] == ("remove_rule", None, Intent.PAYMENT)


def test_templates(waagent: Run, services: FakeServices) -> None:
    view = TemplateView(template="umum", name="umum/2", body="Halo {sapaan}", built_in=True)
    calls: list[tuple[Any, ...]] = []
    services.templates = SimpleNamespace(  # type: ignore[attr-defined]
        list=lambda _shop: [view],
        show=lambda _shop, _name: [view],
        add=lambda _shop, name, body, *, variant, actor: (
            calls.append((name, body, variant)) or f"{name}/2"
        ),
        edit=lambda _shop, name, body, *, actor: calls.append((name, body)),
        remove=lambda _shop, name, *, actor: calls.append((name,)),
    )
    (shown,) = waagent("followup", "template", "list", *SHOP, "--json").data
    assert shown == {
        "template": "umum",
        "name": "umum/2",
        "body": "Halo {sapaan}",
        "built_in": True,
    }
    assert "Halo {sapaan}" in waagent("followup", "template", "show", "umum", *SHOP).out
    added = waagent("followup", "template", "add", "umum", "Hai", "--variant", *SHOP)
    assert added.out == "Templat umum/2 ditambahkan.\n"
    edited = waagent("followup", "template", "edit", "umum/2", "Hai kak", *SHOP, "--json")
    assert edited.data == {"name": "umum/2"}
    assert "umum/2" in waagent("followup", "template", "remove", "umum/2", "--yes", *SHOP).out
    assert calls == [("umum", "Hai", True), ("umum/2", "Hai kak"), ("umum/2",)]


def test_every_stop_has_words() -> None:
    keys = i18n.keys()
    assert not [stop for stop in FollowUpStop if f"follow_up.stop.{stop}" not in keys]


def test_show_says_who_wrote_it(waagent: Run, services: FakeServices) -> None:
    services.shown = replace(PLANNED, author=Author.MODEL, draft=Draft.WRITTEN)
    assert "model bahasa\n" in waagent("followup", "show", "f-1", *SHOP).out
    services.shown = replace(
        PLANNED, author=Author.TEMPLATE, draft=Draft.REFUSED, draft_reason="number"
    )
    said = waagent("followup", "show", "f-1", *SHOP).out
    assert "templat (teks model bahasa tidak dipakai: number)" in said
    found = waagent("followup", "show", "f-1", *SHOP, "--json").data
    wanted = {"author": "template", "draft": "refused", "draft_reason": "number"}
    assert {name: found[name] for name in wanted} == wanted
