"""Which keys do what: those of the registry, or the user's own, and how people write them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from itertools import combinations

from textual.keys import REPLACED_KEYS, Keys, _character_to_key

from tui.actions import ACTIONS, Action, Context
from waagent.errors import ConfigError

_own: dict[str, str] = {}
"""The user's keys by the id of the action, as Textual calls keys."""

_ALIASES = {"esc": "escape", "return": "enter", "pgup": "pageup", "pgdn": "pagedown"}
_NAMED = {key.value for key in Keys if not key.name.startswith(("ControlAt", "Scroll", "Any"))}
_MODIFIERS = ("ctrl", "shift", "alt", "super")

_ALONE = (Context.BOARD, Context.CHAT, Context.TABLE)
"""No two of these have the focus at once. A text box (Context.REPLY) keeps what it is typed."""
_OVER_TABLES = frozenset(Context) - {*_ALONE, Context.REPLY, Context.GLOBAL}

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
    "space": "Space",
}


def use_keys(own: Mapping[str, str]) -> None:
    """Take the user's keys, by the id of the action (``board.move_on``), for this process.

    Several keys of one action are separated by commas. Raises ConfigError for an id that no action
    has, for something that is no key, and for a key that would mean two things.
    """
    wanted = {name: _keys_from(name, text) for name, text in own.items()}
    _check_clashes(wanted)
    _own.clear()
    _own.update(wanted)


def own_keys() -> dict[str, str]:
    """The user's keys, for Textual's keymap."""
    return dict(_own)


def keys_of(action: Action) -> str:
    """The keys of an action, comma separated, as Textual calls them."""
    return _own.get(action.id, action.keys)


def shown(action: Action) -> str:
    """What footer and palette write for an action: ``H/L``, ``^p``."""
    if action.id not in _own:
        return action.shown
    first = _own[action.id].split(",")[0]
    return _written(first).replace("Ctrl+", "^")


def all_keys(action: Action) -> str:
    """Every key of an action as people write them: ``Shift+→``, ``Ctrl+J``."""
    return "  ".join(_written(key) for key in keys_of(action).split(","))


def _written(key: str) -> str:
    *modifiers, last = key.split("+")
    name = _NAMES.get(last) or _SIGNS.get(last, last.upper() if modifiers else last)
    if len(last) > 1 and last[0] == "f" and last[1:].isdigit():
        name = last.upper()
    return "+".join([*(modifier.capitalize() for modifier in modifiers), name])


_SIGNS = {_character_to_key(sign): sign for sign in "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"}


def _keys_from(name: str, text: str) -> str:
    known = {action.id for action in ACTIONS}
    if name not in known:
        near = get_close_matches(name, known, n=1)
        raise ConfigError(
            f"keys: there is no action {name!r}",
            hint=f"did you mean {near[0]!r}?" if near else "docs/reference/keys.md names them",
        )
    return ",".join(_key_from(name, part) for part in text.split(",") if part.strip()) or _fail(
        name, text
    )


def _key_from(name: str, text: str) -> str:
    *modifiers, last = text.strip().split("+") if text.strip() != "+" else ["+"]
    last = _ALIASES.get(last.lower(), last)
    if len(last) == 1:
        last = _character_to_key(last)
    last = REPLACED_KEYS.get(last, last)
    modifiers = [modifier.lower() for modifier in modifiers]
    known = len(last) == 1 or last in _NAMED or last in _SIGNS or last.lower() in _NAMED
    if not known or not set(modifiers) <= set(_MODIFIERS):
        _fail(name, text)
    if modifiers == ["shift"] and len(last) == 1:
        return last.upper()
    if len(last) > 1 or modifiers:
        last = last.lower()
    return "+".join([*modifiers, last])


def _fail(name: str, text: str) -> str:
    raise ConfigError(
        f"keys: {name} = {text!r} is no key", hint='keys are written M, ctrl+g, f5, enter, "left,h"'
    )


def _check_clashes(wanted: Mapping[str, str]) -> None:
    for first, second in combinations(ACTIONS, 2):
        if not ({first.id, second.id} & wanted.keys()) or not _meet(first, second):
            continue
        both = set(_split(first, wanted)) & set(_split(second, wanted))
        if both and first.name != second.name:
            raise ConfigError(
                f"keys: {_written(min(both))} would mean both {first.id} and {second.id}",
                hint=f"give {second.id if first.id in wanted else first.id} another key as well",
            )


def _split(action: Action, wanted: Mapping[str, str]) -> Iterator[str]:
    yield from wanted.get(action.id, action.keys).split(",")


def _meet(first: Action, second: Action) -> bool:
    """Whether both can be pressed in one place."""
    contexts = {first.context, second.context}
    if len(contexts) == 1 or Context.GLOBAL in contexts:
        return True
    return Context.TABLE in contexts and bool(contexts & _OVER_TABLES)
