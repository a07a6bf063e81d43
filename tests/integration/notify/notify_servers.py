"""A real mail server and a real web server on this machine, which can be told to misbehave."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class MailServer:
    """``replies`` maps MAIL, RCPT and DATA to what to answer instead of 250."""

    port: int = 0
    received: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    replies: dict[str, str] = field(default_factory=dict)
    hang_s: float = 0
    """So long it is silent after it has taken a message, before it says so."""
    released: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"smtp+plain://127.0.0.1:{self.port}"

    def only(self) -> EmailMessage:
        (message,) = self.received
        return message

    async def handle_MAIL(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        envelope.mail_from = address
        return self.replies.get("MAIL", "250 OK")

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        if "RCPT" in self.replies:
            return self.replies["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        if "DATA" in self.replies:
            return self.replies["DATA"]
        assert isinstance(envelope.content, bytes)
        self.raw.append(envelope.content)
        parsed = message_from_bytes(envelope.content, policy=policy.default)
        self.received.append(parsed)
        await asyncio.to_thread(self.released.wait, self.hang_s)
        return "250 OK"

    def forget(self) -> None:
        self.received.clear()
        self.raw.clear()
        self.replies.clear()
        self.hang_s = 0
        self.released.clear()


@contextmanager
def mail_server(**options: Any) -> Iterator[MailServer]:
    """A server on a port of its own."""
    server = MailServer(port=closed_port())
    controller = Controller(server, hostname="127.0.0.1", port=server.port, **options)
    controller.start()
    try:
        yield server
    finally:
        server.released.set()
        controller.stop()


@dataclass
class WebServer:
    """Takes JSON; answers with ``status``, after ``hang_s``."""

    port: int = 0
    status: int = 200
    hang_s: float = 0
    received: list[dict[str, Any]] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"json://127.0.0.1:{self.port}/hook-token-8472?rto=1&cto=1"

    def forget(self) -> None:
        self.status, self.hang_s = 200, 0
        self.received.clear()
        self.released.clear()


@contextmanager
def web_server() -> Iterator[WebServer]:
    """A server on a port of its own."""
    web = WebServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            web.received.append(json.loads(body))
            web.released.wait(web.hang_s)
            self.send_response(web.status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    web.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield web
    finally:
        web.released.set()
        server.shutdown()
        thread.join()
        server.server_close()
