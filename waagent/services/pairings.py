"""The pairing worker's side of linking a number: what is true of it stands in the session's row."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import timedelta

from redis import Redis

from waagent.errors import ConflictError, EndpointError
from waagent.queueing.pairing import PairingChannel
from waagent.services.core import Core, Scope
from waagent.services.leases import Lease

HANDOVER = timedelta(seconds=60)
"""How long a pairing may take from the scan until a host may take the session."""

LINKED_ALREADY = "number_linked_already"
OTHER_NUMBER = "another_number"
NOT_THE_NUMBER = "not_the_number"

_COLUMN = "pairing.phone"
_SAME_END = 8


class NumberRefusedError(ConflictError):
    """A number was linked that does not belong there; ``reason`` is one of the above."""

    def __init__(self, reason: str) -> None:
        super().__init__("this number does not belong there")
        self.reason = reason


def seal_number(scope: Scope, phone: str) -> str:
    """A number for the arguments of a job: nobody who looks into Redis can read it."""
    return base64.b64encode(scope.cipher.encrypt(phone, _COLUMN)).decode()


def same_number(asked: str, linked: str) -> bool:
    """Whether two numbers (digits) are one. Some countries write theirs in two ways, of which
    WhatsApp keeps one: they differ in the middle.
    """
    return (asked[:2], asked[-_SAME_END:]) == (linked[:2], linked[-_SAME_END:])


@dataclass(slots=True)
class PairingService:
    """What a pairing comes to, one step after the other."""

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

    def number(self, tenant_id: str, sealed: str) -> str | None:
        """The digits that :func:`seal_number` made unreadable; None for none."""
        if not sealed:
            return None
        with self.core.tenant(tenant_id) as scope:
            return scope.cipher.decrypt(base64.b64decode(sealed), _COLUMN)

    def shows(self, tenant_id: str, session_id: str, pairing_id: str, detail: str) -> None:
        """What the pairing has come to: ``qr``, ``code`` or ``passkey_required``."""
        with self.core.tenant(tenant_id) as scope:
            rows = scope.tx.run(
                "sessions.pairing_shows",
                session_id=session_id,
                pairing_id=pairing_id,
                detail=detail,
            )
            if rows:
                scope.changed("session", session_id)

    def paired(
        self,
        tenant_id: str,
        session_id: str,
        pairing_id: str,
        jid: str,
        lid: str | None,
        *,
        asked: str | None = None,
        change_number: bool = False,
    ) -> Lease | None:
        """Keep the credentials, under a lease, so that no host connects the number as well.

        ``asked`` (digits) is the number a code was asked for. None when the session does not wait
        for this pairing any more.

        Raises:
            NumberRefusedError: another session of the shop has that number; it is not the one asked
                for; or, without ``change_number``, not the one the session had before.
            ConflictError: a host has the session.
        """
        phone = jid.split("@", 1)[0].split(":", 1)[0].split(".", 1)[0]
        if asked is not None and not same_number(asked, phone):
            raise NumberRefusedError(NOT_THE_NUMBER)
        with self.core.tenant(tenant_id) as scope:
            index = scope.cipher.index("phone", phone)
            check_number(scope, session_id, index, change_number=change_number)
            rows = scope.tx.run(
                "sessions.paired",
                session_id=session_id,
                pairing_id=pairing_id,
                jid=scope.cipher.encrypt(jid, "sessions.jid"),
                lid=scope.cipher.encrypt_or_none(lid, "sessions.lid"),
                phone=scope.cipher.encrypt(phone, "sessions.phone"),
                phone_index=index,
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


def check_number(scope: Scope, session_id: str, index: bytes, *, change_number: bool) -> None:
    """See that a number may be linked to a session; ``index`` is its blind index.

    Only the shop's own sessions are looked at: the indexes of two shops have different keys.

    Raises:
        NumberRefusedError: another session has it, or the session had another one before.
    """
    elsewhere = scope.tx.value(
        "sessions.number_elsewhere", session_id=session_id, phone_index=index
    )
    if elsewhere is not None:
        raise NumberRefusedError(LINKED_ALREADY)
    before = scope.tx.value("sessions.number_before", session_id=session_id)
    if before is not None and bytes(before) != index and not change_number:
        raise NumberRefusedError(OTHER_NUMBER)


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
