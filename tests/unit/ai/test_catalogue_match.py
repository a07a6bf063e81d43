"""A shop's own products in what customers write."""

from __future__ import annotations

import pytest

from waagent.ai.catalogue import Catalogue
from waagent.domain.catalogue import Product

BAKERY = Catalogue(
    [
        Product(id="1", name="Brownies Lumer", aliases=("bronis lumer",), price=65_000),
        Product(id="2", name="Nasi Box Ayam Bakar", aliases=("nasbok",)),
        Product(id="3", name="Nasi Box Rendang"),
        Product(id="4", name="Risoles Mayo", aliases=("risol",)),
        Product(id="5", name="Hampers Lebaran 3 Toples"),
        Product(id="6", name="Hampers Lebaran 6 Toples"),
        Product(id="7", name="Jilbab Voal Hitam"),
        Product(id="8", name="Jilbab Voal Putih"),
    ]
)


@pytest.mark.parametrize(
    ("text", "product"),
    [
        ("brownies lumernya brp kak", "1"),
        ("BROWNIS LUMER masih ada?", "1"),
        ("bronis lumer dong", "1"),
        ("ayam bakar nasi box 40 brp", "2"),
        ("nasboknya ready?", "2"),
        ("nasi box rendng 20", "3"),
        ("risol 50 biji buat besok", "4"),
        ("hampers lebaran 6 toples berapa", "6"),
        ("jilbab voal yang putih ada?", "8"),
        ("risol 20 sama brownies lumer 1", "4"),
        # not known which one, or none at all
        ("nasi box ada apa aja kak", None),
        ("jilbab voal berapa", None),
        ("yang hitam berapa", None),
        ("halo kak", None),
        ("6", None),
        ("", None),
        ("😀", None),
        ("kue tart", None),
    ],
)
def test_what_is_meant(text: str, product: str | None) -> None:
    found = BAKERY.find(text)
    assert (found and found.id) == product


def test_a_model_is_given_the_likely_products_first() -> None:
    assert [p.id for p in BAKERY.shortlist(["rendang", "halo"], 2)] == ["3", "1"]
    assert Catalogue([]).shortlist(["rendang"], 2) == []
    assert Catalogue([]).find("rendang") is None
