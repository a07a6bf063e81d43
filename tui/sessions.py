"""What a session's state means for the shop: is it well, and what is to be done if not. Pure."""

from __future__ import annotations

import shlex

from tui.safe import one_line
from tui.strings import t
from waagent.domain.sessions import SessionState
from waagent.domain.views import SessionView, Tenant

_CALM = frozenset({SessionState.CONNECTED, SessionState.CONNECTING})
_STEPS: dict[SessionState, str] = {
    SessionState.NEW: "relink",
    SessionState.LOGGED_OUT: "relink",
    SessionState.PAIRING: "pairing",
    SessionState.DISCONNECTED: "wait",
    SessionState.DEGRADED: "degraded",
    SessionState.BANNED_UNTIL: "banned",
    SessionState.REPLACED: "replaced",
    SessionState.OUTDATED: "outdated",
    SessionState.SUSPENDED: "suspended",
}


def is_healthy(session: SessionView) -> bool:
    """Whether nobody has to do anything: connected, or on its way, and held by a host."""
    return session.state in _CALM and session.owner is not None


def style_of(session: SessionView) -> str:
    """The colour of a session's state; its word always stands beside it."""
    if is_healthy(session):
        return "$text-success" if session.state is SessionState.CONNECTED else "$text-warning"
    mild = (SessionState.DEGRADED, SessionState.PAIRING, SessionState.CONNECTED)
    return "$text-warning" if session.state in mild else "$text-error"


def command(tenant: Tenant, session: str | None = None) -> str:
    """The command that links a number of ``tenant``."""
    name = one_line(session) if session and session != "main" else None
    return " ".join(
        ["waagent connect", tenant.slug, *(["--session", shlex.quote(name)] if name else [])]
    )


def next_step(session: SessionView, tenant: Tenant) -> str:
    """What to do about a session that is not well; empty if it is."""
    if is_healthy(session):
        return ""
    step = _STEPS.get(session.state, "no_owner")
    return t(f"session.next.{step}", command=command(tenant, session.name))
