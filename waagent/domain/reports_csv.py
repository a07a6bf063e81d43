"""The reports as CSV: one table each, with the names of the JSON fields. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import asdict

from waagent.domain.reports import (
    FollowUpArm,
    FollowUpReport,
    FunnelReport,
    LeadReport,
    ResponseReport,
    TodayReport,
    Waits,
)

Row = list[object]

FOLLOW_UPS = (
    *("group", "template", "follow_ups", "replies", "replies_of", "replies_share"),
    *("replies_low", "replies_high", "closings", "closings_of", "closings_share"),
    *("closings_low", "closings_high", "value", "valued"),
)
LEADS = ("by", "value", "leads")
RESPONSE_TIMES = ("hours", "asked", "answered", "unanswered", "median", "p90")
TODAY = ("figure", "value")
FUNNEL = ("stage", "name", "reached", "share_of_previous", "seconds_before_next", "lost")


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """CSV as of RFC 4180. No cell is a formula: before text that begins like one stands a ``'``."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue()


def today_rows(report: TodayReport) -> list[Row]:
    """A row for each figure."""
    return [[name, value] for name, value in asdict(report).items()]


def follow_up_rows(report: FollowUpReport) -> list[Row]:
    """Both groups, then the templates of those that were sent."""
    return [
        ["sent", None, *_arm(report.sent)],
        ["held_out", None, *_arm(report.held_out)],
        *(["template", each.template, *_arm(each.result)] for each in report.templates),
    ]


def lead_rows(report: LeadReport) -> list[Row]:
    """A row for each day or week, status, intent and product."""
    parts = (
        (report.step, report.by_time),
        ("status", report.by_status),
        ("intent", report.by_intent),
        ("product", report.by_product),
    )
    return [[by, each.value, each.leads] for by, counts in parts for each in counts]


def response_rows(report: ResponseReport) -> list[Row]:
    """Around the clock, and opening hours only; in seconds."""

    def row(name: str, waits: Waits) -> Row:
        counts = (report.asked, report.answered, report.unanswered)
        return [name, *counts, waits.median, waits.p90]

    return [row("all", report.overall), row("opening", report.opening)]


def funnel_rows(report: FunnelReport, names: Sequence[str]) -> list[Row]:
    """The stages; ``names`` are the shop's, in their order."""
    return [
        [
            step.stage.value,
            name,
            step.reached,
            step.share_of_previous,
            step.seconds_before_next,
            step.lost,
        ]
        for step, name in zip(report.steps, names, strict=True)
    ]


def _arm(arm: FollowUpArm) -> Row:
    rates = [
        number
        for rate in (arm.replies, arm.closings)
        for number in (rate.hits, rate.of, rate.share, rate.low, rate.high)
    ]
    return [arm.follow_ups, *rates, arm.value, arm.valued]


def _cell(value: object) -> object:
    """Spreadsheets compute what begins like this, even in quotes: a customer could write it."""
    if isinstance(value, str):
        shown = "".join(char if char.isprintable() else " " for char in value)
        plain = " ".join(shown.split())
        return f"'{plain}" if plain.startswith(("=", "+", "-", "@")) else plain
    return "" if value is None else value
