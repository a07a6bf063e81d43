"""``waagent export`` and ``waagent import`` over the real services."""

from __future__ import annotations

import csv
import io
import json
import stat
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from shop_support import Customer, Shop

import cli.context
from cli.main import run
from waagent.bootstrap import Services
from waagent.errors import InvalidInputError
from waagent.i18n import use_language
from waagent.services import exchange
from waagent.services.contact_files import Refusal, WrittenContact, read_contacts
from waagent.settings import Settings

Waagent = Callable[..., tuple[int, str, str]]


@pytest.fixture
def waagent(
    shop: Shop,
    front: Services,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Waagent]:
    """Runs a command for the shop in an empty folder: exit code, stdout, stderr."""

    @contextmanager
    def services(_settings: Settings) -> Iterator[Services]:
        yield front

    monkeypatch.setattr(cli.context, "services_factory", services)
    monkeypatch.setenv("WAAGENT_TENANT", shop.tenant.slug)
    monkeypatch.setenv("WAAGENT_LANGUAGE", "en")
    monkeypatch.chdir(tmp_path)

    def command(*arguments: str) -> tuple[int, str, str]:
        code = run(arguments)
        return (code, *capsys.readouterr())

    yield command
    use_language("id")


def audited(shop: Shop) -> list[tuple[str, str]]:
    query = "select action, subject from audit_log where tenant_id = %s order by id"
    return [(row[0], row[1]) for row in shop.admin.rows(query, shop.id)]


def test_an_export_is_whole_private_audited_and_harmless(
    shop: Shop, waagent: Waagent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "PAGE", 3)  # several pages, the last one full
    session = shop.session()
    people = [Customer(name=f"Sari {n}") for n in range(5)]
    shop.receive(session, *(each.says("halo kak") for each in people))
    evil = '=HYPERLINK("http://x";"menu")'
    shop.receive(session, people[0].says(evil))
    code, out, err = waagent("export", "messages", "-o", "pesan.csv")
    assert (code, out) == (0, "")
    assert "6 rows" in err
    file = tmp_path / "pesan.csv"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"))))
    assert [row["text"] for row in rows] == ["halo kak"] * 5 + [f"'{evil}"]
    assert rows[0]["phone"] == f"+{people[0].phone}"
    assert waagent("export", "messages", "-o", "pesan.csv")[0] == 6
    assert waagent("export", "messages", "-o", "pesan.csv", "--force")[0] == 0
    assert [each.name for each in tmp_path.iterdir()] == ["pesan.csv"]
    assert audited(shop) == [("export.messages", "csv")] * 2


def test_leads_and_contacts_as_json_lines(shop: Shop, waagent: Waagent) -> None:
    shop.receive(shop.session(), *(Customer(name=f"Budi {n}").says() for n in range(3)))
    code, out, _ = waagent("export", "leads", "--format", "jsonl")
    leads = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert {lead["name"] for lead in leads} == {"Budi 0", "Budi 1", "Budi 2"}
    assert leads[0]["created_at"].endswith("Z")
    assert leads[0]["tags"] == []
    assert {lead["stage"] for lead in leads} == {"new"}
    code, out, _ = waagent("export", "contacts", "--json", "-o", "kontak.csv")
    assert {key: json.loads(out)[key] for key in ("format", "rows")} == {"format": "csv", "rows": 3}
    _, out, _ = waagent("export", "contacts", "--json")
    assert {json.loads(line)["name"] for line in out.splitlines()} == {"Budi 0", "Budi 1", "Budi 2"}
    _, out, _ = waagent("export", "contacts")
    assert out.splitlines()[0] == "id,name,phone,opted_out,created_at,last_message_at"


def test_an_address_book_names_numbers_and_lets_nobody_be_written_to(
    shop: Shop, waagent: Waagent, tmp_path: Path
) -> None:
    known = Customer(name="~rini~", phone="6281234567890")
    shop.receive(shop.session(), known.says())
    book = tmp_path / "buku.csv"
    book.write_text("\ufeffNama;No HP\nBu Rini;0812-3456-7890\nPak Joko;'+62 813 4567 8901\n")
    code, out, _ = waagent("import", "contacts", "buku.csv", "--dry-run")
    assert (code, "1 new numbers and 1 known" in out) == (0, True)
    assert shop.lead().name == "~rini~"
    code, out, _ = waagent("import", "contacts", "buku.csv", "--json")
    assert (code, json.loads(out)) == (0, {"new": 1, "known": 1, "written": True, "refused": []})
    assert shop.lead().name == "Bu Rini"
    assert audited(shop) == [("import.contacts", "2")]
    assert waagent("import", "contacts", "buku.csv", "--json")[1].count('"known": 2') == 1
    code, _, err = waagent("message", "send", "081345678901", "halo")
    assert (code, "never wrote" in err) == (4, True)
    assert shop.count("leads") == 1


def test_refused_rows_are_named_and_nothing_is_written(
    shop: Shop, waagent: Waagent, tmp_path: Path
) -> None:
    book = tmp_path / "buku.csv"
    book.write_text(
        "name,phone\nSari,081234567890\n,081234567891\nBudi,12\nSari lagi,+6281234567890\nAni\n"
    )
    code, out, err = waagent("import", "contacts", "buku.csv", "--json")
    report = json.loads(out)
    assert (code, report["written"], report["new"]) == (8, False, 1)
    assert [(each["line"], each["reason"], each["same_as"]) for each in report["refused"]] == [
        (3, "no_name", None),
        (4, "bad_number", None),
        (5, "duplicate", 2),
        (6, "bad_row", None),
    ]
    assert shop.count("contacts") == 0
    code, out, err = waagent("import", "contacts", "buku.csv", "--partial")
    assert code == 8
    assert "line 5: the same number as line 2" in err
    assert shop.count("contacts") == 1
    assert waagent("import", "contacts", "none.csv")[0] == 5


def test_refused_rows_can_be_corrected_and_imported(
    shop: Shop, waagent: Waagent, tmp_path: Path
) -> None:
    book, bad = tmp_path / "buku.csv", tmp_path / "salah.csv"
    book.write_text('name,phone\nSari,081234567890\n=1+1,12\n"Ani"\n')
    assert waagent("import", "contacts", "buku.csv", "--partial", "--rejects", "salah.csv")[0] == 8
    assert stat.S_IMODE(bad.stat().st_mode) == 0o600
    rows = list(csv.DictReader(io.StringIO(bad.read_text(encoding="utf-8-sig"))))
    assert [(row["name"], row["phone"], row["line"]) for row in rows] == [
        ("'=1+1", "12", "3"),
        ("Ani", "", "4"),
    ]
    assert rows[0]["reason"] == "not a phone number"
    again = ("import", "contacts", "salah.csv", "--rejects", "salah.csv")
    assert waagent(*again)[0] == 6  # the file is not written over
    bad.write_text(bad.read_text().replace(",12,", ",081234567891,").replace("Ani", "Ani 0812"))
    assert "1 rows were refused" in waagent("import", "contacts", "salah.csv", "--partial")[2]
    assert shop.count("contacts") == 2


def test_a_workbook_holds_texts_numbers_and_local_times_but_no_formula(
    shop: Shop, waagent: Waagent, tmp_path: Path
) -> None:
    evil = '=HYPERLINK("http://x";"menu")'
    shop.receive(shop.session(), Customer(name=evil, phone="6281234567890").says(evil))
    code, out, _ = waagent("export", "leads", "-o", "leads.xlsx", "--json")
    assert (code, json.loads(out)["format"]) == (0, "xlsx")
    file = tmp_path / "leads.xlsx"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with zipfile.ZipFile(file) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        assert not [name for name in book.namelist() if "rels" in name and "sheet" in name]
    assert "<f>" not in sheet
    assert sheet.count('t="inlineStr"') > 10
    assert "=HYPERLINK(" in sheet
    assert "<t>+6281234567890</t>" in sheet
    code, _, err = waagent("export", "leads", "--format", "xlsx")
    assert (code, "-o leads.xlsx" in err) == (2, True)
    assert waagent("export", "leads", "-o", "leads.jsonl")[0] == 0
    assert json.loads((tmp_path / "leads.jsonl").read_text())["phone"] == "+6281234567890"


def test_a_workbook_too_large_is_not_left_half(
    shop: Shop, waagent: Waagent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cli.workbook.MOST_ROWS", 1)
    shop.receive(shop.session(), Customer().says(), Customer().says())
    assert waagent("export", "contacts", "-o", "kontak.xlsx")[0] == 7
    assert list(tmp_path.iterdir()) == []


VCARD = """BEGIN:VCARD
VERSION:2.1
N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=53=61=72=69;=49=62=75;;;
TEL;CELL;PREF:0812-3456-7890
item1.TEL;type=HOME:+62 21 5550
 1234
END:VCARD
BEGIN:VCARD
FN:Toko\\, Jaya
END:VCARD
"""


def test_vcards() -> None:
    first, second, third = read_contacts(VCARD.encode())
    assert first == WrittenContact(line=4, name="Ibu Sari", phone="0812-3456-7890")
    assert second == WrittenContact(line=5, name="Ibu Sari", phone="+62 21 55501234")
    assert isinstance(third, Refusal)
    assert (third.line, third.reason) == (8, "no_number")


VCARD_40 = """BEGIN:VCARD\r
VERSION:4.0\r
FN:Dewi\\nLestari\r
TEL;TYPE="voice,cell";VALUE=uri:tel:+62-812-3456-\r
 7890\r
TEL:wa.me/6281300000001\r
END:VCARD\r
BEGIN:VCARD\r
VERSION:2.1\r
FN;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:Ren=E9=\r
e\r
TEL:0812\r
END:VCARD\r
"""


def test_newer_and_older_vcards() -> None:
    dewi, also, renee = read_contacts(VCARD_40.encode())
    assert dewi == WrittenContact(line=4, name="Dewi Lestari", phone="tel:+62-812-3456-7890")
    assert also.phone == "wa.me/6281300000001"
    assert renee == WrittenContact(line=12, name="Ren\u00e9e", phone="0812")


def test_what_excel_on_windows_writes() -> None:
    (only,) = read_contacts("sep=;\r\nNama;No HP\r\nRen\u00e9e;0812\r\n".encode("cp1252"))
    assert only == WrittenContact(line=3, name="Ren\u00e9e", phone="0812")
    with pytest.raises(InvalidInputError, match="not text"):
        read_contacts(b"PK\x03\x04 a workbook")


def test_other_address_books() -> None:
    google = "First Name,Middle Name,Last Name,Phone 1 - Value\nSari,,Wulandari,0812\n"
    (only,) = read_contacts(google.encode("utf-16"))
    assert only == WrittenContact(line=2, name="Sari Wulandari", phone="0812")
    (broken,) = read_contacts(b'name\tphone\n"Bu\nRini"\t0812\n')
    assert (broken.line, broken.name) == (3, "Bu\nRini")  # type: ignore[union-attr]
    for bad in (b"", b"\xff\x00\x01", b"a,b\n1,2\n", b"name,alamat\nx,y\n"):
        with pytest.raises(InvalidInputError):
            read_contacts(bad)


def test_rows_are_read_as_they_are_taken(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A large shop is never in memory: what comes while an export runs is in a later page."""
    monkeypatch.setattr(exchange, "PAGE", 1)
    session = shop.session()
    shop.receive(session, Customer().says("satu"))
    rows = shop.front.exchange.export(
        shop.tenant, exchange.ExportKind.MESSAGES, form="csv", actor="test"
    )
    first = next(rows)
    shop.receive(session, Customer().says("dua"))
    texts = [row.text for row in (first, *rows) if isinstance(row, exchange.ExportedMessage)]
    assert texts == ["satu", "dua"]
