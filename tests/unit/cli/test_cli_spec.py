"""The description of the command line, near names, and the options that every list has."""

from __future__ import annotations

from typing import Any

import pytest
from cli_fakes import FakeServices, Run

from cli.lazy import COMMANDS
from cli.main import run


@pytest.fixture
def spec(waagent: Run) -> dict[str, Any]:
    done = waagent("spec", "--json")
    assert done.code == 0
    found: dict[str, Any] = done.data
    return found


def test_spec_names_every_command_with_its_parameters(spec: dict[str, Any]) -> None:
    commands = {each["path"]: each for each in spec["commands"]}
    assert {path.split()[0] for path in commands} == set(COMMANDS)
    assert all(each["help"] for each in commands.values())
    move = commands["lead move"]
    stage = next(each for each in move["parameters"] if "stage" in each["names"])
    assert (stage["kind"], stage["type"], stage["required"]) == ("argument", "choice", True)
    assert "negotiation" in stage["choices"]
    assert {"id", "phone", "score", "tags"} <= set(move["json_fields"])
    assert {"why", "todo"} <= set(commands["session list"]["json_fields"])
    count = commands["worker jobs"]["parameters"][0]
    assert (count["names"], count["type"], count["default"]) == (["-n"], "int", 1)


def test_spec_names_every_code(spec: dict[str, Any]) -> None:
    assert spec["exit_codes"]["4"].startswith("not paired")
    assert {"code": "usage", "exit_code": 2}.items() <= spec["errors"][-4].items()
    codes = [each["code"] for each in spec["errors"]]
    assert {"not_found", "redis_unreachable", "internal"} <= set(codes)
    assert len(codes) == len(set(codes))


def test_spec_for_people(waagent: Run) -> None:
    assert "waagent lead list " in waagent("spec").out


def test_what_is_mistyped_gets_near_names(waagent: Run, services: FakeServices) -> None:
    def hint(*arguments: str) -> str:
        return str(waagent(*arguments, "--json").error["hint"])

    assert hint("lead", "list", "--stage", "wonn").startswith("did you mean 'won'")
    assert hint("lead", "list", "-t", "kopi-senj").startswith("did you mean 'kopi-senja'?")
    assert hint("tenant", "show", "kopisenja").startswith("did you mean 'kopi-senja'?")
    assert "mean" not in hint("tenant", "show", "xyz")
    assert hint("lead", "list", "--stage", "qqq").startswith("see waagent lead list")


def test_fields(waagent: Run, services: FakeServices) -> None:
    chosen = ("lead", "list", "-t", "kopi-senja", "--fields", "phone, stage")
    assert waagent(*chosen, "--json").data[0] == {"phone": "+6281200000001", "stage": "qualified"}
    assert waagent(*chosen).out.split()[:4] == ["phone", "stage", "+6281200000001", "qualified"]
    assert set(waagent("lead", "list", "-t", "kopi-senja", "--json").data[0]) > {"phone", "need"}
    wrong = waagent("session", "list", "--fields", "phon", "--json")
    assert (wrong.code, wrong.error["hint"]) == (2, "did you mean 'phone'?")
    assert waagent("session", "list", "--fields", "why", "--json").data == [
        {"why": "Nomor tersambung."}
    ]


def test_limit(waagent: Run, services: FakeServices) -> None:
    services.shops *= 3
    done = waagent("tenant", "list", "--limit", "2", "--json")
    assert len(done.data) == 2
    assert "2" in done.err
    assert "--limit" in done.err
    assert len(waagent("tenant", "list", "--json").data) == 3
    assert waagent("tenant", "list", "--limit", "0").code == 2


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        (["lea"], "lead"),
        (["lead", "mov"], "move"),
        (["lead", "list", "--stat"], "--status"),
        (["lead", "list", "--stage", "nego"], "negotiation"),
        (["session", "list", "--fie"], "--fields"),
    ],
)
def test_a_shell_completes_what_is_typed(
    typed: list[str],
    completed: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("_WAAGENT_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", " ".join(["waagent", *typed]))
    monkeypatch.setenv("COMP_CWORD", str(len(typed)))
    with pytest.raises(SystemExit):
        run([])
    assert capsys.readouterr().out.split() == [completed]
