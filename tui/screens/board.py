"""The lead board: columns by stage, the filter, the numbers' health, moves and their undo."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable
from typing import ClassVar

from textual.containers import Container
from textual.widget import Widget

from tui.hub import Hub, Update
from tui.links import lead_link
from tui.messages import OpenChat
from tui.phrasing import lead_name, phone, stage_name
from tui.reporting import reported
from tui.safe import clip
from tui.screens.base import HubScreen
from tui.screens.loading import LOADING_AFTER_S
from tui.screens.pick import Choice, Pick
from tui.sessions import command, is_healthy
from tui.store import columns, hidden_count, neighbour
from tui.strings import t
from tui.widgets.board import Board
from tui.widgets.empty import EmptyState
from tui.widgets.filter_bar import FilterBar
from tui.widgets.session_strip import SessionStrip
from tui.widgets.stage_ruler import StageRuler
from waagent.domain.leads import Stage
from waagent.domain.views import LeadView


class BoardScreen(HubScreen):
    """Everything a shop sells today, on one screen."""

    AUTO_FOCUS: ClassVar[str | None] = "#board"

    def __init__(self, hub: Hub) -> None:
        super().__init__(hub)
        self.board = Board()
        self.filter = FilterBar()
        self.ruler = StageRuler()
        self.strip = SessionStrip()
        self.empty = EmptyState()
        self._room = Container(self.board, self.empty, id="room")
        self._not_leads = False
        self._undo: list[tuple[str, Stage, Stage]] = []

    def content(self) -> Iterable[Widget]:
        """Filter, ruler, board, strip."""
        return self.filter, self.ruler, self._room, self.strip

    def on_mount(self) -> None:
        """Say that it loads only if it takes a moment."""
        self.set_timer(LOADING_AFTER_S, self._show_loading)

    def _show_loading(self) -> None:
        self._room.loading = not self.hub.store.loaded and self.hub.online

    def follow(self, update: Update) -> None:
        """Cards, strip and bar."""
        super().follow(update)
        if self.hub.store.loaded or not self.hub.online:
            self._room.loading = False
        if update.leads or update.ages:
            self.show_cards()
        if update.sessions or update.ages:
            self._show_sessions()
        self._show_head()

    def show_cards(self) -> None:
        """Draw the cards as filtered."""
        cards, query = self.hub.store.cards(), self.filter.query_text
        shown = columns(cards, query=query, not_leads=self._not_leads)
        found = sum(map(len, shown.values()))
        self.board.show(shown, self.hub.store.stage_names, self.hub.moment())
        self.board.display = bool(found) or not self.hub.store.loaded
        self.empty.display = not self.board.display
        self.ruler.display = self.ruler.display and self.board.display
        self.filter.count(found)
        if self.empty.display:
            self._say_empty(query)

    def _say_empty(self, query: str) -> None:
        if query:
            self.empty.say(t("board.filtered", query=query), t("board.filtered.hint"))
            return
        steps = [t("board.none.hint")]
        if not any(is_healthy(session) for session in self.hub.store.sessions):
            steps.append(t("board.none.connect", command=command(self.hub.tenant)))
        self.empty.say(t("board.none"), *steps)

    def _show_sessions(self) -> None:
        if self.hub.store.loaded:
            self.strip.show(self.hub.store.sessions, self.hub.tenant, self.hub.clock())

    def _show_head(self) -> None:
        cards = self.hub.store.cards()
        hidden = hidden_count(cards)
        notes = [t("board.count", n=len(cards) - hidden)] if self.hub.store.loaded else []
        if hidden:
            notes.append(t("board.shown" if self._not_leads else "board.hidden", n=hidden))
        self.head(t("board.title"), notes)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What needs a card is not offered without one."""
        if action in ("move", "copy", "copy_link"):
            return self.board.lead is not None
        return True

    def on_resize(self) -> None:
        """The strip fills the width."""
        self._show_sessions()

    def on_board_selected(self) -> None:
        """Keep the ruler at the cursor; show it only if columns are out of sight."""
        shown = self.board.shown_stages
        narrow = len(shown) < len(Stage)
        self.ruler.display = self.board.display and self.hub.store.loaded and narrow
        names = self.hub.store.stage_names
        self.ruler.show(self.board.columns, names, self.board.stage, shown)

    def on_stage_ruler_picked(self, message: StageRuler.Picked) -> None:
        """A stage was clicked."""
        self.board.focus()
        self.board.go(message.stage)

    def on_board_opened(self, message: Board.Opened) -> None:
        """Read a conversation."""
        self.post_message(OpenChat(message.lead.conversation_id))

    def on_board_moved(self, message: Board.Moved) -> None:
        """Move a card from where it is shown now, which a quick second key may have changed."""
        lead = self.hub.store.lead(message.lead.id)
        stage = neighbour(lead.stage, message.step) if lead else None
        if stage is not None:
            self._move(message.lead.id, stage)

    def on_board_dropped(self, message: Board.Dropped) -> None:
        """The mouse put a card somewhere."""
        self._move(message.lead.id, message.stage)

    def action_move(self) -> None:
        """Choose the stage of the selected card."""
        lead = self.board.lead
        if lead is None:
            return

        def chosen(stage: str | None) -> None:
            if stage is not None:
                self._move(lead.id, Stage(stage))

        title = t("stage.pick", name=clip(lead_name(lead), 30))
        choices = [self._choice(stage, lead) for stage in Stage]
        self.app.push_screen(Pick(title, choices, current=lead.stage), chosen)

    def _choice(self, stage: Stage, lead: LeadView) -> Choice:
        cards = t("stage.cards", n=len(self.board.columns[stage]))
        here = f" · {t('stage.here')}" if stage is lead.stage else ""
        name = stage_name(stage, self.hub.store.stage_names)
        return Choice(key=stage, label=name, aside=f"{cards}{here}")

    def _move(self, lead_id: str, stage: Stage) -> None:
        lead = self.hub.store.lead(lead_id)
        if lead is not None and lead.stage is not stage:
            self._undo.append((lead.id, lead.stage, stage))
            self._write(self.hub.move(lead.id, stage), lead, stage)

    def _write(self, move: Awaitable[LeadView], lead: LeadView, stage: Stage) -> None:
        async def write() -> None:
            with reported(self, "error.move"):
                try:
                    await move
                except Exception:
                    self._forget(lead.id, lead.stage, stage)
                    raise

        self.run_worker(write(), group="writes", exit_on_error=False)

    def _forget(self, lead_id: str, before: Stage, after: Stage) -> None:
        """A move that failed cannot be undone."""
        if (lead_id, before, after) in self._undo:
            self._undo.remove((lead_id, before, after))

    def action_undo(self) -> None:
        """Put back what was moved last."""
        if not self._undo:
            self.notify(t("undo.none"), markup=False)
            return
        lead_id, before, after = self._undo.pop()
        lead = self.hub.store.lead(lead_id)
        if lead is None or lead.stage is not after:
            name = lead_name(lead) if lead else lead_id
            self.notify(t("undo.changed", name=name), severity="warning", markup=False)
            return
        self._write(self.hub.move(lead_id, before), lead, before)

    def action_filter(self) -> None:
        """Filter as you type."""
        self.filter.open()

    def on_filter_bar_changed(self) -> None:
        """Another filter."""
        self.show_cards()

    def on_filter_bar_kept(self) -> None:
        """Back to the cards."""
        self.board.focus()

    def action_clear(self) -> None:
        """Esc: no filter, back to the cards."""
        self.filter.clear()
        self.board.focus()
        self.show_cards()

    def key_escape(self) -> None:
        """From the filter's box, where the keys of the board are not bound."""
        self.action_clear()

    def action_not_leads(self) -> None:
        """Show or hide those that are not leads."""
        self._not_leads = not self._not_leads
        self.show_cards()
        self._show_head()

    def action_copy(self) -> None:
        """The number of the selected card goes to the clipboard."""
        copy_phone(self, self.board.lead)

    def action_copy_link(self) -> None:
        """What leads to the selected card again: in ``waagent tui LINK`` and with ctrl+g."""
        if self.board.lead is not None:
            link = lead_link(self.board.lead.id)
            self.app.copy_to_clipboard(link)
            self.notify(t("copied", what=link), markup=False)


def copy_phone(screen: HubScreen, lead: LeadView | None) -> None:
    """Copy a customer's number (OSC 52) and say so."""
    if lead is None or lead.phone is None:
        screen.notify(t("copy.none"), severity="warning", markup=False)
        return
    screen.app.copy_to_clipboard(lead.phone)
    screen.notify(t("copied", what=phone(lead.phone)), markup=False)
