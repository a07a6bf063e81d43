"""The reports in words and figures, as an owner reads them. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from rich.cells import cell_len

from tui.phrasing import clock, product, rupiah, stage_name
from tui.safe import clip, one_line
from tui.strings import keys, t
from waagent.domain.follow_up_worth import ENOUGH
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
    Waits,
)

_MOST = 5
"""Of a kind of label only so many are told, the most frequent."""


def figures(report: TodayReport) -> list[tuple[str, str, str]]:
    """Number, what it is, and a remark (or nothing), for each figure of the day."""
    waited = report.longest_waiting
    won = rupiah(report.won_value) if report.won_valued else ""
    due = t("reports.due", due=report.follow_ups_due)
    until = t("reports.until", at=clock(report.at, report.zone))
    messages = f"{report.messages_in} / {report.messages_out}"
    return [
        (str(report.new_customers), t("reports.new_customers"), until),
        (messages, t("reports.messages"), t("reports.messages.note")),
        (
            str(report.waiting),
            t("reports.waiting"),
            t("reports.longest", length=length(waited)) if waited is not None else "",
        ),
        (str(report.follow_ups_sent), t("reports.follow_ups"), due),
        (str(report.won), t("reports.won"), won),
    ]


def length(seconds: float) -> str:
    """A length of time in two units at most: ``3 mnt``, ``2 jam 5 mnt``, ``1 hr 4 jam``."""
    minutes = int(seconds // 60)
    if minutes < 1:
        return t("length.seconds", n=int(seconds))
    if minutes < 60:
        return t("age.minutes", n=minutes)
    hours, rest = divmod(minutes, 60)
    if hours < 24:
        return _two(t("age.hours", n=hours), t("age.minutes", n=rest) if rest else "")
    days, rest = divmod(hours, 24)
    return _two(t("age.days", n=days), t("age.hours", n=rest) if rest else "")


def short_day(day: date) -> str:
    """``21 Nov``."""
    return f"{day.day} {t('months.short').split()[day.month - 1]}"


def days(first: date, last: date) -> str:
    """A period: ``24 Okt - 22 Nov 2026``."""
    if first == last:
        return f"{short_day(last)} {last.year}"
    year = f" {first.year}" if first.year != last.year else ""
    return f"{short_day(first)}{year} - {short_day(last)} {last.year}"


def funnel_text(report: FunnelReport, names: Mapping[Stage, str]) -> str:
    """Stages in a table, and the sum."""
    heads = [t(f"reports.funnel.{name}") for name in ("stage", "reached", "share", "time", "lost")]
    rows = [
        [
            clip(stage_name(step.stage, names), 16),
            str(step.reached),
            "" if step.share_of_previous is None else percent(step.share_of_previous),
            "" if step.seconds_before_next is None else length(step.seconds_before_next),
            str(step.lost or ""),
        ]
        for step in report.steps
    ]
    return f"{t('reports.funnel.sum', leads=report.leads, lost=report.lost)}\n{grid(heads, rows)}"


def lead_text(report: LeadReport) -> str:
    """How many came, when most, and what they wanted."""
    lines = [t("reports.leads.sum", total=report.total)]
    best = max(report.by_time, key=lambda each: each.leads)
    when = short_day(date.fromisoformat(best.value or ""))
    if len(report.by_time) > 1:
        mean = decimal(report.total / len(report.by_time))
        lines[0] += t(f"reports.leads.{report.step}", mean=mean, when=when, most=best.leads)
    for kind, counts in (
        ("status", report.by_status),
        ("intent", report.by_intent),
        ("product", report.by_product),
    ):
        lines.append(f"{t(f'reports.by.{kind}')}: {_counts(kind, counts)}")
    return "\n".join(lines)


def response_text(report: ResponseReport) -> str:
    """Questions, and how long they waited."""
    counts = {"asked": report.asked, "answered": report.answered, "unanswered": report.unanswered}
    lines = [t("reports.responses.sum", **counts)]
    if report.longest_open is not None:
        lines.append(t("reports.responses.longest", longest=length(report.longest_open)))
    opening = t("reports.responses.opening", opens=report.opens, closes=report.closes)
    heads = ["", t("reports.responses.median"), t("reports.responses.p90")]
    rows = [
        [t("reports.responses.overall"), *_waits(report.overall)],
        [opening, *_waits(report.opening)],
    ]
    return "\n".join([*lines, "", grid(heads, rows)])


def follow_up_text(report: FollowUpReport) -> str:
    """Both groups, the verdicts, the templates."""
    heads = ["", *(t(f"reports.worth.{name}") for name in ("count", "replies", "sold", "value"))]
    arms = [
        [t("reports.worth.sent"), *_arm(report.sent)],
        [t("reports.worth.held_out"), *_arm(report.held_out)],
    ]
    sent, held_out = report.sent, report.held_out
    verdicts = [
        _verdict("replies", report.reply_difference, sent.replies, held_out.replies),
        _verdict("closings", report.closing_difference, sent.closings, held_out.closings),
    ]
    lines = [*verdicts, "", grid(heads, arms)]
    if report.templates:
        named = [
            [clip(one_line(each.template or t("reports.worth.built_in")), 24), *_arm(each.result)]
            for each in report.templates
        ]
        lines += ["", grid([t("reports.worth.template"), *heads[1:]], named)]
    return "\n".join(lines)


def percent(share: float) -> str:
    """``12 %``, below ten ``3,4 %``."""
    value = share * 100
    return f"{decimal(value) if value < 10 else round(value)} %"


def decimal(number: float) -> str:
    """One place, none if it is whole."""
    return f"{number:.1f}".removesuffix(".0").replace(".", t("size.point"))


def grid(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns: the first to the left, figures to the right."""
    table = [heads, *rows]
    widths = [max(cell_len(row[at]) for row in table) for at in range(len(heads))]
    return "\n".join(
        "  ".join(_cell(text, widths[at], left=at == 0) for at, text in enumerate(row)).rstrip()
        for row in table
    )


def _cell(text: str, width: int, *, left: bool) -> str:
    space = " " * (width - cell_len(text))
    return text + space if left else space + text


def _two(first: str, second: str) -> str:
    return f"{first} {second}".rstrip()


def _counts(kind: str, counts: Sequence[Count]) -> str:
    shown = [f"{_label(kind, each.value)} {each.leads}" for each in counts[:_MOST]]
    rest = sum(each.leads for each in counts[_MOST:])
    return " · ".join([*shown, *([t("reports.others", n=rest)] if rest else [])])


def _label(kind: str, value: str | None) -> str:
    if value is None:
        return t("reports.by.none")
    key = f"{kind}.{value}"
    return t(key) if key in keys() else clip(product(value), 24)


def _waits(waits: Waits) -> list[str]:
    unknown = t("reports.responses.unknown")
    return [unknown if each is None else length(each) for each in (waits.median, waits.p90)]


def _arm(arm: FollowUpArm) -> list[str]:
    value = rupiah(arm.value) if arm.valued else ""
    return [str(arm.follow_ups), _rate(arm.replies), _rate(arm.closings), value]


def _rate(rate: Rate) -> str:
    if not rate.of:
        return "-"
    counted = f"{rate.hits}/{rate.of}"
    return counted if rate.share is None else f"{counted} {percent(rate.share)}"


def _verdict(what: str, found: Difference, sent: Rate, held_out: Rate) -> str:
    name = t(f"reports.{what}")
    if found.difference is None or found.low is None or found.high is None:
        return t(
            "reports.verdict.too_early",
            what=name,
            enough=ENOUGH,
            sent=sent.of,
            held_out=held_out.of,
        )
    low, high = (decimal(each * 100) for each in (found.low, found.high))
    points = decimal(abs(found.difference) * 100)
    return t(f"reports.verdict.{found.verdict}", what=name, points=points, low=low, high=high)
