"""Transmits what was claimed, once, and writes how that ended."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import structlog

from waagent.domain.messages import Origin
from waagent.domain.outbox import OutboxAction
from waagent.domain.pacing import Hold, Permit, Refuse
from waagent.errors import BackendError, WaagentError
from waagent.services.claims import Claim, Pace, Waiting
from waagent.services.outbox import OutboxService
from waagent.whatsapp.errors import NotConnected, SendError, SendRefused

if TYPE_CHECKING:
    from workers.sender import Gateway, Pacing

log = structlog.get_logger(__name__)

POLL_S = 1.0
TOO_FAST = "429"
"""WhatsApp's only refusal that passes by itself."""
TOO_COLD = "463"
"""Its lock on writing to people who did not write first. A follow-up waits until it is over."""
SLOWER = timedelta(seconds=10)
SLOWEST = timedelta(minutes=10)

End = Callable[[], None]


class Transmission:
    """``permit`` asks the pacing service anew; ``stop`` is set when this host drains."""

    def __init__(
        self,
        outbox: OutboxService,
        gateway: Gateway,
        permit: Callable[[Waiting, Pace], Permit | Hold | Refuse],
        pacing: Pacing,
        stop: threading.Event,
    ) -> None:
        self._outbox = outbox
        self._gateway = gateway
        self._permit = permit
        self._pacing = pacing
        self._stop = stop

    def run(self, waiting: Waiting, pace: Pace, claim: Claim) -> None:
        """Transmit it, and write the end of it as soon as PostgreSQL lets us.

        What cannot be written before this host goes is settled by the next tick.
        """
        write = self._transmit(waiting, pace, claim)
        while True:
            try:
                write()
                return
            except BackendError as error:
                log.warning("outbox.unwritten", session=waiting.session_id, error=error.code)
                if self._stop.wait(POLL_S):
                    return

    def _transmit(self, waiting: Waiting, pace: Pace, claim: Claim) -> End:
        """Send; how it ended, as what is to be written of it."""
        try:
            claim = self._outbox.with_file(claim)
        except BackendError as error:
            return partial(self._outbox.not_sent, claim, error.code)
        except Exception as error:
            log.error("message.file_missing", error=type(error).__name__, **_ids(waiting))
            return partial(self._outbox.refused, claim, "file_missing")
        try:
            sent = self._gateway.send(waiting.session_id, claim.chat_jid, claim.outgoing)
        except SendError as error:
            return self._not_acknowledged(waiting, pace, claim, error)
        except WaagentError as error:
            log.warning("message.not_sendable", error=error.code, **_ids(waiting))
            return partial(self._outbox.refused, claim, error.code)
        except Exception:
            log.exception("message.unexpected", **_ids(waiting))
            return partial(self._outbox.uncertain, claim, "unexpected")
        log.info("message.sent", action=claim.action.value, **_ids(waiting))
        return partial(self._outbox.sent, claim, sent)

    def _not_acknowledged(
        self, waiting: Waiting, pace: Pace, claim: Claim, error: SendError
    ) -> End:
        reason = error.code or error.reason
        log.warning(
            "message.not_acknowledged",
            action=claim.action.value,
            kind=type(error).__name__,
            reason=reason,
            **_ids(waiting),
        )
        if isinstance(error, SendRefused):
            return partial(self._refused, waiting, pace, claim, reason)
        if isinstance(error, NotConnected):
            return partial(self._outbox.not_sent, claim, reason)
        return partial(self._outbox.uncertain, claim, reason)

    def _refused(self, waiting: Waiting, pace: Pace, claim: Claim, code: str) -> None:
        """Slow down if WhatsApp says so, and write what becomes of this one."""
        if code.isdigit():
            self._pacing.refused(waiting.tenant_id, waiting.session_id, code)
        if code == TOO_FAST:
            rest = min(SLOWER * 2 ** min(claim.attempt - 1, 10), SLOWEST)
            self._outbox.not_sent(claim, code, until=datetime.now(UTC) + rest, held="too_fast")
            return
        cold = claim.origin is Origin.FOLLOW_UP and claim.action is OutboxAction.SEND
        answer = self._permit(waiting, pace) if code == TOO_COLD and cold else None
        if isinstance(answer, Hold):
            self._outbox.not_sent(claim, code, until=answer.until, held=answer.reason)
        else:
            self._outbox.refused(claim, code)


def _ids(waiting: Waiting) -> dict[str, str]:
    return {
        "tenant": waiting.tenant_id,
        "session": waiting.session_id,
        "message": waiting.message_id,
    }
