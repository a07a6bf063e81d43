"""All visitors' processes: how many there may be, and when one is ended.

One look a second sees to all of them: whose login has ended, who has not touched a key for too
long, whose process takes too much memory.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib.metadata import version

import psutil
import structlog
from aiohttp import web

from tui.web.process import VisitorProcess
from tui.web.visitor import LINK, LOGIN
from waagent.domain.users import Visitor
from waagent.errors import BackendError, LimitError
from waagent.services.logins import LoginService
from waagent.settings import Settings

log = structlog.get_logger()

LOOK_S = 1.0
_SEEN_S = 20.0
"""How often at most it is written down that somebody is still there."""
_MEGABYTE = 1024 * 1024
_PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "SYSTEMROOT")
_NOT_FOR_VISITORS = (
    "WAAGENT_SMTP_URL",
    "WAAGENT_MAIL_FROM",
    "WAAGENT_NOTIFY_SESSION",
    "WAAGENT_TENANT",
    "OPENAI_API_KEY",
    "OPENAI_BASE_URL",
)
"""Secrets of the processes that send and label: a board does neither by itself."""


@dataclass(slots=True, kw_only=True, eq=False)
class Visit:
    """One open board."""

    visitor: Visitor
    process: VisitorProcess
    socket: web.WebSocketResponse
    active_at: float = field(default_factory=time.monotonic)
    seen_at: float = field(default_factory=time.monotonic)

    def active(self) -> None:
        """A key or a click came."""
        self.active_at = time.monotonic()


class Visitors:
    """The open boards. ``close`` ends them all."""

    def __init__(self, logins: LoginService, settings: Settings) -> None:
        self._logins = logins
        self._settings = settings
        self._visits: set[Visit] = set()
        self._places: list[str] = []

    def __len__(self) -> int:
        return len(self._places)

    def check_room(self, user_id: str) -> None:
        """Raises LimitError if no further board may be opened now by this user."""
        settings = self._settings
        if self._places.count(user_id) >= settings.web_visitors_per_user:
            raise LimitError("too many boards of this user", hint="close one")
        if len(self._places) >= settings.web_visitors:
            raise LimitError("too many boards", hint="try again later")

    @contextmanager
    def place(self, user_id: str) -> Iterator[None]:
        """Room for one board, held as long as the block lasts. Raises LimitError."""
        self.check_room(user_id)
        self._places.append(user_id)
        try:
            yield
        finally:
            self._places.remove(user_id)

    @contextmanager
    def watched(self, visit: Visit) -> Iterator[None]:
        """Look after a board as long as the block lasts."""
        self._visits.add(visit)
        try:
            yield
        finally:
            self._visits.discard(visit)

    def environment(self, visitor: Visitor, link: str, language: str) -> dict[str, str]:
        """All that a visitor's process gets to know; nothing of it comes from the visitor as is."""
        passed = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        given = self._settings.environment()
        for name in _NOT_FOR_VISITORS:
            given.pop(name, None)
        return {
            **passed,
            **given,
            "WAAGENT_AI_ENGINE": "off",
            "WAAGENT_LANGUAGE": language,
            # Settings files are not read again: what counts stands here.
            "XDG_CONFIG_HOME": os.devnull,
            # Files would be saved on this machine, where the visitor is not.
            "XDG_DOWNLOAD_DIR": os.devnull,
            # Who acts, for the audit; the name itself is kept sealed.
            "LOGNAME": f"web-{visitor.user_id}",
            LOGIN: visitor.login_id,
            LINK: link,
            "TEXTUAL_DRIVER": "textual.drivers.web_driver:WebDriver",
            "TEXTUAL_FPS": "30",
            "TEXTUAL_COLOR_SYSTEM": "truecolor",
            "TERM_PROGRAM": "textual",
            "TERM_PROGRAM_VERSION": version("textual-serve"),
            "PYTHONUNBUFFERED": "1",
        }

    async def watch(self) -> None:
        """Look after all boards, for ever."""
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                await self._look()
            except BackendError:
                log.warning("web.backend_away")

    async def end_login(self, login_id: str) -> None:
        """Close all boards of a login that was ended."""
        await self._end([v for v in self._visits if v.visitor.login_id == login_id], "logout")

    async def close(self) -> None:
        """Close all."""
        await self._end(list(self._visits), "stopping")

    async def _look(self) -> None:
        now = time.monotonic()
        idle_s = self._settings.web_idle.total_seconds()
        await self._end([v for v in self._visits if now - v.active_at > idle_s], "idle")
        await self._end([v for v in self._visits if self._too_large(v)], "memory")
        if not self._visits:
            return
        every = min(_SEEN_S, idle_s / 4)
        lively = [v for v in self._visits if v.active_at > v.seen_at and now - v.seen_at > every]
        if lively:
            await asyncio.to_thread(self._logins.seen, {v.visitor.login_id for v in lively})
            for visit in lively:
                visit.seen_at = now
        logins = {visit.visitor.login_id for visit in self._visits}
        alive = await asyncio.to_thread(self._logins.alive, logins)
        gone = logins - alive
        await self._end([v for v in self._visits if v.visitor.login_id in gone], "login ended")

    def _too_large(self, visit: Visit) -> bool:
        pid = visit.process.pid
        if pid is None:
            return False
        with suppress(psutil.Error):
            used: int = psutil.Process(pid).memory_info().rss
            return used > self._settings.web_visitor_memory * _MEGABYTE
        return False

    async def _end(self, visits: list[Visit], why: str) -> None:
        for visit in visits:
            log.info("web.closed", user=visit.visitor.user_id, why=why)
        # The process first: a browser that does not read must not keep it.
        await asyncio.gather(*(visit.process.stop() for visit in visits))
        await asyncio.gather(*(_close(visit.socket) for visit in visits))


async def _close(socket: web.WebSocketResponse) -> None:
    with suppress(ConnectionResetError, RuntimeError, TimeoutError):
        async with asyncio.timeout(1):
            await socket.close(code=4000)
