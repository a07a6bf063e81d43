"""The numbers of the shop: their table, their facts, and what a person does about them."""

from __future__ import annotations

from dataclasses import replace

from board_fixture import NOW, FakeServices, session
from fixture_sessions import pacing, put_session, three_numbers
from tui_driver import NARROW, Driver, make_app

from tui.phrasing import Moment
from tui.screens.confirm import Confirm
from tui.screens.pairing import PairingScreen
from tui.screens.pick import Pick
from tui.screens.sessions import SessionsScreen
from tui.session_facts import event_line, read_facts, rows
from tui.sparkline import bar, sparkline
from waagent.domain.sessions import SessionState
from waagent.domain.views import Change
from waagent.errors import DatabaseError, RedisError


def numbers(**broken: Exception) -> FakeServices:
    return FakeServices(
        session_list=three_numbers(),
        broken={name.replace("_", ".", 1): error for name, error in broken.items()},
    )


def screen(ui: Driver) -> SessionsScreen:
    assert isinstance(ui.app.screen, SessionsScreen)
    return ui.app.screen


async def test_a_number_is_told_in_full_and_stays_under_the_cursor(play):
    services = numbers()

    async def scenario(ui: Driver) -> None:
        await ui.press("4")
        # Those that need somebody come first.
        assert screen(ui).selected.name == "kasir"
        assert "waagent dikeluarkan dari daftar Perangkat tertaut" in ui.text()
        assert "Tekan c" in ui.text()
        await ui.press("G")
        text = ui.text()
        for told in ("87 dari 250", "4 dari 12", "113", "71", "18 menit", "host-1", "bisa sekarang",
                     "2 pesan: jeda wajar", "2 pesan dalam 7 hari", "terputus (503)"):  # fmt: skip
            assert told in text, told
        before = ("sessions.show", "main")
        services.calls.clear()
        put_session(services, "main", outbox=17)
        put_session(services, "kasir", state=SessionState.CONNECTED, owner="host-2")
        services.tell(Change(kind="session", id="session-1"))
        await ui.until(lambda: "17 pesan menunggu" in ui.text())
        assert screen(ui).selected.name == "main"
        assert before in services.calls
        await ui.press("y")
        assert ui.app.clipboard == "+6281234567890"

    await play(scenario, services)


async def test_suspending_asks_first_and_tells_who(play):
    services = numbers()

    async def scenario(ui: Driver) -> None:
        await ui.press("4", "G", "s")
        assert isinstance(ui.app.screen, Confirm)
        assert "main" in ui.text()
        await ui.press("escape")
        assert not [call for call in services.calls if call[0].startswith("suspension")]
        await ui.press("s", "y")
        await ui.until(lambda: screen(ui).selected.state is SessionState.SUSPENDED)
        (done,) = [call for call in services.calls if call[0] == "suspension.suspend"]
        assert done[1] == "main"
        assert done[2].startswith("tui:")
        await ui.press("c")
        assert isinstance(ui.app.screen, SessionsScreen)
        assert any("tekan s" in each for each in ui.toasts())
        await ui.press("s", "y")
        await ui.until(lambda: screen(ui).selected.state is SessionState.CONNECTED)

    await play(scenario, services)


async def test_only_an_operator_moves_a_number_and_only_to_hosts_that_live(play):
    services = numbers()

    async def operator(ui: Driver) -> None:
        await ui.press("4", "G", "m")
        assert isinstance(ui.app.screen, Pick)
        offered = [choice.key for choice in ui.app.screen._choices]
        assert offered == ["host-2"], "not where it is, nor one that is dead"
        await ui.press("enter")
        await ui.until(lambda: screen(ui).selected.owner == "host-2")
        assert ("sessions.move", "main", "host-2") in [call[:3] for call in services.calls]
        services.broken["suspension.suspend"] = DatabaseError("gone")
        await ui.press("s", "y")
        await ui.until(lambda: any("Nomor tidak diubah" in each for each in ui.toasts()))

    await play(operator, services)

    async def owner(ui: Driver) -> None:
        await ui.press("4", "m")
        assert isinstance(ui.app.screen, SessionsScreen)
        assert "Pindahkan" not in ui.text()

    await play(owner, app=make_app(operator=False))


async def test_without_a_number_the_next_key_is_told(play):
    services = FakeServices(session_list=[])

    async def scenario(ui: Driver) -> None:
        await ui.press("4")
        assert "Tekan c" in ui.text()
        await ui.press("c")
        assert isinstance(ui.app.screen, PairingScreen)
        await ui.until(lambda: services.calls[-1][:2] == ("onboarding.connect", "main"))
        await ui.press("escape")
        services.session_list = [session()]
        services.broken["pacing.report"] = RedisError("gone")
        await ui.press("r")
        await ui.until(lambda: "Redis tidak bisa dihubungi" in ui.text())

    await play(scenario, services, size=NARROW)


def test_what_is_told_of_a_number_in_each_state():
    services = numbers()
    tenant = services.tenants.list()[0]
    facts = read_facts(services, tenant, "main")
    moment = Moment(now=NOW, zone=tenant.timezone)

    def told(**changes: object) -> dict[str, str]:
        return dict(rows(replace(facts, **changes), moment))  # type: ignore[arg-type]

    off = replace(pacing(), pacing="off")
    assert "WAAGENT_PACING=off" in told(pacing=off)["Batas hari"]
    frozen = replace(pacing(), frozen_until=off.next_follow_up_at, freeze_reason="463")
    assert "463" in told(pacing=frozen)["Dibekukan"]
    assert "Tak utuh" not in told(gaps=0)
    moving = replace(facts.details, session=session(move_to="host-9"))
    assert told(details=moving)["Penjaga"] == "sedang pindah ke host-9…"
    evil = replace(facts.details.events[0], reason="\x1b[2J", action="none")
    assert "\x1b" not in event_line(evil, moment)


def test_columns_are_as_high_as_what_they_stand_for():
    assert sparkline([0, 1, 4, 8], 8) == "·▁▄█"
    assert sparkline([]) == ""
    assert (bar(0, 10, 5), bar(1, 100, 5), bar(99, 100, 5), bar(120, 100, 5)) == (
        "▱▱▱▱▱", "▰▱▱▱▱", "▰▰▰▰▱", "▰▰▰▰▰",
    )  # fmt: skip
