"""Catalogues: imported whole or not at all, and matched when a conversation is judged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from shop_support import Customer, Judge, Shop, label

from waagent.domain.catalogue import RefusedRow
from waagent.errors import InvalidInputError, NotFoundError

GOOD = b"name,aliases,price\nBrownies Lumer,bronis|brownis,Rp 65.000\nNasi Box Ayam,nasbok,25000\n"


def names(shop: Shop) -> dict[str, tuple[tuple[str, ...], int | None]]:
    found = shop.front.catalogue.list(shop.tenant)
    return {product.name: (product.aliases, product.price) for product in found}


def test_a_file_becomes_the_catalogue_and_again_replaces_it(shop: Shop) -> None:
    done = shop.front.catalogue.import_file(shop.tenant, GOOD)
    assert (done.imported, done.added, done.updated, done.refused) == (True, 2, 0, ())
    again = b"name,aliases,price\nBROWNIES LUMER,nasbok,70000\nNasi Box Ayam,,25000\nPastel,,\n"
    done = shop.front.catalogue.import_file(shop.tenant, again)
    assert (done.added, done.updated) == (1, 2)
    assert names(shop) == {
        "BROWNIES LUMER": (("nasbok",), 70_000),
        "Nasi Box Ayam": ((), 25_000),
        "Pastel": ((), None),
    }


def test_a_bad_line_stops_the_whole_file_unless_it_may_be_skipped(shop: Shop) -> None:
    bad = GOOD + b"Lemper,,murah\n"
    for options in ({}, {"dry_run": True}, {"dry_run": True, "skip_bad": True}):
        done = shop.front.catalogue.import_file(shop.tenant, bad, **options)
        assert (done.imported, done.added) == (False, 2)
        assert [(one.line, one.reason) for one in done.refused] == [(4, RefusedRow.BAD_PRICE)]
        assert names(shop) == {}
    assert shop.front.catalogue.import_file(shop.tenant, bad, skip_bad=True).imported
    assert set(names(shop)) == {"Brownies Lumer", "Nasi Box Ayam"}


def test_what_is_no_catalogue_is_told(shop: Shop) -> None:
    with pytest.raises(InvalidInputError, match="no column for names") as raised:
        shop.front.catalogue.import_file(shop.tenant, b"Risol,2500\n")
    assert "name,aliases,price" in str(raised.value.hint)


def test_an_alias_of_another_product_is_refused(shop: Shop) -> None:
    shop.front.catalogue.import_file(shop.tenant, GOOD)
    clash = b"name,aliases\nRisol,BRONIS\nNasbok,\nPastel,brownies lumer\n"
    done = shop.front.catalogue.import_file(shop.tenant, clash)
    assert [one.line for one in done.refused] == [2, 3, 4]
    assert {one.reason for one in done.refused} == {RefusedRow.ALIAS_TAKEN}


def test_ten_thousand_lines(shop: Shop) -> None:
    lines = "".join(f"Kabel {n},kbl{n},{n}000\n" for n in range(10_000))
    done = shop.front.catalogue.import_file(shop.tenant, f"name,aliases,price\n{lines}".encode())
    assert (done.added, len(names(shop))) == (10_000, 10_000)


def test_a_product_is_removed_by_its_name(new_shop: Callable[..., Shop]) -> None:
    shop, other = new_shop(), new_shop()
    for each in (shop, other):
        each.front.catalogue.import_file(each.tenant, GOOD)
    shop.front.catalogue.remove(shop.tenant, " brownies  LUMER ")
    assert set(names(shop)) == {"Nasi Box Ayam"}
    assert len(names(other)) == 2
    with pytest.raises(NotFoundError):
        shop.front.catalogue.remove(shop.tenant, "Brownies Lumer")


def test_an_engine_is_given_the_catalogue_as_it_is_now(shop: Shop) -> None:
    session_id, customer = shop.session(), Customer()
    judge = Judge(label())
    understanding = shop.understanding(judge)

    def given() -> list[str]:
        shop.receive(session_id, customer.says())
        understanding.process(shop.id, shop.lead().conversation_id)
        catalogue = judge.shops[-1].catalogue
        assert catalogue is not None
        return [product.name for product in catalogue.products]

    assert given() == []
    shop.front.catalogue.import_file(shop.tenant, GOOD)
    assert given() == ["Brownies Lumer", "Nasi Box Ayam"]
    shop.front.catalogue.remove(shop.tenant, "Brownies Lumer")
    assert given() == ["Nasi Box Ayam"]


def test_an_insight_shows_the_catalogue_s_name_and_price(shop: Shop) -> None:
    shop.front.catalogue.import_file(shop.tenant, GOOD)
    (product, _) = shop.front.catalogue.list(shop.tenant)
    shop.receive(shop.session(), Customer().says())
    shop.judge(replace(label(product=product.name), product_id=product.id))
    assert shop.lead().product == "Brownies Lumer"
    view = shop.front.leads.insight(shop.tenant, shop.lead().conversation_id)
    assert view is not None
    assert (view.product, view.product_id, view.price) == ("Brownies Lumer", product.id, 65_000)
