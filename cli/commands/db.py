"""``waagent db``: the database's schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli import context, output, progress
from cli.options import DryRunFlag, JsonFlag, command_app
from waagent.i18n import t

if TYPE_CHECKING:
    from waagent.settings import Settings

app = command_app("The database's schema.")


@app.command()
def migrate(dry_run: DryRunFlag = False, as_json: JsonFlag = False) -> None:
    """Bring the database up to date."""
    settings = context.settings()
    if dry_run:
        _plan(settings, as_json=as_json)
        return
    from waagent.bootstrap import migrate_database

    with context.backend(settings) as backend, progress.waiting(t("migrate.progress")):
        steps = migrate_database(settings, backend)
    if as_json:
        output.json_document({"steps": steps})
    elif steps:
        output.line(t("migrate.done", names=", ".join(steps)))
    else:
        output.line(t("migrate.nothing"))


def _plan(settings: Settings, *, as_json: bool) -> None:
    """Which steps there are to take; an embedded database takes them when it is started."""
    from waagent.storage.migrate import current_version, migrations

    with context.backend(settings) as backend:
        current = current_version(backend.database_url)
    steps = [step.name for step in migrations() if step.version > current]
    if as_json:
        output.json_document({"steps": steps, "dry_run": True})
    elif steps:
        output.line(t("migrate.would", names=", ".join(steps)))
    else:
        output.line(t("migrate.nothing"))


@app.command()
def status(as_json: JsonFlag = False) -> None:
    """Compare the database's version with the one this waagent needs."""
    from waagent.storage.migrate import current_version, latest_version

    with context.backend(context.settings()) as backend:
        current, latest = current_version(backend.database_url), latest_version()
    if as_json:
        output.json_document({"current": current, "latest": latest})
    else:
        output.facts([("current", str(current)), ("latest", str(latest))])
