"""``waagent export``: a shop's data, for spreadsheets and programs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from cli import context, output, progress
from cli.diagnostics import note
from cli.export_files import Format, refuse_existing, write_rows
from cli.options import TenantOption, command_app
from waagent.i18n import t
from waagent.services.exchange import (
    ExportedContact,
    ExportedLead,
    ExportedMessage,
    ExportKind,
)

app = command_app("Take a shop's data out, as CSV or JSON lines.")

FormatOption = Annotated[Format, typer.Option("--format", help="csv or jsonl.")]
FileOption = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="Where to; without: stdout."),
]
JsonRows = Annotated[
    bool,
    typer.Option("--json", help="Print JSON: the rows as lines, or with -o what was written."),
]
ForceFlag = Annotated[bool, typer.Option("--force", help="Replace a file that exists.")]

ROWS = {
    ExportKind.LEADS: ExportedLead,
    ExportKind.MESSAGES: ExportedMessage,
    ExportKind.CONTACTS: ExportedContact,
}


@app.callback()
def group() -> None:
    """Take a shop's data out, as CSV or JSON lines. The audit log keeps who did."""


@app.command()
def leads(
    tenant: TenantOption = None,
    form: FormatOption = Format.CSV,
    file: FileOption = None,
    force: ForceFlag = False,
    as_json: JsonRows = False,
) -> None:
    """Export the leads with what is known of them."""
    _export(ExportKind.LEADS, tenant, _Target(file, form, force, as_json))


@app.command()
def messages(
    tenant: TenantOption = None,
    form: FormatOption = Format.CSV,
    file: FileOption = None,
    force: ForceFlag = False,
    as_json: JsonRows = False,
) -> None:
    """Export every message, both ways; files that came with them are named only."""
    _export(ExportKind.MESSAGES, tenant, _Target(file, form, force, as_json))


@app.command()
def contacts(
    tenant: TenantOption = None,
    form: FormatOption = Format.CSV,
    file: FileOption = None,
    force: ForceFlag = False,
    as_json: JsonRows = False,
) -> None:
    """Export the customers' names and numbers."""
    _export(ExportKind.CONTACTS, tenant, _Target(file, form, force, as_json))


@dataclass(frozen=True, slots=True)
class _Target:
    """Where an export goes, and how."""

    file: Path | None
    form: Format
    force: bool
    as_json: bool


def _export(kind: ExportKind, tenant: str | None, to: _Target) -> None:
    form = Format.JSONL if to.as_json and to.file is None else to.form
    with context.shop(tenant) as (services, shop):
        exchange = services.exchange
        if to.file is not None:
            refuse_existing(to.file, force=to.force)  # before anything is read
        total = exchange.count(shop, kind)
        rows = exchange.export(shop, kind, form=form.value, actor=context.actor())
        bar = progress.shown(rows, t("export.progress"), total, quiet=to.file is None)
        count = write_rows(bar, ROWS[kind], form, to.file, force=to.force)
    if to.file is None:
        return
    if to.as_json:
        output.json_document({"path": str(to.file.absolute()), "format": form, "rows": count})
    else:
        note(t("export.done", count=count, file=str(to.file)))
    note(t("export.private"))
