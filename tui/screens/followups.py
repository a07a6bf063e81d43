"""What will be sent by itself, and what was."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from rich.text import Text
from textual.widget import Widget
from textual.widgets import DataTable

from tui.hub import Hub, Update
from tui.messages import OpenChat
from tui.phrasing import customer, phone, soon
from tui.safe import clip, one_line
from tui.screens.base import HubScreen
from tui.strings import t
from tui.widgets.empty import EmptyState
from tui.widgets.table import Row, Table
from waagent.domain.followups import CancelReason, FollowUpState
from waagent.domain.views import FollowUpView

_OPEN = (FollowUpState.PENDING, FollowUpState.QUEUED)


class FollowUpsScreen(HubScreen):
    """Open ones first, soonest on top; Enter opens the conversation."""

    AUTO_FOCUS: ClassVar[str | None] = "Table"

    def __init__(self, hub: Hub) -> None:
        super().__init__(hub)
        names = ("due", "customer", "phone", "state", "reason")
        self.table = Table(*(t(f"col.{name}") for name in names), opens=True)
        self.empty = EmptyState()

    def content(self) -> Iterable[Widget]:
        """Table or emptiness."""
        return self.table, self.empty

    def follow(self, update: Update) -> None:
        """Everything: it is short."""
        super().follow(update)
        found = sorted(self.hub.store.followups, key=_order)
        open_ones = sum(followup.state in _OPEN for followup in found)
        self.head(t("followups.title"), [f"{open_ones} {t('followup.pending')}"])
        self.empty.display = not found and self.hub.store.loaded
        self.table.display = bool(found)
        self.empty.say(t("followups.none"), t("followups.none.hint"))
        self.table.show(self._row(followup) for followup in found)

    def on_data_table_row_selected(self, message: DataTable.RowSelected) -> None:
        """Read the conversation."""
        for followup in self.hub.store.followups:
            lead = self.hub.store.lead(followup.lead)
            if followup.id == self.table.selected and lead is not None:
                self.post_message(OpenChat(lead.conversation_id))

    def _row(self, followup: FollowUpView) -> Row:
        due = soon(followup.due_at, self.hub.clock(), self.hub.tenant.timezone)
        muted = "" if followup.state in _OPEN else "dim"
        return followup.id, (
            Text(due, style=muted or "bold"),
            Text(clip(customer(followup.name, followup.phone), 28), style=muted),
            Text(phone(followup.phone) or "-", style=muted),
            Text(t(f"followup.{followup.state}"), style=muted),
            Text(_reason(followup.reason), style=muted),
        )


def _order(followup: FollowUpView) -> tuple[bool, float]:
    """Open ones by when they are due, then the others, newest first."""
    at = followup.due_at.timestamp()
    return (False, at) if followup.state in _OPEN else (True, -at)


def _reason(reason: str | None) -> str:
    if reason is None:
        return "-"
    known = reason in list(CancelReason)
    return t(f"reason.{reason}") if known else clip(one_line(reason), 40)
