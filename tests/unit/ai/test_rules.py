"""Labels agree with each other, whatever the heads say."""

from __future__ import annotations

import numpy as np
import pytest

from waagent.ai.heads import CLASSES, Array, Probabilities, softmax
from waagent.ai.rules import ALLOWED, decide, may_follow_up
from waagent.ai.snippet import Heard
from waagent.domain.labels import OPEN_SALE, Intent, Sentiment, Status


def _peak(head: str, **shares: float) -> Array:
    names = CLASSES[head]
    rest = (1 - sum(shares.values())) / (len(names) - len(shares))
    return np.array([shares.get(str(name), rest) for name in names], dtype=np.float32)


def _found(*, status: Array, intent: Array, follow: float = 0.9) -> Probabilities:
    return Probabilities(
        intent=intent,
        sentiment=_peak("sentiment", negative=0.8),
        status=status,
        follow=np.array([1 - follow, follow], dtype=np.float32),
    )


def test_agreeing_favourites_are_taken() -> None:
    labels = decide(
        _found(status=_peak("status", hot_lead=0.7), intent=_peak("intent", payment=0.6)),
    )
    assert (labels.status, labels.intent) == (Status.HOT_LEAD, Intent.PAYMENT)
    assert labels.sentiment is Sentiment.NEGATIVE
    assert labels.needs_follow_up
    assert labels.status_probability == pytest.approx(0.7)


def test_a_clear_cancel_is_no_warm_lead() -> None:
    labels = decide(
        _found(
            status=_peak("status", warm_lead=0.45, lost=0.35), intent=_peak("intent", cancel=0.8)
        ),
    )
    assert (labels.status, labels.intent) == (Status.LOST, Intent.CANCEL)


@pytest.mark.parametrize("status", list(Status))
def test_opt_out_outweighs_everything(status: Status) -> None:
    labels = decide(
        _found(status=_peak("status", **{status: 0.9}), intent=_peak("intent", purchase=0.9)),
        Heard(opted_out=True),
    )
    assert labels.intent is Intent.OPT_OUT
    assert labels.status in ALLOWED[Intent.OPT_OUT]
    assert not labels.needs_follow_up


def test_an_order_the_shop_took_makes_a_customer() -> None:
    found = _found(
        status=_peak("status", hot_lead=0.7, customer=0.2), intent=_peak("intent", purchase=0.9)
    )
    labels = decide(found, Heard(confirmed=True))
    assert (labels.status, labels.needs_follow_up) == (Status.CUSTOMER, False)
    assert labels.status_probability == pytest.approx(0.9)
    assert decide(found).status is Status.HOT_LEAD


@pytest.mark.parametrize("status", list(Status))
def test_who_asks_where_to_pay_wants_to_buy(status: Status) -> None:
    found = _found(status=_peak("status", **{status: 0.9}), intent=_peak("intent", payment=0.9))
    asked, silent = decide(found, Heard(asks_account=True)), decide(found)
    moved = silent.status in (Status.NEW_LEAD, Status.WARM_LEAD)
    assert asked.status is (Status.HOT_LEAD if moved else silent.status)


def test_nobody_is_followed_up_who_will_write_himself() -> None:
    found = _found(status=_peak("status", warm_lead=0.9), intent=_peak("intent", other=0.9))
    assert decide(found).needs_follow_up
    assert not decide(found, Heard(own_time=True)).needs_follow_up


def test_a_job_seeker_asks_for_no_goods() -> None:
    labels = decide(
        _found(
            status=_peak("status", not_lead=0.7),
            intent=_peak("intent", availability=0.45, other=0.4),
        ),
    )
    assert (labels.status, labels.intent) == (Status.NOT_LEAD, Intent.OTHER)


@pytest.mark.parametrize("status", list(Status))
def test_only_an_open_sale_is_followed_up(status: Status) -> None:
    labels = decide(
        _found(
            status=_peak("status", **{status: 0.99}),
            intent=_peak("intent", product_info=0.9),
            follow=1.0,
        ),
    )
    assert labels.needs_follow_up == (status in OPEN_SALE)
    assert not may_follow_up(status, Intent.OPT_OUT)


def test_softmax_of_large_scores() -> None:
    assert softmax(np.array([1000.0, 0.0], dtype=np.float32)).tolist() == [1.0, 0.0]
