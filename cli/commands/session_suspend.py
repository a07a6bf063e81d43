"""``waagent session suspend`` and ``waagent session resume``."""

from __future__ import annotations

from cli import context, output
from cli.options import JsonFlag, SessionName, TenantOption
from cli.shapes import SESSION, json_object
from waagent.i18n import t


def suspend(
    name: SessionName = "main", tenant: TenantOption = None, as_json: JsonFlag = False
) -> None:
    """Take a number out of service: disconnected until it is resumed. Link and data are kept."""
    with context.session(tenant, name) as (services, shop):
        services.suspension.suspend(shop, name, actor=context.actor())
        session = services.sessions.get(shop, name)
    if as_json:
        output.json_document(json_object(SESSION, session))
    else:
        output.line(t("session.suspended", name=name, shop=shop.slug))


def resume(
    name: SessionName = "main", tenant: TenantOption = None, as_json: JsonFlag = False
) -> None:
    """Put a number that was suspended back into service."""
    with context.session(tenant, name) as (services, shop):
        services.suspension.resume(shop, name, actor=context.actor())
        session = services.sessions.get(shop, name)
    if as_json:
        output.json_document(json_object(SESSION, session))
    else:
        output.line(t("session.resumed", name=name, state=session.state))
