"""Every number of the shop, how it is, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from rich.text import Text
from textual.widget import Widget
from textual.widgets import DataTable, Static

from tui.hub import Hub, Update
from tui.phrasing import age, phone
from tui.safe import clip, one_line
from tui.screens.base import HubScreen
from tui.sessions import command, full_story, is_healthy, symbol_of, word_of
from tui.strings import t
from tui.widgets.empty import EmptyState
from tui.widgets.table import Row, Table
from waagent.domain.views import SessionView


class SessionsScreen(HubScreen):
    """A table, and the next step for the number under the cursor."""

    AUTO_FOCUS: ClassVar[str | None] = "Table"

    def __init__(self, hub: Hub) -> None:
        super().__init__(hub)
        names = ("name", "phone", "state", "owner", "outbox", "last_event")
        self.table = Table(*(t(f"col.{name}") for name in names))
        self.empty = EmptyState()
        self.step = Static(id="step", markup=False)

    def content(self) -> Iterable[Widget]:
        """Table or emptiness, next step."""
        return self.table, self.empty, self.step

    def follow(self, update: Update) -> None:
        """Everything: it is short."""
        super().follow(update)
        sessions = sorted(self.hub.store.sessions, key=is_healthy)
        self.head(t("sessions.title"), [str(len(sessions))])
        self.empty.display = not sessions and self.hub.store.loaded
        self.table.display = self.step.display = bool(sessions)
        hint = t("sessions.none.hint", command=command(self.hub.tenant))
        self.empty.say(t("sessions.none"), hint)
        self.table.show(self._row(session) for session in sessions)
        self._show_step()

    def on_data_table_row_highlighted(self, message: DataTable.RowHighlighted) -> None:
        """Another number."""
        self._show_step()

    def select(self, session_id: str) -> None:
        """Put the cursor on a number, once it is drawn."""
        self.call_after_refresh(self.table.select, session_id)

    def _show_step(self) -> None:
        found = [s for s in self.hub.store.sessions if s.id == self.table.selected]
        self.step.update(full_story(found[0], self.hub.tenant) if found else "")

    def _row(self, session: SessionView) -> Row:
        colours = self.app.theme_variables
        well = is_healthy(session)
        state = f"{symbol_of(session)} {word_of(session)}"
        last = age(session.last_event_at, self.hub.clock()) if session.last_event_at else None
        owner = clip(one_line(session.owner), 24) if session.owner else t("session.no_owner")
        return session.id, (
            Text(clip(one_line(session.name), 24), style="bold"),
            Text(phone(session.phone) or t("session.no_phone")),
            Text(state, style=colours["success" if well else "warning"]),
            Text(owner),
            Text(str(session.outbox), justify="right"),
            Text(last or t("session.never")),
        )
