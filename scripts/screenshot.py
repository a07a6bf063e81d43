"""Makes pictures of the application, as SVG, from the real thing.

``python scripts/screenshot.py`` shows the board of the fixture, the invented shop of
``board_fixture.py``; with ``--all`` every place of it, each in a file of its name.
``python scripts/screenshot.py --tenant SLUG`` shows a shop of the running backend.
"""

from __future__ import annotations

import argparse
import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

os.environ["TEXTUAL_ANIMATIONS"] = "none"  # read when textual is imported

if TYPE_CHECKING:
    from tui.app import WaagentApp

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
TARGET = IMAGES / "board.svg"
SHOWN = {
    "board": [],
    "conversation": ["enter"],
    "inbox": ["2"],
    "followups": ["3"],
    "sessions": ["4"],
    "reports": ["5"],
    "operator": ["6"],
    "help": ["question_mark"],
}
"""The pictures of ``--all``: the file's name, and the keys that lead there."""


@contextmanager
def fixture_app(theme: str) -> Iterator[WaagentApp]:
    """The board over the invented shop, at a fixed time."""
    from board_fixture import TENANT, FakeServices, clock

    from tui.app import WaagentApp

    yield WaagentApp(FakeServices(), TENANT, clock=clock, theme=theme)


@contextmanager
def real_app(tenant: str, theme: str) -> Iterator[WaagentApp]:
    """The board over the backend of the settings."""
    from waagent.bootstrap import open_services
    from waagent.settings import load_settings

    with open_services(load_settings()) as services:
        from tui.app import WaagentApp

        yield WaagentApp(services, services.tenants.get(tenant), theme=theme)


async def shoot(app: WaagentApp, size: tuple[int, int], keys: list[str]) -> str:
    """Run ``app`` without a terminal, press ``keys``, and return the SVG."""
    async with app.run_test(size=size) as pilot:
        for key in [None, *keys]:
            if key is not None:
                await pilot.press(key)
            await quiet(app)
            await pilot.pause()
        return app.export_screenshot(title="waagent")


async def quiet(app: WaagentApp) -> None:
    """Wait for all work but what waits for somebody: changes, a phone, an answer."""
    while busy := [
        w for w in app.workers if w.group not in ("pairing", "dialogs") and not w.is_finished
    ]:
        await app.workers.wait_for_complete(busy)
        await asyncio.sleep(0)


def main() -> None:
    """Read the command line, write the picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tenant", help="a shop of the running backend, instead of the fixture")
    parser.add_argument("--size", default="120x32", help="columns x lines")
    parser.add_argument("--keys", default="", help="keys to press first, comma separated")
    parser.add_argument("--theme", default="waagent")
    parser.add_argument("--output", type=Path, help="a file; with --all a folder")
    parser.add_argument("--all", action="store_true", help="every place, each in its own file")
    options = parser.parse_args()
    columns, lines = map(int, options.size.split("x"))
    keys = [key for key in options.keys.split(",") if key]
    wanted = {options.output or TARGET: keys}
    if options.all:
        folder = options.output or IMAGES
        wanted = {folder / f"{name}.svg": [*keys, *shown] for name, shown in SHOWN.items()}
    for path, pressed in wanted.items():
        made = (
            real_app(options.tenant, options.theme)
            if options.tenant
            else fixture_app(options.theme)
        )
        with made as app:
            svg = asyncio.run(shoot(app, (columns, lines), pressed))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
