"""Every action of the board, once: keys, footer, palette, help and docs are made from this list.

A widget or screen takes the bindings of its context with :func:`bindings`; the method that does
the work is ``action_<name>`` on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from textual.binding import Binding

from tui.strings import t


class Context(StrEnum):
    """Where an action is offered; the order is that of the help."""

    BOARD = "board"
    CHAT = "chat"
    REPLY = "reply"
    TABLE = "table"
    INBOX = "inbox"
    FOLLOWUPS = "followups"
    SESSIONS = "sessions"
    REPORTS = "reports"
    OPERATOR = "operator"
    GLOBAL = "global"


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One thing the user can do.

    ``keys`` are names of Textual, comma separated, all with the same effect; ``shown`` is how the
    help and the footer write them. ``on_screen``: the screen does it, not the focused
    widget. ``priority`` is for keys that a text box would otherwise type.
    """

    name: str
    keys: str
    shown: str
    context: Context
    on_screen: bool = False
    footer: bool = False
    palette: bool = False
    priority: bool = False

    @property
    def label(self) -> str:
        """A word or two, for the footer and the palette."""
        return t(f"do.{self.name}")

    @property
    def help(self) -> str:
        """A sentence, for the help."""
        return t(f"do.{self.name}.help")


_board = partial(Action, context=Context.BOARD)
_chat = partial(Action, context=Context.CHAT)
_reply = partial(Action, context=Context.REPLY, priority=True)
_followups = partial(Action, context=Context.FOLLOWUPS, on_screen=True, palette=True)
_inbox = partial(Action, context=Context.INBOX, on_screen=True, palette=True)
_sessions = partial(Action, context=Context.SESSIONS, on_screen=True, palette=True)
_reports = partial(Action, context=Context.REPORTS, on_screen=True, palette=True)
_operator = partial(Action, context=Context.OPERATOR, on_screen=True, palette=True)
_table = partial(Action, context=Context.TABLE)
_global = partial(Action, context=Context.GLOBAL, palette=True)

ACTIONS: tuple[Action, ...] = (
    _board(name="open", keys="enter", shown="Enter", footer=True, palette=True),
    _board(name="left", keys="left,h", shown="←/h"),
    _board(name="down", keys="down,j", shown="↓/j"),
    _board(name="up", keys="up,k", shown="↑/k"),
    _board(name="right", keys="right,l", shown="→/l"),
    _board(name="first", keys="g,home", shown="g"),
    _board(name="last", keys="G,end", shown="G"),
    _board(name="page_down", keys="ctrl+d,pagedown", shown="^d"),
    _board(name="page_up", keys="ctrl+u,pageup", shown="^u"),
    _board(name="move_back", keys="H,shift+left", shown="H", palette=True),
    _board(name="move_on", keys="L,shift+right", shown="H/L", footer=True, palette=True),
    _board(name="undo", keys="u", shown="u", on_screen=True, footer=True, palette=True),
    _board(name="filter", keys="slash", shown="/", on_screen=True, footer=True, palette=True),
    _board(name="clear", keys="escape", shown="Esc", on_screen=True),
    _board(name="not_leads", keys="x", shown="x", on_screen=True, palette=True),
    _board(name="copy", keys="y", shown="y", on_screen=True, palette=True),
    _chat(name="write", keys="enter", shown="Enter", footer=True),
    _chat(name="down", keys="down,j", shown="↓/j"),
    _chat(name="up", keys="up,k", shown="↑/k"),
    _chat(name="page_down", keys="ctrl+d,pagedown", shown="^d"),
    _chat(name="page_up", keys="ctrl+u,pageup", shown="^u"),
    _chat(name="first", keys="g,home", shown="g"),
    _chat(name="last", keys="G,end", shown="G"),
    _chat(name="insight", keys="i,f2", shown="i", footer=True),
    _chat(name="expand", keys="e", shown="e"),
    _chat(name="older", keys="o", shown="o"),
    _chat(name="copy", keys="y", shown="y"),
    _chat(name="back", keys="escape", shown="Esc", footer=True),
    _reply(name="send", keys="enter,ctrl+s", shown="Enter", footer=True),
    _reply(name="newline", keys="ctrl+j,shift+enter", shown="^j", footer=True),
    _reply(name="page_up", keys="pageup", shown="PgUp"),
    _reply(name="page_down", keys="pagedown", shown="PgDn"),
    _reply(name="insight", keys="f2", shown="F2", on_screen=True, footer=True),
    _reply(name="browse", keys="tab", shown="Tab", on_screen=True, footer=True),
    _reply(name="back", keys="escape", shown="Esc", on_screen=True, footer=True),
    _table(name="open", keys="enter", shown="Enter", footer=True),
    _table(name="down", keys="down,j", shown="↓/j"),
    _table(name="up", keys="up,k", shown="↑/k"),
    _table(name="first", keys="g,home", shown="g"),
    _table(name="last", keys="G,end", shown="G"),
    _followups(name="approve", keys="a", shown="a"),
    _followups(name="snooze", keys="s", shown="s"),
    _followups(name="cancel", keys="c", shown="c"),
    _global(name="board", keys="1", shown="1"),
    _global(name="inbox", keys="2", shown="2"),
    _global(name="followups", keys="3", shown="3"),
    _global(name="sessions", keys="4", shown="4"),
    _global(name="reports", keys="5", shown="5"),
    _global(name="operator", keys="6", shown="6"),
    _global(name="refresh", keys="r", shown="r"),
    _global(name="palette", keys="ctrl+p", shown="^p", palette=False),
    _global(name="help", keys="question_mark,f1", shown="?", footer=True),
    _global(name="quit", keys="q", shown="q", footer=True),
)


def of(context: Context) -> tuple[Action, ...]:
    """The actions of one context, in the order of the help."""
    return tuple(action for action in ACTIONS if action.context is context)


def bindings(context: Context, *names: str) -> list[Binding]:
    """Textual bindings for the actions of ``context`` (only those named, if any are)."""
    chosen = (action for action in of(context) if not names or action.name in names)
    return [
        Binding(
            action.keys,
            f"screen.{action.name}" if action.on_screen else action.name,
            action.label,
            show=action.footer,
            key_display=action.shown,
            priority=action.priority,
            tooltip=action.help,
        )
        for action in chosen
    ]
