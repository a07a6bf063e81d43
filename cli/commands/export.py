"""``waagent export``: a shop's data, for spreadsheets and programs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from cli import context, output, progress
from cli.diagnostics import note
from cli.export_files import Format, chosen, refuse_existing, write_rows
from cli.options import TenantOption, command_app
from waagent.i18n import t
from waagent.services.exchange import (
    ExportedContact,
    ExportedLead,
    ExportedMessage,
    ExportKind,
)

app = command_app("Take a shop's data out, as CSV, JSON lines or for Excel.")

FormatOption = Annotated[
    Format | None,
    typer.Option("--format", help="csv, jsonl or xlsx; without: as the file's name ends, or csv."),
]
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
    """Take a shop's data out, as CSV, JSON lines or for Excel. The audit log keeps who did."""


@dataclass(frozen=True, slots=True)
class _Target:
    """Where an export goes, and how."""

    file: Path | None
    form: Format | None
    force: bool
    as_json: bool


def _command(kind: ExportKind) -> Callable[..., None]:
    def export(
        tenant: TenantOption = None,
        form: FormatOption = None,
        file: FileOption = None,
        force: ForceFlag = False,
        as_json: JsonRows = False,
    ) -> None:
        _export(kind, tenant, _Target(file, form, force, as_json))

    return export


def _export(kind: ExportKind, tenant: str | None, to: _Target) -> None:
    form = chosen(Format.JSONL if to.as_json and to.file is None else to.form, to.file)
    with context.shop(tenant) as (services, shop):
        exchange = services.exchange
        if to.file is not None:
            refuse_existing(to.file, force=to.force)  # before anything is read
        total = exchange.count(shop, kind)
        rows = exchange.export(shop, kind, form=form.value, actor=context.actor())
        quiet = to.file is None and output.is_terminal()
        bar = progress.shown(rows, t("export.progress"), total, quiet=quiet)
        count = write_rows(bar, ROWS[kind], form, to.file, force=to.force, zone=shop.timezone)
    if to.file is None:
        return
    if to.as_json:
        output.json_document({"path": str(to.file.absolute()), "format": form, "rows": count})
    else:
        note(t("export.done", count=count, file=str(to.file)))
    note(t("export.private"))


for _kind, _help in {
    ExportKind.LEADS: "Export the leads with what is known of them.",
    ExportKind.MESSAGES: "Export every message, both ways; of files that came along only the name.",
    ExportKind.CONTACTS: "Export the customers' names and numbers.",
}.items():
    app.command(_kind.value, help=_help)(_command(_kind))
