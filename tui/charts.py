"""What the reports look like as plots: plain data, drawn by :mod:`tui.widgets.chart`. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from tui.phrasing import stage_name
from tui.reports_text import length, short_day
from tui.safe import clip
from tui.strings import t
from waagent.domain.leads import Stage
from waagent.domain.reports import (
    FollowUpReport,
    FunnelReport,
    LeadReport,
    Rate,
    ResponseReport,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """Lying bars, the first on top."""

    labels: tuple[str, ...]
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Standing bars in the order of time; ``labels`` may be left out where there is no room."""

    labels: tuple[str, ...]
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Intervals:
    """Shares (0 to 1) with what they may really be: (low, share, high), the first on top."""

    labels: tuple[str, ...]
    values: tuple[tuple[float, float, float], ...]


Chart = Bars | Columns | Intervals


def funnel_chart(report: FunnelReport, names: Mapping[Stage, str]) -> Bars:
    """How many leads got to each stage."""
    return Bars(
        labels=tuple(clip(stage_name(step.stage, names), 16) for step in report.steps),
        values=tuple(step.reached for step in report.steps),
    )


def lead_chart(report: LeadReport) -> Columns:
    """New customers by day or week."""
    return Columns(
        labels=tuple(short_day(date.fromisoformat(each.value or "")) for each in report.by_time),
        values=tuple(each.leads for each in report.by_time),
    )


def response_chart(report: ResponseReport) -> Bars:
    """How many answers took how long, and how many are missing."""
    labels, before = [], 0
    for band in report.bands:
        key = "reports.wait.longer" if band.up_to is None else "reports.wait.up_to"
        labels.append(t(key, length=length(band.up_to or before)))
        before = band.up_to or before
    return Bars(
        labels=(*labels, t("reports.wait.none")),
        values=(*(band.answers for band in report.bands), report.unanswered),
    )


def follow_up_chart(report: FollowUpReport) -> Intervals | None:
    """Replies and sales with and without a follow-up; None while it is too early to tell any."""
    known: list[tuple[str, tuple[float, float, float]]] = []
    for what, sent, held_out in (
        ("replies", report.sent.replies, report.held_out.replies),
        ("closings", report.sent.closings, report.held_out.closings),
    ):
        for arm, rate in (("with", sent), ("without", held_out)):
            if (values := _interval(rate)) is not None:
                known.append((t(f"reports.{what}.{arm}"), values))
    if not known:
        return None
    labels, intervals = zip(*known, strict=True)
    return Intervals(labels=labels, values=intervals)


def _interval(rate: Rate) -> tuple[float, float, float] | None:
    if rate.share is None or rate.low is None or rate.high is None:
        return None
    return rate.low, rate.share, rate.high
