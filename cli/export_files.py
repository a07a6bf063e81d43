"""Rows as CSV, JSON lines or an Excel workbook, into a private file or to stdout."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, fields
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import IO, Any

from cli import output
from waagent.errors import ConflictError, InvalidInputError, WaagentError

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_BOM = "\ufeff"


class Format(StrEnum):
    """The form of an export."""

    CSV = "csv"
    JSONL = "jsonl"
    XLSX = "xlsx"


class _Stdout:
    """What a CSV writer writes to."""

    def write(self, text: str) -> None:
        output.chunk(text)


def chosen(form: Format | None, file: Path | None) -> Format:
    """The form of an export: the one named, else that of the file's name, else CSV.

    Raises:
        InvalidInputError: a workbook without a file to write it to.
    """
    ends = file.suffix.lower().removeprefix(".") if file is not None else ""
    found = form or next((each for each in Format if each == ends), Format.CSV)
    if found is Format.XLSX and file is None:
        raise InvalidInputError("a workbook needs a file", hint="name it: -o leads.xlsx")
    return found


def write_rows(
    rows: Iterable[Any],
    kind: type[Any],
    form: Format,
    file: Path | None,
    *,
    force: bool,
    zone: str = "UTC",
) -> int:
    """Write dataclasses of ``kind``, one at a time; how many.

    A file is readable by this user only, and is there whole or not at all. A CSV file begins with
    the mark by which spreadsheets know UTF-8; no cell of any form is a formula. Times are in UTC,
    but those of a workbook in ``zone``.

    Raises:
        ConflictError: the file exists, and ``force`` is not given.
        LimitError: more rows than a workbook holds.
        WaagentError: it cannot be written.
    """
    if file is None:
        return _write(rows, kind, form, _Stdout())
    if form is Format.XLSX:
        from cli.workbook import write_workbook

        with private_file(file, force=force, binary=True) as opened:
            return write_workbook(rows, [field.name for field in fields(kind)], opened, zone)
    with private_file(file, force=force) as opened:
        if form is Format.CSV:
            opened.write(_BOM)
        return _write(rows, kind, form, opened)


def _write(rows: Iterable[Any], kind: type[Any], form: Format, to: Any) -> int:
    names = [field.name for field in fields(kind)]
    count = 0
    if form is Format.CSV:
        table = csv.writer(to)
        table.writerow(names)
        put: Callable[[Any], object] = lambda row: table.writerow(  # noqa: E731
            [_cell(getattr(row, name)) for name in names]
        )
    else:
        put = lambda row: to.write(f"{json.dumps(_object(row))}\n")  # noqa: E731
    for row in rows:
        put(row)
        count += 1
    return count


def _object(row: Any) -> dict[str, Any]:
    return {name: _plain(value) for name, value in asdict(row).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return list(value) if isinstance(value, tuple) else value


def _cell(value: Any) -> str:
    """A CSV cell. A customer may write ``=HYPERLINK(…)``, which no spreadsheet must run."""
    plain = _plain(value)
    if isinstance(plain, bool):
        return str(plain).lower()
    if isinstance(plain, list):
        plain = " ".join(plain)
    text = "" if plain is None else str(plain)
    harmless = text.removeprefix("+").isdecimal()  # a phone number
    return f"'{text}" if text.startswith(_FORMULA) and not harmless else text


@contextmanager
def private_file(file: Path, *, force: bool, binary: bool = False) -> Iterator[IO[Any]]:
    """The file, made for this user only; what was there stays until all is written."""
    refuse_existing(file, force=force)
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with _opened(handle, binary=binary) as opened:
                yield opened
            refuse_existing(file, force=force)
            draft.replace(file)
        except BaseException:
            with suppress(OSError):
                draft.unlink()
            raise
    except OSError as error:
        raise WaagentError(f"{file} cannot be written: {error.strerror}") from error


def _opened(handle: int, *, binary: bool) -> IO[Any]:
    return open(handle, "wb") if binary else open(handle, "w", encoding="utf-8", newline="")


def refuse_existing(file: Path, *, force: bool) -> None:
    """Raise ConflictError for a file that is there and may not be replaced."""
    if file.exists() and not force:
        raise ConflictError(
            f"{file} exists already", hint="give another name with -o, or --force to replace it"
        )
