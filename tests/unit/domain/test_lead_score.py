"""The score's rule, row by row."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from waagent.domain.labels import Intent, Sentiment, Status
from waagent.domain.leads import Stage
from waagent.domain.scoring import ScoreFacts, score

NOW = datetime(2026, 11, 22, 5, tzinfo=UTC)


def scored(
    status: Status | None,
    intent: Intent | None = Intent.OTHER,
    sentiment: Sentiment | None = Sentiment.NEUTRAL,
    *,
    stage: Stage = Stage.NEW,
    silent: timedelta = timedelta(hours=1),
    answered: bool = True,
) -> int:
    asked = NOW - silent
    facts = ScoreFacts(
        stage=stage,
        status=status,
        intent=intent,
        sentiment=sentiment,
        last_inbound_at=asked,
        last_outbound_at=asked + timedelta(minutes=1) if answered else None,
    )
    return score(facts, NOW)


@pytest.mark.parametrize(
    ("status", "intent", "sentiment", "points"),
    [
        (Status.HOT_LEAD, Intent.PURCHASE, Sentiment.POSITIVE, 90),
        (Status.HOT_LEAD, Intent.PAYMENT, Sentiment.NEUTRAL, 85),
        (Status.WARM_LEAD, Intent.PRICE_INQUIRY, Sentiment.NEUTRAL, 55),
        (Status.WARM_LEAD, Intent.PRODUCT_INFO, Sentiment.NEGATIVE, 40),
        (Status.NEW_LEAD, Intent.GREETING, Sentiment.NEUTRAL, 25),
        (Status.NEW_LEAD, Intent.COMPLAINT, Sentiment.NEGATIVE, 5),
        (None, None, None, 20),
        (Status.NOT_LEAD, Intent.PURCHASE, Sentiment.POSITIVE, 0),
        (Status.CUSTOMER, Intent.PAYMENT, Sentiment.POSITIVE, 0),
        (Status.LOST, Intent.CANCEL, Sentiment.NEGATIVE, 0),
        (Status.HOT_LEAD, Intent.OPT_OUT, Sentiment.NEGATIVE, 0),
    ],
)
def test_points(
    status: Status | None, intent: Intent | None, sentiment: Sentiment | None, points: int
) -> None:
    assert scored(status, intent, sentiment) == points


def test_the_best_there_is_waits_for_us_and_has_100() -> None:
    assert scored(Status.HOT_LEAD, Intent.PURCHASE, Sentiment.POSITIVE, answered=False) == 100


@pytest.mark.parametrize(
    ("silent", "points"), [(0, 60), (1, 60), (8, 30), (15, 15), (22, 8), (365, 0)]
)
def test_half_of_it_is_gone_with_each_week_after_the_first_day(silent: int, points: int) -> None:
    assert scored(Status.HOT_LEAD, silent=timedelta(days=silent)) == points


@pytest.mark.parametrize("stage", [Stage.WON, Stage.LOST])
def test_a_closed_sale_has_nothing_left_to_win(stage: Stage) -> None:
    assert scored(Status.HOT_LEAD, Intent.PURCHASE, stage=stage) == 0


def test_who_never_wrote_has_no_score_and_a_clock_that_lags_adds_none() -> None:
    facts = ScoreFacts(
        stage=Stage.NEW,
        status=None,
        intent=None,
        sentiment=None,
        last_inbound_at=None,
        last_outbound_at=NOW,
    )
    assert score(facts, NOW) == 0
    assert scored(Status.HOT_LEAD, silent=timedelta(days=-30)) == 60


@pytest.mark.parametrize("status", [None, *Status])
@pytest.mark.parametrize("intent", [None, *Intent])
@pytest.mark.parametrize("sentiment", [None, *Sentiment])
def test_always_between_0_and_100(
    status: Status | None, intent: Intent | None, sentiment: Sentiment | None
) -> None:
    assert 0 <= scored(status, intent, sentiment, answered=False) <= 100
