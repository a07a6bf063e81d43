"""Makes a picture of the lead board from the real application, as SVG.

``python scripts/screenshot.py`` shows the fixture: the invented shop of ``board_fixture.py``.
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

TARGET = Path(__file__).resolve().parents[1] / "docs" / "images" / "board.svg"


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
    """Wait for all work but the change feed's, which does not end."""
    while busy := [w for w in app.workers if w.group != "feed" and not w.is_finished]:
        await app.workers.wait_for_complete(busy)
        await asyncio.sleep(0)


def main() -> None:
    """Read the command line, write the picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tenant", help="a shop of the running backend, instead of the fixture")
    parser.add_argument("--size", default="120x32", help="columns x lines")
    parser.add_argument("--keys", default="", help="keys to press first, comma separated")
    parser.add_argument("--theme", default="waagent")
    parser.add_argument("--output", type=Path, default=TARGET)
    options = parser.parse_args()
    columns, lines = map(int, options.size.split("x"))
    keys = [key for key in options.keys.split(",") if key]
    made = real_app(options.tenant, options.theme) if options.tenant else fixture_app(options.theme)
    with made as app:
        svg = asyncio.run(shoot(app, (columns, lines), keys))
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
