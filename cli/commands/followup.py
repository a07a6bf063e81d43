"""``waagent followup``: follow-ups to open sales."""

from __future__ import annotations

from cli import context
from cli.options import JsonFlag, TenantOption, command_app
from cli.shapes import FOLLOW_UP, show_list

app = command_app("Follow-ups to open sales.")


@app.callback()
def group() -> None:
    """Follow-ups to open sales."""


@app.command("list")
def list_(tenant: TenantOption = None, as_json: JsonFlag = False) -> None:
    """List a shop's follow-ups."""
    with context.shop(tenant) as (services, shop):
        follow_ups = services.followups.list(shop)
    show_list(FOLLOW_UP, follow_ups, as_json=as_json, zone=shop.timezone)
