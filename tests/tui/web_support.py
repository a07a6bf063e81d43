"""The web front under test: a real server on a port of this machine, and a browser's requests."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from socket import socket
from typing import Any

import psutil
import pyte
from aiohttp import ClientSession, ClientWebSocketResponse, CookieJar, WSMsgType, web
from yarl import URL

from tui.web.server import WebFront
from tui.web.site import make_site
from tui.web.visitors import Visitors
from waagent.bootstrap import Services
from waagent.domain.views import Tenant
from waagent.services.logins import LoginService

PASSWORD = "tiga-ekor-ayam-goreng"
WIDTH, HEIGHT = 100, 30
PATIENCE_S = 30.0


class Display:
    """What a board has drawn, as a terminal would show it."""

    def __init__(self) -> None:
        self._screen = pyte.Screen(WIDTH, HEIGHT)
        self._stream = pyte.ByteStream(self._screen)

    def feed(self, data: bytes | str) -> None:
        """A message of the websocket: bytes are for the screen."""
        if isinstance(data, bytes):
            self._stream.feed(_plain(data))

    def sent(self, data: bytes | str) -> None:
        """What a browser sent: it says how large its terminal is."""
        kind, *rest = json.loads(data)
        if kind == "resize":
            self._screen.resize(columns=rest[0]["width"], lines=rest[0]["height"])

    @property
    def text(self) -> str:
        return "\n".join(self._screen.display)


class Screen:
    """An open websocket, and what came of it."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self.socket = socket
        self._display = Display()

    @property
    def text(self) -> str:
        return self._display.text

    async def until(self, there: Callable[[str], bool]) -> str:
        """Read until the screen is so. Fails if the socket closes before."""
        async with asyncio.timeout(PATIENCE_S):
            while not there(self.text):
                message = await self.socket.receive()
                assert message.type in (WSMsgType.BINARY, WSMsgType.TEXT), (message, self.text)
                self._display.feed(message.data)
        return self.text

    async def closed(self) -> None:
        """Read until the socket is closed."""
        async with asyncio.timeout(PATIENCE_S):
            while (await self.socket.receive()).type not in (WSMsgType.CLOSE, WSMsgType.CLOSED):
                pass

    async def type(self, keys: str) -> None:
        await self.socket.send_json(["stdin", keys])


def _plain(data: bytes) -> bytes:
    """Without the questions to a terminal that pyte would take for text."""
    return re.sub(rb"\x1b\[[?<>=][\d;]*[a-zA-Z$]+|\x1b\[\?2026\$p", b"", data)


@dataclass
class Browser:
    """One visitor's browser: keeps its cookies."""

    url: str
    http: ClientSession
    server: Served

    async def get(self, path: str = "/", **options: Any) -> tuple[int, str]:
        async with self.http.get(self.url + path, **options) as answer:
            return answer.status, (await answer.read()).decode(errors="replace")

    async def csrf(self, path: str = "/login") -> str:
        """The token in the form of a page."""
        _, page = await self.get(path)
        found = re.search(r'name="csrf" value="([^"]+)"', page)
        assert found is not None
        return found[1]

    async def log_in(self, name: str, password: str = PASSWORD, **changes: Any) -> int:
        """Fill the form in and send it; the status of the answer."""
        form = {"name": name, "password": password, "csrf": await self.csrf()}
        form |= changes.pop("form", {})
        path = self.url + "/login"
        async with self.http.post(path, data=form, allow_redirects=False, **changes) as answer:
            return answer.status

    @asynccontextmanager
    async def board(self, link: str = "", **headers: str) -> AsyncIterator[Screen]:
        """Open the websocket, as the page does."""
        path = f"{self.url}/ws{link}?width={WIDTH}&height={HEIGHT}"
        given = {"Origin": self.url} | headers
        async with self.http.ws_connect(path, headers=given) as socket:
            yield Screen(socket)

    def cookie(self, name: str) -> Any:
        return self.http.cookie_jar.filter_cookies(URL(self.url)).get(name)


@dataclass
class Served:
    """A running server."""

    url: str
    visitors: Visitors

    def processes(self) -> list[psutil.Process]:
        """The visitors' processes that live."""
        return [
            child
            for child in psutil.Process().children()
            if "tui.web.visitor" in " ".join(_command(child))
        ]

    async def no_process_left(self) -> None:
        await eventually(lambda: not self.processes() and not len(self.visitors))


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


async def eventually(holds: Callable[[], object], seconds: float = PATIENCE_S) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.02)


@asynccontextmanager
async def served(services: Services, **limits: Any) -> AsyncIterator[Browser]:
    """A server with other settings than the tests', and a browser for it."""
    settings = services.settings.model_copy(update=limits)
    core, redis, passwords = services._core, services._redis, services._passwords
    lasts, idle = settings.web_login_lasts, settings.web_idle
    logins = LoginService(core, redis, passwords, lasts=lasts, idle=idle)
    visitors = Visitors(logins, settings)
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    site = make_site(host="127.0.0.1", port=port, public_url=None, proxy=settings.web_proxy)
    front = WebFront(site=site, logins=logins, visitors=visitors, language="en")
    runner = web.AppRunner(front.app(), access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    url = f"http://127.0.0.1:{port}"
    try:
        async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as http:
            yield Browser(url, http, Served(url, visitors))
    finally:
        await visitors.close()
        await runner.cleanup()


def new_user(services: Services, tenant: Tenant | None) -> str:
    """A user's name."""
    name = f"user-{secrets.token_hex(4)}"
    services.users.create(name, PASSWORD, tenant, actor="tests")
    return name
