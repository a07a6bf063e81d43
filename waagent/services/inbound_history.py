"""What was said before the number was linked: kept to be read, and to understand what comes.

It sets nothing going: no lead, no labelling, no follow-up, nothing unread. It never changes what is
stored already, and there is a limit to how much of it is kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from waagent.domain.followups import CancelReason
from waagent.domain.messages import Direction
from waagent.services.core import Scope
from waagent.services.followup_plans import cancel_follow_ups
from waagent.services.inbound_rows import Arrival, Placed, insert, place

OLDEST = timedelta(days=180)
MOST_OF_A_CONVERSATION = 200
_BELOW_EVERYTHING = 10**16
"""In microseconds since 1970 the year 2286, so that a time less this is below every number that
the sequence gives: history stands before what came since, in the order of its times."""


@dataclass(frozen=True, slots=True)
class _Count:
    conversation_id: str
    messages: int


def store_history(scope: Scope, arrivals: Sequence[Arrival], media_limit: int) -> int:
    """Store what is new of it and recent enough; returns how many messages that were."""
    since = datetime.now(UTC) - OLDEST
    recent = [arrival for arrival in arrivals if arrival.message.sent_at >= since]
    if not recent:
        return 0
    recent.sort(key=lambda arrival: arrival.message.sent_at)
    placed = _with_room(scope, place(scope, recent, readdress=False))
    new = insert(scope, placed, media_limit, [_number(each) for each in placed])
    _touch(scope, _newest(each.placed for each in new))
    for row in {each.row.conversation_id: each.row for each in new}.values():
        scope.changed("message", row.id, row.conversation_id)
    return len(new)


def _with_room(scope: Scope, placed: Sequence[Placed]) -> list[Placed]:
    """The newest of each conversation, as many as it may still have. ``placed`` is by time."""
    ids = list({each.conversation_id for each in placed})
    counts = scope.tx.all(_Count, "messages.history_counts", conversation_ids=ids)
    left = dict.fromkeys(ids, MOST_OF_A_CONVERSATION)
    left.update({row.conversation_id: MOST_OF_A_CONVERSATION - row.messages for row in counts})
    kept: list[Placed] = []
    for each in reversed(placed):
        if left[each.conversation_id] > 0:
            left[each.conversation_id] -= 1
            kept.append(each)
    return kept[::-1]


def _number(placed: Placed) -> int:
    """WhatsApp's times are whole seconds: the insert numbers those of the same one."""
    return int(placed.message.sent_at.timestamp()) * 1_000_000 - _BELOW_EVERYTHING


def _newest(placed: Iterable[Placed]) -> dict[str, dict[str, datetime]]:
    """When each side wrote last, by conversation. ``placed`` is by time."""
    newest: dict[str, dict[str, datetime]] = defaultdict(dict)
    for each in placed:
        newest[each.conversation_id][each.direction] = each.message.sent_at
    return newest


def _touch(scope: Scope, newest: dict[str, dict[str, datetime]]) -> None:
    """A follow-up that somebody wrote after, while the number was not linked, is pointless."""
    inbound = [ats.get(Direction.IN) for ats in newest.values()]
    outbound = [ats.get(Direction.OUT) for ats in newest.values()]
    overtaken = scope.tx.column(
        "messages.overtaken_by_history",
        ids=list(newest),
        inbound_ats=inbound,
        outbound_ats=outbound,
    )
    scope.tx.run(
        "messages.touch_history", ids=list(newest), inbound_ats=inbound, outbound_ats=outbound
    )
    replied = [id_ for id_ in overtaken if Direction.IN in newest[id_]]
    answered = [id_ for id_ in overtaken if Direction.IN not in newest[id_]]
    cancel_follow_ups(scope, replied, CancelReason.CUSTOMER_REPLIED)
    cancel_follow_ups(scope, answered, CancelReason.BUSINESS_REPLIED)
