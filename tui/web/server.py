"""The web front: pages, logins, and a websocket to each visitor's own board."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from http import HTTPStatus
from importlib.resources import files
from typing import Any
from urllib.parse import quote

import structlog
from aiohttp import WSMsgType, web

from tui.links import parse_link
from tui.web.pages import board_page, login_page
from tui.web.process import VisitorProcess
from tui.web.site import Site
from tui.web.visitors import Visit, Visitors
from tui.web_strings import Language
from waagent.domain.users import Visitor
from waagent.errors import BackendError, InvalidInputError, LimitError
from waagent.services.logins import LoginService

log = structlog.get_logger()

SESSION, CSRF, LANGUAGE = "login", "csrf", "lang"
_NEW_CSRF = web.RequestKey("csrf", str)
_LARGEST_FORM = 16 * 1024
_LARGEST_INPUT = 256 * 1024
"""Bytes that a browser may send at once: a long paste."""
_LONGEST_LINK = 200
_HEARTBEAT_S = 15.0
_LOGINS_AT_ONCE = 2
_OURS = files("tui.web") / "static"
_TEXTUAL = files("textual_serve") / "static"
_ASSETS = {
    "web.css": (_OURS / "web.css", "text/css"),
    "web.js": (_OURS / "web.js", "text/javascript"),
    "xterm.css": (_TEXTUAL / "css" / "xterm.css", "text/css"),
    "textual.js": (_TEXTUAL / "js" / "textual.js", "text/javascript"),
    "RobotoMono.ttf": (_TEXTUAL / "fonts" / "RobotoMono-VariableFont_wght.ttf", "font/ttf"),
    "RobotoMono-Italic.ttf": (
        _TEXTUAL / "fonts" / "RobotoMono-Italic-VariableFont_wght.ttf",
        "font/ttf",
    ),
}
"""All files that are given out, by the last part of their address; none comes from elsewhere."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class WebFront:
    """The application; :meth:`app` is for aiohttp to run."""

    def __init__(
        self, *, site: Site, logins: LoginService, visitors: Visitors, language: Language
    ) -> None:
        self._site = site
        self._logins = logins
        self._visitors = visitors
        self._language: Language = language
        self._logging_in = asyncio.Semaphore(_LOGINS_AT_ONCE)

    def app(self) -> web.Application:
        """The routes, behind what holds for all of them."""
        app = web.Application(middlewares=[self._guard], client_max_size=_LARGEST_FORM)
        app.add_routes(
            [
                web.get("/", self.board),
                web.get("/login", self.form),
                web.post("/login", self.login),
                web.post("/logout", self.logout),
                web.get("/ws{link:(/.*)?}", self.socket),
                web.get("/static/{name}", self.asset),
            ]
        )
        app.on_response_prepare.append(self._headers)
        app.cleanup_ctx.append(self._watching)
        return app

    async def _watching(self, _app: web.Application) -> Any:
        task = asyncio.create_task(self._visitors.watch())
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if not self._site.knows_host(request):
            raise web.HTTPMisdirectedRequest(text="unknown host")
        try:
            return await handler(request)
        except BackendError as error:
            log.error("web.backend", code=error.code)
            page = self._login_page(request, problem="login.away")
            return self._html(request, page, HTTPStatus.SERVICE_UNAVAILABLE)

    async def _headers(self, _request: web.Request, response: web.StreamResponse) -> None:
        response.headers.update(self._site.headers())
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.pop("Server", None)

    async def asset(self, request: web.Request) -> web.StreamResponse:
        """A file of ours or of textual-serve."""
        found = _ASSETS.get(request.match_info["name"])
        if found is None:
            raise web.HTTPNotFound
        path, kind = found
        return web.Response(
            body=path.read_bytes(),
            content_type=kind,
            headers={"Cache-Control": "public, max-age=3600"},
        )

    async def form(self, request: web.Request) -> web.StreamResponse:
        """The page to log in on; who is logged in goes on to the board."""
        if await self._visitor(request) is not None:
            raise web.HTTPSeeOther(_board_url(_link(request.query.get("link", ""))))
        return self._html(request, self._login_page(request))

    async def login(self, request: web.Request) -> web.StreamResponse:
        """Name and password."""
        given = await request.post()
        link = _link(str(given.get("link", "")))
        if not self._is_from_us(request, str(given.get("csrf", ""))):
            page = self._login_page(request, link, problem="login.stale")
            return self._html(request, page, HTTPStatus.FORBIDDEN)
        name, password = str(given.get("name", "")), str(given.get("password", ""))
        try:
            async with self._logging_in:
                token = await asyncio.to_thread(
                    self._logins.begin, name, password, self._site.address(request)
                )
        except LimitError:
            page = self._login_page(request, link, problem="login.limited")
            return self._html(request, page, HTTPStatus.TOO_MANY_REQUESTS)
        if token is None:
            page = self._login_page(request, link, problem="login.wrong")
            return self._html(request, page, HTTPStatus.UNAUTHORIZED)
        before = request.cookies.get(self._site.cookie(SESSION))
        if before:
            await asyncio.to_thread(self._logins.end, before)
        response = web.HTTPSeeOther(_board_url(link))
        self._set_cookie(response, SESSION, token)
        self._set_cookie(response, CSRF, secrets.token_urlsafe(32))
        raise response

    async def logout(self, request: web.Request) -> web.StreamResponse:
        """End the login, and what is open under it."""
        given = await request.post()
        if not self._is_from_us(request, str(given.get("csrf", ""))):
            raise web.HTTPForbidden(text="not from a page of ours")
        visitor = await self._visitor(request)
        if visitor is not None:
            await asyncio.to_thread(self._logins.end, request.cookies[self._site.cookie(SESSION)])
            await self._visitors.end_login(visitor.login_id)
        response = web.HTTPSeeOther("/login")
        response.del_cookie(
            self._site.cookie(SESSION), path="/", secure=self._site.secure, httponly=True
        )
        raise response

    async def board(self, request: web.Request) -> web.StreamResponse:
        """The page of the board, or to the login first."""
        link = _link(request.query.get("link", ""))
        visitor = await self._visitor(request)
        if visitor is None:
            raise web.HTTPSeeOther("/login" + (f"?link={quote(link, safe='')}" if link else ""))
        try:
            self._visitors.check_room(visitor.user_id)
            full = False
        except LimitError:
            full = True
        scheme = "wss" if self._site.secure else "ws"
        page = board_page(
            csrf=self._csrf(request),
            socket_url=f"{scheme}://{request.host}/ws" + (f"/{quote(link)}" if link else ""),
            user=visitor.name,
            shop=visitor.tenant.name if visitor.tenant else None,
            full=full,
            language=self._spoken(request),
        )
        return self._html(request, page, HTTPStatus.SERVICE_UNAVAILABLE if full else HTTPStatus.OK)

    async def socket(self, request: web.Request) -> web.StreamResponse:
        """The connection of an open board to its process."""
        if not self._site.is_ours(request.headers.get("Origin")):
            raise web.HTTPForbidden(text="not from a page of ours")
        visitor = await self._visitor(request)
        if visitor is None:
            raise web.HTTPUnauthorized(text="not logged in")
        link = _link(request.match_info["link"].removeprefix("/"))
        try:
            with self._visitors.place(visitor.user_id):
                return await self._serve(request, visitor, link)
        except LimitError as error:
            raise web.HTTPTooManyRequests(text=error.message) from error

    async def _serve(
        self, request: web.Request, visitor: Visitor, link: str
    ) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(heartbeat=_HEARTBEAT_S, max_msg_size=_LARGEST_INPUT)
        await socket.prepare(request)
        environment = self._visitors.environment(visitor, link, self._spoken(request))
        process = VisitorProcess(environment, socket)
        visit = Visit(visitor=visitor, process=process, socket=socket)
        log.info("web.opened", user=visitor.user_id, open=len(self._visitors))
        try:
            await process.start(_number(request, "width", 80), _number(request, "height", 24))
            with self._visitors.watched(visit):
                async for message in socket:
                    if message.type != WSMsgType.TEXT or not await _heed(message.data, visit):
                        break
        finally:
            await asyncio.shield(process.stop())
            await socket.close()
        return socket

    async def _visitor(self, request: web.Request) -> Visitor | None:
        token = request.cookies.get(self._site.cookie(SESSION))
        return await asyncio.to_thread(self._logins.check, token) if token else None

    def _is_from_us(self, request: web.Request, given: str) -> bool:
        """Whether a form was sent by a page of ours: it knows the cookie that only we can read."""
        known = request.cookies.get(self._site.cookie(CSRF), "")
        origin = request.headers.get("Origin")
        if origin is not None and not self._site.is_ours(origin):
            return False
        return bool(known) and secrets.compare_digest(known.encode(), given.encode())

    def _csrf(self, request: web.Request) -> str:
        """The token of this browser; a new one is set by :meth:`_html`."""
        known = request.cookies.get(self._site.cookie(CSRF))
        if not known:
            known = request.get(_NEW_CSRF)
        if not known:
            known = request[_NEW_CSRF] = secrets.token_urlsafe(32)
        return known

    def _spoken(self, request: web.Request) -> Language:
        for given in (request.query.get("lang"), request.cookies.get(self._site.cookie(LANGUAGE))):
            if given in ("id", "en"):
                return "en" if given == "en" else "id"
        return self._language

    def _login_page(
        self, request: web.Request, link: str | None = None, *, problem: str | None = None
    ) -> str:
        if link is None:
            link = _link(request.query.get("link", ""))
        return login_page(
            csrf=self._csrf(request), link=link, language=self._spoken(request), problem=problem
        )

    def _html(self, request: web.Request, page: str, status: int = HTTPStatus.OK) -> web.Response:
        response = web.Response(text=page, content_type="text/html", status=status)
        if _NEW_CSRF in request:
            self._set_cookie(response, CSRF, request[_NEW_CSRF])
        if request.query.get("lang") in ("id", "en"):
            self._set_cookie(response, LANGUAGE, request.query["lang"])
        return response

    def _set_cookie(self, response: web.StreamResponse, name: str, value: str) -> None:
        response.set_cookie(
            self._site.cookie(name),
            value,
            path="/",
            httponly=True,
            samesite="Strict",
            secure=self._site.secure,
        )


async def _heed(data: str, visit: Visit) -> bool:
    """Do what a browser says; False if it is nothing that textual.js would say."""
    try:
        kind, *rest = json.loads(data)
        if kind == "stdin":
            visit.active()
            return await visit.process.send_bytes(rest[0].encode("utf-8", "replace"))
        if kind == "resize":
            await visit.process.set_terminal_size(int(rest[0]["width"]), int(rest[0]["height"]))
        elif kind == "ping":
            await visit.socket.send_json(["pong", str(rest[0])[:32]])
        elif kind in ("focus", "blur"):
            await (visit.process.focus() if kind == "focus" else visit.process.blur())
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, ConnectionResetError):
        return False
    return True


def _number(request: web.Request, name: str, default: int) -> int:
    given = request.query.get(name, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 6 else default


def _link(given: str) -> str:
    """A link as it was given, or nothing where it is none."""
    try:
        return parse_link(given[:_LONGEST_LINK]).text if given.isprintable() and given else ""
    except InvalidInputError:
        return ""


def _board_url(link: str) -> str:
    return f"/?link={quote(link, safe='')}" if link else "/"
