"""The shop's numbers at a glance: a line each, the unhealthy ones first with the next step."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rich.cells import cell_len
from textual.content import Content
from textual.widgets import Static

from tui.phrasing import age, phone
from tui.safe import clip, one_line
from tui.sessions import command, is_healthy, next_step, style_of, symbol_of, word_of
from tui.strings import t
from waagent.domain.views import SessionView, Tenant

_LINES = 3
Parts = list[str | tuple[str, str]]


class SessionStrip(Static):
    """Shows sessions. Healthy ones share a line; one that needs help gets its own."""

    def __init__(self) -> None:
        super().__init__(id="strip")

    def show(self, sessions: Sequence[SessionView], tenant: Tenant, now: datetime) -> None:
        """Draw."""
        width = max(self.size.width - self.styles.gutter.width, 20)
        if not sessions:
            line = clip(t("board.sessions.none", command=command(tenant)), width - 2)
            self.update(Content.assemble(("○ ", "$text-warning"), (line, "$text-warning")))
            return
        sick = [session for session in sessions if not is_healthy(session)]
        well = [session for session in sessions if is_healthy(session)]
        lines = [line for session in sick for line in _sick_lines(session, tenant, width)][:_LINES]
        if well and len(lines) < _LINES:
            lines.append(_well_line(well, now, width))
        self.update(Content("\n").join(lines))


def _sick_lines(session: SessionView, tenant: Tenant, width: int) -> list[Content]:
    """The session and what to do: on one line if both fit, for a cut command is no help."""
    line = Content.assemble(*_described(session))
    step = next_step(session, tenant)
    if line.cell_length + cell_len(step) + 3 <= width:
        return [line.append(Content.assemble((f" · {step}", "$text-warning")))]
    return [line, Content.assemble((f"  {clip(step, width - 2)}", "$text-warning"))]


def _well_line(sessions: Sequence[SessionView], now: datetime, width: int) -> Content:
    """As many healthy sessions as fit, and how many more there are."""
    line = Content("")
    for index, session in enumerate(sessions):
        part = Content.assemble(*_described(session))
        activity = _activity(session, now)
        if part.cell_length + cell_len(activity) <= width:
            part = part.append(Content.assemble((activity, "$foreground-muted")))
        gap = Content("   " if index else "")
        if index and line.cell_length + part.cell_length + 3 > width - 4:
            return line.append(
                Content.assemble((f"  +{len(sessions) - index}", "$foreground-muted"))
            )
        line = line.append(gap).append(part)
    return line


def _described(session: SessionView) -> Parts:
    style = style_of(session)
    number = phone(session.phone) or t("session.no_phone")
    return [
        (f"{symbol_of(session)} ", style),
        (one_line(session.name, limit=30), "bold"),
        (f" {number} ", "$foreground-muted"),
        (word_of(session), style),
    ]


def _activity(session: SessionView, now: datetime) -> str:
    parts = [t("session.held") if session.owner else t("session.no_owner")]
    parts.append(t("session.outbox", n=session.outbox))
    if session.last_event_at is not None:
        parts.append(age(session.last_event_at, now))
    return " · " + " · ".join(parts)
