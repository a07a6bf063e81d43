"""Measuring an engine: against scikit-learn's figures, and on files that are not what they say."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score

from waagent.ai.evaluation import (
    LABELS,
    Example,
    calibration,
    evaluate,
    read_examples,
    score,
    trained_on,
)
from waagent.ai.local import LocalClassifier
from waagent.domain.labels import Turn
from waagent.errors import InvalidInputError

DATA = Path(__file__).parents[3] / "waagent" / "ai" / "data" / "conversations-dev.jsonl"
LABELLED = {
    "status": "new_lead",
    "intent": "other",
    "sentiment": "neutral",
    "needs_follow_up": False,
    "product": None,
}


def line(*texts: str, **labels: object) -> bytes:
    messages = [{"from": "customer", "text": text} for text in texts]
    return json.dumps({"messages": messages, "labels": {**LABELLED, **labels}}).encode()


@pytest.mark.parametrize("name", LABELS)
def test_scores_are_those_of_scikit_learn(name: str) -> None:
    draw = random.Random(name)
    # Not every value occurs: such a one must not count as a class of F1 zero.
    values = LABELS[name][:-1] if len(LABELS[name]) > 2 else LABELS[name]
    right = draw.choices(values, k=200)
    given = [value if draw.random() < 0.6 else draw.choice(values) for value in right]
    found = score(right, given, LABELS[name])
    assert found.accuracy == pytest.approx(accuracy_score(right, given))
    assert found.macro_f1 == pytest.approx(f1_score(right, given, average="macro"))
    expected = confusion_matrix(right, given, labels=list(LABELS[name]))
    assert [list(row) for row in found.confusion] == expected.tolist()


@pytest.mark.parametrize(("count", "parts"), [(1, 1), (4, 4), (100, 5)])
def test_calibration_by_fifths(count: int, parts: int) -> None:
    fifths = calibration([((at + 0.5) / count, at % 2 == 0) for at in range(count)])
    assert len(fifths) == parts
    assert sum(c for c, _ in fifths) / parts == pytest.approx(0.5, abs=0.01)


@pytest.fixture(scope="module")
def classifier() -> LocalClassifier:
    return LocalClassifier()


def test_odd_conversations_are_measured_like_any(classifier: LocalClassifier) -> None:
    texts: Sequence[Sequence[str]] = ([], [""], ["😀😀"], ["x" * 10_000], ["Wie viel?"], ["\ud800"])
    examples = read_examples(line(*said) for said in texts)
    found = evaluate(classifier, examples)
    assert (found.conversations, found.trained_on) == (6, 0)
    assert sum(map(sum, found.scores["intent"].confusion)) == 6
    assert found.engines == {"local": 6}
    assert (found.tokens_in, found.fallbacks) == (0, {})
    assert 0 < found.p50_ms <= found.p95_ms


def test_the_engine_s_own_training_data_are_told_apart(classifier: LocalClassifier) -> None:
    examples = read_examples(DATA.read_bytes().splitlines()[:5])
    known = [
        Example(id="other", turns=(Turn(e.turns[0].author, f"  {e.turns[0].text} "), *e.turns[1:]),
                labels=e.labels, product=e.product)
        for e in examples
    ]  # fmt: skip
    fresh = read_examples([line("mas, pompa air celupnya masih ada?")])
    assert trained_on([*known, *fresh]) == 5


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (b"{", "not JSON"),
        (b"[]", "no JSON object"),
        (b"{}", "'labels' is missing"),
        (b'{"labels": {}}', "'messages' is missing"),
        (line("halo", status="hot"), "status is 'hot'"),
        (line("halo", intent=None), "intent is None"),
        (line("halo", needs_follow_up="yes"), "needs_follow_up is 'yes'"),
        (line("halo", product=3), "product is neither"),
        (b'{"labels": {}, "messages": [{"from": "shop", "text": "x"}]}', "a message has"),
        (b"\xff\xfe", "not UTF-8"),
        (b"[" * 100_000, "is no labelled conversation"),
        (b"x" * 1_000_001, "too long"),
    ],
)
def test_a_bad_line_is_named(bad: bytes, said: str) -> None:
    with pytest.raises(InvalidInputError, match="line 3") as raised:
        read_examples([line("halo"), b"", bad])
    assert said in raised.value.message


@pytest.mark.parametrize("lines", [[], [b"", b"  \n"]])
def test_an_empty_file_is_told(lines: list[Any]) -> None:
    with pytest.raises(InvalidInputError, match="no conversations"):
        read_examples(lines)
