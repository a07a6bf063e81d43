"""``waagent status``: what runs. Starts nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cli import context, output
from cli.options import JsonFlag, command_app
from cli.shapes import SESSION, json_object, show_list
from waagent.i18n import t

if TYPE_CHECKING:
    from cli.supervisor import Supervisor
    from waagent.domain.views import SessionView
    from waagent.settings import Settings

app = command_app()


@app.command("status")
def status(as_json: JsonFlag = False) -> None:
    """Show what runs, and the linked numbers."""
    from cli import supervisor

    settings = context.settings()
    running = supervisor.find(settings.home)
    backend = _backend(settings)
    answers = all(server["running"] for server in backend)
    sessions = _sessions(settings) if answers else []
    if as_json:
        output.json_document(
            {
                "up": running.state if running else None,
                "backend": backend,
                "sessions": [json_object(SESSION, session) for session in sessions],
                "queued": sum(session.outbox for session in sessions),
            }
        )
        return
    output.facts([("waagent", _up_text(running)), *map(_backend_text, backend)])
    if answers:
        output.line("")
        show_list(SESSION, sessions, as_json=False)


def _sessions(settings: Settings) -> list[SessionView]:
    with context.services_factory(settings) as services:
        return services.sessions.list()


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
