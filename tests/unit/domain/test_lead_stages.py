"""How a lead moves over the board when its conversation was understood."""

from __future__ import annotations

import pytest

from waagent.domain.labels import Status
from waagent.domain.leads import Stage, next_stage


@pytest.mark.parametrize(
    ("status", "replied", "stage"),
    [
        (Status.NEW_LEAD, False, Stage.NEW),
        (Status.NEW_LEAD, True, Stage.CONTACTED),
        (Status.WARM_LEAD, False, Stage.QUALIFIED),
        (Status.HOT_LEAD, False, Stage.NEGOTIATION),
        (Status.CUSTOMER, False, Stage.WON),
        (Status.LOST, False, Stage.LOST),
        (Status.NOT_LEAD, False, Stage.NEW),
    ],
)
@pytest.mark.parametrize("current", [None, Stage.NEW])
def test_where_a_first_judgement_puts_a_lead(
    current: Stage | None, status: Status, replied: bool, stage: Stage
) -> None:
    assert next_stage(current, status, business_replied=replied) is stage


@pytest.mark.parametrize("current", list(Stage))
@pytest.mark.parametrize("status", list(Status))
def test_moves_go_forward_but_for_a_loss_and_a_return(current: Stage, status: Status) -> None:
    order = list(Stage)
    after = next_stage(current, status, business_replied=True)
    if status is Status.LOST:
        assert after is Stage.LOST
    elif status is Status.NOT_LEAD:
        assert after is current
    elif current is not Stage.LOST:
        assert order.index(after) >= order.index(current)


@pytest.mark.parametrize("status", [Status.NEW_LEAD, Status.WARM_LEAD, Status.HOT_LEAD])
def test_a_lost_lead_that_shows_interest_again_is_opened_again(status: Status) -> None:
    assert next_stage(Stage.LOST, status, business_replied=True) is not Stage.LOST


@pytest.mark.parametrize("current", list(Stage))
@pytest.mark.parametrize("status", list(Status))
def test_what_a_person_set_is_only_ever_moved_forward(current: Stage, status: Status) -> None:
    after = next_stage(current, status, business_replied=True, set_by_human=True)
    order = list(Stage)
    assert order.index(after) >= order.index(current)
    if after is not current:
        assert after is not Stage.LOST


def test_a_person_s_loss_is_not_undone_by_a_rule() -> None:
    assert (
        next_stage(Stage.LOST, Status.HOT_LEAD, business_replied=True, set_by_human=True)
        is Stage.LOST
    )
