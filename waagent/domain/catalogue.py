"""A shop's catalogue: what it sells, under which names, for how much; and files that list it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from waagent.domain.rupiah import parse_rupiah

MAX_NAME = 120
MAX_ALIASES = 30
MAX_ROWS = 50_000
HEADER_HINT = "the first line names the columns: name,aliases,price"

_COLUMNS = {
    "name": ("name", "nama", "product", "produk", "nama produk", "nama barang", "item"),
    "aliases": ("aliases", "alias", "sebutan", "nama lain", "sinonim"),
    "price": ("price", "harga", "harga jual", "harga satuan"),
}
_SPREADSHEET = re.compile(r"(?:Rp|IDR)? ?(\d{1,3}(?:,\d{3})+|\d+(?=\.))(?:\.00?)?", re.ASCII)
"""Commas part thousands, as in spreadsheets that are not set to Indonesian."""


class RefusedRow(StrEnum):
    """Why a line of a catalogue file cannot be used."""

    NO_NAME = "no_name"
    NAME_TOO_LONG = "name_too_long"
    BAD_TEXT = "bad_text"
    DUPLICATE_NAME = "duplicate_name"
    ALIAS_TAKEN = "alias_taken"
    TOO_MANY_ALIASES = "too_many_aliases"
    BAD_PRICE = "bad_price"
    TOO_MANY_COLUMNS = "too_many_columns"


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """Something a shop sells. ``price`` is in rupiah, None where it was not given.

    ``id`` is None for one that is not stored.
    """

    name: str
    aliases: tuple[str, ...] = ()
    price: int | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A line of a file that cannot be used; ``line`` counts from 1, the header included."""

    line: int
    name: str
    reason: RefusedRow


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueFile:
    """What a file says: products with the line each stands in, and the lines refused."""

    rows: Sequence[tuple[int, Product]]
    refused: Sequence[Refusal]


def fold_name(name: str) -> str:
    """A name as it is compared: case and spaces do not count."""
    return " ".join(name.split()).casefold()


def read_catalogue(data: bytes) -> CatalogueFile:
    """Products of a CSV file: comma, semicolon or tab, with a header, as Excel saves it.

    Raises:
        ValueError: it is no such file, empty, or without a column for names.
    """
    lines = csv.reader(io.StringIO(_decoded(data)), delimiter=_delimiter(data))
    try:
        return _read(lines)
    except csv.Error as error:
        raise ValueError(f"the catalogue cannot be read: {error}") from None


def _read(lines: _Reader) -> CatalogueFile:
    header = next((cells for cells in lines if any(cell.strip() for cell in cells)), None)
    if header is None:
        raise ValueError("the catalogue is empty")
    columns = _columns(header)
    reader = _Rows(columns, len(header))
    begins = lines.line_num + 1
    for cells in lines:
        if any(cell.strip() for cell in cells):
            reader.take(begins, cells)
        begins = lines.line_num + 1
        if len(reader.rows) > MAX_ROWS:
            raise ValueError(f"a catalogue has at most {MAX_ROWS} products")
    if not reader.rows and not reader.refused:
        raise ValueError("the catalogue has no products")
    return CatalogueFile(rows=reader.rows, refused=reader.refused)


class _Reader(Protocol):
    """A ``csv.reader``; it counts physical lines, also within quotes: what an editor shows."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]: ...
    def __next__(self) -> list[str]: ...


class _Rows:
    """Rows taken so far, and every name that they use up."""

    def __init__(self, columns: dict[str, int], width: int) -> None:
        self._columns = columns
        self._width = width
        self._names: set[str] = set()
        self._aliases: set[str] = set()
        self.rows: list[tuple[int, Product]] = []
        self.refused: list[Refusal] = []

    def take(self, line: int, cells: Sequence[str]) -> None:
        """Keep a line's product, or note why not."""
        name = " ".join(self._cell(cells, "name").split())
        found = self._product(name, cells)
        if isinstance(found, RefusedRow):
            self.refused.append(Refusal(line=line, name=name[:MAX_NAME], reason=found))
            return
        self._names.add(fold_name(name))
        self._aliases.update(map(fold_name, found.aliases))
        self.rows.append((line, found))

    def _cell(self, cells: Sequence[str], column: str) -> str:
        at = self._columns.get(column)
        return cells[at].strip() if at is not None and at < len(cells) else ""

    def _product(self, name: str, cells: Sequence[str]) -> Product | RefusedRow:
        if any(cell.strip() for cell in cells[self._width :]):
            return RefusedRow.TOO_MANY_COLUMNS  # a comma in a price, most of the time
        aliases = _aliases(self._cell(cells, "aliases"), name)
        if reason := self._against(name, aliases):
            return reason
        try:
            price = parse_price(self._cell(cells, "price"))
        except ValueError:
            return RefusedRow.BAD_PRICE
        return Product(name=name, aliases=aliases, price=price)

    def _against(self, name: str, aliases: Sequence[str]) -> RefusedRow | None:
        if not name:
            return RefusedRow.NO_NAME
        if any(not c.isprintable() for text in (name, *aliases) for c in text):
            return RefusedRow.BAD_TEXT
        if max(map(len, (name, *aliases))) > MAX_NAME:
            return RefusedRow.NAME_TOO_LONG
        if len(aliases) > MAX_ALIASES:
            return RefusedRow.TOO_MANY_ALIASES
        if fold_name(name) in self._names:
            return RefusedRow.DUPLICATE_NAME
        own = map(fold_name, aliases)
        if any(alias in self._names or alias in self._aliases for alias in own):
            return RefusedRow.ALIAS_TAKEN
        if fold_name(name) in self._aliases:
            return RefusedRow.ALIAS_TAKEN
        return None


def _aliases(cell: str, name: str) -> tuple[str, ...]:
    """Each once, without the name itself, in the order given."""
    own = fold_name(name)
    found = {fold_name(alias): " ".join(alias.split()) for alias in cell.split("|")}
    return tuple(alias for key, alias in found.items() if key and key != own)


def parse_price(text: str) -> int | None:
    """Rupiah as shops write them, or as a spreadsheet does (``25,000.00``); None if empty.

    Raises ValueError for anything else.
    """
    plain = " ".join(text.split())
    if plain in ("", "-"):
        return None
    if found := _SPREADSHEET.fullmatch(plain):
        return parse_rupiah(found[1].replace(",", ""))
    return parse_rupiah(plain)


def _decoded(data: bytes) -> str:
    if data.startswith(b"PK\x03\x04") or data.startswith(b"\xd0\xcf\x11\xe0"):
        raise ValueError("that is a workbook, not a CSV file: save it as “CSV UTF-8”")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")  # Excel's “CSV” on Windows


def _delimiter(data: bytes) -> str:
    """The one of the first line that is not empty."""
    first = next((line for line in _decoded(data).splitlines() if line.strip()), "")
    return max((",", ";", "\t"), key=first.count)


def _columns(header: Sequence[str]) -> dict[str, int]:
    names = [fold_name(cell) for cell in header]
    found = {
        column: at
        for column, known in _COLUMNS.items()
        for at in [next((i for i, name in enumerate(names) if name in known), None)]
        if at is not None
    }
    if "name" not in found:
        raise ValueError("the catalogue has no column for names")
    return found
