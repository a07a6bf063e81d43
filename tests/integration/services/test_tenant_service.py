"""Shops: how they are named, found, and refused."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import pytest
from shop_support import Shop

from waagent.bootstrap import Services
from waagent.errors import ConflictError, InvalidInputError, NotFoundError


def test_a_shop_is_found_by_slug_and_by_id(shop: Shop) -> None:
    assert shop.front.tenants.get(shop.tenant.slug) == shop.tenant
    assert shop.front.tenants.get(f"  {shop.tenant.slug.upper()} ") == shop.tenant
    assert shop.front.tenants.get(shop.tenant.id) == shop.tenant
    assert shop.tenant in shop.front.tenants.list()


def test_the_same_name_in_another_spelling_is_a_conflict(new_shop: Callable[..., Shop]) -> None:
    shop = new_shop("Warung Élok")
    with pytest.raises(ConflictError) as refused:
        shop.front.tenants.create(f"  {shop.tenant.name.upper()}! ")
    assert refused.value.exit_code == 6


@pytest.mark.parametrize(
    "name", ["", " ", "!!!", "🍜🍜", "x" * 101, "nul\0", "rusak \udcff", "ok\x1b"]
)
def test_what_is_no_name_is_refused(front: Services, name: str) -> None:
    before = front.tenants.list()
    with pytest.raises(InvalidInputError):
        front.tenants.create(name)
    assert front.tenants.list() == before


@pytest.mark.parametrize("zone", ["", "WIB", "Asia", "../etc/passwd", "Asia/\0", "Asia/Nowhere"])
def test_what_is_no_time_zone_is_refused(front: Services, zone: str) -> None:
    with pytest.raises(InvalidInputError):
        front.tenants.create(f"Toko {secrets.token_hex(4)}", timezone=zone)


@pytest.mark.parametrize("ref", ["", "x" * 5000, "tidak-ada", "'; drop table tenants; --"])
def test_an_unknown_shop_is_not_found(front: Services, ref: str) -> None:
    with pytest.raises(NotFoundError):
        front.tenants.get(ref)


def test_a_name_that_postgresql_cannot_hold_is_bad_input(front: Services) -> None:
    with pytest.raises(InvalidInputError):
        front.tenants.get("a\0b")


def test_long_names_give_slugs_that_fit(new_shop: Callable[..., Shop], front: Services) -> None:
    name = f"{secrets.token_hex(4)} {'Rumah Makan ' * 8}"[:100]
    tenant = front.tenants.create(name)
    try:
        assert len(tenant.slug) <= 60
        assert not tenant.slug.endswith("-")
    finally:
        new_shop().admin.run("delete from tenants where id = %s", tenant.id)
