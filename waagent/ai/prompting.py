"""The messages sent to a language model: a versioned instruction, and the chat fenced as data."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files

from waagent.ai.catalogue import Catalogue
from waagent.ai.demands import without_demands
from waagent.ai.text import clean
from waagent.domain.labels import Turn

PROMPT_VERSION = "classify-1"
MAX_TURNS = 30
MAX_TURN_CHARS = 1000
MAX_CATALOGUE = 100
REMOVED = "[only orders to whoever labels this chat; removed]"


@lru_cache(maxsize=4)
def instruction(version: str) -> str:
    """The instruction of a prompt's version."""
    path = files("waagent.ai") / "prompts" / f"{version}.md"
    return path.read_text(encoding="utf-8")


def messages(turns: Sequence[Turn], catalogue: Catalogue | None) -> list[dict[str, str]]:
    """The system and the user message. The chat stands between two lines with a random marker."""
    chat = fenced([chat_line(turn) for turn in turns[-MAX_TURNS:]])
    texts = [turn.text for turn in turns[-MAX_TURNS:]]
    likely = catalogue.shortlist(texts, MAX_CATALOGUE) if catalogue else ()
    names = [clean(product.name)[:80] for product in likely]
    shop = f"Catalogue: {json.dumps(names, ensure_ascii=False)}\n" if names else ""
    return [
        {"role": "system", "content": instruction(PROMPT_VERSION)},
        {"role": "user", "content": f"{shop}{chat}\nLabel this chat."},
    ]


def fenced(lines: Sequence[str]) -> str:
    """Lines of data between two lines with the same random marker."""
    marker = f"=== {secrets.token_hex(8)} ==="
    return "\n".join([marker, *lines, marker])


def chat_line(turn: Turn) -> str:
    """A message on one line. What a customer addresses to the labeller does not reach the model."""
    text = " ".join(clean(turn.text)[:MAX_TURN_CHARS].split())
    if turn.author == "customer" and text:
        text = " ".join(without_demands(text).split()) or REMOVED
    return f"{turn.author.upper()}: {text or '[media]'}"
