"""One follow-up in full: the text to the letter, when and why, what stops it, how it ended."""

from __future__ import annotations

from collections.abc import Iterator

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.phrasing import Moment, clock, customer, due_day
from tui.safe import clean, clip, one_line
from tui.strings import t
from waagent.domain.followups import Approval, CancelReason, FollowUpState
from waagent.domain.views import FollowUpView

Part = tuple[str, str]


class FollowUpPreview(VerticalScroll, can_focus=False):
    """Scrolls where it is long."""

    def __init__(self) -> None:
        super().__init__(id="followup-preview")
        self._head = Static(id="preview-head", markup=False)
        self._text = Static(id="preview", markup=False)
        self._facts = Static(id="preview-facts", markup=False)
        self._shown = ""

    def compose(self) -> ComposeResult:
        """Who and when, the text, the rest."""
        yield self._head
        yield self._text
        yield self._facts

    def show(self, followup: FollowUpView | None, moment: Moment) -> None:
        """Draw; another one is read from its top."""
        self._text.display = followup is not None and followup.text is not None
        if followup is None:
            self._head.update(t("followups.day.none.pick"))
            self._facts.update("")
            return
        if followup.id != self._shown:
            self._shown = followup.id
            self.scroll_home(animate=False)
        name = clip(customer(followup.name, followup.phone), 40)
        self._head.update(
            Content.assemble((name, "bold"), (f"  {_when(followup, moment)}", "$text-accent"))
        )
        self._text.update(clean(followup.text or ""))
        self._facts.update(_facts(followup))


def _when(followup: FollowUpView, moment: Moment) -> str:
    at = due_day(followup.due_at, moment.now, moment.zone)
    return f"{at} {clock(followup.due_at, moment.zone)}"


def _facts(followup: FollowUpView) -> Content:
    lines = [*_outcome(followup), *_why(followup), *_stops(followup)]
    parts: list[str | Part] = []
    for text, style in lines:
        parts += [(text, style), "\n"]
    return Content.assemble(*parts).rstrip()


def _outcome(followup: FollowUpView) -> Iterator[Part]:
    if followup.state is FollowUpState.PENDING:
        if followup.approval is Approval.GIVEN:
            by = clip(one_line(followup.approved_by or "?"), 30)
            yield f"✓ {t('followups.approved', by=by)}", "$text-success"
        return
    state = t(f"followup.{followup.state}")
    reason = reason_of(followup)
    said = f"{state}: {reason}" if reason else state
    yield said, "$foreground" if followup.state is FollowUpState.SENT else "$text-warning"


def _why(followup: FollowUpView) -> Iterator[Part]:
    sale = [t(f"stage.{followup.stage}")] if followup.stage else []
    sale += [t(f"intent.{followup.intent}")] if followup.intent else []
    if sale:
        yield t("followups.sale", sale=" · ".join(sale)), "$foreground-muted"
    if followup.rule is not None and followup.variant is not None:
        why = t("followups.why", rule=followup.rule, template=followup.variant)
        yield one_line(why), "$foreground-muted"


def _stops(followup: FollowUpView) -> Iterator[Part]:
    if followup.state is not FollowUpState.PENDING:
        return
    for stop in followup.stops:
        yield f"▲ {t(f'stop.{stop}')}", "$text-warning"
    yield t("followups.cancels"), "$foreground-muted"
    yield t("followups.keys"), "$foreground-muted"


def reason_of(followup: FollowUpView) -> str:
    """Why it ended so, in words; empty where there is nothing to say."""
    if followup.reason is None:
        return ""
    known = followup.reason in list(CancelReason)
    return t(f"reason.{followup.reason}") if known else clip(one_line(followup.reason), 40)
