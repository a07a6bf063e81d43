"""Deep links: ``lead/ID``, ``chat/ID``, ``session/NAME`` or the name of a place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from tui.places import Place
from waagent.errors import InvalidInputError

Thing = Literal["lead", "chat", "session"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Where to start: a place, or a thing with its id (a session: its name)."""

    text: str
    place: Place | None = None
    thing: Thing | None = None
    id: str = ""


def lead_link(lead_id: str) -> str:
    """The link of a lead, as :func:`parse_link` reads it."""
    return f"lead/{lead_id}"


def parse_link(text: str) -> Link:
    """Read a link. Raises InvalidInputError if it is of no known form."""
    head, _, rest = text.strip().partition("/")
    if head in set(Place) and not rest:
        return Link(text=text, place=Place(head))
    for thing in get_args(Thing):
        if head == thing and rest:
            return Link(text=text, thing=thing, id=rest)
    raise InvalidInputError(
        f"unknown link {text!r}",
        hint=f"use lead/ID, chat/ID, session/NAME or one of: {', '.join(Place)}",
    )
