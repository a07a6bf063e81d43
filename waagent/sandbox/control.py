"""The control interface: JSON lines on loopback, one request a line, each with the token.

A request is ``{"token": …, "op": …, …}``; the answer is ``{"result": {…}}`` or
``{"error": {"code", "message", "hint"}}``. After ``events`` the connection carries nothing else.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from contextlib import suppress
from typing import Any

import structlog

from waagent.errors import InvalidInputError, RefusedError, WaagentError
from waagent.sandbox.ops import Operations

log = structlog.get_logger(__name__)
_LINE_LIMIT = 1 << 20


class Control:
    """The listening control interface."""

    def __init__(self, operations: Operations) -> None:
        self._operations = operations
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self.token = secrets.token_urlsafe(32)
        self.port = 0

    async def start(self, port: int = 0) -> None:
        """Listen on 127.0.0.1. Raises OSError when the port is taken."""
        self._server = await asyncio.start_server(
            self._accept, "127.0.0.1", port, limit=_LINE_LIMIT
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
            with suppress(OSError, asyncio.CancelledError):
                await self._serve(reader, writer)
        finally:
            self._connections.discard(task)
            writer.close()
            with suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            try:
                line = await reader.readline()
            except ValueError:  # longer than the limit: where the next request starts is unknown
                await _write(writer, _failure(InvalidInputError("the request is too long")))
                return
            if not line:
                return
            try:
                request = self._request(line)
                if request["op"] == "events":
                    await self._stream(reader, writer)
                    return
                answer = await _unless_hung_up(reader, self._operations.run(request))
            except WaagentError as error:
                answer = _failure(error)
            await _write(writer, answer)

    def _request(self, line: bytes) -> dict[str, Any]:
        try:
            request = json.loads(line)
        except ValueError:
            raise InvalidInputError("the request is not JSON") from None
        if not isinstance(request, dict):
            raise InvalidInputError("the request is not an object")
        token = request.pop("token", None)
        if not isinstance(token, str) or not secrets.compare_digest(
            token.encode(), self.token.encode()
        ):
            raise RefusedError("wrong token", hint="it is in control.json of the state directory")
        if not isinstance(request.get("op"), str):
            raise InvalidInputError("the request names no op")
        return request

    async def _stream(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with self._operations.events.subscribe() as events:
            await _write(writer, {"result": {"streaming": True}})
            hung_up = asyncio.create_task(reader.read(1))
            try:
                while not hung_up.done():
                    event = asyncio.create_task(events.get())
                    await asyncio.wait({event, hung_up}, return_when=asyncio.FIRST_COMPLETED)
                    if event.done():
                        await _write(writer, event.result())
                    else:
                        event.cancel()
            finally:
                hung_up.cancel()


async def _unless_hung_up(reader: asyncio.StreamReader, work: Any) -> dict[str, Any]:
    """Do the work, but give it up when the caller hangs up: nobody would get what it took."""
    task = asyncio.ensure_future(work)
    try:
        while not task.done():
            await asyncio.wait({task}, timeout=0.5)
            if reader.at_eof() and not task.done():
                raise ConnectionResetError
    finally:
        task.cancel()
    result: dict[str, Any] = task.result()
    return {"result": result}


def _failure(error: WaagentError) -> dict[str, Any]:
    return {"error": {"code": error.code, "message": error.message, "hint": error.hint}}


async def _write(writer: asyncio.StreamWriter, value: dict[str, Any]) -> None:
    writer.write(json.dumps(value, ensure_ascii=False).encode() + b"\n")
    await writer.drain()
