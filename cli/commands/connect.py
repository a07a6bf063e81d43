"""``waagent connect``: link a shop's WhatsApp number by a QR code, or by a code to type."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from cli import context, live, output
from cli.options import JsonFlag, command_app
from waagent.errors import RefusedError, TimedOutError
from waagent.i18n import t

if TYPE_CHECKING:
    from waagent.domain.views import ConnectEvent, Tenant

app = command_app()

FIELDS = {
    "qr": ("code", "expires_in"),
    "code": ("code", "expires_in"),
    "paired": ("jid",),
    "connected": ("phone", "session"),
    "expired": ("reason",),
    "refused": ("reason",),
    "passkey_required": ("reason", "why", "todo"),
}
_PRACTICE_PHONE = "6281200009001"
Show = Callable[["ConnectEvent"], None]


@app.command("connect")
def connect(
    tenant: Annotated[
        str | None,
        typer.Argument(
            metavar="SHOP",
            help="The shop, its slug. [WAAGENT_TENANT]",
            autocompletion=live.tenants,
        ),
    ] = None,
    session: Annotated[
        str,
        typer.Option(
            help="A name for this number; a shop may link several.", autocompletion=live.sessions
        ),
    ] = "main",
    timeout: Annotated[
        float, typer.Option(min=1, help="Seconds the phone is given, from the first code.")
    ] = 120,
    pair_code: Annotated[
        str | None,
        typer.Option(metavar="PHONE", help="The number to link: show a code to type, not a QR."),
    ] = None,
    change_number: Annotated[
        bool, typer.Option(help="Take another number than the session had before.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Link a shop's WhatsApp number by QR code, or by a code to type on the phone."""
    draws = not as_json and output.is_terminal()
    if draws and pair_code is None:
        from cli.pairing_screen import require_room

        require_room()
    with context.shop(tenant) as (services, shop), ExitStack() as stack:
        events = services.onboarding.connect(
            shop,
            session=session,
            timeout_s=timeout,
            phone=pair_code,
            change_number=change_number,
            actor=context.actor(),
        )
        # Closing the generator is what takes an unfinished pairing back.
        stack.enter_context(closing(cast("Generator[ConnectEvent]", events)))
        words = _passkey_words(shop, session)
        show = _presenter(stack, shop, pair_code, words, draws=draws, as_json=as_json)
        connected = _follow(events, show, timeout, as_json=as_json)
    if not as_json:
        output.line(t("connect.connected", phone=connected.phone))


def _presenter(
    stack: ExitStack,
    shop: Tenant,
    phone: str | None,
    passkey: dict[str, str],
    *,
    draws: bool,
    as_json: bool,
) -> Show:
    if as_json:
        return lambda event: output.json_line(_json(event, passkey))
    if draws:
        from cli.pairing_screen import PairingScreen

        # Left before it is said why, so that this stays on the terminal.
        screen = stack.enter_context(ExitStack())
        drawn = PairingScreen(shop.name, phone, steps=_practice(shop))
        return _on_screen(screen.enter_context(drawn), screen, passkey)
    return lambda event: _in_words(event, passkey)


def _practice(shop: Tenant) -> str | None:
    """How a code is scanned where WhatsApp is the sandbox; None elsewhere."""
    if not context.settings().in_sandbox:
        return None
    return t("connect.steps.practice", phone=_PRACTICE_PHONE, shop=shop.slug)


def _passkey_words(shop: Tenant, session: str) -> dict[str, str]:
    """Why a passkey stops it, and what to do, for the owner."""
    from waagent.services.explain import explain

    why, todo = explain("pairing", "passkey_required", shop=shop.slug, session=session)
    return {"why": why, "todo": todo}


def _follow(
    events: Iterator[ConnectEvent], show: Show, timeout_s: float, *, as_json: bool
) -> ConnectEvent:
    """Show each event until the last; that one if it is a success. Raises WaagentError."""
    from cli.pairing_ends import failure

    last: ConnectEvent | None = None
    try:
        for last in events:
            show(last)
            if last.event == "connected":
                return last
            failed = failure(last, timeout_s)
            if failed is not None:
                raise failed
    except TimedOutError:
        if as_json and (last is None or last.event != "expired"):
            output.json_line({"event": "expired", "reason": "timeout"})
        raise
    raise RefusedError("the pairing ended without an answer", hint="run the command again")


def _json(event: ConnectEvent, passkey: dict[str, str]) -> dict[str, Any]:
    values = {name: getattr(event, name, passkey.get(name)) for name in FIELDS[event.event]}
    return {"event": event.event, **values}


def _on_screen(screen: Any, drawn: ExitStack, passkey: dict[str, str]) -> Show:
    def show(event: ConnectEvent) -> None:
        if event.event == "qr":
            screen.show_code(event.code or "", event.expires_in or 0)
        elif event.event == "code":
            screen.show_typed_code(event.code or "", event.expires_in or 0)
        elif event.event == "paired":
            screen.say(t("connect.paired"))
        elif event.event == "passkey_required":
            drawn.close()
            _in_words(event, passkey)

    return show


def _in_words(event: ConnectEvent, passkey: dict[str, str]) -> None:
    """Without a terminal: the code as text."""
    from cli import diagnostics

    if event.event == "qr":
        output.line(t("connect.code", code=event.code))
        diagnostics.note(t("connect.no_tty"))
    elif event.event == "code":
        output.line(t("connect.typed_code", code=event.code))
    elif event.event == "paired":
        output.line(t("connect.paired"))
    elif event.event == "passkey_required":
        output.line(passkey["why"])
        output.line(passkey["todo"])
