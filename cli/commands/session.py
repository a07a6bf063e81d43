"""``waagent session``: linked WhatsApp numbers."""

from __future__ import annotations

from cli import context, output
from cli.commands.session_gaps import gaps
from cli.commands.session_logout import logout
from cli.commands.session_pacing import pacing
from cli.commands.session_show import move, show
from cli.commands.session_suspend import resume, suspend
from cli.options import JsonFlag, TenantOption, command_app
from cli.shapes import SESSION, show_list
from waagent.domain.sessions import SessionState
from waagent.services.explain import explain_session

app = command_app("Linked WhatsApp numbers.")
app.command()(gaps)
app.command()(pacing)
app.command()(show)
app.command()(move)
app.command()(suspend)
app.command()(resume)
app.command()(logout)


@app.callback()
def group() -> None:
    """Linked WhatsApp numbers."""


@app.command("list")
def list_(tenant: TenantOption = None, as_json: JsonFlag = False) -> None:
    """List the linked numbers of a shop, or of all shops."""
    settings = context.settings(tenant=tenant)
    with context.services_factory(settings) as services:
        shop = context.find_shop(services, settings.tenant) if settings.tenant else None
        sessions = services.sessions.list(shop)
    show_list(SESSION, sessions, as_json=as_json, zone=shop.timezone if shop else "UTC")
    for session in sessions:
        if not as_json and session.state is not SessionState.CONNECTED:
            output.line(f"{session.tenant} {session.name}: {' '.join(explain_session(session))}")
