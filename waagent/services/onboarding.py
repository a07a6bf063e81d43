"""Linking a number: the shop's side (``connect``) and the pairing worker's (``PairingService``).

The two meet in a Redis stream for what is shown, and in the session's row for what is true. A
pairing that is not scanned leaves the session as it was.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from redis import Redis

from waagent.domain.sessions import SessionState
from waagent.domain.views import ConnectEvent, Tenant
from waagent.errors import BackendError, ConflictError, EndpointError, RefusedError, WaagentError
from waagent.queueing import names
from waagent.queueing.jobs import JobQueue
from waagent.queueing.pairing import PairingChannel
from waagent.services.core import Core
from waagent.services.ids import clean_name
from waagent.services.leases import Lease

_POLL_S = 0.3
_GIVEN_UP = [
    state.value
    for state in (SessionState.REPLACED, SessionState.OUTDATED, SessionState.BANNED_UNTIL)
]
_ENDS = frozenset({"expired", "refused", "passkey_required"})
MAX_NAME = 60
HANDOVER = timedelta(seconds=60)
"""How long a pairing may take from the scan until a host may take the session."""


@dataclass(frozen=True, slots=True)
class _Session:
    id: str
    state: str
    paired: bool
    desired: str


@dataclass(frozen=True, slots=True)
class _State:
    state: str
    reason: str | None
    phone_enc: bytes | None


class OnboardingService:
    """Links a shop's number, as seen by whoever waits for it."""

    def __init__(self, core: Core, redis: Redis, jobs: JobQueue) -> None:
        self._core = core
        self._redis = redis
        self._jobs = jobs

    def connect(
        self, tenant: Tenant, *, session: str = "main", timeout_s: float = 120
    ) -> Iterator[ConnectEvent]:
        """The steps of linking, up to ``connected`` or an event that ends it without.

        Closing the iterator gives the pairing up. A session that is linked already is only
        waited for.

        Raises:
            InvalidInputError: the session's name is none.
            ConflictError: it is connected already.
            RefusedError: WhatsApp has banned the number for a while.
            BackendError: no pairing worker runs, or PostgreSQL or Redis cannot be used.
        """
        deadline = time.monotonic() + timeout_s
        session = clean_name(session, "a session's name", MAX_NAME)
        with self._core.tenant(tenant.id) as scope:
            found = scope.tx.one(_Session, "sessions.ensure", name=session)
        assert found is not None
        if found.state == SessionState.CONNECTED:
            raise ConflictError(
                f"the session {session!r} is connected already", hint="see: waagent session list"
            )
        if found.paired:
            self._unpark(tenant, found)
        else:
            paired = yield from self._pair(tenant, found, deadline)
            if not paired:
                return
        yield self._await_connected(tenant, found.id, session, deadline)

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
            scope.tx.run("sessions.unpark", session_id=session.id, parked=_GIVEN_UP)
            row = scope.tx.one(_State, "sessions.state", session_id=session.id)
            scope.changed("session", session.id)
        if row is not None and row.state == SessionState.BANNED_UNTIL:
            raise RefusedError(
                "WhatsApp has banned this number for a while",
                hint="wait until the ban is over; waagent then connects it by itself",
            )

    def _pair(
        self, tenant: Tenant, session: _Session, deadline: float
    ) -> Generator[ConnectEvent, None, bool]:
        if self._jobs.workers(names.PAIRING) == 0:
            raise BackendError(
                "no pairing worker is running",
                hint="start waagent: waagent up (or a worker alone: waagent worker pairing)",
            )
        pairing_id = str(uuid4())
        self._begin(tenant, session, pairing_id)
        channel = PairingChannel(self._redis, tenant.id, pairing_id)
        finished = False
        try:
            self._jobs.enqueue(
                names.PAIRING,
                names.PAIR_SESSION,
                tenant.id,
                session.id,
                pairing_id,
                max(1, round(deadline - time.monotonic())),
                timeout_s=round(deadline - time.monotonic()) + 120,
            )
            for event in channel.read(block_ms=round(_POLL_S * 1000)):
                if event is not None:
                    finished = event.event == "paired" or event.event in _ENDS
                    yield event
                    if finished:
                        return event.event == "paired"
                elif time.monotonic() >= deadline:
                    yield ConnectEvent(event="expired", reason="not_scanned")
                    return False
        finally:
            if not finished:
                self._give_up(tenant, session.id, pairing_id, channel)
        return False

    def _begin(self, tenant: Tenant, session: _Session, pairing_id: str) -> None:
        with self._core.tenant(tenant.id) as scope:
            rows = scope.tx.run(
                "sessions.begin_pairing", session_id=session.id, pairing_id=pairing_id
            )
            scope.changed("session", session.id)
        if rows == 0:
            raise ConflictError(
                "the session was linked a moment ago", hint="see: waagent session list"
            )

    def _give_up(
        self, tenant: Tenant, session_id: str, pairing_id: str, channel: PairingChannel
    ) -> None:
        # Whatever ended the wait is what the caller should hear of, not a failure to tidy up.
        with suppress(WaagentError):
            channel.cancel()
            with self._core.tenant(tenant.id) as scope:
                scope.tx.run(
                    "sessions.pairing_ended",
                    session_id=session_id,
                    pairing_id=pairing_id,
                    reason="given_up",
                )
                scope.changed("session", session_id)

    def _await_connected(
        self, tenant: Tenant, session_id: str, name: str, deadline: float
    ) -> ConnectEvent:
        while True:
            with self._core.tenant(tenant.id) as scope:
                row = scope.tx.one(_State, "sessions.state", session_id=session_id)
                phone = scope.phone(row.phone_enc, "sessions.phone") if row else None
            if row is not None and row.state == SessionState.CONNECTED:
                return ConnectEvent(event="connected", phone=phone, session=name)
            if row is not None and row.state == SessionState.LOGGED_OUT:
                return ConnectEvent(event="refused", reason=row.reason or "logged_out")
            if time.monotonic() >= deadline:
                return ConnectEvent(event="expired", reason="not_connected")
            time.sleep(_POLL_S)


@dataclass(slots=True)
class PairingService:
    """The pairing worker's side."""

    core: Core
    redis: Redis
    sandbox: bool

    def channel(self, tenant_id: str, pairing_id: str) -> PairingChannel:
        """Where the pairing's events go."""
        return PairingChannel(self.redis, tenant_id, pairing_id)

    def check_whatsapp(self, tenant_id: str) -> None:
        """See that this database is not one of the other WhatsApp, and keep it so.

        Raises:
            EndpointError: it is.
        """
        claim_whatsapp(self.core, tenant_id, sandbox=self.sandbox)

    def is_current(self, tenant_id: str, session_id: str, pairing_id: str) -> bool:
        """Whether the session still waits for this pairing."""
        with self.core.tenant(tenant_id) as scope:
            return bool(
                scope.tx.value(
                    "sessions.pairing_is_current", session_id=session_id, pairing_id=pairing_id
                )
            )

    def paired(
        self, tenant_id: str, session_id: str, pairing_id: str, jid: str, lid: str | None
    ) -> Lease | None:
        """Keep the credentials, under a lease, so that no host connects the number as well.

        None when the session does not wait for this pairing any more.

        Raises:
            ConflictError: another session of the shop has that number, or a host the session.
        """
        phone = jid.split("@", 1)[0].split(":", 1)[0].split(".", 1)[0]
        with self.core.tenant(tenant_id) as scope:
            rows = scope.tx.run(
                "sessions.paired",
                session_id=session_id,
                pairing_id=pairing_id,
                jid=scope.cipher.encrypt(jid, "sessions.jid"),
                lid=scope.cipher.encrypt_or_none(lid, "sessions.lid"),
                phone=scope.cipher.encrypt(phone, "sessions.phone"),
                phone_index=scope.cipher.index("phone", phone),
            )
            if rows == 0:
                return None  # and no lease is left behind in the way of the pairing that counts
            epoch = scope.tx.value(
                "leases.take",
                session_id=session_id,
                owner=f"pairing-{pairing_id}",
                ttl=HANDOVER,
            )
            if epoch is None:
                raise ConflictError("the session is still in the hands of a host")
            scope.changed("session", session_id)
        return Lease(session_id, tenant_id, epoch)

    def ended(self, tenant_id: str, session_id: str, pairing_id: str, reason: str) -> None:
        """The session is as it was before."""
        with self.core.tenant(tenant_id) as scope:
            scope.tx.run(
                "sessions.pairing_ended",
                session_id=session_id,
                pairing_id=pairing_id,
                reason=reason,
            )
            scope.changed("session", session_id)


def claim_whatsapp(core: Core, tenant_id: str, *, sandbox: bool) -> None:
    """Tie the database to the real WhatsApp or to a sandbox; the first to come decides.

    Raises:
        EndpointError: it is tied to the other one.
    """
    wanted = "sandbox" if sandbox else "live"
    with core.tenant(tenant_id) as scope:
        if scope.tx.run("instance.claim_whatsapp", whatsapp=wanted):
            return
    raise other_whatsapp(sandbox=sandbox)


def other_whatsapp(*, sandbox: bool) -> EndpointError:
    """The error for a database of the other WhatsApp; ``sandbox`` says which one was wanted."""
    if sandbox:
        return EndpointError(
            "this database holds real WhatsApp numbers: it is not used with a sandbox",
            hint="use another WAAGENT_HOME or database for the sandbox",
        )
    return EndpointError(
        "this database holds sandbox numbers: it is not used with the real WhatsApp",
        hint="use another WAAGENT_HOME or database, or set WAAGENT_WHATSAPP_ENDPOINT",
    )
