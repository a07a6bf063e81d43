"""One visitor's board: a process of its own, spoken to by textual-serve's packets.

textual-serve starts a shell with the whole environment and waits for ever for what does not end.
Here the program is started by its arguments, with an environment of its own, in a process group of
its own, and ended within seconds. The visitor's bytes only ever reach it as packets.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import urlsplit

import structlog
from aiohttp import web
from textual_serve.app_service import AppService
from textual_serve.download_manager import DownloadManager

log = structlog.get_logger()

_PRELUDE = b"__GANGLION__\n"
_QUIT_S = 2.0
"""How long a board may take to close by itself; then it is told by SIGTERM, then killed."""
_TERM_S = 1.0
_MOST_BYTES = 8 * 1024 * 1024
"""The largest packet of a board; a screen is some ten thousand bytes."""
_MOST_COLUMNS, _MOST_LINES = 500, 200
_FEWEST_COLUMNS, _FEWEST_LINES = 20, 5


class VisitorProcess(AppService):
    """The process behind one websocket."""

    def __init__(self, environment: Mapping[str, str], socket: web.WebSocketResponse) -> None:
        super().__init__(
            "",  # the command line of its own way to start, which is not used
            write_bytes=socket.send_bytes,
            write_str=socket.send_str,
            close=self._close,
            download_manager=DownloadManager(),
        )
        self._environment = dict(environment)
        self._socket = socket
        self._stopping = asyncio.Lock()

    @property
    def pid(self) -> int | None:
        """The process's number, None before it was started and after it has ended."""
        process = self._process
        return process.pid if process is not None and process.returncode is None else None

    def _build_environment(self, width: int = 80, height: int = 24) -> dict[str, str]:
        columns, lines = bounded(width, height)
        return {**self._environment, "COLUMNS": str(columns), "ROWS": str(lines)}

    async def _open_app_process(self, width: int = 80, height: int = 24) -> Process:
        self._process = process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",  # nothing is imported from the folder it runs in
            "-m",
            "tui.web.visitor",
            stdin=PIPE,
            stdout=PIPE,
            # A traceback may hold customers' words; what matters is in the log of the boards.
            stderr=DEVNULL,
            env=self._build_environment(width, height),
            cwd="/",
            start_new_session=True,
        )
        self._stdin = process.stdin
        return process

    async def set_terminal_size(self, width: int, height: int) -> None:
        """Tell the board its size, within reason."""
        await super().set_terminal_size(*bounded(width, height))

    async def run(self) -> None:
        """Pass on what the board draws until it ends."""
        process = self._process
        assert process is not None
        assert process.stdout is not None
        try:
            while (line := await process.stdout.readline()) != _PRELUDE:
                if not line:
                    break
            while True:
                head = await process.stdout.readexactly(5)
                size = int.from_bytes(head[1:], "big")
                if size > _MOST_BYTES:
                    break
                await self._pass_on(head[:1], await process.stdout.readexactly(size))
        except (asyncio.IncompleteReadError, ConnectionResetError):
            pass
        finally:
            await self._close()

    async def _pass_on(self, kind: bytes, payload: bytes) -> None:
        if self._socket.closed:
            return  # read on, so that the board does not wait for room in the pipe while it ends
        with suppress(ConnectionResetError):
            if kind == b"D":
                await self.on_data(payload)
            elif kind == b"M":
                await self.on_meta(payload)

    async def on_meta(self, data: bytes) -> None:
        """What the board asks of the browser; it gives out no files, and opens only web pages."""
        meta = json.loads(data)
        if meta["type"] == "exit":
            await self._close()
        elif meta["type"] == "open_url" and urlsplit(meta["url"]).scheme in ("http", "https"):
            await super().on_meta(data)

    async def stop(self) -> None:
        """End the process, kindly or not; it is gone afterwards."""
        async with self._stopping:
            process = self._process
            if process is None:
                return
            if process.returncode is None:
                with suppress(TimeoutError):
                    async with asyncio.timeout(_QUIT_S):
                        await self.send_meta({"type": "quit"})
                        await process.wait()
            for number in (signal.SIGTERM, signal.SIGKILL):
                # The group: whatever it may have started goes with it.
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, number)
                with suppress(TimeoutError):
                    async with asyncio.timeout(_TERM_S):
                        await process.wait()
                        break
            if self._task is not None:
                self._task.cancel()
                with suppress(asyncio.CancelledError):
                    await self._task
            self._process = None

    async def _close(self) -> None:
        with suppress(ConnectionResetError, RuntimeError):
            await self._socket.close()


def bounded(width: int, height: int) -> tuple[int, int]:
    """A size that a board can have, whatever a browser says."""
    columns = min(max(width, _FEWEST_COLUMNS), _MOST_COLUMNS)
    return columns, min(max(height, _FEWEST_LINES), _MOST_LINES)
