"""What became of each message after something broke."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from waagent.domain.messages import Direction, MessageKind, MessageState
from waagent.domain.views import MessageView
from waagent.errors import WaagentError
from workers.bench.flow import QUESTION, Flow, Written

QUIET_S = 45.0
"""With nothing new for so long, what is missing will not come any more. A labelling that Redis
forgot is queued again after 30 s."""
MOST_S = 300.0
RECEIPTS_S = 5.0
"""So long the customers' receipts may take."""
WINDOW_S = 5.0
"""What a killed host can have told WhatsApp it had is younger than this."""

_SENT = frozenset([MessageState.SENT, MessageState.DELIVERED, MessageState.READ])
_ENDED = _SENT | {MessageState.UNKNOWN, MessageState.FAILED, MessageState.CANCELLED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """What customers wrote.

    ``stored``: there to be read, exactly once. ``unsaved``: WhatsApp was told that it had arrived,
    and the host was killed before its row was committed. ``lost``: missing for any other reason, or
    a row that had been committed and is gone; in words. ``doubled``: rows too many.
    """

    written: int
    stored: int
    unsaved: int
    lost: tuple[str, ...]
    doubled: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbound:
    """What the shop sent: replies that waagent had taken, and a follow-up for each whose question
    is there.

    ``received``: shown by a customer's telephone; ``doubled``: how often one was shown once more.
    ``sent`` (no receipt came), ``delivered`` and ``unknown`` are their states; some of the unknown
    were received (``unknown_received``). ``lost``: neither received nor ``unknown``, in
    words. ``refused``: replies that waagent did not take, and said so.
    """

    queued: int
    follow_ups: int
    received: int
    sent: int
    delivered: int
    unknown: int
    unknown_received: int
    lost: tuple[str, ...]
    doubled: int
    refused: int


def settle(flow: Flow) -> list[MessageView]:
    """The shop's messages once all is accounted for, or once nothing changes any more."""
    begun = changed = time.monotonic()
    before: Any = None
    while True:
        try:
            rows = flow.town.messages(flow.shop)
        except WaagentError:
            rows = []
        ticked = not _count(rows, MessageState.SENT)
        if rows and _complete(flow, rows) and (ticked or time.monotonic() - changed > RECEIPTS_S):
            return rows
        now, shown = time.monotonic(), _shown(rows)
        if shown != before:
            before, changed = shown, now
        if now - begun > MOST_S or (now - changed > QUIET_S and not _on_its_way(rows)):
            return rows
        time.sleep(0.5)


def inbound(flow: Flow, rows: Iterable[MessageView], kills: Iterable[float]) -> Inbound:
    """``kills``: when a host was killed, in monotonic time."""
    written = dict(flow.written)
    texts = _texts(rows)
    ids = Counter(
        flow.town.column(
            "select wa_message_id from waagent.messages where direction = 'in' and tenant_id = %s",
            flow.shop.tenant.id,
        )
    )
    wanted = Counter((each.phone, each.text) for each in written.values())
    missing = [key for key, each in written.items() if not texts[each.phone, each.text]]
    waiting = sum(
        device.queued
        for account in flow.town.people.accounts()
        for device in account.devices
        if account.phone == flow.shop.phone
    )
    unsaved = {
        key
        for key in missing
        if not waiting and key not in flow.seen and _in_window(written[key], kills)
    }
    gone = [key for key in flow.seen & written.keys() if not ids[key]]
    return Inbound(
        written=len(written),
        stored=sum(min(count, texts[what]) for what, count in wanted.items()),
        unsaved=len(unsaved),
        lost=(
            *[f"message {key} is not there" for key in missing if key not in unsaved],
            *[f"message {key} was there" for key in gone if key not in missing],
        ),
        doubled=sum(max(0, count - 1) for count in ids.values())
        + sum(max(0, texts[what] - count) for what, count in wanted.items()),
    )


def outbound(flow: Flow, rows: Iterable[MessageView]) -> Outbound:
    """Follow-ups and replies, by what is on the customers' telephones."""
    ours = {row.id: row for row in rows if row.direction is Direction.OUT and not _off(flow, row)}
    phones = [*flow.answered, *flow.askers, *flow.crowd]
    got = Counter(
        (phone, message.text)
        for phone in phones
        for message in flow.town.people.inbox(phone)
        if not message.from_me
    )
    followed = [row for row in ours.values() if row.id not in flow.replies]
    unplanned = _asked(flow, rows) - {(row.phone or "").removeprefix("+") for row in followed}
    arrived = [row for row in ours.values() if got[(row.phone or "")[1:], row.text]]
    unknown = [row for row in ours.values() if row.state is MessageState.UNKNOWN]
    arrived_ids = {row.id for row in arrived}
    lost = [row for row in ours.values() if row.id not in arrived_ids and row not in unknown]
    return Outbound(
        queued=len(flow.replies),
        follow_ups=len(followed),
        received=len(arrived),
        sent=_count(ours.values(), MessageState.SENT),
        delivered=_count(ours.values(), MessageState.DELIVERED),
        unknown=len(unknown),
        unknown_received=sum(row.id in arrived_ids for row in unknown),
        lost=(
            *[f"send {row.id} is {row.state.value} and did not arrive" for row in lost],
            *[f"send {key} was there" for key in flow.replies.keys() - ours.keys()],
            *[f"no follow-up for {phone}" for phone in sorted(unplanned)],
        ),
        doubled=sum(max(0, count - 1) for count in got.values()),
        refused=flow.refused,
    )


def _count(rows: Iterable[MessageView], state: MessageState) -> int:
    return sum(row.state is state for row in rows)


def _in_window(written: Written, kills: Iterable[float]) -> bool:
    return any(-1.0 < kill - written.at < WINDOW_S for kill in kills)


def _texts(rows: Iterable[MessageView]) -> Counter[tuple[str, str]]:
    """How often each readable text of each customer is there."""
    return Counter(
        ((row.phone or "").removeprefix("+"), row.text)
        for row in rows
        if row.direction is Direction.IN and row.kind is MessageKind.TEXT
    )


def _off(flow: Flow, row: MessageView) -> bool:
    """Whether it is a follow-up that was rightly called off: its customer wrote again."""
    silent = (row.phone or "").removeprefix("+") in flow.askers
    return row.state is MessageState.CANCELLED and row.id not in flow.replies and not silent


def _asked(flow: Flow, rows: Iterable[MessageView]) -> set[str]:
    """Those whose question is there."""
    texts = _texts(rows)
    return {phone for phone in flow.askers if texts[phone, QUESTION]}


def _shown(rows: list[MessageView]) -> Any:
    return Counter((row.direction, row.kind, row.state) for row in rows)


def _on_its_way(rows: list[MessageView]) -> bool:
    """One that is tried again later is not lost yet: its pauses may be longer than the quiet."""
    return any(row.state in (MessageState.QUEUED, MessageState.SENDING) for row in rows)


def _complete(flow: Flow, rows: list[MessageView]) -> bool:
    texts = _texts(rows)
    if any(not texts[each.phone, each.text] for each in list(flow.written.values())):
        return False
    ours = [row for row in rows if row.direction is Direction.OUT]
    followed = {(row.phone or "").removeprefix("+") for row in ours if row.id not in flow.replies}
    if not _asked(flow, rows) <= followed:
        return False
    return all(row.state in _ENDED for row in ours)
