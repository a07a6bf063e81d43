"""The reports: what is shown of which days, how often it is asked for, and what is saved."""

from __future__ import annotations

import csv

from board_fixture import FakeServices
from tui_driver import NARROW, make_app

from tui.screens import reports as screen_module
from tui.screens.reports import Kind, ReportsScreen, Span
from waagent.errors import DatabaseError


def screen(ui) -> ReportsScreen:
    assert isinstance(ui.app.screen, ReportsScreen)
    return ui.app.screen


async def test_reports_and_periods_are_chosen_by_keys_and_clicks(play):
    services = FakeServices()

    async def scenario(ui):
        await ui.press("5")
        assert (screen(ui).kind, screen(ui).span) == (Kind.FUNNEL, Span.MONTH)
        for words in ("41 / 36", "menunggu", "1,75 jt", "[Corong]", "51 pelanggan baru", "█"):
            assert words in ui.text(), words
        asked = {}
        for _ in Span:
            await ui.press("p")
            calls = [call[1:] for call in services.calls if call[0] == "reports.funnel"]
            asked[screen(ui).span] = calls[-1]
        assert asked == {
            Span.TODAY: ("2026-11-23", "2026-11-23"),
            Span.WEEK: ("2026-11-17", "2026-11-23"),
            Span.MONTH: ("2026-10-25", "2026-11-23"),
            Span.QUARTER: ("2026-08-26", "2026-11-23"),
            Span.THIS_MONTH: ("2026-11-01", "2026-11-23"),
            Span.LAST_MONTH: ("2026-10-01", "2026-10-31"),
        }
        await ui.press("right", "l")
        assert "9 dari 10 dalam" in ui.text()
        await ui.pilot.click(screen(ui)._kinds, offset=(3, 0))
        await ui.press("P")
        assert (screen(ui).kind, screen(ui).span) == (Kind.FUNNEL, Span.WEEK)
        await ui.press("h")
        assert "terlalu dini" in ui.text()
        await ui.press("p", "p")
        assert "├" in ui.text(), "with enough cases the intervals are drawn"

    await play(scenario, services, size=NARROW)


async def test_a_new_shop_is_told_that_there_is_nothing_yet(play):
    services = FakeServices()
    services.reports.many = 0

    async def scenario(ui):
        await ui.press("5")
        for _ in Kind:
            await ui.press("right")
            assert "Belum ada yang bisa dihitung" in ui.text()
            assert not screen(ui)._room_for_chart.display

    await play(scenario, services)


async def test_changes_show_but_not_at_once_again_and_again(play, monkeypatch):
    services = FakeServices()

    def asked() -> int:
        return services.calls.count(("reports.today",))

    async def scenario(ui):
        await ui.press("5")
        before = asked()
        services.reports.changed = 7
        services.put_lead(services.card_list[0])
        await ui.press("r")
        assert asked() == before, "it was asked a moment ago"
        monkeypatch.setattr(screen_module, "FRESH_S", 0.0)
        monkeypatch.setattr(screen_module, "_SHARE", 0)
        await ui.press("r")
        await ui.until(lambda: "10" in ui.text().splitlines()[2])
        after = asked()
        await ui.press("r")
        assert asked() == after, "nothing changed since"
        await ui.press("1")
        services.put_lead(services.card_list[0])
        await ui.press("r")
        assert asked() == after, "nobody looks"

    await play(scenario, services)


async def test_an_error_is_told_and_overcome_and_keeps_what_was_there(play):
    services = FakeServices()
    services.broken["reports.funnel"] = DatabaseError("gone")

    async def scenario(ui):
        await ui.press("5")
        assert "Belum dapat dimuat" in ui.text()
        services.broken.clear()
        screen(ui).reload()
        await ui.until(lambda: "51 pelanggan baru" in ui.text())
        services.broken["reports.leads"] = DatabaseError("gone")
        await ui.press("right")
        assert "51 pelanggan baru" in ui.text()
        await ui.press("e")
        assert "Laporan masih dimuat." in "".join(ui.toasts()), "it is not what is chosen"

    await play(scenario, services)


async def test_the_shown_report_is_saved_and_nothing_is_overwritten(play, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    async def scenario(ui):
        await ui.press("5", "e")
        await ui.press("e")
        await ui.press("right", "e")
        base = "dapur-bu-rini-funnel-2026-10-25-2026-11-23"
        names = sorted(path.name for path in tmp_path.iterdir())
        assert names == [
            f"{base}-2.csv",
            f"{base}.csv",
            "dapur-bu-rini-leads-2026-10-25-2026-11-23.csv",
        ]
        with (tmp_path / f"{base}.csv").open(encoding="utf-8-sig", newline="") as file:
            header, *rows = csv.reader(file)
        assert header[:3] == ["stage", "name", "reached"]
        assert rows[0][:3] == ["new", "Baru", "51"]
        assert base in "".join(ui.toasts())
        monkeypatch.setattr(type(ui.app), "is_web", True)
        await ui.press("e")
        assert len(list(tmp_path.iterdir())) == 3, "a visitor writes nothing on the server"

    await play(scenario, FakeServices())


async def test_plots_follow_the_theme_and_say_the_same_without_colour(play, monkeypatch):
    async def scenario(ui):
        await ui.press("5")
        before = ui.text()
        ui.app.theme = "textual-light"
        await ui.press("right", "left")
        assert ui.text() == before

    await play(scenario)
    monkeypatch.setenv("NO_COLOR", "1")
    await play(scenario, app=make_app())
