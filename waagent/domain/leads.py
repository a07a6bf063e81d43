"""Lead stages, and the pure rule that moves a lead when a conversation was understood."""

from __future__ import annotations

from enum import StrEnum

from waagent.domain.labels import Status


class Stage(StrEnum):
    """A column of the lead board, in the order of a sale; ``lost`` ends it from anywhere."""

    NEW = "new"
    CONTACTED = "contacted"
    QUALIFIED = "qualified"
    NEGOTIATION = "negotiation"
    WON = "won"
    LOST = "lost"


CLOSED = frozenset({Stage.WON, Stage.LOST})
"""The stages that end a sale."""

_RANK = {stage: rank for rank, stage in enumerate(Stage)}


def further(stage: Stage, than: Stage) -> bool:
    """Whether a sale in ``stage`` is further on than one in ``than``; a lost one never is."""
    return stage is not Stage.LOST and (than is Stage.LOST or _RANK[stage] > _RANK[than])


def next_stage(
    current: Stage | None, status: Status, *, business_replied: bool, set_by_human: bool = False
) -> Stage:
    """The stage a lead should be in after its conversation got ``status``.

    ``current`` is None for a conversation that is not on the board yet. Moves go forward only,
    with two exceptions: a lost lead that shows interest again is re-opened, and a refusal loses a
    lead from any stage. Over a stage that a person set, only forward moves are made.
    """
    if current is None:
        return _target(status, business_replied) or Stage.NEW
    target = _target(status, business_replied)
    if target is None or target is current:
        return current
    if set_by_human:
        forward = target is not Stage.LOST and _RANK[target] > _RANK[current]
        return target if forward else current
    if Stage.LOST in (target, current):
        return target
    return target if _RANK[target] > _RANK[current] else current


def _target(status: Status, business_replied: bool) -> Stage | None:
    """Where a status alone would put a lead; None where it says nothing of the sale."""
    match status:
        case Status.NEW_LEAD:
            return Stage.CONTACTED if business_replied else Stage.NEW
        case Status.WARM_LEAD:
            return Stage.QUALIFIED
        case Status.HOT_LEAD:
            return Stage.NEGOTIATION
        case Status.CUSTOMER:
            return Stage.WON
        case Status.LOST:
            return Stage.LOST
        case Status.NOT_LEAD:
            return None
