"""From probabilities to labels that agree with each other, by the labelling guide.

The heads are trained apart, so their favourites may contradict the guide ("lost" with a follow-up,
"greeting" for one who cancels). Here the best pair the guide allows is taken, and the rules that
the guide calls "always" are applied, to a language model's answer too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from waagent.ai.heads import CLASSES, Probabilities
from waagent.ai.snippet import Heard
from waagent.domain.labels import OPEN_SALE, Intent, Sentiment, Status

_UNLIKELY = 0.15
"""What a pair the guide hardly allows is worth against one that it does."""

NOTHING_HEARD = Heard()
_UNDECIDED = frozenset({Status.NEW_LEAD, Status.WARM_LEAD})
_BUYERS = frozenset(set(Status) - {Status.NOT_LEAD})

ALLOWED: Mapping[Intent, frozenset[Status]] = {
    Intent.OPT_OUT: frozenset({Status.NOT_LEAD, Status.LOST, Status.CUSTOMER}),
    Intent.CANCEL: frozenset({Status.LOST, Status.CUSTOMER}),
    Intent.GREETING: frozenset({Status.NEW_LEAD, Status.NOT_LEAD, Status.CUSTOMER}),
    Intent.COMPLAINT: frozenset({Status.CUSTOMER, Status.LOST}),
    Intent.ORDER_STATUS: frozenset({Status.CUSTOMER, Status.NOT_LEAD}),
    Intent.PURCHASE: frozenset({Status.HOT_LEAD, Status.CUSTOMER, Status.NEW_LEAD}),
    # Who asks about goods is a possible buyer; a vendor or job seeker wants something else.
    Intent.PRICE_INQUIRY: _BUYERS,
    Intent.AVAILABILITY: _BUYERS,
    Intent.PRODUCT_INFO: _BUYERS,
    Intent.PAYMENT: _BUYERS,
}
"""The statuses that go with an intent by the guide; an intent that is not here goes with any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """The four labels, and the probabilities behind the first two."""

    status: Status
    intent: Intent
    sentiment: Sentiment
    needs_follow_up: bool
    status_probability: float
    intent_probability: float


def decide(found: Probabilities, said: Heard = NOTHING_HEARD) -> Labels:
    """The most probable labels that agree with each other and with what was ``said`` outright.

    Who orders is a customer once the shop took the order, who asks where to pay wants to buy now,
    and nobody is written to who asked not to be.
    """
    scores = _pair_scores(found)
    if said.opted_out:
        keep = CLASSES["intent"].index(Intent.OPT_OUT)
        scores[:, [i for i in range(scores.shape[1]) if i != keep]] = 0.0
    at_status, at_intent = np.unravel_index(int(scores.argmax()), scores.shape)
    status = Status(CLASSES["status"][at_status])
    intent = Intent(CLASSES["intent"][at_intent])
    status_probability = float(found.status[at_status])
    corrected = _by_rule(status, intent, said)
    if corrected is not status:
        status = corrected
        status_probability += float(found.status[CLASSES["status"].index(status)])
    follow = may_follow_up(status, intent) and not said.own_time
    return Labels(
        status=status,
        intent=intent,
        sentiment=Sentiment(CLASSES["sentiment"][int(found.sentiment.argmax())]),
        needs_follow_up=follow and bool(found.follow[1] > found.follow[0]),
        status_probability=status_probability,
        intent_probability=1.0 if said.opted_out else float(found.intent[at_intent]),
    )


def _by_rule(status: Status, intent: Intent, said: Heard) -> Status:
    """The status, moved on where the guide leaves no choice."""
    if said.confirmed and (status, intent) == (Status.HOT_LEAD, Intent.PURCHASE):
        return Status.CUSTOMER
    asked = said.asks_account and intent is Intent.PAYMENT
    return Status.HOT_LEAD if asked and status in _UNDECIDED else status


def may_follow_up(status: Status, intent: Intent) -> bool:
    """Whether the guide leaves room for a follow-up at all: only while a sale is open."""
    return status in OPEN_SALE and intent is not Intent.OPT_OUT


def _pair_scores(found: Probabilities) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    scores = np.outer(found.status, found.intent).astype(np.float64) + 1e-12
    for column, intent in enumerate(CLASSES["intent"]):
        allowed = ALLOWED.get(Intent(intent))
        if allowed is None:
            continue
        for row, status in enumerate(CLASSES["status"]):
            if status not in allowed:
                scores[row, column] *= 1e-6 if intent == Intent.OPT_OUT else _UNLIKELY
    return scores
