"""A process that hosts sessions, moved by JSON lines: the library never enters pytest's process.

Commands come on standard input, one object a line: ``{"id", "op", …}``. Answers ``{"id", …}`` and
events ``{"event", "key", …}`` go to the descriptor standard output had before the library could
print to it. Run as ``python whatsapp_remote.py DSN DATABASE_URL ENDPOINT_JSON LOG``.
"""

from __future__ import annotations

import dataclasses
import json
import os
import random
import sys
import threading
import time
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg

from waagent.domain.messages import (
    ChangeOfMessage,
    InboundMessage,
    MessageChange,
    MessageKind,
    Outgoing,
    OutgoingChange,
    OutgoingContact,
    OutgoingLocation,
    OutgoingMedia,
    OutgoingText,
    Quoted,
    Receipt,
)
from waagent.domain.sessions import SessionEvent
from waagent.errors import WaagentError
from waagent.whatsapp.endpoint import load_endpoint
from waagent.whatsapp.errors import MediaError, SendError
from waagent.whatsapp.stdio import redirect_stdio


class Wire:
    """Writes objects as lines, whole, from any thread."""

    def __init__(self, descriptor: int) -> None:
        self._out = os.fdopen(descriptor, "w", encoding="utf-8")
        self._lock = threading.Lock()

    def put(self, **fields: Any) -> None:
        with self._lock:
            self._out.write(json.dumps(fields, default=jsonable) + "\n")
            self._out.flush()


class Teller:
    """A listener that writes everything it hears; ``slow`` is how long a message takes it."""

    def __init__(self, wire: Wire) -> None:
        self._put = wire.put
        self.slow = 0.0

    def on_message(self, key: str, message: InboundMessage) -> None:
        time.sleep(self.slow)
        self._put(event="message", key=key, **dataclasses.asdict(message))

    def on_change(self, key: str, change: MessageChange) -> None:
        self._put(event="change", key=key, **dataclasses.asdict(change))

    def on_history(self, key: str, messages: Sequence[InboundMessage]) -> None:
        for message in messages:
            self._put(event="history", key=key, **dataclasses.asdict(message))

    def on_receipt(self, key: str, receipt: Receipt) -> None:
        self._put(event="receipt", key=key, **dataclasses.asdict(receipt))

    def on_event(self, key: str, event: SessionEvent) -> None:
        self._put(event="session", key=key, **dataclasses.asdict(event))

    def on_qr(self, key: str, code: str, expires_in: int) -> None:
        self._put(event="qr", key=key, code=code, expires_in=expires_in)

    def on_pairing_code(self, key: str, code: str) -> None:
        self._put(event="pairing_code", key=key, code=code)

    def on_paired(self, key: str, jid: str, lid: str | None) -> None:
        self._put(event="paired", key=key, jid=jid, lid=lid)

    def on_pairing_failed(self, key: str, reason: str) -> None:
        self._put(event="pairing_failed", key=key, reason=reason)


def has_device_in(database_url: str) -> Callable[[str], bool]:
    """The look-up a host makes before a start, on a connection of its own."""
    connection = psycopg.connect(database_url, autocommit=True)
    lock = threading.Lock()

    def has_device(jid: str) -> bool:
        with lock:
            sql = "select exists(select from whatsmeow.whatsmeow_device where jid = %s)"
            row = connection.execute(sql, (jid,)).fetchone()
        return bool(row and row[0])

    return has_device


def operations(gateway: Any, teller: Teller) -> dict[str, Callable[..., Any]]:
    return {
        "start": lambda key, jid, timeout=30.0: gateway.start(key, jid, teller, timeout=timeout),
        "pair": lambda key, phone=None: gateway.pair(key, teller, phone=phone),
        "send": lambda key, to, text: dataclasses.asdict(
            gateway.send(key, to, OutgoingText(text=text))
        ),
        "transmit": lambda key, to, of, **fields: dataclasses.asdict(
            gateway.send(key, to, outgoing(of, fields))
        ),
        "typing": lambda key, to, composing: gateway.typing(key, to, composing),
        "probe": lambda key, seconds: gateway.probe(key, seconds),
        "download": lambda key, ref, limit: b64encode(
            gateway.download(key, b64decode(ref), limit=limit)
        ).decode(),
        "await_history": lambda key: gateway.await_history(key, 10),
        "stop": lambda key: gateway.stop(key),
        "close": lambda: gateway.close(),
        "keys": lambda: sorted(gateway.keys()),
        "running": lambda key: gateway.running(key),
        "stuck": lambda: gateway.stuck(),
        "slow": lambda seconds: setattr(teller, "slow", seconds),
        "stress": lambda **how: stress(gateway, teller, **how),
    }


def outgoing(of: str, fields: dict[str, Any]) -> Outgoing:
    """What to send, from JSON: ``of`` names it, bytes are in Base64."""
    if of == "location":
        return OutgoingLocation(**fields)
    if of == "contact":
        return OutgoingContact(**fields)
    if of != "text":
        return OutgoingChange(kind=ChangeOfMessage(of), **fields)
    if "media" in fields:
        media = fields["media"]
        kind, data = MessageKind(media.pop("kind")), b64decode(media.pop("data"))
        fields["media"] = OutgoingMedia(kind=kind, data=data, **media)
    if "quoted" in fields:
        fields["quoted"] = Quoted(**fields["quoted"])
    return OutgoingText(**fields)


def jsonable(value: Any) -> str:
    return b64encode(value).decode() if isinstance(value, bytes) else str(value)


def stress(
    gateway: Any,
    teller: Teller,
    *,
    jids: dict[str, str],
    to: str,
    seconds: float,
    rest: float = 0.0,
) -> dict[str, int]:
    """Restart all sessions but two over and over, while others use the library; what was done.

    ``rest`` seconds lie between two restarts of one session.

    Sends alone would take hours to meet a start: so two threads also ask, thousands of times a
    second and through the same gate, what reads the library's maps and does nothing else. That
    kills a process without the gate within seconds.
    """
    from waagent.whatsapp import gateway as module
    from waagent.whatsapp.library import CLIENTS

    end = time.monotonic() + seconds
    counts: Counter[str] = Counter()

    def churn(key: str) -> None:
        while time.monotonic() < end:
            counts["stopped" if gateway.stop(key) else "stuck"] += 1
            gateway.start(key, jids[key], teller)
            pause.wait(rest)

    def send(_: str) -> None:
        while time.monotonic() < end:
            try:
                gateway.send(random.choice(steady), to, OutgoingText(text="apa kabar?"))
                gateway.typing(random.choice(steady), to, False)
                counts["sent"] += 1
            except SendError as error:
                counts[type(error).__name__] += 1
                pause.wait(0.01)

    def read(_: str) -> None:
        while time.monotonic() < end:
            client = random.choice(CLIENTS)
            with module._GATE.shared():
                counts["read"] += 1
                assert client.is_connected in {True, False}

    pause = threading.Event()
    *restless, first, second = jids
    steady = [first, second]
    work = [*((churn, key) for key in restless), *[(send, "")] * 4, *[(read, "")] * 2]
    with ThreadPoolExecutor(len(work)) as pool:
        for done in [pool.submit(what, key) for what, key in work]:
            done.result()
    return dict(counts)


def answer(ops: dict[str, Callable[..., Any]], request: dict[str, Any]) -> dict[str, Any]:
    try:
        return {"result": ops[request.pop("op")](**request)}
    except WaagentError as error:
        return {"error": type(error).__name__, "code": error.code, "text": str(error)}
    except SendError as error:
        return {"error": type(error).__name__, "code": error.code, "sure": error.surely_not_sent}
    except MediaError as error:
        return {"error": type(error).__name__, "code": error.kind}


def main(dsn: str, database_url: str, endpoint_file: str, log_file: str) -> None:
    wire = Wire(os.dup(1))
    redirect_stdio(Path(log_file))
    from waagent.whatsapp.gateway import Gateway

    endpoint = load_endpoint(Path(endpoint_file))
    gateway = Gateway(dsn, endpoint=endpoint, has_device=has_device_in(database_url))
    ops = operations(gateway, Teller(wire))
    wire.put(event="ready")

    def serve(line: str) -> None:
        request = json.loads(line)
        number = request.pop("id")
        wire.put(id=number, **answer(ops, request))

    for line in sys.stdin:
        threading.Thread(target=serve, args=(line,), daemon=True).start()


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    finally:
        os._exit(0)
