"""Reports: what follow-ups are worth, new leads, response times, the funnel of sales."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from waagent.domain.follow_up_worth import (
    CLOSED_WITHIN,
    REPLY_WITHIN,
    FollowedUp,
    follow_up_report,
)
from waagent.domain.funnel import Journey, Move, funnel_report
from waagent.domain.lead_counts import NewLead, lead_report
from waagent.domain.leads import Stage
from waagent.domain.periods import Period, period
from waagent.domain.reports import (
    FollowUpReport,
    FunnelReport,
    LeadReport,
    ResponseReport,
    TodayReport,
)
from waagent.domain.response_times import Question, response_report
from waagent.domain.views import Tenant
from waagent.errors import InvalidInputError
from waagent.services.core import Core

WAITING_FOR = timedelta(days=30)
"""A chat in which nothing was said for so long is over, whoever wrote last."""


@dataclass(frozen=True, slots=True)
class _Today:
    new_customers: int
    messages_in: int
    messages_out: int
    waiting: int
    longest_waiting: float | None
    follow_ups_sent: int
    follow_ups_due: int
    won: int
    won_value: int
    won_valued: int
    at: datetime


@dataclass(frozen=True, slots=True)
class _Step:
    id: str
    began_at: datetime
    stage: str
    at: datetime | None
    from_stage: str | None
    to_stage: str | None
    moved_by: str | None


class ReportService:
    """Each report is about a period of :meth:`period`."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def period(
        self,
        tenant: Tenant,
        *,
        first: date | None = None,
        last: date | None = None,
        days: int | None = None,
    ) -> Period:
        """Days of the shop's: from ``first`` to ``last`` (today), or so many days until then.

        Raises:
            InvalidInputError: they contradict each other, or are more than ten years.
        """
        today = datetime.now(ZoneInfo(tenant.timezone)).date()
        try:
            return period(today, tenant.timezone, first=first, last=last, days=days)
        except (ValueError, OverflowError) as error:
            raise InvalidInputError(str(error), hint="see: waagent report --help") from error

    def today(self, tenant: Tenant) -> TodayReport:
        """The shop's day so far, and what waits now."""
        day = self.period(tenant, days=1)
        with self._core.tenant(tenant.id) as scope:
            row = scope.tx.one(
                _Today, "reports.today", start=day.start, end=day.end, waiting_for=WAITING_FOR
            )
        assert row is not None
        return TodayReport(day=day.first, zone=day.zone, **asdict(row))

    def follow_ups(self, tenant: Tenant, days: Period) -> FollowUpReport:
        """Follow-ups that came due: those sent beside those left out by lot."""
        with self._core.tenant(tenant.id) as scope:
            cases = scope.tx.all(
                FollowedUp,
                "reports.follow_ups",
                start=days.start,
                end=days.end,
                reply_within=REPLY_WITHIN,
                closed_within=CLOSED_WITHIN,
            )
        return follow_up_report(cases, days, datetime.now(UTC))

    def leads(self, tenant: Tenant, days: Period) -> LeadReport:
        """Leads that came."""
        with self._core.tenant(tenant.id) as scope:
            found = scope.tx.all(NewLead, "reports.new_leads", start=days.start, end=days.end)
        return lead_report(found, days)

    def response_times(self, tenant: Tenant, days: Period) -> ResponseReport:
        """How long customers who wrote waited for the shop's first answer, or wait still."""
        with self._core.tenant(tenant.id) as scope:
            found = scope.tx.all(Question, "reports.questions", start=days.start, end=days.end)
        return response_report(found, days, datetime.now(UTC))

    def funnel(self, tenant: Tenant, days: Period) -> FunnelReport:
        """How far the leads that came have got until now."""
        with self._core.tenant(tenant.id) as scope:
            rows = scope.tx.all(_Step, "reports.journeys", start=days.start, end=days.end)
        return funnel_report(_journeys(rows), days)


def _journeys(rows: Iterable[_Step]) -> list[Journey]:
    found = []
    for _, group in groupby(rows, key=lambda row: row.id):
        steps = list(group)
        moves = [
            Move(
                at=step.at,
                before=None if step.from_stage is None else Stage(step.from_stage),
                after=Stage(step.to_stage),
                by_hand=step.moved_by == "human",
            )
            for step in steps
            if step.at is not None and step.to_stage is not None
        ]
        found.append(Journey(steps[0].began_at, Stage(steps[0].stage), moves))
    return found
