"""A column of the board: a stage's name and count over its cards."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tui.phrasing import Moment
from tui.safe import clip
from tui.strings import t
from tui.widgets.card_list import CardList, Paint
from waagent.domain.leads import Stage
from waagent.domain.views import LeadView


class Column(Vertical, can_focus=False):
    """One stage."""

    def __init__(self, stage: Stage, paint: Paint) -> None:
        super().__init__(id=f"column-{stage}")
        self.stage = stage
        self.cards = CardList(stage, paint)
        self._title = ""
        self._drawn: object = None
        self._target = False
        self._head = Static(classes="column--head")
        self._empty = Static(Content(t("board.empty")), classes="column--empty")

    def compose(self) -> ComposeResult:
        """Head, a line for emptiness, cards."""
        yield self._head
        yield self._empty
        yield self.cards

    def on_mount(self) -> None:
        """The head counts what is scrolled out of sight."""
        self.watch(self.cards, "scroll_y", self._draw_head, init=False)

    def show(
        self, name: str, leads: Sequence[LeadView], selected: str | None, moment: Moment
    ) -> None:
        """Draw the stage's ``name`` and leads; ``selected`` is a lead's id."""
        self._title = name
        self.cards.show(leads, selected, moment)
        self._empty.display = not leads
        self.cards.display = bool(leads)
        self._draw_head()

    def be_target(self, target: bool) -> None:
        """Say (or no longer say) that a card that is dragged would be put here."""
        self._target = target
        self.set_class(target, "-target")
        self._draw_head()

    def _draw_head(self) -> None:
        count, above = len(self.cards.leads), self.cards.unread_above()
        drawn = (self._title, count, above, self._head.size.width, self._target)
        if drawn == self._drawn:
            return
        self._drawn = drawn
        if self._target:
            told = Content(clip(t("drop.here"), self._head.size.width))
            self._head.update(told, layout=False)
            return
        after = f"  {t('board.above', n=above)}" if above else ""
        room = self._head.size.width - len(f" {count}{after}")
        parts: list[str | tuple[str, str]] = [
            (clip(self._title, max(room, 1)), "bold"),
            (f" {count}", "$foreground-muted"),
        ]
        if above:
            parts.append((after, "$text-accent"))
        self._head.update(Content.assemble(*parts), layout=False)
