"""``waagent notify``: how a shop's owner hears that a number is away."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from cli import ask, context, live, output
from cli.options import JsonFlag, TenantOption, YesFlag, command_app
from cli.shapes import CHANNEL, NOTIFICATION, json_object, show_list
from waagent.errors import InvalidInputError
from waagent.i18n import t

if TYPE_CHECKING:
    from waagent.domain.notifications import ChannelKind

app = command_app("Tell the owner when a number is away.")


class ChannelLanguage(StrEnum):
    """Languages of notifications."""

    ID = "id"
    EN = "en"


Name = Annotated[
    str,
    typer.Argument(metavar="NAME", help="The channel's name.", autocompletion=live.channels),
]


@app.command()
def add(
    name: Name,
    tenant: TenantOption = None,
    email: Annotated[str | None, typer.Option(metavar="ADDRESS", help="By e-mail.")] = None,
    whatsapp: Annotated[
        str | None,
        typer.Option(metavar="PHONE", help="By WhatsApp, from the operator's number."),
    ] = None,
    apprise: Annotated[
        str | None,
        typer.Option(metavar="URL", help="By a service that apprise knows; - reads it from stdin."),
    ] = None,
    language: Annotated[
        ChannelLanguage | None, typer.Option(help="What it is written in. [WAAGENT_LANGUAGE]")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Add a channel: exactly one of --email, --whatsapp and --apprise."""
    kind, target = _target(email=email, whatsapp=whatsapp, apprise=apprise)
    with context.shop(tenant) as (services, shop):
        chosen = services.settings.language if language is None else language.value
        channel = services.notifications.add(shop, name, kind, target, chosen)
    if as_json:
        output.json_document(json_object(CHANNEL, channel))
    else:
        output.line(t("notify.added", name=channel.name, target=channel.target))


@app.command("list")
def list_(tenant: TenantOption = None, as_json: JsonFlag = False) -> None:
    """List the channels of a shop."""
    with context.shop(tenant) as (services, shop):
        channels = services.notifications.list(shop)
    show_list(CHANNEL, channels, as_json=as_json, zone=shop.timezone)


@app.command()
def remove(
    name: Name, tenant: TenantOption = None, yes: YesFlag = False, as_json: JsonFlag = False
) -> None:
    """Remove a channel, and the log of what went through it."""
    with context.shop(tenant) as (services, shop):
        ask.confirm(t("ask.remove_channel", name=name, shop=shop.slug), yes=yes)
        services.notifications.remove(shop, name)
    if as_json:
        output.json_document({"removed": name})
    else:
        output.line(t("notify.removed", name=name))


@app.command("test")
def send_test(
    name: Name,
    tenant: TenantOption = None,
    timeout: Annotated[
        float, typer.Option(min=1, help="Seconds to wait for the operator's WhatsApp.")
    ] = 60,
    as_json: JsonFlag = False,
) -> None:
    """Send a test now, and tell whether it was sent."""
    with context.shop(tenant) as (services, shop):
        services.notifications.test(shop, name, timeout_s=timeout)
    if as_json:
        output.json_document({"sent": name})
    else:
        output.line(t("notify.tested", name=name))


@app.command()
def log(
    tenant: TenantOption = None,
    limit: Annotated[int, typer.Option(min=1, help="The newest so many.")] = 50,
    as_json: JsonFlag = False,
) -> None:
    """Show what was sent, and what was not."""
    with context.shop(tenant) as (services, shop):
        sent = services.notifications.log(shop, limit=limit)
    show_list(NOTIFICATION, sent, as_json=as_json, zone=shop.timezone)


def _target(
    *, email: str | None, whatsapp: str | None, apprise: str | None
) -> tuple[ChannelKind, str]:
    """What kind of channel is meant, and where it leads."""
    from waagent.domain.notifications import ChannelKind

    given = {
        ChannelKind.EMAIL: email,
        ChannelKind.WHATSAPP: whatsapp,
        ChannelKind.APPRISE: sys.stdin.read().strip() if apprise == "-" else apprise,
    }
    found = [(kind, target) for kind, target in given.items() if target is not None]
    if len(found) != 1:
        raise InvalidInputError(
            "a channel has exactly one target", hint="give --email, --whatsapp or --apprise"
        )
    return found[0]
