"""A shop's catalogue: imported from a file, listed, and what conversations are matched with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from waagent.domain.brain_views import ImportView
from waagent.domain.catalogue import (
    HEADER_HINT,
    CatalogueFile,
    Product,
    Refusal,
    RefusedRow,
    fold_name,
    read_catalogue,
)
from waagent.domain.views import Tenant
from waagent.errors import InvalidInputError, NotFoundError
from waagent.services.core import Core, Scope


@dataclass(frozen=True, slots=True)
class _Row:
    id: str
    name: str
    price: int | None
    aliases: list[str]


@dataclass(frozen=True, slots=True)
class _Put:
    id: str
    name: str


class CatalogueService:
    """Reads and changes catalogues."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def list(self, tenant: Tenant) -> list[Product]:
        """What the shop sells, by name."""
        with self._core.tenant(tenant.id) as scope:
            return products_of(scope)

    def remove(self, tenant: Tenant, name: str) -> None:
        """Take a product out; insights keep its name.

        Raises:
            NotFoundError: the shop has no product of that name.
        """
        with self._core.tenant(tenant.id) as scope:
            if scope.tx.value("catalogue.remove", name=" ".join(name.split())) is None:
                raise NotFoundError(
                    f"no product {name!r} in the catalogue", hint="see: waagent catalog list"
                )

    def import_file(
        self, tenant: Tenant, data: bytes, *, dry_run: bool = False, skip_bad: bool = False
    ) -> ImportView:
        """Put a file's products into the catalogue; those of the same name are replaced.

        Nothing is changed in a dry run, or where a line is refused and ``skip_bad`` was not given.
        Raises InvalidInputError for what is no catalogue file.
        """
        try:
            file = read_catalogue(data)
        except ValueError as error:
            raise InvalidInputError(str(error), hint=HEADER_HINT) from None
        with self._core.tenant(tenant.id) as scope:
            scope.tx.value("catalogue.lock")
            stored = products_of(scope)
            rows, refused = _fitting(file, stored)
            done = bool(rows) and not dry_run and (skip_bad or not refused)
            if done:
                _put(scope, rows)
        known = {fold_name(product.name) for product in stored}
        updated = sum(fold_name(row.name) in known for row in rows)
        return ImportView(
            imported=done,
            dry_run=dry_run,
            added=len(rows) - updated,
            updated=updated,
            refused=tuple(refused),
        )


def products_of(scope: Scope) -> list[Product]:
    """The scope's whole catalogue, by name."""
    return [
        Product(id=row.id, name=row.name, price=row.price, aliases=tuple(row.aliases))
        for row in scope.tx.all(_Row, "catalogue.list")
    ]


def _fitting(file: CatalogueFile, stored: Sequence[Product]) -> tuple[list[Product], list[Refusal]]:
    """The file's products whose names are free, and every line refused, in order."""
    replaced = {fold_name(product.name) for _, product in file.rows}
    kept = [product for product in stored if fold_name(product.name) not in replaced]
    names = {fold_name(product.name) for product in kept}
    aliases = {fold_name(alias) for product in kept for alias in product.aliases}
    rows, refused = [], list(file.refused)
    for line, product in file.rows:
        own = {fold_name(alias) for alias in product.aliases}
        if fold_name(product.name) in aliases or own & names or own & aliases:
            refused.append(Refusal(line=line, name=product.name, reason=RefusedRow.ALIAS_TAKEN))
        else:
            rows.append(product)
    return rows, sorted(refused, key=lambda refusal: refusal.line)


def _put(scope: Scope, rows: Sequence[Product]) -> None:
    put = scope.tx.all(
        _Put,
        "catalogue.put",
        names=[product.name for product in rows],
        prices=[product.price for product in rows],
    )
    ids = {row.name: row.id for row in put}
    scope.tx.run("catalogue.clear_aliases", product_ids=list(ids.values()))
    pairs = [(fold_name(a), ids[product.name]) for product in rows for a in product.aliases]
    scope.tx.run(
        "catalogue.add_aliases",
        aliases=[alias for alias, _ in pairs],
        product_ids=[product_id for _, product_id in pairs],
    )
