"""How a lead looks on the board: three lines of styled text, never wider than told. Pure."""

from __future__ import annotations

from rich.cells import cell_len

from tui.phrasing import Moment, age, lead_name, product, rupiah, soon, status
from tui.safe import fit, one_line
from tui.strings import t
from waagent.domain.labels import Sentiment
from waagent.domain.views import LeadView

HEIGHT = 3
"""Lines of a card; the board puts one empty line between two."""

Piece = tuple[str, str]
"""A text and the name of its component style (without ``card--``)."""


def draw(lead: LeadView, width: int, moment: Moment) -> tuple[tuple[Piece, ...], ...]:
    """The card's lines, each exactly ``width`` cells: who and when, what, how it stands."""
    return (_who(lead, width, moment), _what(lead, width), _state(lead, width, moment))


def _who(lead: LeadView, width: int, moment: Moment) -> tuple[Piece, ...]:
    left, right = fit(lead_name(lead), age(lead.last_message_at, moment.now), width)
    return (left, "name"), (right, "muted")


def _what(lead: LeadView, width: int) -> tuple[Piece, ...]:
    feeling = ""
    if lead.sentiment and lead.sentiment is not Sentiment.NEUTRAL:
        feeling = t(f"sentiment.{lead.sentiment}")
    named = product(lead.product)
    if lead.value is not None:
        valued = " · ".join(filter(None, (named, rupiah(lead.value))))
        # Whole or not at all: half an amount would be another one.
        if cell_len(valued) + (cell_len(feeling) + 1 if feeling else 0) <= width:
            named = valued
    left, right = fit(named or t("lead.no_product"), feeling, width)
    return (left, "product" if named else "faint"), (right, f"{lead.sentiment}")


def _state(lead: LeadView, width: int, moment: Moment) -> tuple[Piece, ...]:
    word = status(lead.status)
    due = _due(lead, width - cell_len(word) - 1, moment)
    score, assignee = str(lead.score or ""), one_line(lead.assignee or "")
    more = ""
    tags = (f" #{one_line(tag)}" for tag in lead.tags)
    for text in (f" {score}" * bool(score), f" @{assignee}" * bool(assignee), *tags):
        # The same for the score, and for half a name.
        if cell_len(word + more + text) + cell_len(due) < width:
            more += text
    more, right = fit(more, due, width - cell_len(word)) if more else ("", "")
    if more:
        return (word, status_style(lead)), (more, "muted"), (right, "due")
    left, right = fit(word, due, width)
    return (left, status_style(lead)), (right, "due")


def _due(lead: LeadView, room: int, moment: Moment) -> str:
    """When the follow-up is due, as precisely as fits; a cut time would be a wrong one."""
    if lead.follow_up_at is None:
        return ""
    full = "↻ " + soon(lead.follow_up_at, moment.now, moment.zone)
    for text in (full, full.rpartition(" ")[0]):
        if cell_len(text) <= room:
            return text
    return "↻"


def status_style(lead: LeadView) -> str:
    """The component style of a lead's status."""
    return f"{lead.status}" if lead.status else "faint"
