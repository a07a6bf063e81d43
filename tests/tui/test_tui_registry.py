"""One list of actions feeds keys, help, palette and docs; both languages are complete."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path
from string import Formatter

import pytest
from textual.screen import Screen
from textual.widget import Widget

import tui
from tui import actions, strings
from tui.app import WaagentApp
from tui.keys import all_keys
from tui.screens.base import HubScreen
from tui.screens.board import BoardScreen
from tui.screens.closing import ClosesOnce
from tui.screens.confirm import Confirm
from tui.screens.followups import FollowUpsScreen
from tui.screens.help import help_key, help_text
from tui.screens.inbox import InboxScreen
from tui.screens.loading import LoadingScreen
from tui.screens.operator import OperatorScreen
from tui.screens.pairing import PairingScreen
from tui.screens.reports import ReportsScreen
from tui.screens.sessions import SessionsScreen
from tui.widgets.board import Board
from tui.widgets.conversation import Conversation
from tui.widgets.hints import MOST, _fitting
from tui.widgets.message_list import MessageList
from tui.widgets.reply_box import ReplyBox
from tui.widgets.table import Table
from waagent.domain.followups import CancelReason, FollowUpState, FollowUpStop
from waagent.domain.labels import Intent, Sentiment, Status
from waagent.domain.leads import Stage
from waagent.domain.messages import MessageKind, MessageState
from waagent.domain.sessions import SessionState

OWNERS = {
    actions.Context.BOARD: (Board, BoardScreen),
    actions.Context.CHAT: (MessageList, Conversation),
    actions.Context.REPLY: (ReplyBox, Conversation),
    actions.Context.TABLE: (Table,),
    actions.Context.INBOX: (InboxScreen,),
    actions.Context.FOLLOWUPS: (FollowUpsScreen,),
    actions.Context.SESSIONS: (SessionsScreen,),
    actions.Context.PAIRING: (PairingScreen,),
    actions.Context.REPORTS: (ReportsScreen,),
    actions.Context.OPERATOR: (OperatorScreen,),
    actions.Context.GLOBAL: (WaagentApp,),
}
OVER_TABLES = {
    actions.Context.INBOX,
    actions.Context.FOLLOWUPS,
    actions.Context.SESSIONS,
    actions.Context.OPERATOR,
}
REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "keys.md"


@pytest.mark.parametrize("action", actions.ACTIONS, ids=lambda a: f"{a.context}.{a.name}")
def test_every_action_is_done_bound_and_explained(action):
    owners = OWNERS[action.context]
    doer = owners[-1] if action.on_screen else None
    assert any(hasattr(o, f"action_{action.name}") for o in ([doer] if doer else owners))
    bound = {key for o in owners for b in o.BINDINGS for key in b.key.split(",")}
    assert set(action.keys.split(",")) <= bound
    assert action.label
    assert action.help in help_text().plain
    assert all_keys(action) in help_text().plain


@pytest.mark.parametrize("action", actions.ACTIONS, ids=lambda a: f"{a.context}.{a.name}")
def test_every_action_is_in_the_reference(action):
    text = REFERENCE.read_text(encoding="utf-8")
    for key in all_keys(action).split():
        assert f"`{key}`" in text


def test_the_reference_is_what_the_registry_gives():
    from keys_reference import render

    assert REFERENCE.read_text(encoding="utf-8") == render()


@pytest.mark.parametrize("context", list(actions.Context))
def test_no_key_means_two_things(context):
    keys = [key for action in actions.of(context) for key in action.keys.split(",")]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("context", [c for c in actions.Context if c is not c.GLOBAL])
def test_at_most_eight_hints_in_the_footer(context):
    stay = [a for a in actions.of(actions.Context.GLOBAL) if a.footer and a.name != "palette"]
    own = [action for action in actions.of(context) if action.footer]
    if context in OVER_TABLES:
        own += [action for action in actions.of(actions.Context.TABLE) if action.footer]
    assert len(own) + len(stay) <= MOST


def test_what_has_no_room_in_the_footer_is_left_out_in_order():
    own = [(key, key, "act", False, True) for key in "abcdef"]
    everywhere = [(key, key, "act", True, True) for key in "pxq"]
    keys = lambda room: "".join(h[0] for h in _fitting([*own, *everywhere], room))  # noqa: E731
    assert keys(500) == "abcdefxq"
    assert keys(30) == "abcxq"
    assert "".join(h[0] for h in _fitting([*own[:5], *everywhere], 500)) == "abcdepxq"


def test_every_screen_and_widget_with_keys_has_its_help():
    for module in pkgutil.walk_packages(tui.__path__, "tui."):
        if not module.name.endswith("__main__") and ".web" not in module.name:
            importlib.import_module(module.name)
    found = [kind for kind in _subclasses(Widget) if kind.__module__.startswith("tui.")]
    kinds = [kind for kind in found if issubclass(kind, Screen) or kind.can_focus]
    assert {Board, BoardScreen, Confirm} <= set(kinds)
    plain = {HubScreen, LoadingScreen, ClosesOnce}  # only what others extend
    missing = [kind.__name__ for kind in kinds if kind not in plain and not help_key(kind)]
    assert missing == [], "say what it is for in tui/help_strings.py"


def _subclasses(kind):
    for each in kind.__subclasses__():
        yield each
        yield from _subclasses(each)


def test_every_label_has_words():
    for kind, values in {
        "stage": Stage,
        "status": Status,
        "intent": Intent,
        "sentiment": Sentiment,
        "session": SessionState,
        "kind": MessageKind,
        "followup": FollowUpState,
        "reason": CancelReason,
        "stop": FollowUpStop,
    }.items():
        for value in values:
            assert strings.t(f"{kind}.{value}")
    for state in MessageState:
        assert state is MessageState.RECEIVED or strings.t(f"state.{state}")


def test_both_languages_have_the_same_fields():
    for key in sorted(strings.keys()):
        texts = []
        for language in ("id", "en"):
            strings.use_language(language)
            texts.append({name for _, name, _, _ in Formatter().parse(strings.t(key)) if name})
        strings.use_language("id")
        assert texts[0] == texts[1], key
