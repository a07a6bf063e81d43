"""What the operator's screen shows of the service, as rows and figures. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from rich.text import Text

from tui.phrasing import age
from tui.reports_text import length
from tui.safe import clip, one_line
from tui.strings import t
from tui.widgets.table import Row
from waagent.domain.checks import Check, Level, ShopDiagnosis, worst
from waagent.domain.overview import (
    DatabaseOverview,
    Overview,
    QueueOverview,
    RedisOverview,
    ShopOverview,
    WorkerOverview,
)

MARKS = {Level.OK: "●", Level.SKIPPED: "○", Level.WARN: "▲", Level.FAIL: "✖"}
UNKNOWN = "?"


def figures(found: Overview) -> list[tuple[str, str, str]]:
    """Number, what it is, and a remark, for each figure on top."""
    return [*_of_database(found.database), *_of_redis(found.redis)]


def _of_database(found: DatabaseOverview | None) -> list[tuple[str, str, str]]:
    names = [t(f"operator.{name}") for name in ("shops", "numbers", "connections", "errors")]
    if found is None:
        return [(UNKNOWN, name, t("operator.unknown")) for name in names]
    shops, leases, errors = found.shops, found.leases, found.errors
    away = sum(shop.trouble is not None for shop in shops)
    numbers = sum(shop.numbers for shop in shops)
    connected = sum(shop.connected for shop in shops)
    late = leases.expired + leases.unowned
    return [
        (str(len(shops)), names[0], t("operator.shops.away", n=away)),
        (
            f"{connected}/{numbers}",
            names[1],
            t("operator.leases.late", n=late) if late else t("operator.leases", n=leases.held),
        ),
        (f"{found.connections.used}/{found.connections.limit}", names[2], t("operator.database")),
        (
            f"{errors.sends} / {errors.notifications}",
            names[3],
            t("operator.errors.note"),
        ),
    ]


def _of_redis(found: RedisOverview | None) -> list[tuple[str, str, str]]:
    name = t("operator.clock")
    if found is None:
        return [(UNKNOWN, name, t("operator.unknown"))]
    alive = t("operator.workers.alive", n=sum(worker.alive for worker in found.workers))
    if found.tick_late_s is None:
        return [(t("operator.clock.stopped"), name, alive)]
    late = length(found.tick_late_s) if found.tick_late_s >= 1 else t("operator.clock.well")
    return [(late, name, alive)]


def shop_rows(shops: Sequence[ShopOverview], name_cells: int) -> Iterator[Row]:
    """A row for each shop, its name cut to ``name_cells``; those in trouble stand first."""
    for shop in shops:
        state = f"{shop.connected}/{shop.numbers}"
        if shop.trouble is not None:
            state += f" {MARKS[Level.FAIL]} {t(f'session.{shop.trouble}')}"
        yield (
            shop.id,
            (
                Text(clip(one_line(shop.name), name_cells), style="bold"),
                Text(clip(state, 18), style="bold" if shop.trouble else ""),
                _count(shop.leads),
                _count(shop.messages_today),
                _waiting(shop.unlabelled, shop.unlabelled_s),
                _waiting(shop.outbox, shop.outbox_s),
            ),
        )


def host_rows(found: DatabaseOverview, now: datetime) -> Iterator[Row]:
    """A row for each session host."""
    for each in found.hosts:
        host = each.host
        state = "draining" if host.draining else "alive"
        level = Level.OK if state == "alive" else Level.WARN
        if not host.alive:
            state, level = "silent", Level.FAIL
        memory = "" if each.memory_mb is None else f"{each.memory_mb} MB"
        yield (
            host.id,
            (
                Text(clip(host.id, 34), style="bold"),
                Text(f"{MARKS[level]} {t(f'operator.host.{state}')}"),
                Text(f"{host.sessions}/{host.capacity}", justify="right"),
                Text(memory, justify="right"),
                Text(age(host.seen_at, now), justify="right"),
            ),
        )


def queue_rows(queues: Sequence[QueueOverview]) -> Iterator[Row]:
    """A row for each queue."""
    for queue in queues:
        level = Level.OK if queue.workers else Level.FAIL
        yield (
            queue.name,
            (
                Text(t(f"operator.queue.{queue.name}"), style="bold"),
                Text(str(queue.length), justify="right"),
                Text(length(queue.oldest_s) if queue.length else "", justify="right"),
                Text(str(queue.failed or ""), justify="right"),
                Text(f"{MARKS[level]} {queue.workers}"),
            ),
        )


def worker_rows(workers: Sequence[WorkerOverview], now: datetime) -> Iterator[Row]:
    """A row for each worker."""
    for worker in workers:
        state = "gone" if not worker.alive else "busy" if worker.busy else "idle"
        level = Level.OK if worker.alive else Level.FAIL
        yield (
            worker.name,
            (
                Text(clip(one_line(worker.machine or worker.name), 24), style="bold"),
                Text("" if worker.pid is None else str(worker.pid), justify="right"),
                Text(", ".join(t(f"operator.queue.{name}") for name in worker.queues)),
                Text(f"{MARKS[level]} {t(f'operator.worker.{state}')}"),
                Text("" if worker.seen_at is None else age(worker.seen_at, now), justify="right"),
            ),
        )


def check_rows(checks: Sequence[Check]) -> Iterator[Row]:
    """Failures first, then warnings, then the rest in their order."""
    order = (Level.FAIL, Level.WARN, Level.OK, Level.SKIPPED)
    for check in sorted(checks, key=lambda each: order.index(each.level)):
        yield (
            check.name,
            (
                Text(f"{MARKS[check.level]} {t(f'level.{check.level}')}"),
                Text(check.name, style="bold"),
                Text(one_line(check.text)),
            ),
        )


def verdict(checks: Sequence[Check]) -> str:
    """One line: how it is, what is worst, and the next step."""
    level = worst(check.level for check in checks)
    if level in (Level.OK, Level.SKIPPED):
        return f"{MARKS[Level.OK]} {t('operator.verdict.ok', n=len(checks))}"
    bad = [check for check in checks if check.level is level]
    text = f"{MARKS[level]} {t(f'operator.verdict.{level}', n=len(bad))} {one_line(bad[0].text)}"
    return f"{text} → {one_line(bad[0].todo)}" if bad[0].todo else text


def diagnosis(found: ShopDiagnosis) -> str:
    """A shop's numbers with their verdicts and next steps, and what concerns them all."""
    lines = []
    for number in found.numbers:
        state = t(f"session.{number.state}")
        name = f"{one_line(number.session)} ({state})"
        lines.append(_told(number.level, name, number.text, number.todo))
    for check in found.checks:
        if check.level is not Level.OK:
            lines.append(_told(check.level, check.name, check.text, check.todo))
    return "\n\n".join(lines) or t("operator.diagnosis.well")


def _told(level: Level, name: str, text: str, todo: str | None) -> str:
    told = f"{MARKS[level]} {t(f'level.{level}')}  {name}\n  {one_line(text)}"
    return f"{told}\n  → {one_line(todo)}" if todo else told


def _count(number: int | None) -> Text:
    return Text(UNKNOWN if number is None else str(number), justify="right")


def _waiting(number: int, seconds: float | None) -> Text:
    text = str(number or "")
    if number and seconds is not None and seconds >= 1:
        text += f" ({length(seconds)})"
    return Text(text, justify="right")
