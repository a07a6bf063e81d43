"""``waagent session``: linked WhatsApp numbers."""

from __future__ import annotations

from cli import context
from cli.options import JsonFlag, TenantOption, command_app
from cli.shapes import SESSION, show_list

app = command_app("Linked WhatsApp numbers.")


@app.callback()
def group() -> None:
    """Linked WhatsApp numbers."""


@app.command("list")
def list_(tenant: TenantOption = None, as_json: JsonFlag = False) -> None:
    """List the linked numbers of a shop, or of all shops."""
    settings = context.settings(tenant=tenant)
    with context.services_factory(settings) as services:
        shop = services.tenants.get(settings.tenant) if settings.tenant else None
        sessions = services.sessions.list(shop)
    show_list(SESSION, sessions, as_json=as_json, zone=shop.timezone if shop else "UTC")
