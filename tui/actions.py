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
    PAIRING = "pairing"
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
    def id(self) -> str:
        """Its name in the table of the user's own keys: ``board.move_on``."""
        return f"{self.context}.{self.name}"

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
_pairing = partial(Action, context=Context.PAIRING, on_screen=True)
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
    _board(name="move", keys="m", shown="m", on_screen=True, footer=True, palette=True),
    _board(name="undo", keys="u", shown="u", on_screen=True, footer=True, palette=True),
    _board(name="filter", keys="slash", shown="/", on_screen=True, footer=True, palette=True),
    _board(name="match_on", keys="n", shown="n", palette=True),
    _board(name="match_back", keys="N", shown="N"),
    _board(name="clear", keys="escape", shown="Esc", on_screen=True),
    _board(name="not_leads", keys="x", shown="x", on_screen=True, palette=True),
    _board(name="copy", keys="y", shown="y", on_screen=True, palette=True),
    _board(name="copy_link", keys="Y", shown="Y", on_screen=True, palette=True),
    _chat(name="write", keys="enter", shown="Enter", footer=True),
    _chat(name="down", keys="down,j", shown="↓/j"),
    _chat(name="up", keys="up,k", shown="↑/k"),
    _chat(name="page_down", keys="ctrl+d,pagedown", shown="^d"),
    _chat(name="page_up", keys="ctrl+u,pageup", shown="^u"),
    _chat(name="first", keys="g,home", shown="g"),
    _chat(name="last", keys="G,end", shown="G"),
    _chat(name="menu", keys="space", shown="Space", footer=True),
    _chat(name="quote", keys="b", shown="b", footer=True),
    _chat(name="react", keys="plus", shown="+"),
    _chat(name="edit", keys="E", shown="E"),
    _chat(name="delete", keys="d,delete", shown="d"),
    _chat(name="resolve", keys="v", shown="v"),
    _chat(name="open_file", keys="o", shown="o"),
    _chat(name="save_file", keys="s", shown="s"),
    _chat(name="expand", keys="e", shown="e"),
    _chat(name="older", keys="O", shown="O"),
    _chat(name="copy", keys="y", shown="y"),
    _chat(name="copy_text", keys="Y", shown="Y"),
    _chat(name="insight", keys="i,f2", shown="i", footer=True),
    _chat(name="lead_menu", keys="f3", shown="F3"),
    _chat(name="stage", keys="m", shown="m"),
    _chat(name="relabel", keys="c", shown="c"),
    _chat(name="note", keys="n", shown="n"),
    _chat(name="tags", keys="t", shown="t"),
    _chat(name="value", keys="w", shown="w"),
    _chat(name="assign", keys="a", shown="a"),
    _chat(name="history", keys="h", shown="h"),
    _chat(name="back", keys="escape", shown="Esc", footer=True),
    _reply(name="send", keys="enter,ctrl+s", shown="Enter", footer=True),
    _reply(name="newline", keys="ctrl+j,shift+enter", shown="^j", footer=True),
    _reply(name="templates", keys="ctrl+t", shown="^t", footer=True),
    _reply(name="editor", keys="ctrl+e", shown="^e"),
    _reply(name="page_up", keys="pageup", shown="PgUp"),
    _reply(name="page_down", keys="pagedown", shown="PgDn"),
    _reply(name="insight", keys="f2", shown="F2", footer=True),
    _reply(name="browse", keys="tab", shown="Tab", footer=True),
    _reply(name="back", keys="escape", shown="Esc", footer=True),
    _table(name="open", keys="enter", shown="Enter", footer=True),
    _table(name="down", keys="down,j", shown="↓/j"),
    _table(name="up", keys="up,k", shown="↑/k"),
    _table(name="first", keys="g,home", shown="g"),
    _table(name="last", keys="G,end", shown="G"),
    _followups(name="approve", keys="a", shown="a", footer=True),
    _followups(name="rewrite", keys="e", shown="e"),
    _followups(name="snooze", keys="s", shown="s", footer=True),
    _followups(name="cancel", keys="c", shown="c", footer=True),
    _followups(name="approve_all", keys="asterisk", shown="*"),
    _followups(name="pause", keys="p", shown="p"),
    _followups(name="undo_followup", keys="u", shown="u"),
    _followups(name="day_before", keys="left_square_bracket,left,h", shown="["),
    _followups(name="day_after", keys="right_square_bracket,right,l", shown="[ ]", footer=True),
    _followups(name="today", keys="t", shown="t"),
    _followups(name="agenda", keys="A", shown="A"),
    _sessions(name="link", keys="c", shown="c", footer=True),
    _sessions(name="link_new", keys="n", shown="n", footer=True),
    _sessions(name="suspend", keys="s", shown="s", footer=True),
    _sessions(name="move_host", keys="m", shown="m", footer=True),
    _sessions(name="copy_number", keys="y", shown="y"),
    _sessions(name="details_down", keys="ctrl+d,pagedown", shown="^d", palette=False),
    _sessions(name="details_up", keys="ctrl+u,pageup", shown="^u", palette=False),
    _pairing(name="again", keys="enter", shown="Enter", footer=True),
    _pairing(name="practise", keys="p", shown="p", footer=True),
    _pairing(name="by_code", keys="k", shown="k", footer=True),
    _pairing(name="by_qr", keys="b", shown="b", footer=True),
    _pairing(name="change_number", keys="u", shown="u", footer=True),
    _pairing(name="leave", keys="escape", shown="Esc", footer=True),
    _reports(name="report_on", keys="right,l", shown="←/→", footer=True),
    _reports(name="report_back", keys="left,h", shown="←/h"),
    _reports(name="period_on", keys="p", shown="p", footer=True),
    _reports(name="period_back", keys="P", shown="P"),
    _reports(name="down", keys="down,j", shown="↓/j", palette=False),
    _reports(name="up", keys="up,k", shown="↑/k", palette=False),
    _reports(name="export_report", keys="e", shown="e", footer=True),
    _inbox(name="search", keys="slash", shown="/", footer=True),
    _inbox(name="only_unread", keys="u", shown="u", footer=True),
    _inbox(name="only_waiting", keys="w", shown="w", footer=True),
    _inbox(name="only_stage", keys="f", shown="f", footer=True),
    _inbox(name="only_session", keys="n", shown="n"),
    _inbox(name="mark_unread", keys="U", shown="U"),
    _inbox(name="all_chats", keys="escape", shown="Esc", palette=False),
    _operator(name="view_on", keys="right,l", shown="←/→", footer=True),
    _operator(name="view_back", keys="left,h", shown="←/h"),
    _operator(name="open_shop", keys="o", shown="o", footer=True),
    _operator(name="new_shop", keys="n", shown="n", footer=True),
    _operator(name="drain_host", keys="d", shown="d", footer=True),
    _global(name="board", keys="1", shown="1"),
    _global(name="inbox", keys="2", shown="2"),
    _global(name="followups", keys="3", shown="3"),
    _global(name="sessions", keys="4", shown="4"),
    _global(name="reports", keys="5", shown="5"),
    _global(name="operator", keys="6", shown="6"),
    _global(name="refresh", keys="r", shown="r"),
    _global(name="goto", keys="ctrl+g", shown="^g"),
    _global(name="palette", keys="ctrl+p", shown="^p", footer=True, palette=False),
    _global(name="help", keys="question_mark,f1", shown="?", footer=True),
    _global(name="quit", keys="q", shown="q", footer=True),
)


BY_ID = {action.id: action for action in ACTIONS}
"""Every action by its id, which is also that of its bindings."""


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
            id=action.id,
        )
        for action in chosen
    ]
