"""An HTTP ``CONNECT`` proxy on loopback that leads every host to the sandbox's own TLS ports."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from waagent.sandbox.media import HOSTS

_HEADER_LIMIT = 1 << 16
_CHUNK = 1 << 16
_WAIT_SECONDS = 20


class Proxy:
    """The running proxy. ``port`` is what it listens on."""

    def __init__(self, server: asyncio.Server, tunnels: set[asyncio.Task[None]]) -> None:
        self._server = server
        self._tunnels = tunnels
        self.port: int = server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Stop listening and cut all tunnels."""
        self._server.close()
        for tunnel in self._tunnels:
            tunnel.cancel()
        await asyncio.gather(*self._tunnels, return_exceptions=True)
        await self._server.wait_closed()


async def start_proxy(target_port: int, port: int = 0, *, media_port: int) -> Proxy:
    """Listen on 127.0.0.1. Raises OSError when the port is taken.

    Media hosts are led to ``media_port``, all others to ``target_port``.
    """
    tunnels: set[asyncio.Task[None]] = set()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tunnels.add(task)
        try:
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
                await _serve(reader, writer, target_port, media_port)
        except (TimeoutError, asyncio.CancelledError):
            pass  # asyncio reports a cancelled callback as an error
        finally:
            tunnels.discard(task)
            await _close(writer)

    server = await asyncio.start_server(accept, "127.0.0.1", port, limit=_HEADER_LIMIT)
    return Proxy(server, tunnels)


async def _serve(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    target_port: int,
    media_port: int,
) -> None:
    async with asyncio.timeout(_WAIT_SECONDS):
        head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(b"CONNECT "):
        writer.write(b"HTTP/1.1 405 Method Not Allowed\r\nAllow: CONNECT\r\n\r\n")
        await writer.drain()
        return
    host = head.split(b" ", 2)[1].rpartition(b":")[0].decode("latin-1")
    far_port = media_port if host in HOSTS else target_port
    far_reader, far_writer = await asyncio.open_connection("127.0.0.1", far_port)
    try:
        writer.write(b"HTTP/1.1 200 Connection Established\r\n\r\n")
        await writer.drain()
        async with asyncio.TaskGroup() as group:
            group.create_task(_copy(reader, far_writer))
            group.create_task(_copy(far_reader, writer))
    finally:
        await _close(far_writer)


async def _copy(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    """Pass on what comes; when it ends, so does the tunnel in this direction."""
    with suppress(OSError):
        while data := await source.read(_CHUNK):
            sink.write(data)
            await sink.drain()
    sink.close()


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(OSError, asyncio.CancelledError):
        await writer.wait_closed()
