"""Other words for a follow-up: a box with its text, checked by the service before it closes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static, TextArea

from tui.reporting import explain
from tui.safe import clip, one_line
from tui.screens.closing import Dialog
from tui.strings import t
from waagent.domain.templates import MAX_LENGTH
from waagent.errors import WaagentError


class Rewrite(Dialog[None]):
    """``save`` is given the words; what it refuses is told here, and the words stay."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", show=False),
        Binding("ctrl+s", "save", show=False, priority=True),
    ]

    def __init__(self, title: str, text: str, save: Callable[[str], Awaitable[None]]) -> None:
        super().__init__()
        self._title = clip(one_line(title), 60)
        self._save = save
        self.box = TextArea(text, id="rewrite-text", soft_wrap=True, tab_behavior="focus")
        self._said = Static(id="rewrite-said", markup=False)

    def compose(self) -> ComposeResult:
        """The box, and what is to be said of it."""
        with Vertical(id="rewrite") as frame:
            frame.border_title = Content(self._title)
            frame.border_subtitle = t("rewrite.keys")
            yield self.box
            yield self._said

    def on_mount(self) -> None:
        """Ready to write, at the end."""
        self.box.focus()
        self.box.move_cursor(self.box.document.end)
        self._count()

    def on_text_area_changed(self) -> None:
        """How long it is."""
        self._count()

    def _count(self) -> None:
        self._said.update(t("rewrite.count", n=len(self.box.text), most=MAX_LENGTH))

    @work(group="dialogs", exit_on_error=False)
    async def action_save(self) -> None:
        """Agree to these words."""
        try:
            await self._save(self.box.text.strip())
        except WaagentError as error:
            self._said.update(Content.assemble((explain(error), "$text-error")))
            return
        self.dismiss()
