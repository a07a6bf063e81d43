"""Writes docs/reference/keys.md from the registry of actions. Run it after changing a key."""

from __future__ import annotations

from pathlib import Path

from tui import actions, strings
from tui.keys import all_keys
from tui.screens.help import TITLES

TARGET = Path(__file__).resolve().parents[1] / "docs" / "reference" / "keys.md"


_OWN = "Each can be [another one](../howto/change-keys.md), named by the id of its action."


def render() -> str:
    """The page, in English."""
    strings.use_language("en")
    try:
        made = "Made by `scripts/keys_reference.py`."
        lines = ["# Keys of the lead board", "", made, "", _OWN, ""]
        for context, title in TITLES.items():
            lines += [f"## {strings.t(title)}", "", "| keys | what they do | id |", "|---|---|---|"]
            for action in actions.of(context):
                keys = " ".join(f"`{key}`" for key in all_keys(action).split())
                lines.append(f"| {keys} | {action.help} | `{action.id}` |")
            lines.append("")
        return "\n".join(lines)
    finally:
        strings.use_language("id")


if __name__ == "__main__":
    TARGET.write_text(render(), encoding="utf-8")
