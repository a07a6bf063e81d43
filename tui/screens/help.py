"""Every key, made from the registry of actions; those of what is in front come first."""

from __future__ import annotations

from collections.abc import Iterable
from textwrap import fill, wrap
from typing import Any, ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widgets import Static

from tui import actions
from tui.keys import all_keys
from tui.screens.closing import Dialog
from tui.strings import keys as texts
from tui.strings import t

_KEYS = 22
"""Cells for the keys of an action."""
_WIDTH, _EDGES = 82, 8
"""Of the box (see dialogs.tcss): its most cells, and those of its border, padding, scrollbar."""
TITLES = {context: f"help.{context}" for context in actions.Context}


class HelpScreen(Dialog[None]):
    """A list to read; any of the closing keys ends it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1,enter", "close", show=False),
        Binding("down,j", "scroll(1)", show=False),
        Binding("up,k", "scroll(-1)", show=False),
        Binding("pagedown,ctrl+d,space", "scroll(10)", show=False),
        Binding("pageup,ctrl+u", "scroll(-10)", show=False),
        Binding("home,g", "scroll(-10000)", show=False),
        Binding("end,G", "scroll(10000)", show=False),
    ]

    def __init__(self, of: Screen[Any]) -> None:
        super().__init__()
        self._sentences, self._contexts = about(of), contexts_of(of)
        self._body = Static()

    def compose(self) -> ComposeResult:
        """The list in a box."""
        box = VerticalScroll(self._body, id="help")
        box.border_title = Content(t("help.title"))
        box.border_subtitle = Content(t("help.close"))
        yield box

    def on_resize(self) -> None:
        """Explanations are wrapped beside the keys."""
        room = min(_WIDTH, round(self.app.size.width * 0.96)) - _EDGES
        self._body.update(help_text(self._sentences, self._contexts, width=room))

    def action_close(self) -> None:
        """Back."""
        self.dismiss()

    def action_scroll(self, lines: int) -> None:
        """Scroll the list."""
        self.query_one("#help").scroll_relative(y=lines, animate=False)


def help_key(kind: type[DOMNode]) -> str | None:
    """The key of the sentences about a screen or widget: its own, else that of what it extends."""
    named = (f"help.for.{each.__name__}" for each in kind.__mro__)
    return next((key for key in named if key in texts()), None)


def about(screen: Screen[Any]) -> list[str]:
    """What the screen and the widget that has the focus are for."""
    kinds = [type(screen), *([type(screen.focused)] if screen.focused is not None else [])]
    return [t(key) for kind in kinds if (key := help_key(kind)) is not None]


def contexts_of(screen: Screen[Any]) -> list[actions.Context]:
    """Where the keys that work now come from, that of the focused widget first."""
    found: dict[actions.Context, None] = {}
    for _, binding, _, _ in screen.active_bindings.values():
        action = actions.BY_ID.get(binding.id or "")
        if action is not None and action.context is not actions.Context.GLOBAL:
            found[action.context] = None
    return list(found)


def help_text(
    sentences: Iterable[str] = (), first: Iterable[actions.Context] = (), *, width: int = 10_000
) -> Content:
    """The sentences, then each context with its actions: keys, what they do."""
    parts: list[str | tuple[str, str]] = [f"{fill(each, width)}\n\n" for each in sentences]
    present = [*first, actions.Context.GLOBAL] if first else []
    for context in dict.fromkeys([*present, *TITLES]):
        if not actions.of(context):
            continue
        parts.append((f"{t(TITLES[context])}\n", "bold $text-primary"))
        for action in actions.of(context):
            keys = all_keys(action)
            gap = " " * max(_KEYS - cell_len(keys), 1)
            lines = wrap(action.help, max(width - _KEYS - 2, 20))
            parts.append((f"  {keys}", "$text-accent"))
            parts.append(gap + f"\n{' ' * (_KEYS + 2)}".join(lines) + "\n")
        parts.append("\n")
    return Content.assemble(*parts).rstrip()
