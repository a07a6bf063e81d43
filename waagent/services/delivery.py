"""Sending one notification: at most once where it may have arrived, again where it surely did not.

``queued → sending`` is committed before anything is sent, with a time after which the try counts as
cut short. What was cut short may have arrived, so it becomes ``unknown`` and is not sent again; but
for WhatsApp, where handing it to the outbox twice queues it once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog

from waagent.domain.notifications import (
    MAX_ATTEMPTS,
    ChannelKind,
    NoticeKind,
    NotificationState,
    retry_after,
)
from waagent.errors import BackendError
from waagent.i18n import Language
from waagent.notify.port import Carrier, DeliveryError, Letter, MaybeSent, NotSent
from waagent.services.core import Core, Scope
from waagent.services.notice_texts import Subject, compose
from waagent.services.operator_line import OperatorLine, StillWaiting

log = structlog.get_logger(__name__)

WITHIN = timedelta(minutes=3)
"""A try ends by then: its job has half as long. One that did not was cut short."""
LOOK_AGAIN = timedelta(seconds=5)
LINE_WAIT = timedelta(hours=1)
"""A notification that the operator's number could not send by then is taken back."""
_NONE = timedelta(0)


@dataclass(frozen=True, slots=True)
class Row:
    """A notification with its channel, as it is stored."""

    id: str
    channel_id: str
    session_id: str | None
    kind: str
    outage: datetime | None
    facts: Mapping[str, str | None]
    state: str
    attempt: int
    created_at: datetime
    channel: str
    target_enc: bytes
    language: Language


@dataclass(frozen=True, slots=True)
class _About:
    slug: str
    shop: str
    timezone: str
    session: str | None
    phone_enc: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """What is under way: everything a try needs outside of a transaction."""

    tenant_id: str
    row: Row
    attempt: int
    target: str
    letter: Letter


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a try ended; ``later`` is when to go on with it."""

    state: NotificationState
    error: str | None = None
    later: timedelta = _NONE


@dataclass(frozen=True, slots=True)
class Delivery:
    """Takes notifications and sends them."""

    core: Core
    mail: Carrier
    push: Carrier
    line: OperatorLine

    def deliver(self, tenant_id: str, notification_id: str) -> NotificationState | None:
        """Try one whose time has come; None when there is nothing to do. Safe to run twice at once.

        Raises:
            BackendError: PostgreSQL cannot be used.
        """
        with self.core.tenant(tenant_id) as scope:
            row = scope.tx.one(Row, "notifications.take", notification_id=notification_id)
            parcel = None if row is None else _begin(scope, row)
        if parcel is None:
            return None
        ended = self.attempt(parcel)
        self.finish(parcel, ended)
        return ended.state

    def attempt(self, parcel: Parcel) -> Ended:
        """Send it, and say how that ended.

        Raises:
            BackendError: PostgreSQL cannot be used, so it could not be put into the outbox either.
        """
        try:
            self._send(parcel)
        except StillWaiting as error:
            return self._waiting(parcel, error.code)
        except NotSent as error:
            if error.permanent or parcel.attempt >= MAX_ATTEMPTS:
                return Ended(state=NotificationState.FAILED, error=error.code)
            later = retry_after(parcel.attempt)
            return Ended(state=NotificationState.QUEUED, error=error.code, later=later)
        except MaybeSent as error:
            return Ended(state=NotificationState.UNKNOWN, error=error.code)
        except BackendError:
            raise
        except Exception as error:
            # Its text may hold an address or a token, so only its kind is told.
            return Ended(state=NotificationState.UNKNOWN, error=type(error).__name__)
        return Ended(state=NotificationState.SENT)

    def finish(self, parcel: Parcel, ended: Ended) -> None:
        """Write how it ended."""
        with self.core.tenant(parcel.tenant_id) as scope:
            scope.tx.run(
                "notifications.finish",
                notification_id=parcel.row.id,
                attempt=parcel.attempt,
                state=ended.state.value,
                error=ended.error,
                later=ended.later,
            )
        level = log.info if ended.error is None else log.warning
        level(
            "notification.ended",
            action="notify",
            tenant=parcel.tenant_id,
            session=parcel.row.session_id,
            notification=parcel.row.id,
            channel=parcel.row.channel,
            kind=parcel.row.kind,
            state=ended.state.value,
            error=ended.error,
        )

    def _send(self, parcel: Parcel) -> None:
        match ChannelKind(parcel.row.channel):
            case ChannelKind.EMAIL:
                self.mail.send(parcel.target, parcel.letter)
            case ChannelKind.APPRISE:
                self.push.send(parcel.target, parcel.letter)
            case ChannelKind.WHATSAPP:
                about = parcel.row.session_id
                self.line.send(parcel.target, parcel.letter, about_session=about)

    def _waiting(self, parcel: Parcel, code: str) -> Ended:
        """Still in the operator's outbox: look again, or take it back when it is too old."""
        too_old = datetime.now(UTC) - parcel.row.created_at > LINE_WAIT
        try:
            if too_old and self.line.withdraw(parcel.row.id):
                return Ended(state=NotificationState.FAILED, error="whatsapp_too_late")
        except DeliveryError as error:
            return Ended(state=NotificationState.FAILED, error=error.code)
        return Ended(state=NotificationState.SENDING, error=code, later=LOOK_AGAIN)


def parcel_of(scope: Scope, row: Row, attempt: int) -> Parcel:
    """Open and compose what a row holds."""
    about = scope.tx.one(_About, "notifications.about", session_id=row.session_id)
    assert about is not None
    subject = Subject(
        slug=about.slug,
        shop=about.shop,
        timezone=about.timezone,
        session=about.session,
        phone=scope.phone(about.phone_enc, "sessions.phone"),
    )
    return Parcel(
        tenant_id=scope.tenant_id,
        row=row,
        attempt=attempt,
        target=scope.cipher.decrypt(row.target_enc, "notification_channels.target"),
        letter=compose(row.id, NoticeKind(row.kind), row.facts, subject, row.language),
    )


def _begin(scope: Scope, row: Row) -> Parcel | None:
    """Mark it as being sent; None where it is settled without sending."""
    cut_short = row.state == NotificationState.SENDING
    if cut_short and row.channel != ChannelKind.WHATSAPP:
        _settle(scope, row, NotificationState.UNKNOWN, "interrupted")
        return None
    if row.kind == NoticeKind.BACK and not cut_short and not _was_told(scope, row):
        _settle(scope, row, NotificationState.DROPPED, None)
        return None
    attempt = row.attempt if cut_short else row.attempt + 1
    scope.tx.run("notifications.begin", notification_id=row.id, attempt=attempt, within=WITHIN)
    return parcel_of(scope, row, attempt)


def _settle(scope: Scope, row: Row, state: NotificationState, error: str | None) -> None:
    scope.tx.run("notifications.settle", notification_id=row.id, state=state.value, error=error)
    log.warning(
        "notification.settled",
        action="notify",
        tenant=scope.tenant_id,
        notification=row.id,
        state=state.value,
        error=error,
    )


def _was_told(scope: Scope, row: Row) -> bool:
    return bool(
        scope.tx.value(
            "notifications.was_told",
            channel_id=row.channel_id,
            session_id=row.session_id,
            outage=row.outage,
        )
    )
