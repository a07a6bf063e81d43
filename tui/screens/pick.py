"""One of a few things to choose: a stage, a label, an emoji, a text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui.safe import clean, clip, one_line
from tui.screens.closing import Dialog
from tui.strings import t


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """``label`` with ``aside`` beside it; ``detail`` is shown below while it is highlighted."""

    key: str
    label: str
    aside: str = ""
    detail: str = ""


class Pick(Dialog[str | None]):
    """Gives the key of the choice, or None for Esc. All texts are plain, never markup."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "close", show=False),
        Binding("j", "list('cursor_down')", show=False),
        Binding("k", "list('cursor_up')", show=False),
        Binding("g", "list('first')", show=False),
        Binding("G", "list('last')", show=False),
    ]

    def __init__(
        self, title: str, choices: Sequence[Choice], *, current: str | None = None
    ) -> None:
        super().__init__()
        self._title = clip(one_line(title), 60)
        self._choices = tuple(choices)
        self._current = current

    def compose(self) -> ComposeResult:
        """The list in a box, the details below."""
        with Vertical(id="pick") as box:
            box.border_title = Content(self._title)
            box.border_subtitle = t("pick.keys")
            yield OptionList(*(self._option(choice) for choice in self._choices))
            if any(choice.detail for choice in self._choices):
                yield VerticalScroll(Static(id="pick-detail", markup=False), can_focus=False)

    def _option(self, choice: Choice) -> Option:
        mark = "● " if choice.key == self._current else "  "
        label, aside = clip(one_line(choice.label), 48), clip(one_line(choice.aside), 24)
        return Option(Content.assemble(mark, label, (f"  {aside}", "$foreground-muted")))

    def on_mount(self) -> None:
        """The cursor is on what holds now."""
        keys = [choice.key for choice in self._choices]
        found = self._current is not None and self._current in keys
        self.query_one(OptionList).highlighted = keys.index(self._current or "") if found else 0

    def on_option_list_option_highlighted(self, message: OptionList.OptionHighlighted) -> None:
        """Show its details."""
        for shown in self.query("#pick-detail").results(Static):
            shown.update(Content(clean(self._choices[message.option_index].detail)))

    def on_option_list_option_selected(self, message: OptionList.OptionSelected) -> None:
        """Enter or a click."""
        self.dismiss(self._choices[message.option_index].key)

    async def action_list(self, name: str) -> None:
        """The keys of every list."""
        await self.query_one(OptionList).run_action(name)

    def action_close(self) -> None:
        """None of them."""
        self.dismiss(None)
