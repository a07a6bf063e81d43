"""A message that a person refers to: to answer it, change it, or say what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from waagent.errors import NotFoundError, NotPairedError
from waagent.services.core import Scope
from waagent.services.ids import require_id


@dataclass(frozen=True, slots=True)
class Target:
    """``outbox_state`` is that of its send; None for what did not come from the outbox."""

    id: str
    conversation_id: str
    session_id: str
    from_me: bool
    origin: str
    kind: str
    state: str
    at: datetime
    wa_message_id: str | None
    revoked: bool
    outbox_state: str | None
    paired: bool


def find_target(scope: Scope, message_id: str) -> Target:
    """The message, which no host can begin to send before this transaction ends.

    Raises:
        NotFoundError: the shop has no such message.
    """
    wanted = require_id(message_id, "message")
    scope.tx.column("outbox.lock", message_id=wanted)
    target = scope.tx.one(Target, "outbox.target", message_id=wanted)
    if target is None:
        raise NotFoundError(
            f"no message {wanted} in this shop", hint="see: waagent message list --json"
        )
    return target


def require_linked(paired: bool) -> None:
    """Raises NotPairedError unless the number is linked."""
    if not paired:
        raise NotPairedError(
            "the shop's number is not linked", hint="link it: waagent connect SHOP"
        )
