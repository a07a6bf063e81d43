"""How much a lead deserves the owner's next minute: 0 to 100, by a rule anybody can check.

The labels give points; time takes them away. Nothing is stored: a lead is scored when it is read,
so a new judgement, a correction and every hour that passes count at once.

==========================  ======================================================================
status                      hot 60, warm 40, new 25, not judged yet 20
intent                      purchase, payment 25; price 15; availability 15; product info 10;
                            cancel, complaint -10; anything else 0
sentiment                   positive 5, negative -10
the customer waits for us   10: the last message is theirs
recency                     all of it on the first day after the customer's last message; from then
                            on half of it for each week that passes
==========================  ======================================================================

A closed sale (won, lost), somebody who is no lead or a customer already, and one who opted out
have 0: there is nothing to win by hurrying.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from waagent.domain.labels import Intent, Sentiment, Status
from waagent.domain.leads import CLOSED, Stage

FRESH = timedelta(days=1)
HALF_LIFE = timedelta(days=7)

_OF_STATUS = {Status.HOT_LEAD: 60, Status.WARM_LEAD: 40, Status.NEW_LEAD: 25, None: 20}
_OF_INTENT = {
    Intent.PURCHASE: 25,
    Intent.PAYMENT: 25,
    Intent.PRICE_INQUIRY: 15,
    Intent.AVAILABILITY: 15,
    Intent.PRODUCT_INFO: 10,
    Intent.CANCEL: -10,
    Intent.COMPLAINT: -10,
}
_OF_SENTIMENT = {Sentiment.POSITIVE: 5, Sentiment.NEGATIVE: -10}
_WAITS_FOR_US = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreFacts:
    """What the score is made of. Times are aware; labels are None before the first judgement."""

    stage: Stage
    status: Status | None
    intent: Intent | None
    sentiment: Sentiment | None
    last_inbound_at: datetime | None
    last_outbound_at: datetime | None


def score(facts: ScoreFacts, now: datetime) -> int:
    """The lead's score at ``now``, 0 to 100."""
    if facts.stage in CLOSED or facts.intent is Intent.OPT_OUT or facts.last_inbound_at is None:
        return 0
    points = _OF_STATUS.get(facts.status, 0)
    if points == 0:
        return 0
    points += _OF_INTENT.get(facts.intent, 0) if facts.intent else 0
    points += _OF_SENTIMENT.get(facts.sentiment, 0) if facts.sentiment else 0
    if facts.last_outbound_at is None or facts.last_inbound_at > facts.last_outbound_at:
        points += _WAITS_FOR_US
    silent = max(now - facts.last_inbound_at - FRESH, timedelta(0))
    left: float = 0.5 ** (silent / HALF_LIFE)
    return max(0, min(100, round(points * left)))
