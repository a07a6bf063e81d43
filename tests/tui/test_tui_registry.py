"""One list of actions feeds keys, help, palette and docs; both languages are complete."""

from __future__ import annotations

from pathlib import Path
from string import Formatter

import pytest

from tui import actions, strings
from tui.app import WaagentApp
from tui.screens.board import BoardScreen
from tui.screens.conversation import ConversationScreen
from tui.screens.followups import FollowUpsScreen
from tui.screens.help import all_keys, help_text
from tui.widgets.board import Board
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
    actions.Context.CHAT: (MessageList, ConversationScreen),
    actions.Context.REPLY: (ReplyBox, ConversationScreen),
    actions.Context.TABLE: (Table,),
    actions.Context.FOLLOWUPS: (FollowUpsScreen,),
    actions.Context.GLOBAL: (WaagentApp,),
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


def test_at_most_eight_hints_in_the_footer():
    everywhere = sum(a.footer for a in actions.of(actions.Context.GLOBAL))
    for context in (actions.Context.BOARD, actions.Context.CHAT, actions.Context.TABLE):
        own = sum(action.footer for action in actions.of(context))
        hidden = 1 if context is actions.Context.BOARD else 0  # "1 board", on the board itself
        assert own + everywhere - hidden <= 8


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
