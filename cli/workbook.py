"""Rows as an Excel workbook, written as they come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import IO, Any
from zoneinfo import ZoneInfo

from waagent.errors import LimitError

MOST_ROWS = 1_048_575
"""That Excel shows, below the header."""
LONGEST_TEXT = 32_767
_WIDTH = 18
_OPTIONS = {
    "constant_memory": True,  # each row leaves when the next one comes
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


def write_workbook(rows: Iterable[Any], names: Sequence[str], opened: IO[bytes], zone: str) -> int:
    """Write dataclasses with these fields under a header; how many.

    What a customer wrote is text, whatever it looks like. Times are those of ``zone`` (an IANA
    name), for Excel knows no zones. Texts longer than Excel takes are cut and end with ``…``.

    Raises:
        LimitError: there are more than :data:`MOST_ROWS`.
    """
    from xlsxwriter import Workbook

    place, count = ZoneInfo(zone), 0
    with Workbook(opened, _OPTIONS) as book:
        sheet = book.add_worksheet()
        header = book.add_format({"bold": True})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(names) - 1, _WIDTH)
        for column, name in enumerate(names):
            sheet.write_string(0, column, name, header)
        for count, row in enumerate(rows, 1):
            if count > MOST_ROWS:
                raise LimitError(
                    f"a workbook holds {MOST_ROWS} rows", hint="take --format csv or jsonl"
                )
            for column, name in enumerate(names):
                _write(sheet, count, column, getattr(row, name), place, moment)
        sheet.autofilter(0, 0, count, len(names) - 1)
    return count


def _write(
    sheet: Any, row: int, column: int, value: object, place: ZoneInfo, moment: object
) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, int):
        sheet.write_number(row, column, value)
    elif isinstance(value, datetime):
        sheet.write_datetime(row, column, value.astimezone(place).replace(tzinfo=None), moment)
    else:
        text = " ".join(value) if isinstance(value, tuple) else str(value)
        fits = len(text) <= LONGEST_TEXT
        sheet.write_string(row, column, text if fits else f"{text[: LONGEST_TEXT - 1]}…")
