"""Address books as files: CSV with a header, and vCards, as phones and mail programs write them."""

from __future__ import annotations

import csv
import io
import quopri
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from waagent.errors import InvalidInputError

NAME_COLUMNS = ("name", "nama", "full name", "nama lengkap", "display name", "contact name")
FIRST_NAME_COLUMNS = ("first name", "given name", "nama depan")
LAST_NAME_COLUMNS = ("last name", "family name", "nama belakang")
PHONE_COLUMNS = (
    *("phone", "phone number", "mobile", "mobile phone", "whatsapp", "wa", "telp", "telepon"),
    *("hp", "no hp", "nomor hp", "nomor", "no", "nomor whatsapp", "phone 1 - value"),
)
_HINT = "a CSV needs a first row with the columns name (or nama) and phone (or nomor)"
_SEPARATOR = re.compile(r"sep=([,;\t])\s*", re.I)
"""What Excel writes first to tell itself how columns are parted."""
_CHARSET = re.compile(r"CHARSET=\"?([\w-]+)", re.I)
_VCARD = re.compile(r"^(?:[\w-]+\.)?(?P<key>[A-Za-z-]+)(?P<params>(?:;[^:]*)?):(?P<value>.*)$")


class RefuseReason(StrEnum):
    """Why a row of an address book is not taken."""

    NO_NAME = "no_name"
    LONG_NAME = "long_name"
    NO_NUMBER = "no_number"
    BAD_NUMBER = "bad_number"
    DUPLICATE = "duplicate"
    BAD_ROW = "bad_row"


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenContact:
    """A name and a number as they stand in the file, and the line of it (the first is 1)."""

    line: int
    name: str
    phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A row that is not taken; ``same_as`` is the line that had the number first.

    ``name`` and ``phone`` are as in the file; of a row that has too few columns, all is ``name``.
    """

    line: int
    reason: RefuseReason
    same_as: int | None = None
    name: str = ""
    phone: str = ""


def read_contacts(data: bytes) -> list[WrittenContact | Refusal]:
    """The contacts of a file, in its order. What it is, it says itself.

    Raises:
        InvalidInputError: it is neither a vCard nor a CSV with names and numbers.
    """
    text = _text(data)
    if text.lstrip().upper().startswith("BEGIN:VCARD"):
        return list(_vcards(text))
    return list(_csv(text))


def _text(data: bytes) -> str:
    """The text of a file: UTF-8, UTF-16 with its mark, or what Excel on Windows calls plain CSV."""
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    if "\0" in text or data[:4] == b"PK\x03\x04":
        raise InvalidInputError(
            "the file is not text", hint="save it as CSV UTF-8, or as vCard (.vcf)"
        )
    if not text.strip():
        raise InvalidInputError("the file is empty", hint=_HINT)
    return text


def _csv(text: str) -> Iterator[WrittenContact | Refusal]:
    head = text.splitlines()[0]
    told = _SEPARATOR.fullmatch(head)
    delimiter = told[1] if told else max(",;\t", key=head.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        if told:
            next(rows)
        header = [cell.strip().lower() for cell in next(rows)]
        names, phone = _columns(header)
        for row in rows:
            if not any(cell.strip() for cell in row):
                continue
            if len(row) <= max(*names, phone):
                whole = delimiter.join(row)
                yield Refusal(line=rows.line_num, reason=RefuseReason.BAD_ROW, name=whole)
                continue
            name = " ".join(part for at in names if (part := _cell(row[at])))
            yield WrittenContact(line=rows.line_num, name=name, phone=_cell(row[phone]))
    except csv.Error as error:
        raise InvalidInputError(f"line {rows.line_num} is not CSV: {error}") from error


def _columns(header: Sequence[str]) -> tuple[list[int], int]:
    """Where the name (one column, or first and last) and the number stand."""
    names = _at(header, NAME_COLUMNS)[:1] or (
        _at(header, FIRST_NAME_COLUMNS)[:1] + _at(header, LAST_NAME_COLUMNS)[:1]
    )
    phones = _at(header, PHONE_COLUMNS)
    if not names or not phones:
        missing = "phone" if names else "name"
        raise InvalidInputError(f"the file has no column {missing!r}", hint=_HINT)
    return names, phones[0]


def _at(header: Sequence[str], wanted: Iterable[str]) -> list[int]:
    return [header.index(name) for name in wanted if name in header]


def _cell(text: str) -> str:
    """Without the mark that keeps spreadsheets from calculating; ours put it there."""
    return text.strip().removeprefix("'")


def _vcards(text: str) -> Iterator[WrittenContact | Refusal]:
    name, first, phones = "", 0, list[tuple[int, str]]()
    for number, line in _unfolded(text):
        match = _VCARD.match(line)
        if match is None:
            continue
        key, value = match["key"].upper(), _decoded(match["params"], match["value"])
        if key == "BEGIN":
            name, first, phones = "", number, []
        elif key == "FN" or (key == "N" and not name):
            name = _vcard_name(key, value)
        elif key == "TEL":
            phones.append((number, value))
        elif key == "END":
            yield from (WrittenContact(line=at, name=name, phone=phone) for at, phone in phones)
            if not phones:
                yield Refusal(line=first, reason=RefuseReason.NO_NUMBER, name=name)


def _vcard_name(key: str, value: str) -> str:
    """``N`` is family name; given name; and so on."""
    if key == "FN":
        return value
    family, given, *_ = [*value.split(";"), "", ""]
    return " ".join(part for part in (given.strip(), family.strip()) if part)


def _decoded(params: str, value: str) -> str:
    if "QUOTED-PRINTABLE" in params.upper():
        charset = _CHARSET.search(params)
        value = _in_charset(quopri.decodestring(value.encode("utf-8", "replace")), charset)
    return re.sub(r"\\([,;\\])", r"\1", re.sub(r"\\[nN]", " ", value)).strip()


def _in_charset(data: bytes, charset: re.Match[str] | None) -> str:
    with suppress(LookupError):
        return data.decode(charset[1] if charset else "utf-8", "replace")
    return data.decode("utf-8", "replace")


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """The lines with their continuations, each with the number of its first."""
    held: tuple[int, str] | None = None
    for number, line in enumerate(text.splitlines(), 1):
        if held is not None and line[:1] in (" ", "\t"):
            held = (held[0], held[1] + line[1:])
        elif held is not None and "QUOTED-PRINTABLE" in held[1].upper() and held[1].endswith("="):
            held = (held[0], held[1][:-1] + line)
        else:
            if held is not None:
                yield held
            held = (number, line)
    if held is not None:
        yield held
