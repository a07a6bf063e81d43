"""The figures of the fictional shop, made by the real rules from invented facts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from waagent.domain.follow_up_worth import FollowedUp, follow_up_report
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

_PATH = (Stage.NEW, Stage.CONTACTED, Stage.QUALIFIED, Stage.NEGOTIATION, Stage.WON)
_STATUS = ("new_lead", "warm_lead", "hot_lead", "customer")
_PRODUCTS = ("nasi_box", "tumpeng", "kue_lapis", "snack_box", "risol_mayo", "lemper", None)


@dataclass(kw_only=True)
class FixtureReports:
    """Reports as of ``now``. ``many``: how many customers came in the last 90 days; 0: a new shop.

    ``called`` is told of each call first, and may raise.
    """

    now: datetime
    called: Callable[..., None] = lambda *_: None
    many: int = 150
    changed: int = field(default=0)

    def period(
        self,
        tenant: Tenant,
        *,
        first: date | None = None,
        last: date | None = None,
        days: int | None = None,
    ) -> Period:
        today = self.now.astimezone(ZoneInfo(tenant.timezone)).date()
        return period(today, tenant.timezone, first=first, last=last, days=days)

    def today(self, tenant: Tenant) -> TodayReport:
        self.called("reports.today")
        some = 1 if self.many else 0
        return TodayReport(
            day=self.period(tenant).last,
            zone=tenant.timezone,
            at=self.now,
            new_customers=3 * some + self.changed,
            messages_in=41 * some,
            messages_out=36 * some,
            waiting=4 * some,
            longest_waiting=1560.0 if some else None,
            follow_ups_sent=2 * some,
            follow_ups_due=5 * some,
            won=2 * some,
            won_value=1_750_000 * some,
            won_valued=2 * some,
        )

    def funnel(self, tenant: Tenant, days: Period) -> FunnelReport:
        self.called("reports.funnel", days.first.isoformat(), days.last.isoformat())
        found = []
        for number, at in self._came(days):
            far = (5, 1, 2, 3, 2, 4, 1, 3, 5, 2)[number % 10]
            moves = [
                Move(
                    at + step * timedelta(hours=7 + number % 5), _PATH[step - 1], _PATH[step], False
                )
                for step in range(1, far)
            ]
            stage = _PATH[far - 1]
            if number % 7 == 1:
                moves.append(Move(at + timedelta(days=3), stage, Stage.LOST, True))
                stage = Stage.LOST
            found.append(Journey(at, stage, moves))
        return funnel_report(found, days)

    def leads(self, tenant: Tenant, days: Period) -> LeadReport:
        self.called("reports.leads")
        came = [
            NewLead(
                at,
                _STATUS[number % 4],
                ("price_inquiry", "purchase", "availability")[number % 3],
                _PRODUCTS[number * number % 7],
            )
            for number, at in self._came(days)
        ]
        return lead_report(came, days)

    def response_times(self, tenant: Tenant, days: Period) -> ResponseReport:
        self.called("reports.response_times")
        asked = [
            Question(at, None if number % 13 == 5 else at + timedelta(minutes=3 + number**2 % 700))
            for number, at in self._came(days)
        ]
        return response_report(asked, days, self.now)

    def follow_ups(self, tenant: Tenant, days: Period) -> FollowUpReport:
        self.called("reports.follow_ups")
        cases = [
            FollowedUp(
                at + timedelta(days=1),
                held_out=number % 3 == 2,
                template=("tanya-produk", "sapa-lagi")[number % 2],
                replied=number % (4 if number % 3 == 2 else 2) == 0,
                closed=number % (11 if number % 3 == 2 else 5) == 0,
                value=350_000 if number % 2 else None,
            )
            for number, at in self._came(days)
        ]
        return follow_up_report(cases, days, self.now)

    def _came(self, days: Period) -> list[tuple[int, datetime]]:
        """Each customer of the period and when they came: more at the end of a week."""
        came = [
            (number, self.now - timedelta(hours=1 + number * 14 + (number % 6) ** 2))
            for number in range(self.many)
        ]
        return [(number, at) for number, at in came if days.start <= at < days.end]
