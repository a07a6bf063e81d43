"""``waagent status``: what runs. Starts nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from cli import context, output
from cli.options import JsonFlag, command_app
from cli.report_tables import span
from cli.shapes import SESSION, Shape, json_object, local_time, show_list
from waagent.domain.overview import (
    DatabaseOverview,
    HostOverview,
    QueueOverview,
    RedisOverview,
    ShopOverview,
    WorkerOverview,
)
from waagent.i18n import t

if TYPE_CHECKING:
    from cli.supervisor import Supervisor
    from waagent.domain.overview import Overview
    from waagent.domain.views import SessionView
    from waagent.settings import Settings

app = command_app()

DATABASE: Shape[DatabaseOverview] = Shape(
    fields=("shops", "hosts", "leases", "errors", "connections"), columns=(), empty="empty.hosts"
)
REDIS: Shape[RedisOverview] = Shape(
    fields=("queues", "workers", "tick_late_s"), columns=(), empty="empty.hosts"
)
SHOP: Shape[ShopOverview] = Shape(
    fields=(),
    columns=(
        ("status.shop", lambda shop, _zone: shop.slug),
        ("col.sessions", lambda shop, _zone: f"{shop.connected}/{shop.numbers}"),
        ("status.trouble", lambda shop, _zone: shop.trouble or ""),
        ("status.leads", lambda shop, _zone: _known(shop.leads)),
        ("status.messages_today", lambda shop, _zone: _known(shop.messages_today)),
        ("status.to_label", lambda shop, _zone: _late(shop.unlabelled, shop.unlabelled_s)),
        ("status.outbox", lambda shop, _zone: _late(shop.outbox, shop.outbox_s)),
    ),
    empty="empty.tenants",
)
HOST: Shape[HostOverview] = Shape(
    fields=(),
    columns=(
        ("col.host", lambda each, _zone: each.host.id),
        ("col.sessions", lambda each, _zone: f"{each.host.sessions}/{each.host.capacity}"),
        ("col.draining", lambda each, _zone: t("yes") if each.host.draining else ""),
        ("col.alive", lambda each, _zone: t("yes" if each.host.alive else "no")),
        ("status.memory", lambda each, _zone: _known(each.memory_mb)),
    ),
    empty="empty.hosts",
)
QUEUE: Shape[QueueOverview] = Shape(
    fields=(),
    columns=(
        ("status.queue", lambda queue, _zone: queue.name),
        ("status.waiting", lambda queue, _zone: _late(queue.length, queue.oldest_s)),
        ("status.failed", lambda queue, _zone: str(queue.failed or "")),
        ("status.workers", lambda queue, _zone: str(queue.workers)),
    ),
    empty="empty.hosts",
)
WORKER: Shape[WorkerOverview] = Shape(
    fields=(),
    columns=(
        ("status.worker", lambda each, _zone: f"{each.machine or '?'}:{each.pid or '?'}"),
        ("status.queue", lambda each, _zone: ", ".join(each.queues)),
        ("status.busy", lambda each, _zone: t("yes") if each.busy else ""),
        ("col.alive", lambda each, _zone: t("yes" if each.alive else "no")),
        ("col.seen", lambda each, zone: local_time(each.seen_at, zone) if each.seen_at else ""),
    ),
    empty="status.no_workers",
)


@app.command("status")
def status(as_json: JsonFlag = False) -> None:
    """Show what runs, the linked numbers, shops, hosts, queues and workers."""
    from cli import supervisor

    settings = context.settings()
    running = supervisor.find(settings.home)
    backend = _backend(settings)
    answers = all(server["running"] for server in backend)
    sessions, overview = _asked(settings) if answers else ([], None)
    if as_json:
        output.json_document(
            {
                "up": running.state if running else None,
                "backend": backend,
                "sessions": [json_object(SESSION, session) for session in sessions],
                "queued": sum(session.outbox for session in sessions),
                **_overview_fields(overview),
            }
        )
        return
    output.facts([("waagent", _up_text(running)), *map(_backend_text, backend)])
    if overview is not None:
        output.line("")
        show_list(SESSION, sessions, as_json=False)
        _show_overview(overview)


def _asked(settings: Settings) -> tuple[list[SessionView], Overview]:
    with context.services_factory(settings) as services:
        return services.sessions.list(), services.overview.look()


def _overview_fields(found: Overview | None) -> dict[str, Any]:
    """The same names whatever runs; null for what could not be asked."""
    database, redis = (found.database, found.redis) if found else (None, None)
    fields: dict[str, Any] = dict.fromkeys((*DATABASE.fields, *REDIS.fields))
    if database is not None:
        fields |= json_object(DATABASE, database)
        fields["hosts"] = [
            {**host["host"], "memory_mb": host["memory_mb"]} for host in fields["hosts"]
        ]
    if redis is not None:
        fields |= json_object(REDIS, redis)
    return fields


def _show_overview(found: Overview) -> None:
    for fault in found.faults:
        output.line(f"{fault.part}: {fault.message}")
    if found.database is not None:
        _titled(SHOP, found.database.shops)
        _titled(HOST, found.database.hosts)
    if found.redis is not None:
        _titled(QUEUE, found.redis.queues)
        _titled(WORKER, found.redis.workers)
    output.line("")
    output.facts(list(_sums(found)))


def _titled(shape: Shape[Any], views: Sequence[Any]) -> None:
    output.line("")
    show_list(shape, views, as_json=False)


def _sums(found: Overview) -> Iterator[tuple[str, str]]:
    if found.redis is not None:
        late_s = found.redis.tick_late_s
        late = t("status.not_running") if late_s is None else t("status.late", late=span(late_s))
        yield t("status.scheduler"), late
    if found.database is not None:
        leases, errors = found.database.leases, found.database.errors
        used = found.database.connections
        yield (
            t("status.leases"),
            t(
                "status.leases.counts",
                held=leases.held,
                expired=leases.expired,
                unowned=leases.unowned,
            ),
        )
        yield (
            t("status.errors"),
            t(
                "status.errors.counts",
                sends=errors.sends,
                notifications=errors.notifications,
                away=errors.numbers_away,
            ),
        )
        yield t("status.connections"), f"{used.used}/{used.limit}"


def _known(number: int | None) -> str:
    return "" if number is None else str(number)


def _late(number: int, seconds: float | None) -> str:
    """How many, and how old the oldest is."""
    if not number:
        return ""
    return f"{number} ({span(seconds)})" if seconds is not None and seconds >= 1 else str(number)


def _backend(settings: Settings) -> list[dict[str, Any]]:
    """PostgreSQL and Redis: an external one is taken to run, asking it is the services' work."""
    from waagent.embedded import status as embedded_status

    urls = {"postgresql": settings.database_url, "valkey": settings.redis_url}
    found = {name: _server(name, True, True, None) for name, url in urls.items() if url}
    if len(found) < len(urls):
        report = embedded_status(settings.home)
        embedded = {server.name.lower(): server for server in report.servers}
        for name in urls.keys() - found.keys():
            server = embedded.get(name)
            found[name] = _server(
                name, False, bool(server and server.running), server.pid if server else None
            )
    return [found[name] for name in urls]


def _server(name: str, external: bool, running: bool, pid: int | None) -> dict[str, Any]:
    return {"name": name, "external": external, "running": running, "pid": pid}


def _up_text(running: Supervisor | None) -> str:
    if running is None:
        return t("status.not_running")
    return f"{t('status.running' if running.ready else 'status.starting')} (pid {running.pid})"


def _backend_text(server: dict[str, Any]) -> tuple[str, str]:
    if server["external"]:
        return server["name"], t("status.external")
    if not server["running"]:
        return server["name"], t("status.not_running")
    return server["name"], f"{t('status.running')} (pid {server['pid']})"
