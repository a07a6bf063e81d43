"""The channels through which a shop's owner hears of trouble, and what went through them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from waagent.domain.notifications import ChannelKind, NoticeKind, NotificationState
from waagent.domain.views import ChannelView, NotificationView, Tenant
from waagent.errors import (
    ConflictError,
    InvalidInputError,
    NotFoundError,
    NotificationError,
    TimedOutError,
)
from waagent.i18n import Language
from waagent.phones import format_e164, parse_phone
from waagent.services.core import Core, Scope
from waagent.services.delivery import WITHIN, Delivery, Ended, Parcel, Row, parcel_of
from waagent.services.ids import clean_name
from waagent.services.notice_texts import mask_address, mask_phone

MAX_NAME = 60
MAX_TARGET = 2000
_POLL_S = 0.2

_CAUSES = {
    "smtp_not_configured": "set WAAGENT_SMTP_URL: see docs/howto/notifications.md",
    "mail_from_not_configured": "set WAAGENT_MAIL_FROM to an e-mail address",
    "smtp_login_refused": "check user and password in WAAGENT_SMTP_URL",
    "smtp_certificate": "the mail server's certificate is not trusted on this machine",
    "smtp_no_starttls_or_login": "the mail server offers no STARTTLS or login: see smtps:// and "
    "smtp+plain:// in docs/howto/notifications.md",
    "notify_session_not_configured": "set WAAGENT_NOTIFY_SESSION to the operator's SHOP/SESSION",
    "notify_session_unknown": "WAAGENT_NOTIFY_SESSION names no session: waagent session list",
    "owner_never_wrote": "let the owner write to the operator's number first, any text",
    "apprise_url": "the URL is not one that apprise can use",
}


@dataclass(frozen=True, slots=True)
class _Channel:
    id: str
    name: str
    kind: str
    target_enc: bytes
    language: Language
    created_at: datetime


@dataclass(frozen=True, slots=True)
class _Entry:
    id: str
    channel: str
    channel_kind: str
    kind: str
    session: str | None
    state: str
    error: str | None
    attempt: int
    created_at: datetime
    sent_at: datetime | None


class NotificationService:
    """Adds, lists, removes and tries out channels."""

    def __init__(self, core: Core, delivery: Delivery, *, region: str) -> None:
        self._core = core
        self._delivery = delivery
        self._region = region

    def add(
        self, tenant: Tenant, name: str, kind: ChannelKind, target: str, language: Language
    ) -> ChannelView:
        """Add a channel. What it leads to is stored encrypted, and never shown in full again.

        Raises:
            InvalidInputError: the name, the address or the URL cannot be one.
            InvalidPhoneError: no phone number.
            ConflictError: there is a channel of that name.
        """
        name = clean_name(name, "a channel's name", MAX_NAME)
        target = _target(kind, target.strip(), self._region)
        with self._core.tenant(tenant.id) as scope:
            if name in {row.name for row in scope.tx.all(_Channel, "notifications.channels")}:
                raise ConflictError(
                    f"there is a channel {name!r} already",
                    hint=f"remove it first: waagent notify remove -t {tenant.slug} {name!r}",
                )
            row = scope.tx.one(
                _Channel,
                "notifications.add_channel",
                name=name,
                kind=kind.value,
                target=scope.cipher.encrypt(target, "notification_channels.target"),
                language=language,
            )
            assert row is not None
            return _view(scope, row)

    def remove(self, tenant: Tenant, name: str) -> None:
        """Remove a channel, and the log of what went through it.

        Raises:
            NotFoundError: there is none of that name.
        """
        with self._core.tenant(tenant.id) as scope:
            if scope.tx.run("notifications.remove_channel", name=name) == 0:
                raise _no_channel(tenant, name)

    def log(self, tenant: Tenant, *, limit: int = 50) -> list[NotificationView]:
        """The newest ``limit`` notifications, newest first."""
        with self._core.tenant(tenant.id) as scope:
            rows = scope.tx.all(_Entry, "notifications.log", limit=limit)
        return [
            NotificationView(
                id=row.id,
                channel=row.channel,
                channel_kind=ChannelKind(row.channel_kind),
                kind=NoticeKind(row.kind),
                session=row.session,
                state=NotificationState(row.state),
                error=row.error,
                attempt=row.attempt,
                created_at=row.created_at,
                sent_at=row.sent_at,
            )
            for row in rows
        ]

    def list(self, tenant: Tenant) -> list[ChannelView]:
        """The channels of a shop, by name."""
        with self._core.tenant(tenant.id) as scope:
            rows = scope.tx.all(_Channel, "notifications.channels")
            return [_view(scope, row) for row in rows]

    def test(self, tenant: Tenant, name: str, *, timeout_s: float = 60) -> None:
        """Send a test now, once, and see how it ends.

        Raises:
            NotFoundError: there is no such channel.
            NotificationError: it was not sent, or may not have been; says why.
            TimedOutError: the operator's number has not sent it in ``timeout_s``.
        """
        parcel = self._test_parcel(tenant, name)
        deadline = time.monotonic() + timeout_s
        ended = self._delivery.attempt(parcel)
        while ended.state is NotificationState.SENDING and time.monotonic() < deadline:
            time.sleep(_POLL_S)
            ended = self._delivery.attempt(parcel)
        if ended.state is NotificationState.QUEUED:  # a test is not tried again
            ended = Ended(state=NotificationState.FAILED, error=ended.error)
        self._delivery.finish(parcel, ended)
        _raise_for(name, ended, timeout_s)

    def _test_parcel(self, tenant: Tenant, name: str) -> Parcel:
        with self._core.tenant(tenant.id) as scope:
            found = scope.tx.value(
                "notifications.write_test",
                name=name,
                dedupe_key=f"test:{uuid4()}",
                within=WITHIN,
            )
            if found is None:
                raise _no_channel(tenant, name)
            row = scope.tx.one(Row, "notifications.test", notification_id=found)
            assert row is not None
            return parcel_of(scope, row, row.attempt)


def _raise_for(name: str, ended: Ended, timeout_s: float) -> None:
    error = ended.error or ""
    match ended.state:
        case NotificationState.SENT:
            return
        case NotificationState.SENDING:
            raise TimedOutError(
                f"the test to {name!r} still waits in the operator's outbox after {timeout_s:g} s",
                hint="is the operator's number connected? waagent session list",
            )
        case NotificationState.UNKNOWN:
            raise NotificationError(
                f"the test to {name!r} may or may not have been sent: {error}",
                hint="look whether it arrived, or test again",
            )
    raise NotificationError(f"the test to {name!r} was not sent: {error}", hint=_CAUSES.get(error))


def _no_channel(tenant: Tenant, name: str) -> NotFoundError:
    return NotFoundError(
        f"no channel {name!r}", hint=f"see them: waagent notify list -t {tenant.slug}"
    )


def _target(kind: ChannelKind, text: str, region: str) -> str:
    """``text`` checked and in the form that is stored. Errors never repeat a URL."""
    if len(text) > MAX_TARGET:
        raise InvalidInputError(f"a channel's target has at most {MAX_TARGET} characters")
    return _CHECKS[kind](text, region)


def _address(text: str, _region: str) -> str:
    from waagent.notify.mail import is_address

    if not is_address(text):
        raise InvalidInputError(
            f"not an e-mail address: {text[:60]!r}", hint="write it like rini@example.com"
        )
    return text


def _url(text: str, _region: str) -> str:
    from waagent.notify.push import is_usable  # takes a while to import

    if not is_usable(text):
        raise InvalidInputError(
            "apprise cannot use this URL",
            hint="see the services that apprise knows: https://github.com/caronc/apprise/wiki",
        )
    return text


_CHECKS: dict[ChannelKind, Callable[[str, str], str]] = {
    ChannelKind.EMAIL: _address,
    ChannelKind.WHATSAPP: parse_phone,
    ChannelKind.APPRISE: _url,
}


def _view(scope: Scope, row: _Channel) -> ChannelView:
    target = scope.cipher.decrypt(row.target_enc, "notification_channels.target")
    kind = ChannelKind(row.kind)
    return ChannelView(
        id=row.id,
        name=row.name,
        kind=kind,
        target=_masked(kind, target),
        language=row.language,
        created_at=row.created_at,
    )


def _masked(kind: ChannelKind, target: str) -> str:
    match kind:
        case ChannelKind.EMAIL:
            return mask_address(target)
        case ChannelKind.WHATSAPP:
            return mask_phone(format_e164(target)) or ""
    return f"{target.partition('://')[0]}://…"
