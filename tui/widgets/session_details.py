"""One number in full: what to do, its day, its pace, what happened. Scrolls where it is long."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.phrasing import Moment, phone
from tui.safe import clip, one_line
from tui.session_facts import Row, SessionFacts, rows
from tui.sessions import full_story, needs_linking, style_of, symbol_of, word_of
from tui.strings import t
from waagent.domain.views import SessionView, Tenant

_LABEL = 16
_LEAST = 20


class SessionDetails(VerticalScroll, can_focus=False):
    """``show`` draws one session; its facts may still be on their way."""

    def __init__(self) -> None:
        super().__init__(id="session-details")
        self._head = Static(id="number-head", markup=False)
        self._step = Static(id="step", markup=False)
        self._facts = Static(id="number-facts", markup=False)
        self._shown: tuple[SessionView, SessionFacts | None, Moment] | None = None

    def compose(self) -> ComposeResult:
        """Head, next step, facts."""
        yield self._head
        yield self._step
        yield self._facts

    def show(
        self, session: SessionView, facts: SessionFacts | None, tenant: Tenant, moment: Moment
    ) -> None:
        """Draw; another session is read from its top."""
        if self._shown is None or self._shown[0].id != session.id:
            self.scroll_home(animate=False)
        self._shown = session, facts, moment
        name = clip(one_line(session.name), 30)
        number = phone(session.phone) or t("session.no_phone")
        state = f"{symbol_of(session)} {word_of(session)}"
        self._head.update(
            Content.assemble((name, "bold"), f"  {number}  ", (state, style_of(session)))
        )
        steps = [full_story(session, tenant)]
        steps += [t("number.link")] if needs_linking(session) else []
        story = "\n".join(filter(None, steps))
        self._step.display = bool(story)
        self._step.update(story)
        self._draw()

    def on_resize(self) -> None:
        """Another width, other lines."""
        self._draw()

    def _draw(self) -> None:
        if self._shown is None:
            return
        _, facts, moment = self._shown
        width = self._facts.size.width or self.size.width
        lines = [] if facts is None else list(rows(facts, moment))
        self._facts.update(_table(lines, max(width, _LABEL + _LEAST)))


def _table(lines: Sequence[Row], width: int) -> Content:
    """Labels on the left, what is told beside them."""
    parts: list[str | tuple[str, str]] = []
    for label, text in lines:
        wrapped = textwrap.wrap(text, width - _LABEL) or [""]
        label = clip(label, _LABEL - 1)
        parts.append((label + " " * (_LABEL - cell_len(label)), "$foreground-muted"))
        parts.append(f"\n{' ' * _LABEL}".join(wrapped))
        parts.append("\n")
    return Content.assemble(*parts).rstrip()
