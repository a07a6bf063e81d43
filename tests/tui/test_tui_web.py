"""The web front over HTTP: who gets in, from where, to what, and when it ends."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path

import pytest
from aiohttp import WSServerHandshakeError
from shop_support import Admin, Customer, Shop
from web_support import WIDTH, Browser, eventually, new_user, served

from tui.web import visitors as visitors_module
from tui.web.process import bounded
from waagent.bootstrap import Services
from waagent.services.logins import TRIES


@pytest.fixture(autouse=True)
def _no_users_left(admin: Admin, redis_clean: None) -> Iterator[None]:
    yield
    admin.run("delete from users")


@pytest.fixture
def owner(front: Services, shop: Shop) -> str:
    return new_user(front, shop.tenant)


async def refused(browser: Browser, **headers: str) -> int:
    """The status that a websocket is refused with."""
    with pytest.raises(WSServerHandshakeError) as caught:
        async with browser.board(**headers):
            raise AssertionError("it was opened")
    return caught.value.status


async def test_logging_in_and_out(front: Services, shop: Shop, owner: str) -> None:
    async with served(front) as browser:
        status, page = await browser.get("/?link=lead/<x>")
        assert (status, "<h1>waagent</h1>" in page) == (HTTPStatus.OK, True)
        assert 'name="link" value="lead/&lt;x&gt;"' in page
        assert await browser.log_in(owner, "wrong-password-1") == HTTPStatus.UNAUTHORIZED
        assert browser.cookie("waagent_login") is None
        assert await browser.log_in(owner) == HTTPStatus.SEE_OTHER
        cookie = browser.cookie("waagent_login")
        (stored,) = [c for c in browser.http.cookie_jar if c.key == "waagent_login"]
        assert (stored["httponly"], stored["samesite"], stored["path"]) == (True, "Strict", "/")
        _, page = await browser.get("/?link=lead/42")
        assert f"{browser.url.replace('http', 'ws')}/ws/lead/42" in page
        assert shop.tenant.name in page
        assert owner in page

        token = await browser.csrf("/")
        async with browser.http.post(browser.url + "/logout", data={"csrf": "x"}) as answer:
            assert answer.status == HTTPStatus.FORBIDDEN
        assert front.logins.check(cookie.value) is not None
        async with browser.http.post(browser.url + "/logout", data={"csrf": token}) as answer:
            assert answer.url.path == "/login"
        assert front.logins.check(cookie.value) is None
        assert await refused(browser) == HTTPStatus.UNAUTHORIZED


async def test_what_every_answer_carries_and_where_files_come_from(
    front: Services, owner: str
) -> None:
    async with served(front) as browser:
        await browser.log_in(owner)
        pages = {}
        for path in ("/", "/login?lang=id", "/static/textual.js", "/nowhere"):
            async with browser.http.get(browser.url + path) as answer:
                pages[path] = await answer.text()
                found = answer.headers
            policy = found["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "frame-ancestors 'none'" in policy
            assert "script-src 'self';" in policy
            assert (found["X-Content-Type-Options"], found["Referrer-Policy"]) == (
                "nosniff",
                "same-origin",
            )
            assert "Server" not in found
        named = re.findall(r'(?:src|href|action)="([^"]+)"', pages["/"] + pages["/login?lang=id"])
        assert named
        for address in set(named) - {"data:,"}:
            assert address.startswith("/"), "nothing is fetched from elsewhere"
            status, _ = await browser.get(address)
            assert status in (HTTPStatus.OK, HTTPStatus.METHOD_NOT_ALLOWED), address
        assert "<script>" not in pages["/"]
        for wrong in ("/static/../server.py", "/static/index.html", "/static/", "/download/x"):
            assert (await browser.get(wrong))[0] == HTTPStatus.NOT_FOUND


async def test_forms_and_sockets_are_taken_from_our_own_pages_only(
    front: Services, owner: str
) -> None:
    elsewhere = {"Origin": "https://evil.example"}
    async with served(front) as browser:
        assert await browser.log_in(owner, form={"csrf": ""}) == HTTPStatus.FORBIDDEN
        assert await browser.log_in(owner, form={"csrf": "é"}) == HTTPStatus.FORBIDDEN
        assert await browser.log_in(owner, headers=elsewhere) == HTTPStatus.FORBIDDEN
        status, _ = await browser.get("/login", headers={"Host": "evil.example"})
        assert status == HTTPStatus.MISDIRECTED_REQUEST
        assert await refused(browser) == HTTPStatus.UNAUTHORIZED, "without a login"
        await browser.log_in(owner)
        assert await refused(browser, Origin="https://evil.example") == HTTPStatus.FORBIDDEN
        assert await refused(browser, Origin="null") == HTTPStatus.FORBIDDEN
        assert browser.server.processes() == []


async def test_tries_are_limited(
    front: Services, owner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(TRIES, "both", 2)
    async with served(front) as browser:
        for _ in range(TRIES["both"]):
            assert await browser.log_in(owner, "wrong-password-1") == HTTPStatus.UNAUTHORIZED
        assert await browser.log_in(owner) == HTTPStatus.TOO_MANY_REQUESTS
        # Only the proxy's word counts on who a visitor is, and there is none here.
        forged = {"X-Forwarded-For": "198.51.100.4"}
        assert await browser.log_in(owner, headers=forged) == HTTPStatus.TOO_MANY_REQUESTS
    async with served(front, web_proxy="127.0.0.1") as browser:
        forged = {"X-Forwarded-For": "203.0.113.1, 198.51.100.4"}
        assert await browser.log_in(owner, headers=forged) == HTTPStatus.SEE_OTHER


async def test_an_owner_s_board(
    front: Services, shop: Shop, owner: str, new_shop: Callable[..., Shop],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    other = new_shop("Toko Pak Budi")
    shop.receive(shop.linked(), Customer(name="Sari Wulandari").says())
    other.receive(other.linked(), Customer(name="Tono Rahasia").says())
    monkeypatch.setenv("WAAGENT_SMTP_URL", "smtp://user:very-secret@mail.example")
    monkeypatch.setenv("UNRELATED_SECRET", "very-secret")
    async with served(front, web_visitors_per_user=1) as browser:
        await browser.log_in(owner)
        async with browser.board(f"/lead/{other.lead().id}") as board:
            await board.until(lambda text: "Sari Wulandari" in text)
            (process,) = browser.server.processes()
            environment = json.dumps(process.environ())
            assert "very-secret" not in environment
            assert owner not in environment
            assert process.environ()["WAAGENT_LANGUAGE"] == "en"
            assert process.cmdline()[-1] == "tui.web.visitor"

            # One is this user's share.
            assert await refused(browser) == HTTPStatus.TOO_MANY_REQUESTS
            status, page = await browser.get("/")
            assert status == HTTPStatus.SERVICE_UNAVAILABLE
            assert "Too many boards are open" in page

            # The link led to another shop's lead; the operator's place is not there.
            for keys in ("6", "1"):
                await board.type(keys)
            await board.socket.send_json(["resize", {"width": 10**9, "height": 10**9}])
            await board.socket.send_json(["resize", {"width": WIDTH, "height": 30}])
            await board.socket.send_json(["ping", "7"])
            await board.until(lambda text: "Sari Wulandari" in text and "Dapur Bu Rini" in text)
            assert "Tono" not in board.text

            # Disabled: the process is gone within seconds, and so is the login.
            await asyncio.to_thread(front.users.disable, owner, actor="tests")
            await board.closed()
        await browser.server.no_process_left()
        assert not process.is_running()
        assert await refused(browser) == HTTPStatus.UNAUTHORIZED


async def test_a_closed_tab_ends_its_process(front: Services, shop: Shop, owner: str) -> None:
    async with served(front) as browser:
        await browser.log_in(owner)
        async with browser.board() as board:
            await eventually(browser.server.processes)
            await board.socket.send_str("no json")
            await board.closed()
        await browser.server.no_process_left()
        async with browser.board() as board:
            await eventually(browser.server.processes)
            board.socket._response.close()  # type: ignore[union-attr]  # as a lost connection
        await browser.server.no_process_left()
        async with browser.board() as board:
            await eventually(browser.server.processes)
            token = await browser.csrf("/")
            data = {"csrf": token}
            async with browser.http.post(browser.url + "/logout", data=data):
                await board.closed()
        await browser.server.no_process_left()


async def test_idle_and_overgrown_boards_are_ended(
    front: Services, owner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visitors_module, "LOOK_S", 0.1)
    async with served(front, web_idle=timedelta(seconds=1.5)) as browser:
        await browser.log_in(owner)
        async with browser.board() as board:
            await board.closed()
        await browser.server.no_process_left()
        assert await refused(browser) == HTTPStatus.UNAUTHORIZED, "the login is idle too"
    monkeypatch.setattr(visitors_module, "_MEGABYTE", 1)
    async with served(front) as browser:
        await browser.log_in(owner)
        async with browser.board() as board:
            await board.closed()
        await browser.server.no_process_left()
        assert (await browser.get("/"))[0] == HTTPStatus.OK, "the login holds"


@pytest.mark.parametrize(
    ("asked", "given"),
    [((100, 30), (100, 30)), ((10**9, 10**9), (500, 200)), ((-1, 0), (20, 5))],
)
def test_sizes_are_bounded(asked: tuple[int, int], given: tuple[int, int]) -> None:
    assert bounded(*asked) == given


def test_the_pages_need_no_inline_script() -> None:
    for page in (Path(visitors_module.__file__).parent / "static").glob("*.html"):
        text = page.read_text()
        assert not re.search(r"<script(?![^>]*src=)|\son\w+=|javascript:|style=", text), page
