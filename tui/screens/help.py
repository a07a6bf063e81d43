"""Every key, made from the registry of actions."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui import actions
from tui.strings import t

_KEYS = 12
TITLES = {
    actions.Context.BOARD: "help.board",
    actions.Context.CHAT: "help.chat",
    actions.Context.REPLY: "help.reply",
    actions.Context.TABLE: "help.table",
    actions.Context.INBOX: "help.inbox",
    actions.Context.FOLLOWUPS: "help.followups",
    actions.Context.SESSIONS: "help.sessions",
    actions.Context.REPORTS: "help.reports",
    actions.Context.OPERATOR: "help.operator",
    actions.Context.GLOBAL: "help.global",
}


class HelpScreen(ModalScreen[None]):
    """A list to read; any of the closing keys ends it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1,enter", "close", t("help.close"), show=False),
        Binding("down,j", "scroll(1)", show=False),
        Binding("up,k", "scroll(-1)", show=False),
        Binding("pagedown,ctrl+d,space", "scroll(10)", show=False),
        Binding("pageup,ctrl+u", "scroll(-10)", show=False),
    ]

    def compose(self) -> ComposeResult:
        """The list in a box."""
        box = VerticalScroll(Static(help_text()), id="help")
        box.border_title = t("help.title")
        box.border_subtitle = t("help.close")
        yield box

    def action_close(self) -> None:
        """Back."""
        self.dismiss()

    def action_scroll(self, lines: int) -> None:
        """Scroll the list."""
        self.query_one("#help").scroll_relative(y=lines, animate=False)


def help_text() -> Content:
    """Each context with its actions: keys, what they do."""
    parts: list[str | tuple[str, str]] = []
    for context, title in TITLES.items():
        parts.append((f"{t(title)}\n", "bold $text-primary"))
        for action in actions.of(context):
            keys = all_keys(action)
            parts.append((f"  {keys}", "$text-accent"))
            parts.append(" " * max(_KEYS * 2 - cell_len(keys), 1) + f"{action.help}\n")
        parts.append("\n")
    return Content.assemble(*parts).rstrip()


_NAMES = {
    "enter": "Enter",
    "escape": "Esc",
    "slash": "/",
    "question_mark": "?",
    "left": "←",
    "right": "→",
    "up": "↑",
    "down": "↓",
    "home": "Home",
    "end": "End",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "tab": "Tab",
    "f1": "F1",
    "f2": "F2",
}


def all_keys(action: actions.Action) -> str:
    """Every key of an action as people write them: ``Shift+→``, ``Ctrl+J``."""
    return "  ".join(_key_name(key) for key in action.keys.split(","))


def _key_name(key: str) -> str:
    *modifiers, last = key.split("+")
    name = _NAMES.get(last, last.upper() if modifiers else last)
    return "+".join([*(modifier.capitalize() for modifier in modifiers), name])
