"""What the tests of the board share: no animations, the fictional shop, a way to play a scene."""

from __future__ import annotations

import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

os.environ["TEXTUAL_ANIMATIONS"] = "none"  # read when textual is imported
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

import pytest
import structlog
from board_fixture import FakeServices
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.css.types import CSSLocation
from tui_driver import WIDE, Driver, Play, make_app, settle

from tui.app import WaagentApp
from tui.memory import collect_rarely

structlog.configure(
    processors=[structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer()]
)


def share_parsed_styles() -> None:
    """Have all applications of this process share what Textual parsed of the same styles.

    It parses some thousand rules anew for each application, which is a fifth of what these tests
    cost. What it makes of the same text and variables is the same, and it only reads it.
    """
    parse = Stylesheet._parse_rules
    known: dict[object, list[RuleSet]] = {}

    def parse_rules(
        self: Stylesheet,
        css: str,
        read_from: CSSLocation,
        is_default_rules: bool = False,
        tie_breaker: int = 0,
        scope: str = "",
    ) -> list[RuleSet]:
        variables = frozenset(self._variables.items())
        key = (css, read_from, is_default_rules, tie_breaker, scope, variables)
        if key not in known:
            known[key] = parse(self, css, read_from, is_default_rules, tie_breaker, scope)
        return known[key]

    Stylesheet._parse_rules = parse_rules


share_parsed_styles()
collect_rarely()


@pytest.fixture
def play() -> Callable[..., Awaitable[None]]:
    """``await play(scenario, services, size=…)``: run the board and the scenario with it."""

    async def run(
        scenario: Play,
        services: FakeServices | None = None,
        *,
        size: tuple[int, int] = WIDE,
        app: WaagentApp | None = None,
    ) -> None:
        services = services or FakeServices()
        app = app or make_app(services)
        async with app.run_test(size=size, notifications=True) as pilot:
            await settle(pilot)
            await scenario(Driver(pilot, services))

    return run
