"""The talk of ``waagent sandbox chat``: lines in, answers out."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, TextIO

from cli import diagnostics, output
from waagent.errors import TimedOutError, WaagentError

if TYPE_CHECKING:
    from waagent.sandbox.client import SandboxClient

_LOOK_S = 1.0


def converse(client: SandboxClient, phone: str, shop: str, lines: TextIO) -> None:
    """Send each of ``lines`` to ``shop`` as ``phone``, and show what comes; until they end."""
    over = threading.Event()
    listener = threading.Thread(target=_listen, args=(client, phone, over), daemon=True)
    listener.start()
    try:
        for line in lines:
            if line.strip():
                client.send(phone, shop, line.strip())
    finally:
        over.set()
        listener.join()


def _listen(client: SandboxClient, phone: str, over: threading.Event) -> None:
    while not over.is_set():
        try:
            message = client.recv(phone, _LOOK_S)
        except TimedOutError:
            continue
        except WaagentError as error:
            diagnostics.note(error.message)
            return
        kind = "" if message.kind == "text" else f"[{message.kind}] "
        output.line(f"{message.peer}: {kind}{message.text}")
