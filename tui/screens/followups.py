"""What will be sent by itself, to the letter, and what was."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from getpass import getuser
from typing import ClassVar
from zoneinfo import ZoneInfo

from rich.text import Text
from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import DataTable, Static

from tui.actions import Context, bindings
from tui.hub import Hub, Update
from tui.messages import OpenChat
from tui.phrasing import clock, customer, due_day, local_date
from tui.ports import FollowUpDeskPort
from tui.reporting import reported
from tui.safe import clean, clip, one_line
from tui.screens.base import HubScreen
from tui.strings import t
from tui.widgets.empty import EmptyState
from tui.widgets.table import Row, Table
from waagent.domain.followups import CancelReason, FollowUpState
from waagent.domain.views import FollowUpView

_OPEN = (FollowUpState.PENDING, FollowUpState.QUEUED)
_LATER = timedelta(days=1)


class FollowUpsScreen(HubScreen):
    """By day, open ones first, soonest on top; below, the text of the one under the cursor."""

    AUTO_FOCUS: ClassVar[str | None] = "Table"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Context.FOLLOWUPS)]

    def __init__(self, hub: Hub) -> None:
        super().__init__(hub)
        names = ("day", "due", "customer", "state", "reason")
        self.table = Table(*(t(f"col.{name}") for name in names), opens=True)
        self.preview = Static(id="preview", markup=False)
        self.empty = EmptyState()

    def content(self) -> Iterable[Widget]:
        """Table and preview, or emptiness."""
        return self.table, self.preview, self.empty

    def follow(self, update: Update) -> None:
        """Everything: it is short."""
        super().follow(update)
        found = sorted(self.hub.store.followups, key=_order)
        open_ones = sum(followup.state in _OPEN for followup in found)
        self.head(t("followups.title"), [f"{open_ones} {t('followup.pending')}"])
        self.empty.display = not found and self.hub.store.loaded
        self.table.display = self.preview.display = bool(found)
        self.empty.say(t("followups.none"), t("followups.none.hint"))
        self.table.show(self._rows(found))
        self._show_preview()

    def on_data_table_row_highlighted(self, message: DataTable.RowHighlighted) -> None:
        """Another one."""
        self._show_preview()

    def on_data_table_row_selected(self, message: DataTable.RowSelected) -> None:
        """Read the conversation."""
        followup = self._selected()
        lead = followup and self.hub.store.lead(followup.lead)
        if lead:
            self.post_message(OpenChat(lead.conversation_id))

    def action_approve(self) -> None:
        """Agree to the text that is shown."""
        self._change(
            lambda desk, id_: desk.approve(self.hub.tenant, id_, text=None, actor=_actor())
        )

    def action_snooze(self) -> None:
        """A day later than it is due, or than now."""
        followup = self._selected()
        if followup is None:
            return
        later = max(followup.due_at, self.hub.clock()) + _LATER
        until = f"{later.astimezone(ZoneInfo(self.hub.tenant.timezone)):%Y-%m-%d %H:%M}"
        self._change(
            lambda desk, id_: desk.snooze(self.hub.tenant, id_, until=until, actor=_actor())
        )

    def action_cancel(self) -> None:
        """Let it not be sent."""
        self._change(lambda desk, id_: desk.cancel(self.hub.tenant, id_, actor=_actor()))

    def _change(self, change: Callable[[FollowUpDeskPort, str], FollowUpView]) -> None:
        followup = self._selected()
        if followup is None:
            return

        async def write() -> None:
            with reported(self, "error.followup"):
                await self.hub.change_followup(lambda desk: change(desk, followup.id))

        self.run_worker(write(), group="writes", exit_on_error=False)

    def _selected(self) -> FollowUpView | None:
        found = (each for each in self.hub.store.followups if each.id == self.table.selected)
        return next(found, None)

    def _show_preview(self) -> None:
        followup = self._selected()
        self.preview.update(_preview(followup) if followup else "")

    def _rows(self, followups: Iterable[FollowUpView]) -> Iterator[Row]:
        """A row each; the first of a day names it."""
        shown: tuple[object, bool] | None = None
        for followup in followups:
            is_open = followup.state in _OPEN
            day = local_date(followup.due_at, self.hub.tenant.timezone), is_open
            named = day != shown
            shown = day
            yield followup.id, self._cells(followup, named=named)

    def _cells(self, followup: FollowUpView, *, named: bool) -> tuple[Text, ...]:
        zone = self.hub.tenant.timezone
        muted = "" if followup.state in _OPEN else "dim"
        day = due_day(followup.due_at, self.hub.clock(), zone) if named else ""
        return (
            Text(day, style=muted or "bold"),
            Text(clock(followup.due_at, zone), style=muted),
            Text(clip(customer(followup.name, followup.phone), 28), style=muted),
            Text(t(f"followup.{followup.state}"), style=muted),
            Text(_reason(followup), style=muted),
        )


def _preview(followup: FollowUpView) -> Content:
    """The text to the letter, why it is that, and what keeps it back."""
    text = clean(followup.text) if followup.text else t("followups.no_text")
    parts: list[str | tuple[str, str]] = [text]
    if followup.state is FollowUpState.PENDING:
        why = t("followups.why", rule=followup.rule, template=followup.variant)
        parts.append((f"\n{one_line(why)}", "$text-muted"))
        parts += [(f"\n{t(f'stop.{stop}')}", "$text-warning") for stop in followup.stops]
        parts.append((f"\n{t('followups.keys')}", "$text-muted"))
    return Content.assemble(*parts)


def _order(followup: FollowUpView) -> tuple[bool, float]:
    """Open ones by when they are due, then the others, newest first."""
    at = followup.due_at.timestamp()
    return (False, at) if followup.state in _OPEN else (True, -at)


def _reason(followup: FollowUpView) -> str:
    if followup.state is FollowUpState.PENDING and followup.stops:
        return t(f"stop.{followup.stops[0]}")
    if followup.reason is None:
        return "-"
    known = followup.reason in list(CancelReason)
    return t(f"reason.{followup.reason}") if known else clip(one_line(followup.reason), 40)


def _actor() -> str:
    """Who acts, for the audit log."""
    return f"tui:{getuser()}"
