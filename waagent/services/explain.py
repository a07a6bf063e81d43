"""Why a number is in its state, and what its owner does now, in plain words."""

from __future__ import annotations

from waagent.domain.views import SessionView
from waagent.i18n import Language, keys, t

FROZEN = "frozen"
"""Not a state of a session, but explained like one: its reasons are those of a freeze."""


def explain(
    state: str,
    reason: str | None = None,
    language: Language | None = None,
    *,
    shop: str = "SHOP",
    session: str = "main",
) -> tuple[str, str]:
    """Why, and what to do; both a sentence or two, never empty for a state that exists.

    ``state`` is a session's, or :data:`FROZEN`. ``reason`` is the session's reason, detail or
    freeze reason; one without a sentence of its own gets that of the state. ``shop`` (a slug) and
    ``session`` (a name) stand in the commands.

    Raises:
        KeyError: there is no such state.
    """
    command = f"waagent connect {shop}"
    if session != "main":
        command += f" --session {session}"
    why, todo = (_key(f"session.{part}.{state}", reason) for part in ("why", "todo"))
    return (
        t(why, language=language),
        t(todo, language=language, connect=command, shop=shop),
    )


def explain_session(session: SessionView, language: Language | None = None) -> tuple[str, str]:
    """The same of a session as it is shown."""
    return explain(
        session.state,
        session.detail or session.reason,
        language,
        shop=session.tenant,
        session=session.name,
    )


def _key(base: str, reason: str | None) -> str:
    own = f"{base}.{reason}"
    return own if reason and own in keys() else base
