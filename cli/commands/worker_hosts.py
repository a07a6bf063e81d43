"""``waagent worker hosts`` and ``waagent worker drain``."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import context, live, output
from cli.options import JsonFlag
from cli.shapes import Shape, json_object, local_time, show_list
from waagent.domain.views import HostView
from waagent.i18n import t

HOST: Shape[HostView] = Shape(
    fields=(
        "id",
        "machine",
        "pid",
        "sessions",
        "capacity",
        "draining",
        "started_at",
        "seen_at",
        "alive",
    ),
    columns=(
        ("col.host", lambda view, _zone: view.id),
        ("col.sessions", lambda view, _zone: f"{view.sessions}/{view.capacity}"),
        ("col.draining", lambda view, _zone: t("yes") if view.draining else ""),
        ("col.seen", lambda view, zone: local_time(view.seen_at, zone)),
        ("col.alive", lambda view, _zone: t("yes" if view.alive else "no")),
    ),
    empty="empty.hosts",
)


def hosts(as_json: JsonFlag = False) -> None:
    """List the processes that hold linked numbers."""
    with context.services() as services:
        show_list(HOST, services.hosts.list(), as_json=as_json)


def drain(
    host: Annotated[
        str,
        typer.Argument(metavar="HOST", help="See: waagent worker hosts", autocompletion=live.hosts),
    ],
    as_json: JsonFlag = False,
) -> None:
    """Have a host hand over its linked numbers and end. Its worker goes on with a fresh one."""
    with context.services() as services:
        found = services.hosts.drain(host)
        if as_json:
            output.json_document(json_object(HOST, found))
        else:
            output.line(t("host.draining", host=found.id, sessions=found.sessions))
