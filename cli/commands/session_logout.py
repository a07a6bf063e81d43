"""``waagent session logout``."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import context, output
from cli.options import JsonFlag, SessionName, TenantOption
from cli.shapes import SESSION, json_object
from waagent.errors import InvalidInputError
from waagent.i18n import t


def logout(
    name: SessionName = "main",
    tenant: TenantOption = None,
    confirm: Annotated[
        str | None, typer.Option(metavar="NAME", help="The name again, to be sure.")
    ] = None,
    timeout: Annotated[float, typer.Option(min=1, help="Seconds to wait for WhatsApp.")] = 30,
    as_json: JsonFlag = False,
) -> None:
    """Take a number's link off its phone. All data is kept; connect links it again."""
    if confirm != name:
        raise InvalidInputError(
            "only the shop's phone can link the number again",
            hint=f"if it is meant: --confirm {name}",
        )
    with context.shop(tenant) as (services, shop):
        session = services.sessions.log_out(shop, name, actor=context.actor(), timeout_s=timeout)
    if as_json:
        output.json_document(json_object(SESSION, session))
    else:
        output.line(t("session.logged_out", name=name, shop=shop.slug))
