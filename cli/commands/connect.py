"""``waagent connect``: link a shop's WhatsApp number by scanning a QR code."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from cli import context, output
from cli.options import JsonFlag, command_app
from waagent.errors import RefusedError, TimedOutError
from waagent.i18n import t

if TYPE_CHECKING:
    from waagent.domain.views import ConnectEvent, Tenant

app = command_app()

FIELDS = {
    "qr": ("code", "expires_in"),
    "paired": ("jid",),
    "connected": ("phone", "session"),
    "expired": ("reason",),
    "refused": ("reason",),
    "passkey_required": ("reason",),
}
Show = Callable[["ConnectEvent"], None]


@app.command("connect")
def connect(
    tenant: Annotated[
        str | None, typer.Argument(metavar="SHOP", help="The shop, its slug. [WAAGENT_TENANT]")
    ] = None,
    session: Annotated[
        str, typer.Option(help="A name for this number; a shop may link several.")
    ] = "main",
    timeout: Annotated[float, typer.Option(min=1, help="Seconds to wait for the scan.")] = 120,
    as_json: JsonFlag = False,
) -> None:
    """Link a shop's WhatsApp number by QR code."""
    draws = not as_json and output.is_terminal()
    if draws:
        from cli.pairing_screen import require_room

        require_room()
    with context.shop(tenant) as (services, shop), ExitStack() as stack:
        events = services.onboarding.connect(shop, session=session, timeout_s=timeout)
        # Closing the generator is what takes an unfinished pairing back.
        stack.enter_context(closing(cast("Generator[ConnectEvent]", events)))
        show = _presenter(stack, shop, draws=draws, as_json=as_json)
        connected = _follow(events, show, timeout, as_json=as_json)
    if not as_json:
        output.line(t("connect.connected", phone=connected.phone))


def _presenter(stack: ExitStack, shop: Tenant, *, draws: bool, as_json: bool) -> Show:
    if as_json:
        return lambda event: output.json_line(_json(event))
    if draws:
        from cli.pairing_screen import PairingScreen

        return _on_screen(stack.enter_context(PairingScreen(shop.name)))
    return _in_words


def _follow(
    events: Iterator[ConnectEvent], show: Show, timeout_s: float, *, as_json: bool
) -> ConnectEvent:
    """Show each event until the last; that one if it is a success. Raises WaagentError."""
    last: ConnectEvent | None = None
    try:
        for last in events:
            show(last)
            if last.event == "connected":
                return last
            _raise_if_over(last, timeout_s)
    except TimedOutError:
        if as_json and (last is None or last.event != "expired"):
            output.json_line({"event": "expired", "reason": "timeout"})
        raise
    raise RefusedError("the pairing ended without an answer", hint="run the command again")


def _raise_if_over(event: ConnectEvent, timeout_s: float) -> None:
    reason = f" ({event.reason})" if event.reason else ""
    match event.event:
        case "expired" if event.reason == "not_connected":
            raise TimedOutError(
                f"the number is linked, but was not connected in {timeout_s:g} s",
                hint="see waagent status: is everything running? then run the command again",
            )
        case "expired":
            raise TimedOutError(
                f"the QR code was not scanned in {timeout_s:g} s",
                hint="run the command again; nothing has been changed",
            )
        case "refused":
            raise RefusedError(
                f"WhatsApp refused to link the number{reason}",
                hint="check the phone: it must be online, with fewer than four linked devices",
            )
        case "passkey_required":
            raise RefusedError(
                f"WhatsApp asks for a passkey, which cannot be given here{reason}",
                hint="remove the passkey of this account on the phone, then run the command again",
            )


def _json(event: ConnectEvent) -> dict[str, Any]:
    fields = {name: getattr(event, name) for name in FIELDS[event.event]}
    return {"event": event.event, **fields}


def _on_screen(screen: Any) -> Show:
    def show(event: ConnectEvent) -> None:
        if event.event == "qr":
            screen.show_code(event.code or "", event.expires_in or 0)
        elif event.event == "paired":
            screen.say(t("connect.paired"))

    return show


def _in_words(event: ConnectEvent) -> None:
    """Without a terminal: the code as text."""
    from cli import diagnostics

    if event.event == "qr":
        output.line(t("connect.code", code=event.code))
        diagnostics.note(t("connect.no_tty"))
    elif event.event == "paired":
        output.line(t("connect.paired"))
