"""What a session's state means for the shop: is it well, and what is to be done if not. Pure.

A state has a symbol and a word besides its colour, so that nobody needs to tell colours apart.
"""

from __future__ import annotations

import shlex

from tui.safe import one_line
from tui.strings import language, t
from waagent.domain.sessions import SessionState
from waagent.domain.views import SessionView, Tenant
from waagent.services.explain import explain_session

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
_DETAILS = frozenset({"code", "passkey_required"})
_SYMBOLS: dict[SessionState, str] = {
    SessionState.CONNECTED: "●",
    SessionState.CONNECTING: "◐",
    SessionState.PAIRING: "◐",
    SessionState.NEW: "○",
    SessionState.SUSPENDED: "○",
}
_TROUBLE = "▲"
_UNLINKED = frozenset(
    {
        SessionState.NEW,
        SessionState.PAIRING,
        SessionState.LOGGED_OUT,
        SessionState.REPLACED,
        SessionState.OUTDATED,
    }
)


def is_healthy(session: SessionView) -> bool:
    """Whether nobody has to do anything: connected, or on its way, and held by a host."""
    return session.state in _CALM and session.owner is not None


def needs_linking(session: SessionView) -> bool:
    """Whether linking it (again) is what a person can do about it."""
    return session.state in _UNLINKED


def symbol_of(session: SessionView) -> str:
    """The symbol of a session's state: full when connected, half on its way, a warning else."""
    lost = session.state is SessionState.CONNECTED and session.owner is None
    asked = session.detail == "passkey_required"
    return _TROUBLE if lost or asked else _SYMBOLS.get(session.state, _TROUBLE)


def word_of(session: SessionView) -> str:
    """The state in a word or two; of a pairing, what it waits for."""
    if session.state is SessionState.PAIRING and session.detail in _DETAILS:
        return t(f"session.pairing.{session.detail}")
    return t(f"session.{session.state}")


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
    """What to do about a session that is not well, in a line; empty if it is."""
    if is_healthy(session):
        return ""
    step = _STEPS.get(session.state, "no_owner")
    if session.state is SessionState.PAIRING and session.detail in _DETAILS:
        step = session.detail or step
    return t(f"session.next.{step}", command=command(tenant, session.name))


def full_story(session: SessionView, tenant: Tenant) -> str:
    """Why a session is not well, and what to do, in sentences; empty if it is."""
    if is_healthy(session) or session.state in _CALM:
        return next_step(session, tenant)
    return " ".join(one_line(part) for part in explain_session(session, language()))
