"""``waagent db``: the database's schema."""

from __future__ import annotations

from cli import context, output
from cli.options import JsonFlag, command_app
from waagent.i18n import t

app = command_app("The database's schema.")


@app.command()
def migrate(as_json: JsonFlag = False) -> None:
    """Bring the database up to date."""
    from waagent.bootstrap import migrate_database

    settings = context.settings()
    with context.backend(settings) as backend:
        steps = migrate_database(settings, backend)
    if as_json:
        output.json_document({"steps": steps})
    elif steps:
        output.line(t("migrate.done", names=", ".join(steps)))
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
