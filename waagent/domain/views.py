"""What the front ends are given to show: read models, one frozen dataclass for each list.

Ids are UUID strings; times are aware and in UTC. Text fields are plain and come from customers:
a front end escapes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from waagent.domain.followups import Approval, Author, Draft, FollowUpState, FollowUpStop
from waagent.domain.labels import Intent, Sentiment, Status
from waagent.domain.leads import Stage
from waagent.domain.media import MediaState
from waagent.domain.messages import Direction, GapCause, MessageKind, MessageState, Origin
from waagent.domain.notifications import ChannelKind, NoticeKind, NotificationState
from waagent.domain.pacing import DecidedBy
from waagent.domain.sessions import SessionState


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """A shop. ``timezone`` is an IANA name."""

    id: str
    slug: str
    name: str
    timezone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionView:
    """A linked number. ``phone`` is E.164 or None before pairing; ``tenant`` is the slug.

    ``owner`` names the session host that holds its lease, or None; ``outbox`` counts messages
    that wait to be sent. ``down_since`` is None while it is connected; ``retry_at``: no host starts
    it before; ``frozen_until``: nothing goes out unasked before; ``move_to``: the host it goes to.
    """

    id: str
    tenant: str
    name: str
    phone: str | None
    state: SessionState
    reason: str | None
    owner: str | None
    last_event_at: datetime | None
    outbox: int
    detail: str | None = None
    connected_at: datetime | None = None
    down_since: datetime | None = None
    retry_at: datetime | None = None
    banned_until: datetime | None = None
    frozen_until: datetime | None = None
    freeze_reason: str | None = None
    move_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionHealth:
    """What the watchdog saw of a session since it was first linked.

    ``forced_reconnects`` counts connections given up because they were deaf, ``client_restarts``
    every start anew, for whatever reason.
    """

    last_inbound_at: datetime | None = None
    last_probe_at: datetime | None = None
    last_probe_ok: bool | None = None
    keepalive_timeouts: int = 0
    failed_probes: int = 0
    forced_reconnects: int = 0
    client_restarts: int = 0
    callback_faults: int = 0
    disconnects: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEventView:
    """A change of state, or something waagent did about a session."""

    at: datetime
    state: SessionState
    reason: str | None
    action: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionDetails:
    """All there is to see of a session; ``events`` newest first."""

    session: SessionView
    health: SessionHealth
    events: tuple[SessionEventView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HostView:
    """A process that keeps sessions connected. ``alive``: it was heard of a moment ago."""

    id: str
    machine: str
    pid: int
    sessions: int
    capacity: int
    draining: bool
    started_at: datetime
    seen_at: datetime
    alive: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadView:
    """A card of the lead board. Labels are None until the conversation was first understood.

    ``phone`` is E.164, or None while only the customer's LID is known. ``score``: see
    :mod:`waagent.domain.scoring`; ``value`` is in rupiah, ``suggested_value`` the catalogue's
    price of the product; ``notes`` counts them; ``stage_name`` is the shop's word for the stage.
    """

    id: str
    conversation_id: str
    phone: str | None
    name: str | None
    stage: Stage
    status: Status | None
    intent: Intent | None
    sentiment: Sentiment | None
    product: str | None
    need: str | None
    follow_up_at: datetime | None
    last_message_at: datetime
    unread: int
    updated_at: datetime
    stage_name: str = ""
    score: int = 0
    assignee: str | None = None
    value: int | None = None
    suggested_value: int | None = None
    closed_at: datetime | None = None
    tags: tuple[str, ...] = ()
    notes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotedView:
    """The message that another one answers. ``id`` is None for one that was never seen here."""

    id: str | None
    direction: Direction | None
    kind: MessageKind | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactionView:
    """An emoji that the customer (``in``) or the shop (``out``) put under a message."""

    direction: Direction
    emoji: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaView:
    """The file of a message; ``size`` is in bytes, ``file_name`` the sender's."""

    mimetype: str
    file_name: str | None
    size: int
    state: MediaState


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageView:
    """A message. ``phone`` is the customer's (E.164 or None); ``at`` is WhatsApp's time of it.

    One that was deleted (``revoked_at``) has no text, file or reactions any more. ``reason`` says
    why one of ours waits, failed or may not have been sent: a code; for the newest edit, deletion
    or reaction of ours with that before it, ``edit:too_late``.
    """

    id: str
    conversation_id: str
    direction: Direction
    origin: Origin
    phone: str | None
    kind: MessageKind
    text: str
    state: MessageState
    at: datetime
    quoted: QuotedView | None = None
    edited_at: datetime | None = None
    revoked_at: datetime | None = None
    reactions: tuple[ReactionView, ...] = ()
    media: MediaView | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpView:
    """A follow-up; ``lead`` is the lead's id, ``reason`` says why it was cancelled or skipped.

    ``text`` is exactly what will be sent, or was; None for one that never is. ``rule`` is the name
    of the shop's rule (``qualified/price_inquiry``) or ``default``; ``template`` and ``variant``
    name the wording, ``author`` who wrote the text; ``draft`` says how far a language model is with
    it, where the rule wants one, and ``draft_reason`` why its text is not used. ``approval`` is
    ``wanted`` while a person has to agree. ``held_out``: it is
    left out by lot, or was. ``stops`` are codes of what keeps it from going out as things stand.
    """

    id: str
    lead: str
    phone: str | None
    name: str | None
    due_at: datetime
    state: FollowUpState
    reason: str | None
    text: str | None = None
    rule: str | None = None
    stage: Stage | None = None
    intent: Intent | None = None
    template: str | None = None
    variant: str | None = None
    approval: Approval | None = None
    approved_by: str | None = None
    author: Author | None = None
    draft: Draft | None = None
    draft_reason: str | None = None
    held_out: bool = False
    stops: tuple[FollowUpStop, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactView:
    """A customer. ``phone`` is E.164, or None while only a LID is known; ``merges`` counts the
    contacts that became part of this one.
    """

    id: str
    name: str | None
    phone: str | None
    has_lid: bool
    opted_out: bool
    merges: int
    last_message_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeView:
    """Two contacts made one: ``evidence`` is ``message`` or ``person``, ``actor`` who did it."""

    id: str
    kept_id: str
    merged_id: str
    kept: str | None
    merged: str | None
    evidence: str
    actor: str
    at: datetime
    undone_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GapDay:
    """Messages of one day (the shop's) that did not arrive whole, or late, by cause."""

    day: date
    session: str
    undecryptable: int
    unavailable: int
    late: int
    resolved: int
    open: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GapView:
    """One such message. ``phone`` and ``name`` are the customer's, as far as they are known."""

    id: str
    session: str
    phone: str | None
    name: str | None
    cause: GapCause
    sent_at: datetime
    noticed_at: datetime
    resolved_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldView:
    """Messages that wait for one reason: the first may go at ``first``, the last at ``last``.

    ``reason`` is a :class:`waagent.domain.pacing.HoldReason`.
    """

    reason: str
    messages: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PacingView:
    """How fast a number may write. ``pacing`` is ``off`` where nothing limits it.

    Days are the shop's. ``unasked_today`` counts follow-ups and what people sent to customers who
    were silent; ``grows_in_days`` and ``grows_to`` are the next step of the warm-up, None after
    the last. ``next_…_at`` leave out what depends on the customer. ``follow_ups_moved`` is how
    many the freeze moved.
    """

    session: str
    tenant: str
    pacing: Literal["safe", "off"]
    number_since: date | None
    age_days: int
    decided_by: DecidedBy
    sent_today: int
    day_cap: int
    unasked_today: int
    follow_up_cap: int
    grows_in_days: int | None
    grows_to: int | None
    next_reply_at: datetime
    next_follow_up_at: datetime
    quiet_hours: bool
    quiet_now: bool
    frozen_until: datetime | None
    freeze_reason: str | None
    follow_ups_moved: int | None
    held: tuple[HeldView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelView:
    """A way to a shop's owner. ``target`` is masked: enough to know it by, not to reach it."""

    id: str
    name: str
    kind: ChannelKind
    target: str
    language: Literal["id", "en"]
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationView:
    """What was sent, or not, through a channel. ``error`` is a code; ``session`` a name."""

    id: str
    channel: str
    channel_kind: ChannelKind
    kind: NoticeKind
    session: str | None
    state: NotificationState
    error: str | None
    attempt: int
    created_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something of a tenant changed: ids only. ``id`` is that of the thing named by ``kind``."""

    kind: Literal["lead", "message", "session", "follow_up", "insight"]
    id: str
    conversation_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectEvent:
    """A step of linking a number, as ``waagent connect`` shows it.

    ``qr`` has ``code`` (what the QR must hold) and ``expires_in`` (seconds), and so has ``code``
    (what the owner types on the phone); ``paired`` has ``jid``; ``connected`` has ``phone`` (E.164)
    and ``session`` (its name); ``expired``, ``refused`` and ``passkey_required`` end it and have
    ``reason``.
    """

    event: Literal["qr", "code", "paired", "connected", "expired", "refused", "passkey_required"]
    code: str | None = None
    expires_in: int | None = None
    jid: str | None = None
    phone: str | None = None
    session: str | None = None
    reason: str | None = None
