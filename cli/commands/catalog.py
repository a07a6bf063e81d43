"""``waagent catalog``: what a shop sells, so that labels and prices are its own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli import ask, context, output
from cli.options import JsonFlag, TenantOption, YesFlag, command_app
from cli.shapes import Shape, show_list
from waagent.domain.brain_views import ImportView
from waagent.domain.catalogue import Product
from waagent.domain.rupiah import format_rupiah
from waagent.errors import InvalidInputError, PartlyDoneError
from waagent.i18n import t

app = command_app("What a shop sells: names, aliases, prices.")

MAX_BYTES = 20_000_000
_SHOWN_REFUSALS = 50

PRODUCT: Shape[Product] = Shape(
    fields=("id", "name", "aliases", "price"),
    columns=(
        ("col.name", lambda view, _zone: view.name),
        ("col.aliases", lambda view, _zone: ", ".join(view.aliases)),
        ("col.price", lambda view, _zone: "" if view.price is None else format_rupiah(view.price)),
        ("col.id", lambda view, _zone: view.id or ""),
    ),
    empty="empty.products",
)


@app.callback()
def group() -> None:
    """What a shop sells: names, aliases, prices."""


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV with name,aliases,price.")],
    tenant: TenantOption = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only tell what would be done.")
    ] = False,
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Import the good lines although some are bad.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Add and replace products from a CSV file."""
    data = _read(file)
    with context.shop(tenant) as (services, shop):
        done = services.catalogue.import_file(shop, data, dry_run=dry_run, skip_bad=skip_bad)
    if as_json:
        output.json_document(_record(done))
    else:
        _show(done)
    if done.refused:
        lines = len(done.refused)
        raise PartlyDoneError(
            f"{lines} lines of {file.name} cannot be used"
            + ("" if done.imported else ", so nothing was imported"),
            hint="correct them and import again"
            + ("" if done.imported or dry_run else ", or give --skip-bad"),
        )


@app.command("list")
def list_(tenant: TenantOption = None, as_json: JsonFlag = False) -> None:
    """List the products of a shop."""
    with context.shop(tenant) as (services, shop):
        products = services.catalogue.list(shop)
    show_list(PRODUCT, products, as_json=as_json, zone=shop.timezone)


@app.command()
def remove(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The product's name.")],
    tenant: TenantOption = None,
    yes: YesFlag = False,
    as_json: JsonFlag = False,
) -> None:
    """Remove a product; leads keep its name."""
    with context.shop(tenant) as (services, shop):
        ask.confirm(t("ask.remove_product", name=name, shop=shop.slug), yes=yes)
        services.catalogue.remove(shop, name)
    if as_json:
        output.json_document({"removed": name})
    else:
        output.line(t("catalog.removed", name=name))


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            data = opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise InvalidInputError(
            f"cannot read {file}: {error.strerror}", hint="check the path"
        ) from None
    if len(data) > MAX_BYTES:
        raise InvalidInputError(f"{file.name} is larger than {MAX_BYTES // 1_000_000} MB")
    return data


def _record(done: ImportView) -> dict[str, object]:
    return {
        "imported": done.imported,
        "dry_run": done.dry_run,
        "added": done.added,
        "updated": done.updated,
        "refused": [
            {"line": one.line, "name": one.name, "reason": one.reason.value} for one in done.refused
        ],
    }


def _show(done: ImportView) -> None:
    if done.refused:
        shown = done.refused[:_SHOWN_REFUSALS]
        rows = [[str(one.line), one.name, t(f"refused.{one.reason}")] for one in shown]
        output.table([t("col.line"), t("col.name"), t("col.reason")], rows)
        if more := len(done.refused) - len(shown):
            output.line(t("catalog.more_refused", count=more))
    key = "imported" if done.imported else "would_import"
    output.line(t(f"catalog.{key}", added=done.added, updated=done.updated))
