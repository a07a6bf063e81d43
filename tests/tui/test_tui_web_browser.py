"""The real thing: ``python -m tui.web`` and a Chromium that logs in, looks, and writes a reply."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import socket

import psutil
import pytest
from aiohttp import ClientError, ClientSession
from playwright.async_api import Page, WebSocket, async_playwright
from shop_support import Admin, Customer, Shop
from web_support import PASSWORD, Display, eventually, new_user

from waagent.bootstrap import Services

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
REPLY = "Masih ada kak, dua puluh ribu"


@contextmanager
def running(services: Services, log: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """The web front as a process of its own, and where it is."""
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "tui.web", f"--port={port}"]
    environment = {**os.environ, **services.settings.environment(), "WAAGENT_LANGUAGE": "id"}
    with log.open("wb") as file:
        process = subprocess.Popen(command, env=environment, stderr=file)
    try:
        yield process, f"http://localhost:{port}"
    finally:
        process.kill()
        process.wait()


async def answering(url: str) -> None:
    async with ClientSession() as http, asyncio.timeout(30):
        while True:
            try:
                await (await http.get(url)).release()
            except ClientError:
                await asyncio.sleep(0.05)
            else:
                return


async def log_in(page: Page, url: str, name: str) -> None:
    await page.goto(url)
    await page.fill("#name", name)
    await page.fill("#password", PASSWORD)
    await page.press("#password", "Enter")


@pytest.mark.skipif(
    CHROMIUM is None, reason="needs a Chromium; Debian has it: apt install chromium"
)
async def test_a_shop_is_served_in_a_browser(
    front: Services, shop: Shop, admin: Admin, tmp_path: Path, redis_clean: None
) -> None:
    shop.receive(shop.linked(), Customer(name="Sari Wulandari").says("keripiknya masih ada kak?"))
    name, seen = new_user(front, shop.tenant), Display()

    def listen(opened: WebSocket) -> None:
        opened.on("framesent", seen.sent)
        opened.on("framereceived", seen.feed)

    with running(front, tmp_path / "web.log") as (server, url):
        await answering(url)
        async with async_playwright() as playwright:
            # As root, Chromium does not start with its own sandbox.
            flags = ["--no-sandbox"] if os.geteuid() == 0 else []
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
            page = await browser.new_page(viewport={"width": 1150, "height": 640})
            faults: list[str] = []
            page.on("pageerror", lambda error: faults.append(str(error)))
            page.on("console", lambda said: faults.append(said.text) if said.type == "error" else 0)
            asked: list[str] = []
            page.on("request", lambda request: asked.append(request.url))
            page.on("websocket", listen)

            await log_in(page, f"{url}/?link=lead/{shop.lead().id}", name)
            await eventually(lambda: "keripiknya masih ada" in seen.text)
            assert await page.evaluate("document.body.className") == "board -loaded -first-byte"
            await page.keyboard.press("Enter")
            await page.keyboard.type(REPLY)
            await eventually(lambda: REPLY in seen.text)
            await page.keyboard.press("Enter")
            await eventually(lambda: REPLY in [m.text for m in shop.messages()])
            await page.keyboard.press("Escape")
            await page.screenshot(path=tmp_path / "board.png")
            assert [address for address in asked if not address.startswith(url)] == []
            assert faults == []

            (visitor,) = psutil.Process(server.pid).children()
            server.send_signal(signal.SIGTERM)
            await page.wait_for_selector(".closed", state="visible")
            await browser.close()
        assert await asyncio.to_thread(server.wait, 20) == 0
        deadline = time.monotonic() + 5
        while visitor.is_running() and visitor.status() != psutil.STATUS_ZOMBIE:
            assert time.monotonic() < deadline, "a board outlived its server"
            await asyncio.sleep(0.05)
    admin.run("delete from users")
