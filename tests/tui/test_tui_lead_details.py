"""What people add to a lead, its score and the shop's names of stages, on the board."""

from __future__ import annotations

from dataclasses import replace

import pytest
from board_fixture import NOW, FakeServices, clock, lead
from rich.cells import cell_len
from tui_driver import WIDE, Driver, make_app

from tui.phrasing import Moment, rupiah
from tui.widgets.card import draw
from waagent.domain.leads import Stage

MOMENT = Moment(now=NOW, zone="Asia/Jakarta")
RICH = replace(lead(1), score=72, assignee="Rina", value=1_500_000)


def lines(width: int, **values: object) -> list[str]:
    card = draw(replace(RICH, **values), width, MOMENT)  # type: ignore[arg-type]
    return ["".join(text for text, _ in line) for line in card]


@pytest.mark.parametrize("width", [8, 12, 16, 24, 40])
@pytest.mark.parametrize("due", [None, clock()])
def test_a_card_is_as_wide_as_told(width: int, due: object) -> None:
    assert {cell_len(line) for line in lines(width, follow_up_at=due)} == {width}


def test_score_assignee_and_value_are_whole_or_not_there() -> None:
    assert lines(24)[1].rstrip() == "kue lapis · 1,5 jt"
    assert lines(16)[1].rstrip() == "kue lapis"
    assert lines(24)[2].rstrip() == "baru 72 @Rina"
    assert lines(16, follow_up_at=NOW)[2].split() == ["baru", "72", "↻", "14.30"]
    assert lines(12, follow_up_at=NOW)[2].split() == ["baru", "↻", "14.30"]


def test_a_card_without_them_is_as_it_was() -> None:
    plain = draw(lead(1), 24, MOMENT)
    assert [len(line) for line in plain] == [2, 2, 2]
    assert plain[2][0][0].rstrip() == "baru"


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (0, "Rp 0"),
        (950, "Rp 950"),
        (25_000, "25 rb"),
        (1_500_000, "1,5 jt"),
        (12_340_000, "12,3 jt"),
        (999_900_000, "1000 jt"),
        (2_000_000_000, "2 M"),
        (1_000_000_000_000, "1000 M"),
    ],
)
def test_amounts_in_few_cells(amount: int, shown: str) -> None:
    assert rupiah(amount) == shown


async def test_a_renamed_stage_heads_its_column_and_the_insight() -> None:
    named = {Stage.NEGOTIATION: "Tawar-menawar [b]"}
    cards = [replace(RICH, stage=Stage.NEGOTIATION, tags=("vip",), notes=2)]
    services = FakeServices(card_list=cards, stage_names=named)
    async with make_app(services).run_test(size=WIDE) as pilot:
        driver = Driver(pilot, services)
        await driver.until(lambda: "Tawar" in driver.text())
        assert "Dihubungi" in driver.text()
        await driver.press("enter")
        shown = driver.text()
    assert "Tawar-menawar [b]" in shown
    assert all(word in shown for word in ("72", "Rina", "1,5 jt", "vip", "Catatan"))
