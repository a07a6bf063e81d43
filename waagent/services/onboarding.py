"""Linking a number, for whoever waits for it (the worker has :mod:`waagent.services.pairings`).

The two meet in a Redis stream for what is shown, and in the session's row for what is true. A
pairing that is not scanned leaves the session as it was.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from threading import Event
from uuid import uuid4

from redis import Redis

from waagent.domain.sessions import SessionState
from waagent.domain.views import ConnectEvent, Tenant
from waagent.errors import BackendError, ConflictError, RefusedError, WaagentError
from waagent.phones import parse_phone
from waagent.queueing import names
from waagent.queueing.jobs import JobQueue
from waagent.queueing.pairing import PairingChannel
from waagent.services.core import Core, Scope
from waagent.services.ids import clean_name
from waagent.services.pairings import (
    LINKED_ALREADY,
    NumberRefusedError,
    check_number,
    seal_number,
)

_POLL_S = 0.3
_GIVEN_UP = [
    state.value
    for state in (SessionState.REPLACED, SessionState.OUTDATED, SessionState.BANNED_UNTIL)
]
_ENDS = frozenset({"expired", "refused", "passkey_required"})
MAX_NAME = 60

START_S = 90.0
"""For the first code to come: a free pairing worker, and WhatsApp's answer."""


@dataclass(frozen=True, slots=True)
class _Session:
    id: str
    state: str
    paired: bool
    phone_index: bytes | None
    created: bool


@dataclass(frozen=True, slots=True)
class _Wanted:
    """How it is to be linked: ``phone`` (digits) by a code to type, or whoever scans the QR."""

    timeout_s: float
    phone: str | None
    change_number: bool
    stop: Event


@dataclass(frozen=True, slots=True)
class _State:
    state: str
    reason: str | None
    phone_enc: bytes | None


class OnboardingService:
    """Links a shop's number, as seen by whoever waits for it."""

    def __init__(
        self, core: Core, redis: Redis, jobs: JobQueue, *, region: str, start_s: float = START_S
    ) -> None:
        self._core = core
        self._start_s = start_s
        self._region = region
        self._redis = redis
        self._jobs = jobs

    def connect(
        self,
        tenant: Tenant,
        *,
        session: str = "main",
        timeout_s: float = 120,
        phone: str | None = None,
        change_number: bool = False,
        actor: str | None = None,
        stop: Event | None = None,
    ) -> Iterator[ConnectEvent]:
        """The steps of linking, up to ``connected`` or an event that ends it without.

        With ``phone``, as people write numbers, a code to type is shown instead of a QR. A session
        that was linked before takes the same number again; another one with ``change_number``.
        Closing the iterator gives the pairing up. A session that is linked already is only
        waited for. Setting ``stop``, from another thread, ends the iterator within half a second;
        a session that was made for this pairing is then gone again. Audited where there is an
        ``actor``. ``timeout_s`` is what the phone is given, from the first code on, and then what
        connecting is given: what waagent itself needs to begin is not taken from it.

        Raises:
            InvalidInputError: the session's name is none, or ``phone``.
            ConflictError: it is connected already, or the number is not one for this session.
            RefusedError: WhatsApp has banned the number for a while, or the session is suspended.
            BackendError: no pairing worker runs, or PostgreSQL or Redis cannot be used.
        """
        digits = parse_phone(phone, self._region) if phone is not None else None
        wanted = _Wanted(timeout_s, digits, change_number, stop or Event())
        session = clean_name(session, "a session's name", MAX_NAME)
        with self._core.tenant(tenant.id) as scope:
            found = scope.tx.one(_Session, "sessions.ensure", name=session)
            assert found is not None
            _check_state(tenant, session, found)
            if digits is not None:
                _check_phone(scope, session, found, wanted)
            if actor is not None:
                scope.tx.run("audit.note", actor=actor, action="session.connect", subject=found.id)
        if found.paired:
            self._unpark(tenant, found)
        else:
            paired = yield from self._pair(tenant, found, wanted)
            if not paired:
                return
        ended = self._await_connected(tenant, found.id, session, wanted)
        if ended is not None:
            yield ended

    def current_code(self, tenant: Tenant, session: str = "main") -> str | None:
        """What the QR that is being shown for a session holds; None while none is."""
        with self._core.tenant(tenant.id) as scope:
            pairing_id = scope.tx.value("sessions.current_pairing", name=session)
        if pairing_id is None:
            return None
        return PairingChannel(self._redis, tenant.id, str(pairing_id)).latest_code()

    def _unpark(self, tenant: Tenant, session: _Session) -> None:
        """Let the hosts have a linked number again that they had given up."""
        with self._core.tenant(tenant.id) as scope:
            if scope.tx.run("sessions.unpark", session_id=session.id, parked=_GIVEN_UP):
                scope.tx.run("leases.probe_now")
            row = scope.tx.one(_State, "sessions.state", session_id=session.id)
            scope.changed("session", session.id)
        if row is not None and row.state == SessionState.BANNED_UNTIL:
            raise RefusedError(
                "WhatsApp has banned this number for a while",
                hint="wait until the ban is over; waagent then connects it by itself",
            )

    def _pair(
        self, tenant: Tenant, session: _Session, wanted: _Wanted
    ) -> Generator[ConnectEvent, None, bool]:
        if self._jobs.workers(names.PAIRING) == 0:
            raise BackendError(
                "no pairing worker is running",
                hint="start waagent: waagent up (or a worker alone: waagent worker pairing)",
            )
        pairing_id = str(uuid4())
        sealed = self._begin(tenant, session, pairing_id, wanted.phone)
        channel = PairingChannel(self._redis, tenant.id, pairing_id)
        finished = False
        scan_s = max(1, round(wanted.timeout_s))
        try:
            self._jobs.enqueue(
                names.PAIRING,
                names.PAIR_SESSION,
                tenant.id,
                session.id,
                pairing_id,
                scan_s,
                sealed,
                int(wanted.change_number),
                timeout_s=round(self._start_s) + scan_s + 120,
            )
            shown, deadline = False, time.monotonic() + self._start_s
            for event in channel.read(block_ms=round(_POLL_S * 1000)):
                if event is not None:
                    finished = event.event == "paired" or event.event in _ENDS
                    yield event
                    if finished:
                        return event.event == "paired"
                    if not shown:
                        shown, deadline = True, time.monotonic() + wanted.timeout_s
                elif wanted.stop.is_set():
                    return False
                elif time.monotonic() >= deadline:
                    yield ConnectEvent(event="expired", reason=_unused(wanted, shown=shown))
                    return False
        finally:
            if not finished:
                self._give_up(tenant, session, pairing_id, channel, forget=wanted.stop.is_set())
        return False

    def _begin(self, tenant: Tenant, session: _Session, pairing_id: str, phone: str | None) -> str:
        """Take the session for the pairing; the number as the job may know it."""
        with self._core.tenant(tenant.id) as scope:
            rows = scope.tx.run(
                "sessions.begin_pairing", session_id=session.id, pairing_id=pairing_id
            )
            scope.changed("session", session.id)
            sealed = seal_number(scope, phone) if phone is not None else ""
        if rows == 0:
            raise ConflictError(
                "the session was linked or suspended a moment ago", hint="see: waagent session list"
            )
        return sealed

    def _give_up(
        self,
        tenant: Tenant,
        session: _Session,
        pairing_id: str,
        channel: PairingChannel,
        *,
        forget: bool,
    ) -> None:
        # Whatever ended the wait is what the caller should hear of, not a failure to tidy up.
        with suppress(WaagentError):
            channel.cancel()
            with self._core.tenant(tenant.id) as scope:
                scope.tx.run(
                    "sessions.pairing_ended",
                    session_id=session.id,
                    pairing_id=pairing_id,
                    reason="given_up",
                )
                if forget and session.created:
                    scope.tx.run("sessions.forget", session_id=session.id)
                scope.changed("session", session.id)

    def _await_connected(
        self, tenant: Tenant, session_id: str, name: str, wanted: _Wanted
    ) -> ConnectEvent | None:
        deadline = time.monotonic() + wanted.timeout_s
        while not wanted.stop.is_set():
            with self._core.tenant(tenant.id) as scope:
                row = scope.tx.one(_State, "sessions.state", session_id=session_id)
                phone = scope.phone(row.phone_enc, "sessions.phone") if row else None
            if row is not None and row.state == SessionState.CONNECTED:
                return ConnectEvent(event="connected", phone=phone, session=name)
            if row is not None and row.state == SessionState.LOGGED_OUT:
                return ConnectEvent(event="refused", reason=row.reason or "logged_out")
            if time.monotonic() >= deadline:
                return ConnectEvent(event="expired", reason="not_connected")
            wanted.stop.wait(_POLL_S)
        return None


def _unused(wanted: _Wanted, *, shown: bool) -> str:
    """Why the time for a code is over: it was not used, or none could be shown."""
    if not shown:
        return "not_started"
    return "not_entered" if wanted.phone else "not_scanned"


def _check_state(tenant: Tenant, name: str, session: _Session) -> None:
    if session.state == SessionState.CONNECTED:
        raise ConflictError(
            f"the session {name!r} is connected already", hint="see: waagent session list"
        )
    if session.state == SessionState.SUSPENDED:
        raise RefusedError(
            f"the session {name!r} is suspended",
            hint=f"let it go on first: waagent session resume {name} -t {tenant.slug}",
        )


def _check_phone(scope: Scope, name: str, session: _Session, wanted: _Wanted) -> None:
    """See that the number may be linked here, before its owner is asked to."""
    assert wanted.phone is not None
    index = scope.cipher.index("phone", wanted.phone)
    if session.paired and bytes(session.phone_index or b"") != index:
        raise ConflictError(
            f"another number is linked to the session {name!r}",
            hint="remove waagent there (WhatsApp > Linked devices), or link this one as another "
            "session: --session NAME",
        )
    try:
        check_number(scope, session.id, index, change_number=wanted.change_number)
    except NumberRefusedError as refused:
        if refused.reason == LINKED_ALREADY:
            raise ConflictError(
                "another session of this shop has that number", hint="see: waagent session list"
            ) from None
        raise ConflictError(
            f"the session {name!r} had another number before",
            hint="to go on with this one and keep the conversations: --change-number; or link it "
            "as another session: --session NAME",
        ) from None
