"""Follow-ups by day: what is shown, agreed to, rewritten, put off, cancelled, paused, undone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from board_fixture import NOW, TENANT, FakeServices, followups
from tui_driver import NARROW, Driver

from tui.followup_days import of_day, week
from tui.screens.confirm import Confirm
from tui.screens.followups import FollowUpsScreen
from tui.screens.rewrite import Rewrite
from tui.screens.snooze import Snooze
from waagent.domain.followups import Approval, FollowUpState
from waagent.domain.views import Change
from waagent.errors import ConflictError

TODAY = date(2026, 11, 23)
NENENG = "followup-lead-7"


def screen(ui: Driver) -> FollowUpsScreen:
    assert isinstance(ui.app.screen, FollowUpsScreen)
    return ui.app.screen


def done(services: FakeServices, name: str) -> list[tuple[str, ...]]:
    return [call[1:] for call in services.calls if call[0] == name]


async def test_days_are_walked_and_each_tells_what_will_be_sent_and_why(play):
    async def scenario(ui: Driver) -> None:
        await ui.press("3")
        text = ui.text()
        for told in ("[Hari ini]", "● 3", "Halo Teh Neneng, soal kue ulang tahun",
                     "aturan qualified/*", "menunggu persetujuan (a)", "Batal sendiri",
                     "sudah membeli"):  # fmt: skip
            assert told in text, told
        await ui.press("l")
        assert "[Sel 24]" in ui.text()
        assert {each.name for each in screen(ui).shown} == {
            "Pak Hadi (kelurahan)", "Bang Togar", "Mas Yoga 🙏",
        }  # fmt: skip
        await ui.press("left_square_bracket", "h")
        assert "[Min 22]" in ui.text()
        assert "Tidak ada tindak lanjut pada hari ini" in ui.text()
        await ui.press("t", "A")
        assert len(screen(ui).shown) == 7
        assert "Besok 08.00" in ui.text()
        await ui.press("A")
        await ui.pilot.click("#week", offset=(14, 1))
        assert "[Sel 24]" in ui.text()
        await ui.press("enter")
        assert ui.chat.lead.name == "Pak Hadi (kelurahan)"

    await play(scenario, size=NARROW)


async def test_approving_and_its_undo(play):
    services = FakeServices()

    async def scenario(ui: Driver) -> None:
        await ui.press("3", "a")
        await ui.until(lambda: screen(ui).selected.approval is Approval.GIVEN)
        assert "Disetujui oleh tui:" in ui.text()
        await ui.press("a", "u")  # once is enough
        await ui.until(lambda: screen(ui).selected.approval is Approval.WANTED)
        assert len(done(services, "desk.approve")) == 1
        await ui.press("u")
        assert any("Belum ada yang bisa diurungkan" in each for each in ui.toasts())
        await ui.press("asterisk")
        assert isinstance(ui.app.screen, Confirm)
        assert "3 pesan yang tampil" in ui.text()
        await ui.press("escape", "asterisk", "y")
        await ui.until(lambda: len(done(services, "desk.approve")) == 4)
        await ui.until(lambda: "✓ disetujui" in ui.text())
        services.broken["desk.cancel"] = ConflictError("no longer planned")
        await ui.press("c", "y")
        await ui.until(lambda: any("Tindak lanjut tidak diubah" in each for each in ui.toasts()))

    await play(scenario, services)


async def test_other_words_are_checked_before_the_box_closes(play):
    services = FakeServices()

    async def scenario(ui: Driver) -> None:
        await ui.press("3", "e")
        box = ui.app.screen
        assert isinstance(box, Rewrite)
        assert box.box.text.startswith("Halo Teh Neneng")
        box.box.text = "Lihat https://contoh.id ya"
        await ui.press("ctrl+s")
        await ui.until(lambda: "the text has a link" in ui.text())
        assert box.box.text == "Lihat https://contoh.id ya"
        box.box.text = "Jadi kuenya, Teh?"
        await ui.press("ctrl+s")
        await ui.until(lambda: isinstance(ui.app.screen, FollowUpsScreen))
        assert done(services, "desk.approve")[-1] == (NENENG, "Jadi kuenya, Teh?")
        assert "Jadi kuenya, Teh?" in ui.text()
        await ui.press("e", "escape")
        assert len(done(services, "desk.approve")) == 2

    await play(scenario, services)


async def test_putting_off_cancelling_and_pausing(play):
    services = FakeServices()

    async def scenario(ui: Driver) -> None:
        await ui.press("3", "s")
        assert isinstance(ui.app.screen, Snooze)
        assert "Hari ini 16.30" in ui.text()
        await ui.press("j", "enter")
        await ui.until(lambda: done(services, "desk.snooze") == [(NENENG, "2026-11-24 09:00")])
        assert any("Besok 09.00" in each for each in ui.toasts())
        await ui.press("u")
        await ui.until(lambda: done(services, "desk.snooze")[-1] == (NENENG, "2026-11-23 16:00"))
        await ui.until(lambda: screen(ui).shown[0].id == NENENG)
        await ui.press("g", "s", "tab", *"kapan-kapan", "enter")
        assert "Belum terbaca" in ui.text()
        await ui.press("ctrl+u", *"lusa sore")
        assert "Rab, 25 Nov 16.00" in ui.text()
        await ui.press("enter")
        await ui.until(lambda: done(services, "desk.snooze")[-1] == (NENENG, "2026-11-25 16:00"))
        await ui.press("g", "c", "escape")
        assert not done(services, "desk.cancel")
        await ui.press("c", "y")
        await ui.until(lambda: len(done(services, "desk.cancel")) == 1)
        await ui.press("p", "end", "enter")
        await ui.until(lambda: "dijeda sampai dilanjutkan" in ui.text())
        await ui.press("p", "y")
        await ui.until(lambda: "dijeda" not in ui.text())
        assert (done(services, "desk.pause"), done(services, "desk.resume")) == ([("",)], [()])

    await play(scenario, services)


async def test_the_cursor_stays_on_its_follow_up_when_another_comes(play):
    services = FakeServices()

    async def scenario(ui: Driver) -> None:
        await ui.press("3", "j")
        before = screen(ui).selected.id
        early = replace(services.followup_list[0], id="new", due_at=NOW + timedelta(minutes=1))
        services.followup_list = [early, *services.followup_list]
        services.tell(Change(kind="follow_up", id="new"))
        await ui.until(lambda: len(screen(ui).shown) == 5)
        assert screen(ui).selected.id == before

    await play(scenario, services)


def test_what_is_overdue_and_to_come_is_today_s():
    late, ended = followups()[0], followups()[-1]
    days_ago = NOW - timedelta(days=3)
    rows = [replace(late, due_at=days_ago), replace(ended, due_at=days_ago)]
    assert of_day(rows, TODAY, TODAY, TENANT.timezone) == [rows[0]]
    strip = week(rows, TODAY - timedelta(days=1), TODAY, TENANT.timezone)
    assert [day.date.day for day in strip] == [16, 17, 18, 19, 20, 21, 22]
    assert [(day.open, day.ended) for day in strip if day.ended] == [(0, 1)]
    assert rows[1].state is FollowUpState.CANCELLED
