"""``waagent report``: today, what follow-ups are worth, new leads, response times, the funnel."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import context, output, report_tables
from cli.options import JsonFlag, TenantOption, command_app
from cli.shapes import Shape, json_object
from waagent.domain import reports_csv
from waagent.domain.reports import (
    FollowUpReport,
    FunnelReport,
    LeadReport,
    ResponseReport,
    TodayReport,
)
from waagent.errors import InvalidInputError

if TYPE_CHECKING:
    from waagent.bootstrap import Services
    from waagent.domain.periods import Period
    from waagent.domain.views import Tenant

app = command_app("What was achieved: today, follow-ups, leads, response times, the funnel.")

_DAY = ["%Y-%m-%d"]
From = Annotated[
    datetime | None,
    typer.Option("--from", formats=_DAY, metavar="DATE", help="The first day, 2026-11-01."),
]
To = Annotated[
    datetime | None,
    typer.Option("--to", formats=_DAY, metavar="DATE", help="The last day; today if not given."),
]
Days = Annotated[
    int | None, typer.Option("--days", min=1, help="So many days until the last; 30 if no --from.")
]
CsvFlag = Annotated[bool, typer.Option("--csv", help="Print CSV, for a spreadsheet.")]

_PERIOD = ("first", "last", "zone")
TODAY: Shape[TodayReport] = Shape(
    fields=(
        *("day", "zone", "at", "new_customers", "messages_in", "messages_out", "waiting"),
        *("longest_waiting", "follow_ups_sent", "follow_ups_due", "won", "won_value", "won_valued"),
    ),
    columns=(),
    empty="report.today.empty",
)
FOLLOW_UPS: Shape[FollowUpReport] = Shape(
    fields=(
        *_PERIOD,
        *("sent", "held_out", "reply_difference", "closing_difference", "templates"),
    ),
    columns=(),
    empty="report.follow_ups.empty",
)
LEADS: Shape[LeadReport] = Shape(
    fields=(*_PERIOD, "total", "step", "by_time", "by_status", "by_intent", "by_product"),
    columns=(),
    empty="report.leads.empty",
)
RESPONSE_TIMES: Shape[ResponseReport] = Shape(
    fields=(
        *_PERIOD,
        *("asked", "answered", "unanswered", "longest_open", "overall", "opening"),
        *("opens", "closes", "bands"),
    ),
    columns=(),
    empty="report.responses.empty",
)
FUNNEL: Shape[FunnelReport] = Shape(
    fields=(*_PERIOD, "leads", "lost", "steps"), columns=(), empty="report.funnel.empty"
)


@app.callback()
def group() -> None:
    """What was achieved: today, follow-ups, leads, response times, the funnel."""


@app.command()
def today(tenant: TenantOption = None, as_json: JsonFlag = False, as_csv: CsvFlag = False) -> None:
    """Show the day so far, and what waits now."""
    _one_form(as_json, as_csv)
    with context.shop(tenant) as (services, shop):
        report = services.reports.today(shop)
    if as_json or as_csv:
        _print(TODAY, report, as_csv, reports_csv.TODAY, reports_csv.today_rows(report))
    else:
        report_tables.show_today(report)


@app.command()
def followups(
    tenant: TenantOption = None,
    first: From = None,
    last: To = None,
    days: Days = None,
    as_json: JsonFlag = False,
    as_csv: CsvFlag = False,
) -> None:
    """Show what follow-ups are worth: those sent beside those left out by lot."""
    _one_form(as_json, as_csv)
    with context.shop(tenant) as (services, shop):
        report = services.reports.follow_ups(shop, _period(services, shop, first, last, days))
    if as_json or as_csv:
        _print(
            FOLLOW_UPS, report, as_csv, reports_csv.FOLLOW_UPS, reports_csv.follow_up_rows(report)
        )
    else:
        report_tables.show_follow_ups(report)


@app.command()
def leads(
    tenant: TenantOption = None,
    first: From = None,
    last: To = None,
    days: Days = None,
    as_json: JsonFlag = False,
    as_csv: CsvFlag = False,
) -> None:
    """Count new leads by day or week, status, intent and product."""
    _one_form(as_json, as_csv)
    with context.shop(tenant) as (services, shop):
        report = services.reports.leads(shop, _period(services, shop, first, last, days))
    if as_json or as_csv:
        _print(LEADS, report, as_csv, reports_csv.LEADS, reports_csv.lead_rows(report))
    else:
        report_tables.show_leads(report)


@app.command("response-times")
def response_times(
    tenant: TenantOption = None,
    first: From = None,
    last: To = None,
    days: Days = None,
    as_json: JsonFlag = False,
    as_csv: CsvFlag = False,
) -> None:
    """Show how long customers wait for the shop's first answer."""
    _one_form(as_json, as_csv)
    with context.shop(tenant) as (services, shop):
        report = services.reports.response_times(shop, _period(services, shop, first, last, days))
    if as_json or as_csv:
        rows = reports_csv.response_rows(report)
        _print(RESPONSE_TIMES, report, as_csv, reports_csv.RESPONSE_TIMES, rows)
    else:
        report_tables.show_response_times(report)


@app.command()
def funnel(
    tenant: TenantOption = None,
    first: From = None,
    last: To = None,
    days: Days = None,
    as_json: JsonFlag = False,
    as_csv: CsvFlag = False,
) -> None:
    """Show how far the leads of a period have got, how fast, and where they were lost."""
    _one_form(as_json, as_csv)
    with context.shop(tenant) as (services, shop):
        report = services.reports.funnel(shop, _period(services, shop, first, last, days))
        names = {view.stage: view.name for view in services.leads.stages(shop)}
    if as_json or as_csv:
        rows = reports_csv.funnel_rows(report, [names[step.stage] for step in report.steps])
        _print(FUNNEL, report, as_csv, reports_csv.FUNNEL, rows)
    else:
        report_tables.show_funnel(report, names)


def _period(
    services: Services,
    shop: Tenant,
    first: datetime | None,
    last: datetime | None,
    days: int | None,
) -> Period:
    return services.reports.period(
        shop, first=first and first.date(), last=last and last.date(), days=days
    )


def _one_form(as_json: bool, as_csv: bool) -> None:
    if as_json and as_csv:
        raise InvalidInputError("--json and --csv exclude each other", hint="give one of them")


def _print(
    shape: Shape[Any], report: Any, as_csv: bool, header: Sequence[str], rows: list[list[object]]
) -> None:
    if as_csv:
        output.chunk(reports_csv.csv_text(header, rows))
    else:
        output.json_document(json_object(shape, report))
