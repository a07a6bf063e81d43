"""``waagent import``: what a shop brings along."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import context, output
from cli.diagnostics import note
from cli.export_files import Format, refuse_existing, write_rows
from cli.options import JsonFlag, TenantOption, command_app
from cli.progress import counted
from waagent.errors import LimitError, NotFoundError, PartlyDoneError, WaagentError
from waagent.i18n import t

if TYPE_CHECKING:
    from waagent.services.exchange import ImportReport

app = command_app("Bring an address book along.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A line of the file of refused rows."""

    name: str
    phone: str
    line: int
    reason: str


LARGEST_MB = 20
SHOWN = 20
"""Refused rows that are listed for people; ``--json`` has all."""


@app.callback()
def group() -> None:
    """Bring an address book along."""


@app.command()
def contacts(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A CSV with a header, or a vCard.")],
    tenant: TenantOption = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done, and write nothing.")
    ] = False,
    partial: Annotated[
        bool, typer.Option("--partial", help="Take the good rows even if others are refused.")
    ] = False,
    rejects: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Write the refused rows there, a CSV to correct and import."
        ),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace the file of --rejects if it exists.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Give numbers their names. Nobody can be written to because of it who never wrote."""
    from waagent.services.contact_files import read_contacts

    if rejects is not None:
        refuse_existing(rejects, force=force)  # before anything is written
    data = _read(file)
    with context.shop(tenant) as (services, shop), counted(t("import.progress")) as told:
        report = services.exchange.import_contacts(
            shop,
            read_contacts(data),
            actor=context.actor(),
            dry_run=dry_run,
            partial=partial,
            told=told,
        )
    if rejects is not None and report.refused:
        _write_rejects(report, rejects, force=force)
    if as_json:
        _tell_json(report)
    else:
        _tell(report, dry_run=dry_run, partial=partial)
    if report.refused:
        count = len(report.refused)
        raise PartlyDoneError(
            f"{count} rows were refused" + ("" if report.written else "; nothing was written"),
            hint="correct them, or take the others with --partial" if not partial else None,
        )


def _read(file: Path) -> bytes:
    try:
        if file.stat().st_size > LARGEST_MB * 1024 * 1024:
            raise LimitError(f"{file} is larger than {LARGEST_MB} MB", hint="import it in parts")
        return file.read_bytes()
    except FileNotFoundError:
        raise NotFoundError(f"no file {file}") from None
    except OSError as error:
        raise WaagentError(f"{file} cannot be read: {error.strerror}") from error


def _write_rejects(report: ImportReport, file: Path, *, force: bool) -> None:
    rows = [
        Rejected(
            name=each.name,
            phone=each.phone,
            line=each.line,
            reason=t(f"import.refused.{each.reason}", same_as=each.same_as),
        )
        for each in report.refused
    ]
    write_rows(rows, Rejected, Format.CSV, file, force=force)


def _tell_json(report: ImportReport) -> None:
    output.json_document(
        {
            "new": report.new,
            "known": report.known,
            "written": report.written,
            "refused": [
                {"line": each.line, "reason": each.reason, "same_as": each.same_as}
                for each in report.refused
            ],
        }
    )


def _tell(report: ImportReport, *, dry_run: bool, partial: bool) -> None:
    for each in report.refused[:SHOWN]:
        why = t(f"import.refused.{each.reason}", same_as=each.same_as)
        note(t("import.line", line=each.line, why=why))
    if report.written:
        output.line(t("import.done", new=report.new, known=report.known))
        output.line(t("import.no_blast"))
    elif dry_run and (partial or not report.refused):
        output.line(t("import.would", new=report.new, known=report.known))
