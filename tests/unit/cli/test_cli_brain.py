"""``waagent ai evaluate`` and the reading of catalogue files: what needs no shop."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.main import run

LINE = {
    "id": "a1",
    "messages": [{"from": "customer", "text": "mas, pompa airnya berapa?"}],
    "labels": {
        "status": "warm_lead",
        "intent": "price_inquiry",
        "sentiment": "negative",
        "needs_follow_up": True,
    },
}


@pytest.fixture
def conversations(tmp_path: Path) -> Path:
    file = tmp_path / "chats.jsonl"
    file.write_text(f"{json.dumps(LINE)}\n")
    return file


def test_evaluate_prints_figures_for_programs(
    conversations: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["ai", "evaluate", str(conversations), "--mistakes", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["engine"], found["conversations"], found["trained_on"]) == ("local", 1, 0)
    assert found["labels"]["status"]["accuracy"] == 1.0
    assert found["labels"]["sentiment"]["confusion"][2] == [0, 1, 0]
    assert found["mistakes"][0]["wrong"] == {"sentiment": {"right": "negative", "given": "neutral"}}
    assert found["cost_usd"] == 0.0


def test_evaluate_prints_figures_for_people(
    conversations: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["ai", "evaluate", str(conversations), "--mistakes"]) == 0
    said = capsys.readouterr().out
    assert "macro-F1" in said
    assert "a1  sentiment: negative -> neutral" in said


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "cannot read"), ("", "no conversations"), ("\n{oops", "line 2")],
)
def test_evaluate_tells_what_is_wrong_with_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | None, said: str
) -> None:
    file = tmp_path / "x.jsonl"
    if content is not None:
        file.write_text(content)
    assert run(["ai", "evaluate", str(file)]) == 2
    assert said in capsys.readouterr().err


def test_an_engine_that_cannot_be_used_is_told(
    conversations: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["ai", "evaluate", str(conversations), "--engine", "cascade"]) == 2
    assert "OPENAI_API_KEY" in capsys.readouterr().err
    assert run(["ai", "evaluate", str(conversations), "--engine", "magic"]) == 2


def test_a_catalogue_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["catalog", "import", str(tmp_path / "none.csv"), "-t", "x"]) == 2
    assert run(["catalog", "import", str(tmp_path), "-t", "x"]) == 2
    assert "cannot read" in capsys.readouterr().err
