"""Writes docs/reference/session-states.md from the code. Run it after changing a state or words.

What comes of each event is asked of the code; only how a state comes about is said here in words.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from waagent.domain.health import Limits
from waagent.domain.sessions import (
    FREEZE_AFTER_BAN,
    LONGEST_PAUSE,
    PARKED,
    REPLACED_MOST,
    REPLACED_PAUSE,
    Action,
    SessionEvent,
    SessionEventKind,
    SessionState,
    react,
)
from waagent.i18n import Language, keys
from waagent.services.explain import explain
from waagent.services.leases import PROBE_EVERY
from waagent.services.ticks import PAIRING_ABANDONED_AFTER

LANGUAGES: tuple[Language, ...] = ("id", "en")
TARGET = Path(__file__).resolve().parents[1] / "docs" / "reference" / "session-states.md"

_S = SessionState
_LIMITS = Limits()


def _minutes(span: timedelta) -> str:
    return f"{span.total_seconds() / 60:g} minutes"


COMES: dict[SessionState, tuple[str, str]] = {
    _S.NEW: (
        "nothing: `waagent connect` has made the session, and it was not linked",
        "waits for `waagent connect`",
    ),
    _S.PAIRING: (
        "it waits for the owner's phone. `detail`: `qr` or `code` once one is shown, "
        "`passkey_required` when WhatsApp demands one",
        "shows each new code; takes the pairing back when the command ends. A demand for a passkey "
        f"is shown for {_minutes(PAIRING_ABANDONED_AFTER)}, or until the next `waagent connect`",
    ),
    _S.CONNECTING: (
        "nothing yet: a host has started the client",
        f"starts it anew after {_LIMITS.connect:g} s, with growing pauses",
    ),
    _S.CONNECTED: (
        "the login succeeded",
        "sends and receives; asks for a sign of life every minute or two",
    ),
    _S.DEGRADED: (
        "a keepalive was not answered",
        f"sends nothing; connects anew after {_LIMITS.degraded:g} s",
    ),
    _S.DISCONNECTED: (
        "the connection closed, or a login failed (500, 503, …), or no host has it",
        f"tries again, with growing pauses up to {_minutes(LONGEST_PAUSE)}; another host takes it "
        "if its own died",
    ),
    _S.LOGGED_OUT: (
        "401, 403, 406 or `device_removed`: the link is gone",
        "stops. `waagent connect` links the same session again and keeps all data; another number "
        "only with `--change-number`",
    ),
    _S.BANNED_UNTIL: (
        "402 with a code (101 to 106) and how long",
        "stops until then and connects again by itself; for "
        f"{FREEZE_AFTER_BAN.total_seconds() / 3600:g} h more nothing goes out unasked",
    ),
    _S.REPLACED: (
        "another client took the device's place",
        f"takes it back after {REPLACED_PAUSE.total_seconds():g} s and more, if that happened less "
        f"than {REPLACED_MOST} times in a row; then it waits for `waagent connect`",
    ),
    _S.OUTDATED: (
        "405: WhatsApp refuses this version",
        f"no host starts anything but one session every {_minutes(PROBE_EVERY)}, or at "
        "`waagent connect`",
    ),
    _S.SUSPENDED: (
        "nothing: an operator ran `waagent session suspend`",
        "disconnects within seconds, keeps link, data and what waits to be sent; refuses "
        "`waagent connect` until `waagent session resume`",
    ),
}
"""What WhatsApp said, and what waagent does."""


def render() -> str:
    """The page, in English, with what owners read in both languages."""
    return "\n".join([*_intro(), *_states(), *_events(), *_reasons()]) + "\n"


def _intro() -> Iterator[str]:
    yield from (
        "# States of a number",
        "",
        "Made by `scripts/session_states_reference.py`.",
        "",
        "`waagent session list` and `session show` give `state`, `detail` and `reason`, and in the",
        "language of `WAAGENT_LANGUAGE` why it is so (`why`) and what to do (`todo`). How waagent",
        "decides is in [Sessions](../explanation/sessions.md).",
        "",
    )


def _states() -> Iterator[str]:
    yield "## Each state"
    yield ""
    yield "| State | What WhatsApp said | What waagent does | What the owner is told to do |"
    yield "|---|---|---|---|"
    for state in SessionState:
        said, does = COMES[state]
        parked = " (*parked*)" if state in PARKED else ""
        yield f"| `{state}`{parked} | {said} | {does} | {_todo(state)} |"
    yield ""
    yield "No host connects a *parked* session by itself, unless `retry_at` says when."
    yield ""


def _events() -> Iterator[str]:
    yield "## What happens to a connected number"
    yield ""
    yield "| WhatsApp or its library tells | State | Action |"
    yield "|---|---|---|"
    for kind in SessionEventKind:
        reaction = react(SessionState.CONNECTED, SessionEvent(kind=kind))
        action = "" if reaction.action is Action.NONE else f"`{reaction.action}`"
        yield f"| `{kind}` | `{reaction.state}` | {action} |"
    yield ""


def _reasons() -> Iterator[str]:
    yield "## Reasons with words of their own"
    yield ""
    yield "| State | `reason` or `detail` | Why, in Indonesian | In English |"
    yield "|---|---|---|---|"
    for state in (*SessionState, "frozen"):
        prefix = f"session.why.{state}"
        own = sorted(key.rpartition(".")[2] for key in keys() if key.startswith(f"{prefix}."))
        for reason in (None, *own):
            indonesian, english = (explain(state, reason, language)[0] for language in LANGUAGES)
            named = f"`{reason}`" if reason else ""
            yield f"| `{state}` | {named} | {indonesian} | {english} |"
    yield ""
    yield "`frozen` is no state: it explains `freeze_reason`, while nothing goes out unasked."


def _todo(state: SessionState) -> str:
    return explain(state, None, "en")[1].replace("SHOP", "*shop*")


if __name__ == "__main__":
    TARGET.write_text(render(), encoding="utf-8")
