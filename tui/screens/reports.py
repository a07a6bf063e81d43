"""Today's numbers, and what was achieved: funnel, new customers, response times, follow-ups."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import BindingType
from textual.containers import Container, Horizontal, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from tui.actions import Context, bindings
from tui.charts import Chart, follow_up_chart, funnel_chart, lead_chart, response_chart
from tui.hub import Hub, Update
from tui.phrasing import local_date
from tui.ports import ReportsPort
from tui.reporting import reported
from tui.reports_text import (
    days,
    figures,
    follow_up_text,
    funnel_text,
    lead_text,
    response_text,
)
from tui.screens.loading import LoadingScreen
from tui.strings import t
from tui.widgets.choice_line import ChoiceLine
from waagent.domain import reports_csv
from waagent.domain.reports import TodayReport
from waagent.domain.views import Tenant
from waagent.errors import WaagentError

if TYPE_CHECKING:
    from tui.widgets.chart import ChartPlot

FRESH_S = 3.0
"""Changes of the shop's data have it loaded again, but not sooner."""
IDLE_S = 30.0
"""Without any change so often: waits grow, and days end."""
_SHARE = 20
"""A load that takes long is made as much rarer that it costs at most one part in so many."""


class Kind(StrEnum):
    """The reports, in the order of their names on screen."""

    FUNNEL = "funnel"
    LEADS = "leads"
    RESPONSES = "responses"
    WORTH = "worth"


class Span(StrEnum):
    """The periods to choose from."""

    TODAY = "today"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    THIS_MONTH = "this_month"
    LAST_MONTH = "last_month"


_DAYS = {Span.TODAY: 1, Span.WEEK: 7, Span.MONTH: 30, Span.QUARTER: 90}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """A loaded report; ``report`` is of ``kind``."""

    kind: Kind
    span: Span
    today: TodayReport
    report: Any


class ReportsScreen(LoadingScreen):
    """The day's figures on top; below them one report as a plot and in words."""

    AUTO_FOCUS: ClassVar[str | None] = "#report-text"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Context.REPORTS)]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012  Textual's

    def __init__(self, hub: Hub) -> None:
        super().__init__(hub)
        self._tiles = [Static(classes="figure", markup=False) for _ in range(5)]
        self._kinds = ChoiceLine([t(f"reports.{kind}") for kind in Kind])
        self._spans = ChoiceLine([t(f"reports.period.{span}") for span in Span])
        self._spans.chosen = list(Span).index(Span.MONTH)
        self._text = Static(markup=False)
        self._room_for_chart = Container(id="chart-room")
        self._report = Container(
            self._room_for_chart, VerticalScroll(self._text, id="report-text"), id="report"
        )
        self._all = Container(
            Horizontal(*self._tiles, id="today"), self._kinds, self._spans, self._report
        )
        self._all.display = False
        self._chart: ChartPlot | None = None
        self._shown: _Shown | None = None
        self._stale = False
        self._asked_at = self._took = 0.0

    def body(self) -> Iterable[Widget]:
        """Figures, choices, plot, words."""
        return (self._all,)

    @property
    def kind(self) -> Kind:
        """The report that is chosen."""
        return list(Kind)[self._kinds.chosen]

    @property
    def span(self) -> Span:
        """The period that is."""
        return list(Span)[self._spans.chosen]

    def concerns(self, update: Update) -> bool:
        """Changes, at most every few seconds; without any now and then."""
        self._stale |= update.leads or update.followups or bool(update.conversations)
        since = time.monotonic() - self._asked_at
        if since < max(FRESH_S, self._took * _SHARE):
            return False
        return self._stale or (update.poll and since >= IDLE_S)

    async def fetch(self) -> None:
        """The day and the chosen report; the first time also what draws plots."""
        self._stale, self._asked_at = False, time.monotonic()
        kind, span, tenant = self.kind, self.span, self.hub.tenant
        first, last = _dates(span, local_date(self.hub.clock(), tenant.timezone))
        today, report = await self.hub.read(
            lambda services: _read(services.reports, tenant, kind, first, last)
        )
        self._shown = _Shown(kind=kind, span=span, today=today, report=report)
        self._took = time.monotonic() - self._asked_at
        if self._chart is None:
            made = await asyncio.to_thread(import_module, "tui.widgets.chart")
            if self._chart is None and self.is_attached:
                self._chart = made.ChartPlot()
                await self._room_for_chart.mount(self._chart)

    def draw(self) -> None:
        """All of it."""
        self.head(t("reports.title"))
        shown = self._shown
        if shown is None or self._chart is None:
            return
        self._all.display = True
        for tile, (number, name, note) in zip(self._tiles, figures(shown.today), strict=True):
            tile.update(
                Content.assemble(
                    (number, "bold $text-primary"), f"\n{name}\n", (note, "$foreground-muted")
                )
            )
        current = shown.kind is self.kind and shown.span is self.span
        self._report.set_class(not current, "-stale")
        if current:
            self._draw_report(shown, self._chart)

    def _draw_report(self, shown: _Shown, plot: ChartPlot) -> None:
        chart, text = self._content(shown)
        when = days(shown.report.first, shown.report.last)
        if text is None:
            text = f"{t('reports.empty', days=when)} {t('reports.empty.hint')}"
        self._room_for_chart.display = chart is not None
        if chart is not None:
            plot.show(chart)
        self._text.update(text)
        self.head(t("reports.title"), [f"{t(f'reports.{shown.kind}')}: {when}"])

    def _content(self, shown: _Shown) -> tuple[Chart | None, str | None]:
        """The plot, if there is enough for one, and the words; None: there is nothing at all."""
        report, names = shown.report, self.hub.store.stage_names
        if shown.kind is Kind.FUNNEL and report.leads:
            return funnel_chart(report, names), funnel_text(report, names)
        if shown.kind is Kind.LEADS and report.total:
            several = len(report.by_time) > 1
            return (lead_chart(report) if several else None), lead_text(report)
        if shown.kind is Kind.RESPONSES and report.asked:
            return response_chart(report), response_text(report)
        if shown.kind is Kind.WORTH and (report.sent.follow_ups or report.held_out.follow_ups):
            return follow_up_chart(report), follow_up_text(report)
        return None, None

    def on_choice_line_picked(self, message: ChoiceLine.Picked) -> None:
        """A click on another report or period."""
        self._choose(message.line, message.index)

    def _choose(self, line: ChoiceLine, index: int) -> None:
        line.choose(index)
        self._report.add_class("-stale")
        self.query_one("#report-text").scroll_home(animate=False)
        self.reload()

    def action_report_on(self) -> None:
        """The next report."""
        self._choose(self._kinds, self._kinds.chosen + 1)

    def action_report_back(self) -> None:
        """The one before."""
        self._choose(self._kinds, self._kinds.chosen - 1)

    def action_period_on(self) -> None:
        """The next period."""
        self._choose(self._spans, self._spans.chosen + 1)

    def action_period_back(self) -> None:
        """The one before."""
        self._choose(self._spans, self._spans.chosen - 1)

    def action_down(self) -> None:
        """The words further down."""
        self.query_one("#report-text").scroll_relative(y=1, animate=False)

    def action_up(self) -> None:
        """And up."""
        self.query_one("#report-text").scroll_relative(y=-1, animate=False)

    def action_export_report(self) -> None:
        """Save what is shown in the folder waagent was started in. A browser gets no files."""
        if self.app.is_web:
            self.notify(t("reports.web"), markup=False)
            return
        if self._shown is None or self._report.has_class("-stale"):
            self.notify(t("reports.not_yet"), markup=False)
            return
        shown, slug = self._shown, self.hub.tenant.slug
        text = self._csv(shown)
        name = f"{slug}-{shown.kind}-{shown.report.first}-{shown.report.last}.csv"
        self.run_worker(self._save(name, text), group="export", exit_on_error=False)

    async def _save(self, name: str, text: str) -> None:
        with reported(self, "error.export"):
            path = await asyncio.to_thread(_write_new, Path.cwd() / name, text)
            self.notify(str(path), title=t("reports.saved"), markup=False)

    def _csv(self, shown: _Shown) -> str:
        report = shown.report
        names = [t(f"stage.{step.stage}") for step in getattr(report, "steps", ())]
        rows: dict[Kind, Callable[[], tuple[tuple[str, ...], list[reports_csv.Row]]]] = {
            Kind.FUNNEL: lambda: (reports_csv.FUNNEL, reports_csv.funnel_rows(report, names)),
            Kind.LEADS: lambda: (reports_csv.LEADS, reports_csv.lead_rows(report)),
            Kind.RESPONSES: lambda: (
                reports_csv.RESPONSE_TIMES,
                reports_csv.response_rows(report),
            ),
            Kind.WORTH: lambda: (reports_csv.FOLLOW_UPS, reports_csv.follow_up_rows(report)),
        }
        return reports_csv.csv_text(*rows[shown.kind]())


def _read(
    reports: ReportsPort, tenant: Tenant, kind: Kind, first: date | None, last: date
) -> tuple[TodayReport, Any]:
    period = reports.period(tenant, first=first, last=last)
    ask: dict[Kind, Callable[[Tenant, Any], Any]] = {
        Kind.FUNNEL: reports.funnel,
        Kind.LEADS: reports.leads,
        Kind.RESPONSES: reports.response_times,
        Kind.WORTH: reports.follow_ups,
    }
    return reports.today(tenant), ask[kind](tenant, period)


def _dates(span: Span, today: date) -> tuple[date, date]:
    """The first and the last day of a period."""
    if span in _DAYS:
        return today - timedelta(days=_DAYS[span] - 1), today
    first = today.replace(day=1)
    if span is Span.THIS_MONTH:
        return first, today
    last = first - timedelta(days=1)
    return last.replace(day=1), last


def _write_new(path: Path, text: str) -> Path:
    """Write a file that was not there, with the mark by which spreadsheets know UTF-8.

    Raises:
        WaagentError: it cannot be written.
    """
    for number in range(1, 100):
        free = path if number == 1 else path.with_stem(f"{path.stem}-{number}")
        try:
            with free.open("x", encoding="utf-8-sig", newline="") as file:
                file.write(text)
            return free
        except FileExistsError:
            continue
        except OSError as error:
            raise WaagentError(
                f"cannot write {free}: {error.strerror}",
                hint="start waagent in a folder of yours, or use: waagent report --csv",
            ) from error
    raise WaagentError(f"there are many of {path} already", hint="remove some of them")
