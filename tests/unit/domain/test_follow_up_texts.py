"""Templates: what may stand in them, and that no text shows what was not known."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from waagent.domain.labels import Intent
from waagent.domain.templates import (
    MAX_LENGTH,
    VARIABLES,
    Situation,
    Variant,
    check_template,
    check_text,
    choose_variant,
    names_of,
    render,
    rupiah,
    situation_of,
    variables_of,
)
from waagent.i18n.follow_ups import BUILT_IN, OPTED_OUT

ALL = [(situation, body) for situation, bodies in BUILT_IN.items() for body in bodies]
VALUES = {"sapaan": "Bu Sari", "nama": "Sari", "produk": "nasi_box", "harga": "Rp25.000",
          "toko": "Dapur Bu Rini"}  # fmt: skip


@pytest.mark.parametrize(("situation", "body"), ALL)
def test_the_built_in_ones(situation: Situation, body: str) -> None:
    check_template(body)
    full = render(body, VALUES)
    assert "Bu Sari" in full
    assert ("nasi box" in full) == (situation is not Situation.OTHER)
    assert re.search(r"tidak|batal|STOP", full), "easy to say no to"
    assert len(full) < 260


@pytest.mark.parametrize("body", [*(body for _, body in ALL), OPTED_OUT])
def test_nothing_known_reads_well_too(body: str) -> None:
    text = render(body, {})
    assert not re.search(r"[{}]|\bNone\b| ,|  | \.|,,", text)
    assert text[0].isupper()
    assert not re.search(r"\bkak kak\b|\bkami kami\b", text)


@pytest.mark.parametrize("situation", list(Situation))
def test_several_wordings_of_each(situation: Situation) -> None:
    assert len(set(BUILT_IN[situation])) >= 3


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("Halo {nama_pelanggan}", r"no variable \{nama_pelanggan\}"),
        ("Halo {}", r"no variable \{\}"),
        ("Halo {nama", "belongs to no variable"),
        ("Halo } kak", "belongs to no variable"),
        ("", "empty"),
        (" \n ", "empty"),
        ("a" * (MAX_LENGTH + 1), "501 characters"),
        ("cek https://toko.example ya", "link"),
        ("cek WWW.toko.example ya", "link"),
        ("cek tokokue.com ya", "link"),
        ("chat wa.me/62812 ya", "link"),
        ("ya 😊😊😊😊", "4 emoji"),
        ("ya\x00", "control"),
        ("ya\ud800", "control"),
    ],
)
def test_what_can_be_no_template(body: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        check_template(body)


@pytest.mark.parametrize(
    "text", ["Halo kak, 25.000 saja ya", "baris satu\nbaris dua", "jam 10.30 ya"]
)
def test_what_can_be_sent(text: str) -> None:
    check_text(text)


@pytest.mark.parametrize(
    "value", [None, "", "  ", "x" * 61, "https://jahat.example", "a\x1b[2Jb", "toko.com"]
)
def test_a_value_that_cannot_be_said_is_left_out(value: str | None) -> None:
    assert render("soal {produk} ya", {"produk": value}) == f"Soal {VARIABLES['produk']} ya"


def test_a_value_is_never_read_as_a_template() -> None:
    assert render("soal {produk}", {"produk": "{harga}", "harga": "Rp1"}) == "Soal {harga}"


def variants(*bodies: str) -> list[Variant]:
    return [Variant(name=f"v{n}", body=body) for n, body in enumerate(bodies)]


def test_the_wording_is_drawn_evenly_and_always_the_same() -> None:
    three = variants("a", "b", "c")
    drawn = Counter()
    for _ in range(600):
        id_ = str(uuid4())
        chosen = choose_variant(three, id_, used=[], known=[])
        assert chosen == choose_variant(three, id_, used=[], known=[])
        drawn[chosen.name] += 1
    assert min(drawn.values()) > 140


def test_nobody_reads_the_same_one_twice_while_there_is_another() -> None:
    three = variants("a", "b", "c")
    id_ = str(uuid4())
    used: list[str] = []
    for _ in range(3):
        used.append(choose_variant(three, id_, used=used, known=[]).name)
    assert sorted(used) == ["v0", "v1", "v2"]
    assert choose_variant(three, id_, used=used, known=[]) in three


def test_a_wording_that_needs_what_is_not_known_comes_last() -> None:
    two = variants("harganya {harga}", "soal {produk}")
    for _ in range(20):
        id_ = str(uuid4())
        assert choose_variant(two, id_, used=[], known=["produk"]).name == "v1"
        assert choose_variant(two, id_, used=["v1"], known=["produk"]).name == "v0"


@pytest.mark.parametrize(
    ("profile", "address", "name"),
    [
        ("sari wulandari", "kak Sari", "Sari"),
        ("Pak Joko RT 05", "Pak Joko", "Joko"),
        ("BU RINI", "Bu Rini", "Rini"),
        *(
            (odd, None, None)
            for odd in (None, "", "62812 0000", "🌸", "A", "x" * 60, "{produk}", "Bu")
        ),
    ],
)
def test_how_somebody_is_addressed(
    profile: str | None, address: str | None, name: str | None
) -> None:
    assert names_of(profile) == (address, name)


def test_the_situation() -> None:
    at = datetime(2026, 11, 22, tzinfo=UTC)
    assert situation_of(Intent.PRICE_INQUIRY, "x", None) is Situation.UNANSWERED
    assert situation_of(Intent.PAYMENT, "x", at) is Situation.PAYMENT
    assert situation_of(Intent.PURCHASE, None, at) is Situation.PAYMENT
    assert situation_of(Intent.PRICE_INQUIRY, None, at) is Situation.PRICE
    assert situation_of(Intent.AVAILABILITY, "x", at) is Situation.PRODUCT
    assert situation_of(Intent.GREETING, None, at) is Situation.OTHER
    assert situation_of(None, None, at) is Situation.OTHER


def test_small_things() -> None:
    assert rupiah(1_250_000) == "Rp1.250.000"
    assert variables_of("{nama} dan {x}") == {"nama", "x"}
