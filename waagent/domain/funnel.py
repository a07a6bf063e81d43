"""How far leads get, how fast, and where they are lost: replayed from their moves. Pure.

A stage that was skipped counts as reached. A move back by hand takes back what was reached beyond
it; a loss takes back nothing, and a lead that was lost and opened again is not lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from waagent.domain.leads import Stage
from waagent.domain.periods import Period
from waagent.domain.reports import FunnelReport, FunnelStep

STEPS = tuple(stage for stage in Stage if stage is not Stage.LOST)


@dataclass(frozen=True, slots=True)
class Move:
    """A move of a lead."""

    at: datetime
    before: Stage | None
    after: Stage
    by_hand: bool


@dataclass(frozen=True, slots=True)
class Journey:
    """A lead: when it began, where it is, and its moves, oldest first."""

    began_at: datetime
    stage: Stage
    moves: Sequence[Move]


@dataclass(frozen=True, slots=True)
class _Replayed:
    reached: dict[Stage, datetime]
    entered: frozenset[Stage]
    lost_from: Stage | None


def funnel_report(journeys: Sequence[Journey], days: Period) -> FunnelReport:
    """Count. Leads that were lost before they had any stage count as lost from the first."""
    found = [_replay(journey) for journey in journeys]
    reached = [sum(stage in each.reached for each in found) for stage in STEPS]
    lost = [sum(each.lost_from is stage for each in found) for stage in STEPS]
    return FunnelReport(
        first=days.first,
        last=days.last,
        zone=days.zone,
        leads=len(found),
        lost=sum(lost),
        steps=tuple(
            FunnelStep(
                stage=stage,
                reached=reached[at],
                share_of_previous=_share(reached[at], reached[at - 1]) if at else None,
                seconds_before_next=_before_next(found, at),
                lost=lost[at],
            )
            for at, stage in enumerate(STEPS)
        ),
    )


def _replay(journey: Journey) -> _Replayed:
    first = (journey.moves[0].before if journey.moves else journey.stage) or Stage.NEW
    start = Stage.NEW if first is Stage.LOST else first
    reached = dict.fromkeys(_until(start), journey.began_at)
    entered = {start}
    lost_from = start if journey.stage is Stage.LOST and not journey.moves else None
    for move in journey.moves:
        if move.after is Stage.LOST:
            lost_from = start if move.before in (None, Stage.LOST) else move.before
            continue
        lost_from = None
        entered.add(move.after)
        for stage in _until(move.after):
            reached.setdefault(stage, move.at)
        if move.by_hand:
            reached = {stage: at for stage, at in reached.items() if stage in _until(move.after)}
    return _Replayed(reached, frozenset(entered), lost_from)


def _until(stage: Stage) -> tuple[Stage, ...]:
    return STEPS[: STEPS.index(stage) + 1]


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _before_next(found: Sequence[_Replayed], at: int) -> float | None:
    """The median of those who were in this stage, rather than passing it by, and went on."""
    if at + 1 == len(STEPS):
        return None
    stage, following = STEPS[at], STEPS[at + 1]
    spent = [
        (each.reached[following] - each.reached[stage]).total_seconds()
        for each in found
        if stage in each.entered and stage in each.reached and following in each.reached
    ]
    return median(spent) if spent else None
