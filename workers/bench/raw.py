"""Bare neonize beside waagent: the same numbers, resumed by the library alone.

A process of its own, driven by JSON lines: it pairs numbers into waagent's own store (which saves
pairing them twice), or resumes them and tells when they are connected and when a message reached a
callback. Beside ``waagent.whatsapp.gateway`` this is the one module that imports neonize, because
it measures what that module costs.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pylibmagic  # noqa: F401

_PIPE = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)  # the library prints to standard output

from neonize.client import NewClient  # noqa: E402
from neonize.events import ConnectedEv, MessageEv, PairStatusEv  # noqa: E402
from neonize.utils.jid import build_jid  # noqa: E402

from waagent.whatsapp import jids  # noqa: E402
from waagent.whatsapp.endpoint import load_endpoint  # noqa: E402
from waagent.whatsapp.trust import trust  # noqa: E402

_WRITING = threading.Lock()
_CLIENTS: list[Any] = []
PATIENCE_S = 60.0


def tell(event: str, **fields: object) -> None:
    """One line to whoever drives this."""
    with _WRITING:
        _PIPE.write(json.dumps({"event": event, **fields}) + "\n")
        _PIPE.flush()


def pair(dsn: str, number: int) -> None:
    """Link one number: tells its code, then its address once it is connected."""
    client = NewClient(dsn, uuid=f"pair-{number}", new_device=True)
    connected = threading.Event()
    address: list[str] = []
    client.qr(lambda _, code: tell("qr", number=number, code=code.decode()))
    client.event(PairStatusEv)(
        lambda _, event: address.append(f"{event.ID.User}:{event.ID.Device}@{event.ID.Server}")
    )
    client.event(ConnectedEv)(lambda *_: connected.set())
    _start(client)
    if not connected.wait(PATIENCE_S):
        tell("failed", number=number)
        return
    tell("paired", number=number, jid=address[0])


def resume(dsn: str, addresses: list[str]) -> None:
    """Connect linked numbers one after the other: together they crash the library."""
    for address in addresses:
        parsed = jids.parse(address)
        jid = build_jid(parsed.user, parsed.server)
        jid.Device = parsed.device
        client = NewClient(dsn, jid=jid)
        up = threading.Event()
        client.event(ConnectedEv)(lambda *_, up=up: _connected(up))
        client.event(MessageEv)(lambda _, e: tell("message", id=e.Info.ID, at=time.time()))
        _start(client)
        up.wait(PATIENCE_S)


def _connected(up: threading.Event) -> None:
    up.set()
    tell("connected", at=time.time())


def _start(client: Any) -> None:
    client._stop_finalizer.detach()
    _CLIENTS.append(client)
    threading.Thread(target=client.connect, daemon=True).start()


def main() -> None:
    """Obey until standard input ends; then leave at once, as the library's threads never do."""
    dsn = os.environ["WAAGENT_BENCH_DSN"]
    trust(load_endpoint(Path(os.environ["WAAGENT_WHATSAPP_ENDPOINT"])))
    tell("ready")
    for line in sys.stdin:
        order = json.loads(line)
        if order["op"] == "pair":
            pair(dsn, order["number"])
        else:
            resume(dsn, order["jids"])
    os._exit(0)


if __name__ == "__main__":
    main()
