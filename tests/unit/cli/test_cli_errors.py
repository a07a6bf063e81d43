"""Failures: one line, a hint, the documented exit code; never a traceback."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any, NoReturn

import pytest
from cli_fakes import FakeServices, Run

import cli.context
from cli.diagnostics import EXIT_CODES, asks_for
from waagent import errors
from waagent.errors import DatabaseError, WaagentError


def failing_with(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    def factory(_settings: Any) -> NoReturn:
        raise error

    monkeypatch.setattr(cli.context, "services_factory", factory)


def test_every_error_has_a_documented_exit_code(
    waagent: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    kinds = [
        kind
        for _, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, WaagentError)
    ]
    for kind in kinds:
        failing_with(kind("it failed", hint="do this"), monkeypatch)
        done = waagent("tenant", "list", "--json")
        assert done.code == kind.exit_code
        assert done.code in EXIT_CODES
        assert done.out == ""
        assert done.err.splitlines()[:2] == ["error: it failed", "hint: do this"]
        assert done.error == {"code": kind.code, "message": "it failed", "hint": "do this"}


def test_without_json_there_is_no_json(waagent: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    failing_with(DatabaseError("PostgreSQL does not answer"), monkeypatch)
    done = waagent("tenant", "list")
    assert (done.code, done.err) == (3, "error: PostgreSQL does not answer\n")


def test_an_error_stays_on_one_line_and_harmless(
    waagent: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing_with(DatabaseError("a\nb\x1b[31mc"), monkeypatch)
    assert waagent("tenant", "list").err == "error: a bc\n"


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (["led"], "no such command 'led'. Did you mean 'lead'?", "see waagent --help"),
        (["lead", "lst"], "no such command 'lst'. Did you mean 'list'?", "see waagent lead --help"),
        (["lead"], "missing command", "see waagent lead --help"),
        (["lead", "list", "--bogus"], "no such option: --bogus", "see waagent lead list --help"),
        (["tenant", "create"], "missing argument 'NAME'", "see waagent tenant create --help"),
        (["up", "--demo"], "invalid value for --demo: needs --sandbox", "see waagent"),
        (["lead", "list"], "no shop is named", "give -t SHOP"),
        (["message", "send", "0812", "hai", "-t", "x"], "not a phone number: '0812'", "write it"),
        (["message", "send", "081200000001", " ", "-t", "x"], "the message is empty", "write a"),
    ],
)
def test_wrong_usage(
    arguments: list[str], message: str, hint: str, waagent: Run, services: FakeServices
) -> None:
    done = waagent(*arguments, "--json") if arguments != ["lead"] else waagent(*arguments)
    assert done.code == 2
    lines = done.err.splitlines()
    assert lines[0].startswith(f"error: {message}")
    assert lines[1].startswith(f"hint: {hint}")
    assert services.calls == []


def test_an_unknown_shop(waagent: Run, services: FakeServices) -> None:
    done = waagent("lead", "list", "-t", "lain", "--json")
    assert done.code == 5
    assert done.error["code"] == "not_found"


def test_a_bad_setting(waagent: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAAGENT_FOLLOWUP_AFTER", "soon")
    done = waagent("status", "--json")
    assert done.code == 2
    assert done.error["code"] == "config"


def test_the_unexpected_is_one_line_and_its_details_a_file(
    waagent: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing_with(RuntimeError("odd"), monkeypatch)
    done = waagent("tenant", "list", "--json")
    log = home / "logs" / "cli-error.log"
    assert done.code == 1
    assert done.error == {
        "code": "internal",
        "message": "unexpected RuntimeError: odd",
        "hint": f"details are in {log}",
    }
    assert "Traceback" not in done.err
    assert "Traceback" in log.read_text()
    assert log.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("place", [0, 2])
def test_debug_shows_the_traceback(
    place: int, waagent: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing_with(DatabaseError("down"), monkeypatch)
    arguments = ["tenant", "list"]
    arguments.insert(place, "--debug")
    done = waagent(*arguments)
    assert done.code == 3
    assert "Traceback" in done.err
    assert done.err.endswith("error: down\n")


def test_ctrl_c(waagent: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    failing_with(KeyboardInterrupt(), monkeypatch)
    done = waagent("tenant", "list")
    assert (done.code, done.err) == (130, "error: interrupted\n")


def test_bare_without_a_terminal_is_help_and_wrong_usage(waagent: Run) -> None:
    done = waagent()
    assert done.code == 2
    assert "Usage: waagent" in done.out


def test_flags_behind_a_double_dash_are_text() -> None:
    assert asks_for("--json", ["message", "list", "--json"])
    assert not asks_for("--json", ["message", "send", "--", "--json"])
