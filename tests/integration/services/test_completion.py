"""What a shell is offered, asked the way bash, zsh and fish ask: a process of its own each time."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

import pytest
from shop_support import Customer, Shop

from cli import live
from waagent.services.glance import harmless
from waagent.settings import Settings

Complete = Callable[..., str]
MAIN = "from cli.main import main; main()"


@pytest.fixture
def complete(settings: Settings) -> Complete:
    """What the completion script of a shell gets for a line; the last word is being typed."""

    def ask(shell: str, line: str, **more: str) -> str:
        words = line.split(" ")
        environment = {
            **os.environ,
            **settings.environment(),
            live.LIMIT_VARIABLE: "30",  # what is tested is what comes, on however slow a machine
            "_WAAGENT_COMPLETE": f"complete_{shell}",
            "COMP_WORDS": "\n".join(words),
            "COMP_CWORD": str(len(words) - 1),
            "_TYPER_COMPLETE_ARGS": line,
            "_TYPER_COMPLETE_FISH_ACTION": "get-args",
            **more,
        }
        done = subprocess.run(
            [sys.executable, "-c", MAIN],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout.strip()

    return ask


def test_values_of_the_database_are_offered(shop: Shop, complete: Complete) -> None:
    evil = "Budi'; $(touch x) `y` [bold]"
    shop.receive(shop.session(), Customer(name=evil).says())
    lead, slug = shop.lead(), shop.tenant.slug
    assert slug in complete("bash", f"waagent lead list -t {slug[:3]}").splitlines()
    assert complete("bash", f"waagent lead show {lead.id[:4]}", WAAGENT_TENANT=slug) == lead.id
    fish = complete("fish", f"waagent lead move -t {slug} ")
    assert fish == f"{lead.id}\tBudi touch x y bold new"
    zsh = complete("zsh", f"waagent lead move -t {slug} ")
    assert f'"{lead.id}":"Budi touch x y bold new"' in zsh  # which zsh evaluates
    assert complete("bash", f"waagent session show -t {slug} ma") == "main"


def test_a_completion_that_cannot_be_made_says_nothing(shop: Shop, complete: Complete) -> None:
    slug = shop.tenant.slug
    nowhere = {
        "WAAGENT_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        live.LIMIT_VARIABLE: "1.5",
    }
    assert complete("bash", f"waagent lead show -t {slug} ", **nowhere) == ""
    assert complete("bash", "waagent lead show -t no-such-shop ") == ""


@pytest.mark.parametrize(
    ("name", "shown"), [("a\tb\nc", "a b c"), ("x" * 40, "x" * 30), ("\x1b]0;t\x07", "0 t")]
)
def test_names_keep_nothing_that_a_shell_could_run(name: str, shown: str) -> None:
    assert harmless(name) == shown
