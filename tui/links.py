"""Deep links: ``lead/ID``, ``chat/ID``, ``session/NAME`` or the name of a screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from waagent.errors import InvalidInputError

Place = Literal["board", "sessions", "followups"]
Thing = Literal["lead", "chat", "session"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Where to start: a place, or a thing with its id (a session: its name)."""

    text: str
    place: Place | None = None
    thing: Thing | None = None
    id: str = ""


def parse_link(text: str) -> Link:
    """Read a link. Raises InvalidInputError if it is of no known form."""
    head, _, rest = text.strip().partition("/")
    for place in get_args(Place):
        if head == place and not rest:
            return Link(text=text, place=place)
    for thing in get_args(Thing):
        if head == thing and rest:
            return Link(text=text, thing=thing, id=rest)
    raise InvalidInputError(
        f"unknown link {text!r}",
        hint="use lead/ID, chat/ID, session/NAME, board, sessions or followups",
    )
