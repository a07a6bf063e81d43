"""The operator's view: tables, verdicts, opening a shop, draining, parts that do not answer."""

from __future__ import annotations

from dataclasses import replace

from board_fixture import FakeServices
from fixture_operator import shop
from tui_driver import NARROW

from tui.screens.confirm import Confirm
from tui.screens.operator import OperatorScreen, View
from tui.screens.verdict import VerdictScreen
from waagent.errors import DatabaseError


def screen(ui) -> OperatorScreen:
    assert isinstance(ui.app.screen, OperatorScreen)
    return ui.app.screen


async def test_every_table_and_the_doctor_s_verdict(play):
    services = FakeServices()
    services.overview.shop_list.append(shop(9, "Toko [red]Nakal\x1b[2J"))

    async def scenario(ui):
        await ui.press("6")
        said = {
            View.SHOPS: ("Toko Baju Ayu", "0/1 ✖", "4 (40 mnt)", "[red]"),
            View.HOSTS: ("✖ diam", "▲ dikosongkan", "212 MB"),
            View.QUEUES: ("penilaian", "1 mnt", "✖ 0"),
            View.WORKERS: ("bekerja", "✖ mati", "5001"),
            View.CHECKS: ("▲ periksa", "Valkey menjawab."),
        }
        for view, words in said.items():
            assert screen(ui).view is view
            assert not [each for each in words if each not in ui.text()], (view, ui.text())
            assert ui.app.focused is screen(ui)._tables[view]
            await ui.press("right")
        assert "1 peringatan. 3 dari 4 nomor" in ui.text()
        assert "4/5" in ui.text()
        await ui.pilot.click(screen(ui)._views, offset=(8, 0))
        assert screen(ui).view is View.HOSTS

    await play(scenario, services, size=NARROW)


async def test_a_shop_s_verdict_and_the_way_into_it(play):
    async def scenario(ui):
        await ui.press("6", "enter")
        await ui.until(lambda: isinstance(ui.app.screen, VerdictScreen))
        assert "Perangkat dikeluarkan" in ui.text()
        assert "→ tautkan lagi: waagent connect" in ui.text()
        await ui.press("escape")
        assert ui.services.calls.count(("overview.shop", "toko-baju-ayu")) == 1
        await ui.press("o")
        await ui.until(lambda: ui.app.hub.tenant.slug == "toko-baju-ayu")
        await ui.press("6", "down", "enter")
        await ui.until(lambda: isinstance(ui.app.screen, VerdictScreen))
        await ui.press("o")
        await ui.until(lambda: ui.app.hub.tenant.slug == "dapur-bu-rini")
        await ui.press("6", "n", "escape", "n", *"Kopi Baru", "enter")
        await ui.until(lambda: ui.app.hub.tenant.name == "Kopi Baru")
        assert [call for call in ui.services.calls if call[0] == "tenants.create"] == [
            ("tenants.create", "Kopi Baru")
        ]

    await play(scenario)


async def test_draining_asks_first(play):
    async def scenario(ui):
        await ui.press("6", "d")
        assert isinstance(ui.app.screen, OperatorScreen), "there is no host in this table"
        await ui.press("right", "d")
        await ui.until(lambda: isinstance(ui.app.screen, Confirm))
        await ui.press("enter")
        assert not [call for call in ui.services.calls if call[0] == "hosts.drain"]
        await ui.press("d")
        await ui.until(lambda: isinstance(ui.app.screen, Confirm))
        await ui.press("y")
        await ui.until(lambda: ("hosts.drain", "mesin-1-4001-ab12cd") in ui.services.calls)

    await play(scenario)


async def test_what_does_not_answer_hides_its_own_part_only(play):
    services = FakeServices()
    services.overview.down = ("redis",)

    async def scenario(ui):
        await ui.press("6")
        assert "Toko Baju Ayu" in ui.text()
        assert "tidak menjawab" in ui.text()
        await ui.press("right", "right")
        assert "redis cannot be used" in ui.text()
        services.overview.down = ("postgresql",)
        services.broken["leads.list"] = DatabaseError("gone")
        await ui.press("r")
        assert not ui.app.hub.online
        screen(ui).reload()
        await ui.until(lambda: "penilaian" in ui.text())
        assert not ui.app.hub.online, "that Redis answers says nothing of PostgreSQL"
        await ui.press("left", "left")
        assert "postgresql cannot be used" in ui.text()

    await play(scenario, services)


async def test_it_is_looked_at_only_while_it_is_in_front(play):
    services = FakeServices()

    def looks() -> int:
        return services.calls.count(("overview.look",))

    async def scenario(ui):
        await ui.press("6", "down")
        before = looks()
        services.overview.shop_list[0] = replace(services.overview.shop_list[0], outbox=77)
        screen(ui)._look()
        await ui.until(lambda: "77" in ui.text())
        assert looks() > before
        assert screen(ui)._tables[View.SHOPS].cursor_row == 1, "the cursor stays"
        assert services.calls.count(("overview.verdict",)) == 1
        operator = screen(ui)
        await ui.press("1")
        before = looks()
        operator._look()
        await ui.press("2")
        assert looks() == before

    await play(scenario, services)
