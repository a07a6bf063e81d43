"""``waagent lead`` for one lead, and ``waagent report``: what is asked for, and how it is shown."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from cli_fakes import AT, LEAD, FakeServices, Run

from waagent.domain.follow_up_worth import FollowedUp, follow_up_report
from waagent.domain.funnel import Journey, Move, funnel_report
from waagent.domain.lead_counts import NewLead, lead_report
from waagent.domain.lead_views import LeadDetails, NoteView, StageMoveView
from waagent.domain.leads import Stage
from waagent.domain.periods import Period
from waagent.domain.reports import TodayReport
from waagent.domain.response_times import Question, response_report

SHOP = ("-t", "kopi-senja")
DAYS = Period(first=date(2026, 11, 1), last=date(2026, 11, 22), zone="Asia/Jakarta")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
NASTY = '=HYPERLINK("http://x","klik")'


@pytest.fixture
def details(services: FakeServices) -> list[tuple[Any, ...]]:
    """What the commands about one lead were asked to do."""
    asked: list[tuple[Any, ...]] = []

    def act(name: str) -> Any:
        def run(_shop: object, lead: str, *given: Any, **named: Any) -> Any:
            asked.append((name, lead, *given, named))
            return replace(
                LEAD, stage_name="Tertarik", tags=("vip",), value=250_000, assignee="Ana"
            )

        return run

    shown = LeadDetails(
        lead=LEAD,
        insight=None,
        history=(StageMoveView(at=AT, before=Stage.NEW, after=Stage.WON, moved_by="human"),),
        notes=(NoteView(id="n", text="antar \x1b[2Jsore", author="cli:ana", at=AT),),
        follow_ups=(),
    )
    names = ("undo", "assign", "set_value", "tag", "add_note")
    services.lead_details = SimpleNamespace(
        show=lambda _shop, _lead: shown,
        history=lambda _shop, _lead: shown.history,
        notes=lambda _shop, _lead: shown.notes,
        **{name: act(name) for name in names},
    )
    return asked


@pytest.mark.parametrize(
    ("words", "add", "remove"),
    [
        (("+vip", "-lama"), ["vip"], ["lama"]),
        (("-tetap", "-hot", "baru"), ["baru"], ["tetap", "hot"]),
        (("--", "-lama"), [], ["lama"]),
    ],
)
def test_tags_with_a_minus_are_no_options(
    waagent: Run, details: list[Any], words: tuple[str, ...], add: list[str], remove: list[str]
) -> None:
    done = waagent("lead", "tag", "l-1", *SHOP, *words)
    assert (done.code, done.out) == (0, "Tanda Budi: vip.\n"), done.err
    assert details == [("tag", "l-1", {"add": add, "remove": remove})]


def test_what_people_add_to_a_lead(waagent: Run, details: list[Any]) -> None:
    said = [
        waagent("lead", *words, *SHOP).out
        for words in (
            ("undo", "l-1"),
            ("assign", "l-1", "Ana"),
            ("value", "l-1", "250rb"),
            ("note", "l-1", "antar sore"),
        )
    ]
    assert said == [
        "Budi kembali ke tahap Tertarik.\n",
        "Budi dipegang Ana.\n",
        "Nilai Budi: Rp 250.000.\n",
        "Catatan untuk Budi disimpan.\n",
    ]
    assert [each[0] for each in details] == ["undo", "assign", "set_value", "add_note"]
    assert details[-1][-1]["author"].startswith("cli:")


def test_everything_of_a_lead(waagent: Run, details: list[Any]) -> None:
    data = waagent("lead", "show", "l-1", *SHOP, "--json").data
    assert set(data) == {"lead", "insight", "history", "notes", "follow_ups"}
    assert data["history"][0]["after"] == "won"
    shown = waagent("lead", "show", "l-1", *SHOP).out
    assert "antar sore" in shown
    assert "\x1b" not in shown
    assert [
        len(waagent("lead", what, "l-1", *SHOP, "--json").data) for what in ("history", "notes")
    ] == [1, 1]


def test_stages(waagent: Run, services: FakeServices) -> None:
    assert waagent("lead", "stages", *SHOP, "--json").data[0]["stage"] == "new"
    done = waagent("lead", "stages", *SHOP, "--rename", "won=Deal", "--rename", "lost=")
    assert done.code == 0
    assert services.calls == [("rename", {Stage.WON: "Deal", Stage.LOST: ""})]
    for wrong in ("menang=Deal", "won"):
        assert waagent("lead", "stages", *SHOP, "--rename", wrong).code == 2


def test_more_leads_than_asked_for(waagent: Run, services: FakeServices) -> None:
    done = waagent("lead", "list", *SHOP, "--limit", "1", "--sort", "score", "--json")
    assert len(done.data) == 1
    assert "--limit" in done.err
    assert waagent("lead", "list", *SHOP, "--min-score", "1", "--json").data == []


# --- reports


def reports(services: FakeServices, *, empty: bool = False) -> None:
    asked = NOW - timedelta(days=20)
    sent = FollowedUp(asked, held_out=False, template=NASTY, replied=True, closed=True, value=5000)
    moves = [Move(asked, Stage.NEW, Stage.QUALIFIED, False)]
    some = 0 if empty else 1
    found = {
        "follow_ups": follow_up_report(
            [sent, *[replace(sent, held_out=True)] * 2][: 3 * some], DAYS, NOW
        ),
        "leads": lead_report([NewLead(asked, "hot_lead", "purchase", "-2+3")][:some], DAYS),
        "response_times": response_report(
            [Question(asked, asked + timedelta(hours=2)), Question(asked, None)][: 2 * some],
            DAYS,
            NOW,
        ),
        "funnel": funnel_report([Journey(asked, Stage.QUALIFIED, moves)][:some], DAYS),
    }
    services.reports = SimpleNamespace(
        period=lambda _shop, **given: services.calls.append(("period", given)),
        **{name: lambda _shop, _days, report=report: report for name, report in found.items()},
    )


KINDS = ("followups", "leads", "response-times", "funnel")


@pytest.mark.parametrize("kind", KINDS)
def test_a_report_without_data_is_a_sentence(
    waagent: Run, services: FakeServices, kind: str
) -> None:
    reports(services, empty=True)
    done = waagent("report", kind, *SHOP)
    assert (done.code, done.out.count("\n")) == (0, 1)
    assert "2026-11-01" in done.out
    assert waagent("report", kind, *SHOP, "--json").data["zone"] == "Asia/Jakarta"


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("followups", ["Dikirim", "1 dari 1", "terlalu dini", "Rp 5.000", "HYPERLINK"]),
        ("leads", ["Calon pembeli baru: 1", "hot_lead", "2026-11-02"]),
        ("response-times", ["1 dijawab, 1 belum", "2 jam 0 menit", "jam buka saja (8.00"]),
        ("funnel", ["QUALIFIED", "100,0 %", "1 calon pembeli baru, 0 batal"]),
    ],
)
def test_reports_for_people(
    waagent: Run, services: FakeServices, kind: str, said: list[str]
) -> None:
    reports(services)
    shown = waagent("report", kind, *SHOP).out
    assert not [words for words in said if words not in shown], shown


@pytest.mark.parametrize("kind", KINDS)
def test_csv_has_one_table_and_no_formulas(waagent: Run, services: FakeServices, kind: str) -> None:
    reports(services)
    done = waagent("report", kind, *SHOP, "--csv")
    header, *rows = csv.reader(io.StringIO(done.out, newline=""))
    assert rows
    assert {len(row) for row in rows} == {len(header)}
    assert not [cell for row in rows for cell in row if cell[:1] in ("=", "+", "-", "@")]
    if kind == "followups":
        assert f"'{NASTY}" in rows[2], "the quotes inside are kept"


def test_the_period_that_is_asked_for(waagent: Run, services: FakeServices) -> None:
    reports(services)
    waagent("report", "leads", *SHOP, "--from", "2026-11-01", "--to", "2026-11-07")
    waagent("report", "leads", *SHOP, "--days", "7")
    first, second = (call[1] for call in services.calls if call[0] == "period")
    assert first == {"first": date(2026, 11, 1), "last": date(2026, 11, 7), "days": None}
    assert second == {"first": None, "last": None, "days": 7}


@pytest.mark.parametrize(
    "options", [("--json", "--csv"), ("--from", "kemarin"), ("--days", "0"), ("--to", "2026-13-01")]
)
def test_options_that_make_no_sense(
    waagent: Run, services: FakeServices, options: tuple[str, ...]
) -> None:
    reports(services)
    assert waagent("report", "leads", *SHOP, *options).code == 2


def test_today(waagent: Run, services: FakeServices) -> None:
    quiet = TodayReport(
        day=DAYS.last,
        zone=DAYS.zone,
        at=NOW,
        new_customers=3,
        messages_in=41,
        messages_out=36,
        waiting=0,
        longest_waiting=None,
        follow_ups_sent=2,
        follow_ups_due=5,
        won=0,
        won_value=0,
        won_valued=0,
    )
    busy = replace(quiet, waiting=4, longest_waiting=1560.0, won=2, won_value=900_000, won_valued=1)
    for report, said in (
        (quiet, ["sampai pukul 19.00", "2 terkirim, 5 lagi"]),
        (busy, ["4 (terlama 26 menit)", "2 (Rp 900.000 dari 1"]),
    ):
        services.reports = SimpleNamespace(today=lambda _shop, report=report: report)
        shown = waagent("report", "today", *SHOP).out
        assert not [words for words in said if words not in shown], shown
    found = waagent("report", "today", *SHOP, "--json").data
    assert (found["messages_in"], found["longest_waiting"], found["day"]) == (
        41,
        1560,
        "2026-11-22",
    )
    table = list(csv.reader(io.StringIO(waagent("report", "today", *SHOP, "--csv").out)))
    assert table[0] == ["figure", "value"]
    assert ["won_value", "900000"] in table
