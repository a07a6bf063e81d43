"""WhatsApp's media hosts: takes encrypted files over HTTP, hands them out again, deletes them.

As much of HTTP/1.1 as Go's client speaks. A client finds its way here by the host it asks the proxy
for; what a path and a query mean is the media servers' own.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import json
import secrets
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import parse_qs, unquote, urlsplit

import structlog

from waagent.sandbox.faults import Fault
from waagent.sandbox.media import (
    HOSTS,
    MAX_ENCRYPTED,
    MediaStore,
    account_in_path,
    direct_path,
    name_in_path,
    new_file,
)
from waagent.sandbox.network import Network
from waagent.sandbox.wire import Node

log = structlog.get_logger(__name__)
_HEAD_LIMIT = 1 << 16
_CHUNK = 1 << 17
_IDLE_SECONDS = 90
_TTL = 300
_AUTH_TTL = 21_600
_PIECES = 10
_LEAST_ERROR = 400


def media_conn(account: str) -> Node:
    """The answer to a device that asks where files go and come from."""
    hosts = tuple(Node("host", {"hostname": name}) for name in HOSTS)
    attrs = {
        "auth": f"{account}.{secrets.token_hex(8)}",
        "ttl": str(_TTL),
        "auth_ttl": str(_AUTH_TTL),
        "max_buckets": "12",
    }
    return Node("media_conn", attrs, hosts)


class HttpError(Exception):
    """The request is answered with this status, and the connection closed."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """The head of a request."""

    method: str
    path: str
    query: dict[str, list[str]]
    length: int


class MediaServer:
    """The listening media hosts."""

    def __init__(self, network: Network, store: MediaStore) -> None:
        self._network = network
        self._store = store
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self.port = 0

    async def start(self, context: ssl.SSLContext) -> None:
        """Listen on a free port of 127.0.0.1."""
        self._server = await asyncio.start_server(
            self._accept, "127.0.0.1", 0, ssl=context, limit=_HEAD_LIMIT
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Stop listening and cut all connections."""
        if self._server is None:
            return
        self._server.close()
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await self._server.wait_closed()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            await self._serve(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError):
            pass
        except asyncio.CancelledError:
            pass  # asyncio reports a cancelled callback as an error
        finally:
            self._connections.discard(task)
            writer.transport.abort() if task.cancelling() else writer.close()
            with suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer request after request until one fails or the client hangs up."""
        while True:
            async with asyncio.timeout(_IDLE_SECONDS):
                head = await reader.readuntil(b"\r\n\r\n")
            try:
                request = _parse(head)
                await self._answer(request, reader, writer)
            except HttpError as error:
                log.info("sandbox.media_refused", action="answer", status=error.status)
                await _respond(writer, error.status, b"", close=True)
                return

    async def _answer(
        self, request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if request.method == "POST":
            await _respond(writer, HTTPStatus.OK, await self._take(request, reader))
        elif request.method == "GET":
            await self._hand_out(request, writer)
        elif request.method == "DELETE":
            self._delete(request)
            await _respond(writer, HTTPStatus.OK, b"{}")
        else:
            raise HttpError(HTTPStatus.METHOD_NOT_ALLOWED)

    async def _take(self, request: Request, reader: asyncio.StreamReader) -> bytes:
        """Store an upload; the JSON that says where it lies."""
        try:
            account, digest = await self._expect(request)
        except HttpError:  # a client that is cut off while it sends would not read the answer
            await _read(reader, request.length, lambda _: None)
            raise
        actual = hashlib.sha256()
        with new_file(self._store.servers) as (file, keep):

            def put(chunk: bytes) -> None:
                actual.update(chunk)
                file.write(chunk)

            await _read(reader, request.length, put)
            if actual.digest() != digest:
                raise HttpError(HTTPStatus.BAD_REQUEST)
            keep(self._store.encrypted(digest.hex()))
        path = direct_path(account, digest)
        answer = {"url": f"https://{HOSTS[0]}{path}", "direct_path": path, "handle": digest.hex()}
        return json.dumps(answer).encode()

    async def _expect(self, request: Request) -> tuple[str, bytes]:
        """The account and the hash of an upload that is about to come."""
        account, digest = self._account(request), _token(request.path)
        if request.length > MAX_ENCRYPTED:
            raise HttpError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        self._misbehave(Fault.REFUSE_UPLOAD, account, HTTPStatus.SERVICE_UNAVAILABLE)
        await asyncio.sleep(self._network.faults.value(Fault.SLOW_MEDIA, account))
        return account, digest

    async def _hand_out(self, request: Request, writer: asyncio.StreamWriter) -> None:
        account, name = account_in_path(request.path), name_in_path(request.path)
        self._misbehave(Fault.REFUSE_DOWNLOAD, account, HTTPStatus.GONE)
        path = self._store.encrypted(name)
        if not name or not path.exists():
            raise HttpError(HTTPStatus.NOT_FOUND)
        pause = self._network.faults.value(Fault.SLOW_MEDIA, account) / _PIECES
        with path.open("rb") as file:
            size = path.stat().st_size
            writer.write(_head(HTTPStatus.OK, size))
            piece = max(1, min(_CHUNK, -(-size // _PIECES))) if pause else _CHUNK
            waits = _PIECES
            while chunk := file.read(piece):
                if pause and waits:
                    waits -= 1
                    await asyncio.sleep(pause)
                writer.write(chunk)
                await writer.drain()

    def _delete(self, request: Request) -> None:
        self._account(request)
        self._store.encrypted(_token(request.path).hex()).unlink(missing_ok=True)

    def _account(self, request: Request) -> str:
        """The account whose authorization a request carries."""
        account = request.query.get("auth", [""])[0].partition(".")[0]
        if account not in self._network.accounts:
            raise HttpError(HTTPStatus.UNAUTHORIZED)
        return account

    def _misbehave(self, fault: Fault, account: str, status: int) -> None:
        value = int(self._network.faults.value(fault, account))
        if value:
            raise HttpError(value if value >= _LEAST_ERROR else status)


def _parse(head: bytes) -> Request:
    """The request in these header lines. Raises HttpError."""
    line, *fields = head.decode("latin-1").split("\r\n")
    try:
        method, target, _ = line.split(" ")
        headers = dict(field.lower().split(":", 1) for field in fields if field)
        length = int(headers.get("content-length", "0"))
    except ValueError:
        raise HttpError(HTTPStatus.BAD_REQUEST) from None
    if length < 0 or "transfer-encoding" in headers:
        raise HttpError(HTTPStatus.LENGTH_REQUIRED)
    parts = urlsplit(target)
    return Request(
        method=method, path=unquote(parts.path), query=parse_qs(parts.query), length=length
    )


def _token(path: str) -> bytes:
    """The hash that names an upload, in ``/mms/TYPE/TOKEN``. Raises HttpError."""
    try:
        digest = base64.urlsafe_b64decode(path.rpartition("/")[2])
    except (ValueError, binascii.Error):
        digest = b""
    if not path.startswith("/mms/") or len(digest) != hashlib.sha256().digest_size:
        raise HttpError(HTTPStatus.NOT_FOUND)
    return digest


async def _read(reader: asyncio.StreamReader, length: int, put: Callable[[bytes], object]) -> None:
    """Give ``put`` the body of a request, in pieces. Raises ConnectionResetError."""
    while length:
        chunk = await reader.read(min(length, _CHUNK))
        if not chunk:
            raise ConnectionResetError
        length -= len(chunk)
        put(chunk)


async def _respond(
    writer: asyncio.StreamWriter, status: int, body: bytes, *, close: bool = False
) -> None:
    writer.write(_head(status, len(body), close=close) + body)
    await writer.drain()


def _head(status: int, length: int, *, close: bool = False) -> bytes:
    phrase = HTTPStatus(status).phrase if status in set(HTTPStatus) else "Refused"
    lines = [f"HTTP/1.1 {status} {phrase}", f"Content-Length: {length}"]
    lines += ["Content-Type: application/octet-stream"]
    lines += ["Connection: close"] if close else []
    return "\r\n".join([*lines, "", ""]).encode()
