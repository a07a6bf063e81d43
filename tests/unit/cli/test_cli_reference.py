"""The reference pages say what the code says, and leave nothing out."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

from cli.diagnostics import EXIT_CODES
from cli.lazy import COMMANDS, load_all
from waagent import errors
from waagent.setting_reference import describe

ROOT = Path(__file__).parents[3]
REFERENCE = ROOT / "docs" / "reference"


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    written: dict[str, str] = runpy.run_path(str(ROOT / "scripts" / "generate_reference.py"))[
        "pages"
    ]()
    return written


@pytest.mark.parametrize(
    "name", ["cli.md", "settings.md", "errors.md", "exit-codes.md", "waagent.1"]
)
def test_the_pages_are_current(name: str, pages: dict[str, str]) -> None:
    committed = (REFERENCE / name).read_text(encoding="utf-8")
    assert committed == pages[name], "run: python scripts/generate_reference.py"


def test_every_setting_is_in_the_reference() -> None:
    text = (REFERENCE / "settings.md").read_text(encoding="utf-8")
    for info in describe():
        assert f"`{info.name}`" in text
        assert f"`{info.env}`" in text
        assert not info.secret or f"`{info.env}_FILE`" in text


def test_every_error_and_exit_code_is_in_the_reference() -> None:
    text = (REFERENCE / "errors.md").read_text(encoding="utf-8")
    for kind in vars(errors).values():
        if isinstance(kind, type) and issubclass(kind, errors.WaagentError):
            assert f"| `{kind.code}` | `{kind.__name__}` | {kind.exit_code} |" in text
            assert kind.exit_code in EXIT_CODES


def test_every_command_is_in_the_reference() -> None:
    text = (REFERENCE / "cli.md").read_text(encoding="utf-8")
    for name, command in load_all().items():
        for path in leaves(f"waagent {name}", command):
            assert f"## {path}\n" in text


def leaves(path: str, command: Any) -> list[str]:
    children = getattr(command, "commands", None)
    if children is None:
        return [path]
    return [leaf for name, child in children.items() for leaf in leaves(f"{path} {name}", child)]


def test_the_table_of_the_root_help_agrees_with_the_commands() -> None:
    for name, command in load_all().items():
        assert command.help.splitlines()[0] == COMMANDS[name][1], name


def test_every_command_has_json_and_every_parameter_help() -> None:
    without = {"tui", "chat", "sessions", "pairing", "jobs", "scheduler"}
    for name, command in load_all().items():
        for leaf in each_leaf(command):
            options = {option for parameter in leaf.params for option in parameter.opts}
            assert "--json" in options or leaf.name in without, f"{name} {leaf.name}"
            for parameter in leaf.params:
                assert parameter.help, f"{name} {leaf.name} {parameter.name}"


def each_leaf(command: Any) -> list[Any]:
    children = getattr(command, "commands", None)
    if children is None:
        return [command]
    return [leaf for child in children.values() for leaf in each_leaf(child)]
