"""The reports for people: tables and sentences in the words of the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli import output
from waagent.domain.follow_up_worth import ENOUGH
from waagent.domain.rupiah import format_rupiah
from waagent.i18n import t

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from waagent.domain.leads import Stage
    from waagent.domain.reports import (
        Count,
        Difference,
        FollowUpArm,
        FollowUpReport,
        FunnelReport,
        LeadReport,
        Rate,
        ResponseReport,
        TodayReport,
    )


def show_today(report: TodayReport) -> None:
    """The day so far, and what waits now."""
    from zoneinfo import ZoneInfo

    at = f"{report.at.astimezone(ZoneInfo(report.zone)):%H.%M}"
    output.line(t("report.today.head", day=report.day, at=at, zone=report.zone))
    waiting = str(report.waiting)
    if report.longest_waiting is not None:
        longest = span(report.longest_waiting)
        waiting = t("report.today.longest", waiting=report.waiting, longest=longest)
    won = str(report.won)
    if report.won_valued:
        amount = format_rupiah(report.won_value)
        won = t("report.today.valued", won=report.won, value=amount, valued=report.won_valued)
    due = t("report.today.due", sent=report.follow_ups_sent, due=report.follow_ups_due)
    figures = (
        ("new_customers", str(report.new_customers)),
        ("messages_in", str(report.messages_in)),
        ("messages_out", str(report.messages_out)),
        ("waiting", waiting),
        ("follow_ups", due),
        ("won", won),
    )
    output.facts([(t(f"report.today.{name}"), value) for name, value in figures])


def show_follow_ups(report: FollowUpReport) -> None:
    """Sent beside left out, what the difference is worth, and the templates."""
    if not report.sent.follow_ups and not report.held_out.follow_ups:
        _nothing("follow_ups", report)
        return
    headers = [t(f"report.follow_ups.{name}") for name in ("count", "replied", "closed", "value")]
    rows = [
        [t("report.follow_ups.sent"), *_arm(report.sent)],
        [t("report.follow_ups.held_out"), *_arm(report.held_out)],
    ]
    _period(report)
    output.table(["", *headers], rows)
    output.line("")
    for what, difference, sent, held_out in (
        ("replies", report.reply_difference, report.sent.replies, report.held_out.replies),
        ("closings", report.closing_difference, report.sent.closings, report.held_out.closings),
    ):
        output.line(_verdict(t(f"report.{what}"), difference, sent.of, held_out.of))
    if report.templates:
        output.line("")
        templates = [
            [each.template or t("report.follow_ups.no_template"), *_arm(each.result)]
            for each in report.templates
        ]
        output.table([t("report.follow_ups.template"), *headers], templates)


def show_leads(report: LeadReport) -> None:
    """New leads by time, status, intent and product."""
    if not report.total:
        _nothing("leads", report)
        return
    _period(report)
    output.line(t("report.leads.total", total=report.total))
    _counts(t(f"report.leads.{report.step}"), report.by_time)
    _counts(t("col.label"), report.by_status)
    _counts(t("col.intent"), report.by_intent)
    _counts(t("col.product"), report.by_product)


def show_response_times(report: ResponseReport) -> None:
    """How long customers waited."""
    if not report.asked:
        _nothing("responses", report)
        return
    _period(report)
    output.line(
        t(
            "report.responses.counts",
            asked=report.asked,
            answered=report.answered,
            unanswered=report.unanswered,
        )
    )
    if report.longest_open is not None:
        output.line(t("report.responses.longest", longest=span(report.longest_open)))
    opening = t("report.responses.opening", opens=report.opens, closes=report.closes)
    output.line("")
    output.table(
        [t(f"report.responses.{name}") for name in ("hours", "median", "p90")],
        [
            [name, *(_wait(each) for each in (waits.median, waits.p90))]
            for name, waits in (
                (t("report.responses.overall"), report.overall),
                (opening, report.opening),
            )
        ],
    )
    if report.unanswered:
        output.line(t("report.responses.note"))


def show_funnel(report: FunnelReport, names: Mapping[Stage, str]) -> None:
    """How far leads got; ``names`` are the shop's of the stages."""
    if not report.leads:
        _nothing("funnel", report)
        return
    _period(report)
    headers = [t(f"report.funnel.{name}") for name in ("reached", "share", "time", "lost")]
    rows = [
        [
            names[step.stage],
            str(step.reached),
            "" if step.share_of_previous is None else percent(step.share_of_previous),
            "" if step.seconds_before_next is None else span(step.seconds_before_next),
            str(step.lost or ""),
        ]
        for step in report.steps
    ]
    output.table([t("col.stage"), *headers], rows)
    output.line(t("report.funnel.total", leads=report.leads, lost=report.lost))


def percent(share: float) -> str:
    """``12,3 %``."""
    return t("report.percent", share=_decimal(share * 100))


def span(seconds: float) -> str:
    """A length of time in two units at most: ``2 jam 5 menit``."""
    whole = int(seconds)
    if whole < 60:
        return t("span.seconds", n=whole)
    if whole < 3600:
        return t("span.minutes", n=whole // 60)
    if whole < 86400:
        return t("span.hours", hours=whole // 3600, minutes=whole % 3600 // 60)
    return t("span.days", days=whole // 86400, hours=whole % 86400 // 3600)


def _decimal(number: float) -> str:
    return f"{number:.1f}".replace(".", t("report.point"))


def _period(report: FollowUpReport | LeadReport | ResponseReport | FunnelReport) -> None:
    output.line(t("report.period", first=report.first, last=report.last, zone=report.zone))


def _nothing(
    area: str, report: FollowUpReport | LeadReport | ResponseReport | FunnelReport
) -> None:
    output.line(t(f"report.{area}.empty", first=report.first, last=report.last))


def _arm(arm: FollowUpArm) -> list[str]:
    value = ""
    if arm.valued:
        amount = format_rupiah(arm.value)
        value = t("report.follow_ups.valued", value=amount, valued=arm.valued)
    return [str(arm.follow_ups), _rate(arm.replies), _rate(arm.closings), value]


def _rate(rate: Rate) -> str:
    if rate.of == 0:
        return t("report.rate.none")
    if rate.share is None:
        return t("report.rate.few", hits=rate.hits, of=rate.of)
    return t("report.rate", hits=rate.hits, of=rate.of, share=percent(rate.share))


def _verdict(what: str, found: Difference, sent: int, held_out: int) -> str:
    if found.difference is None or found.low is None or found.high is None:
        return t("report.verdict.too_early", what=what, enough=ENOUGH, sent=sent, held_out=held_out)
    return t(
        f"report.verdict.{found.verdict}",
        what=what,
        points=_decimal(abs(found.difference) * 100),
        low=_decimal(found.low * 100),
        high=_decimal(found.high * 100),
    )


def _counts(header: str, counts: Sequence[Count]) -> None:
    output.line("")
    rows = [[each.value or t("report.none"), str(each.leads)] for each in counts]
    output.table([header, t("report.leads.leads")], rows)


def _wait(seconds: float | None) -> str:
    return t("report.responses.unknown") if seconds is None else span(seconds)
