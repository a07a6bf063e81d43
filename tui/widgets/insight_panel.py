"""What the engine understood of a conversation, and what will happen next."""

from __future__ import annotations

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tui.phrasing import Moment, age, phone, product, rupiah, soon
from tui.safe import one_line
from tui.strings import t
from waagent.domain.brain_views import InsightView
from waagent.domain.views import LeadView

Rows = list[tuple[str, str, str]]
STATUS_STYLES = {
    "new_lead": "$text-primary",
    "warm_lead": "$text-warning",
    "hot_lead": "$text-error",
    "customer": "$text-success",
}
_WIDE = 50
"""Cells from which label and value share a line."""
_LABEL = 15
FEELING_STYLES = {"positive": "$text-success", "negative": "$text-error"}


class InsightPanel(Static, can_focus=False):
    """A list of facts: label above or beside the value, as the room allows.

    A click asks for what can be changed of them; the keys for that stand in its frame.
    """

    class Clicked(Message):
        """The user wants to change something."""

    def __init__(self) -> None:
        super().__init__(id="insight")
        self._rows: Rows = []
        self.border_title = Content(t("insight.title"))
        self.border_subtitle = Content(t("insight.keys"))

    def show(
        self, lead: LeadView | None, stage: str, insight: InsightView | None, moment: Moment
    ) -> None:
        """Draw what is known; ``stage`` is the name of the lead's."""
        rows = _lead_rows(lead, stage, moment) if lead else []
        if insight is None:
            rows.append(("", t("insight.none"), "bold"))
            rows.append(("", t("insight.none.hint"), "$foreground-muted"))
        else:
            rows += _insight_rows(insight, moment)
        self._rows = rows
        self._draw()

    def on_click(self, event: events.Click) -> None:
        """Ask for what can be changed."""
        event.stop()
        self.post_message(self.Clicked())

    def on_resize(self) -> None:
        """Beside the messages it is narrow, above them wide."""
        self._draw()

    def _draw(self) -> None:
        wide = self.size.width >= _WIDE
        self.update(Content("\n").join([_row(*row, wide=wide) for row in self._rows]))


def _row(label: str, value: str, style: str, *, wide: bool) -> Content:
    if not label:
        return Content.assemble((value, style))
    if wide:
        return Content.assemble((f"{label:<{_LABEL}}", "$foreground-muted"), (value, style))
    return Content.assemble((f"{label}\n", "$foreground-muted"), (f"  {value}", style))


def _lead_rows(lead: LeadView, stage: str, moment: Moment) -> Rows:
    due = t("insight.no_follow_up")
    if lead.follow_up_at is not None:
        due = "↻ " + soon(lead.follow_up_at, moment.now, moment.zone)
    return [
        (t("col.phone"), phone(lead.phone) or t("lead.no_phone"), ""),
        (t("insight.stage"), stage, "bold"),
        *_added_rows(lead),
        (t("insight.follow_up"), due, "$text-accent" if lead.follow_up_at else "$foreground-muted"),
    ]


def _added_rows(lead: LeadView) -> Rows:
    """What people added, and the score, where there is any."""
    found = (
        ("score", str(lead.score or "")),
        ("assignee", one_line(lead.assignee or "")),
        ("value", "" if lead.value is None else rupiah(lead.value)),
        ("tags", one_line(", ".join(lead.tags))),
        ("notes", str(lead.notes or "")),
    )
    return [(t(f"insight.{name}"), shown, "") for name, shown in found if shown]


def _insight_rows(insight: InsightView, moment: Moment) -> Rows:
    instead = f" ({insight.fallback_reason})" if insight.fallback_reason else ""
    engine = f"{one_line(insight.engine)}{instead} · {one_line(insight.model, limit=60)}"
    return [
        (
            t("insight.status"),
            t(f"status.{insight.status}"),
            f"bold {STATUS_STYLES.get(insight.status, '$foreground-muted')}",
        ),
        (t("insight.intent"), t(f"intent.{insight.intent}"), ""),
        (
            t("insight.sentiment"),
            t(f"sentiment.{insight.sentiment}"),
            FEELING_STYLES.get(insight.sentiment, ""),
        ),
        (t("insight.product"), product(insight.product) or "-", ""),
        (t("insight.need"), one_line(insight.need or "-"), ""),
        (t("insight.confidence"), f"{insight.confidence:.0%}", ""),
        (t("insight.engine"), engine, "$foreground-muted"),
        (t("insight.when"), age(insight.created_at, moment.now), "$foreground-muted"),
    ]
