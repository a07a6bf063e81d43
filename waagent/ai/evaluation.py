"""How good an engine is on labelled conversations: scores, confusion, calibration, time, tokens.

The file has a JSON object a line: ``messages`` (a list of ``from``: customer or business, and
``text``) and ``labels`` (``status``, ``intent``, ``sentiment``, ``needs_follow_up``, and perhaps
``product``); ``id`` is shown with mistakes.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from waagent.ai.port import Classifier
from waagent.ai.tables import data_text
from waagent.domain.labels import Classification, Intent, Sentiment, Status, Turn
from waagent.errors import InvalidInputError

LABELS: Mapping[str, tuple[str, ...]] = {
    "status": tuple(Status),
    "intent": tuple(Intent),
    "sentiment": tuple(Sentiment),
    "needs_follow_up": ("false", "true"),
}
TRAINING_DATA = ("conversations-dev.jsonl", "extra.jsonl")
FIFTHS = 5
MAX_LINE = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A labelled conversation; ``product`` is False where the file does not tell."""

    id: str
    turns: tuple[Turn, ...]
    labels: Mapping[str, str]
    product: str | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelScore:
    """``confusion[i][j]`` counts those that are ``LABELS[label][i]`` and were called the j-th."""

    accuracy: float
    macro_f1: float
    confusion: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """A conversation with a wrong label: right and given values by label, and what was said."""

    id: str
    wrong: Mapping[str, tuple[str, str]]
    confidence: float
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """``calibration`` has, for each fifth by confidence, its mean and the share right.

    ``trained_on`` counts conversations that the local engine learnt from: its score on those says
    nothing. ``product_accuracy`` is None where the file names no products. Times are milliseconds.
    """

    conversations: int
    trained_on: int
    scores: Mapping[str, LabelScore]
    product_accuracy: float | None
    calibration: tuple[tuple[float, float], ...]
    engines: Mapping[str, int]
    fallbacks: Mapping[str, int]
    p50_ms: float
    p95_ms: float
    tokens_in: int
    tokens_out: int
    mistakes: tuple[Mistake, ...]


def read_examples(lines: Iterable[bytes]) -> list[Example]:
    """The conversations of a file.

    Raises:
        InvalidInputError: a line is not one, or there is none; it names the line.
    """
    found = [_example(line, number) for number, line in enumerate(lines, 1) if line.strip()]
    if not found:
        raise InvalidInputError(
            "the file has no conversations", hint="one JSON object a line; see docs/reference/ai.md"
        )
    return found


def _example(line: bytes, number: int) -> Example:
    try:
        if len(line) > MAX_LINE:
            raise ValueError("it is too long")
        record = json.loads(line.decode("utf-8-sig"))
        if not isinstance(record, dict):
            raise ValueError("no JSON object")
        labels = _object(record, "labels")
        return Example(
            id=str(record.get("id", number)),
            turns=tuple(_turns(record)),
            labels={name: _label(labels, name) for name in LABELS},
            product=_product(labels),
        )
    except (ValueError, RecursionError) as error:
        raise InvalidInputError(
            f"line {number} is no labelled conversation: {_plain(error)}",
            hint='such as {"messages": [{"from": "customer", "text": "…"}], "labels": {…}}',
        ) from None


def _plain(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "not UTF-8"
    if isinstance(error, json.JSONDecodeError):
        return f"not JSON ({error.msg} at column {error.colno})"
    return str(error)


def _object(record: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = record.get(name)
    if not isinstance(found, dict):
        raise ValueError(f"{name!r} is missing")
    return found


def _turns(record: Mapping[str, Any]) -> Iterator[Turn]:
    messages = record.get("messages")
    if not isinstance(messages, list):
        raise ValueError("'messages' is missing")
    for message in messages:
        author, text = (
            (message.get("from"), message.get("text"))
            if isinstance(message, dict)
            else (None, None)
        )
        if author not in ("customer", "business") or not isinstance(text, str):
            raise ValueError("a message has 'from' (customer or business) and 'text'")
        yield Turn(author, text)


def _label(labels: Mapping[str, Any], name: str) -> str:
    value = labels.get(name)
    text = str(value).lower() if isinstance(value, bool) else value
    if text not in LABELS[name]:
        raise ValueError(f"{name} is {value!r}, not one of {', '.join(LABELS[name])}")
    return str(text)


def _product(labels: Mapping[str, Any]) -> str | bool | None:
    value = labels.get("product", False)
    if value is not None and value is not False and not isinstance(value, str):
        raise ValueError("product is neither a text nor null")
    return value


def evaluate(classifier: Classifier, examples: Sequence[Example]) -> Evaluation:
    """Label every conversation, one at a time, and compare. Raises AiError where no engine can."""
    answers, spent = [], []
    for example in examples:
        begun = time.perf_counter()
        answers.append(classifier.classify(example.turns))
        spent.append((time.perf_counter() - begun) * 1000)
    pairs = list(zip(examples, answers, strict=True))
    return Evaluation(
        conversations=len(examples),
        trained_on=trained_on(examples),
        scores={name: _score(name, pairs) for name in LABELS},
        product_accuracy=_product_accuracy(pairs),
        calibration=calibration(
            [(answer.confidence, _both_right(example, answer)) for example, answer in pairs]
        ),
        engines=Counter(answer.engine for answer in answers),
        fallbacks=Counter(a.fallback_reason for a in answers if a.fallback_reason is not None),
        p50_ms=_quantile(spent, 0.50),
        p95_ms=_quantile(spent, 0.95),
        tokens_in=sum(answer.tokens_in for answer in answers),
        tokens_out=sum(answer.tokens_out for answer in answers),
        mistakes=tuple(_mistakes(pairs)),
    )


def _given(answer: Classification, name: str) -> str:
    return str(getattr(answer, name)).lower()


def _score(name: str, pairs: Sequence[tuple[Example, Classification]]) -> LabelScore:
    right = [example.labels[name] for example, _ in pairs]
    given = [_given(answer, name) for _, answer in pairs]
    return score(right, given, LABELS[name])


def score(right: Sequence[str], given: Sequence[str], values: Sequence[str]) -> LabelScore:
    """Accuracy, confusion, and the mean F1 of the values that occur on either side."""
    counted = Counter(zip(right, given, strict=True))
    confusion = tuple(tuple(counted[row, column] for column in values) for row in values)
    hits = [confusion[at][at] for at in range(len(values))]
    shown = [sum(row) + sum(r[at] for r in confusion) for at, row in enumerate(confusion)]
    f1 = [2 * hit / total for hit, total in zip(hits, shown, strict=True) if total]
    return LabelScore(
        accuracy=sum(hits) / len(right), macro_f1=sum(f1) / len(f1), confusion=confusion
    )


def calibration(answers: Sequence[tuple[float, bool]]) -> tuple[tuple[float, float], ...]:
    """Mean confidence and share right of each fifth by confidence; few answers have fewer parts."""
    ordered = sorted(answers, key=lambda answer: answer[0])
    edges = [round(len(ordered) * part / FIFTHS) for part in range(FIFTHS + 1)]
    parts = [ordered[a:b] for a, b in pairwise(edges) if b > a]
    return tuple(
        (sum(c for c, _ in part) / len(part), sum(ok for _, ok in part) / len(part))
        for part in parts
    )


def _both_right(example: Example, answer: Classification) -> bool:
    return all(example.labels[name] == _given(answer, name) for name in ("status", "intent"))


def _product_accuracy(pairs: Sequence[tuple[Example, Classification]]) -> float | None:
    told = [e.product == a.product for e, a in pairs if e.product is not False]
    return sum(told) / len(told) if told else None


def _quantile(values: Sequence[float], share: float) -> float:
    """As numpy's default: between the two nearest."""
    ordered = sorted(values)
    at = share * (len(ordered) - 1)
    low = int(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (at - low)


def _mistakes(pairs: Sequence[tuple[Example, Classification]]) -> Iterator[Mistake]:
    for example, answer in pairs:
        wrong = {
            name: (example.labels[name], _given(answer, name))
            for name in LABELS
            if example.labels[name] != _given(answer, name)
        }
        if wrong:
            yield Mistake(
                id=example.id,
                wrong=wrong,
                confidence=answer.confidence,
                said=tuple(f"{turn.author[0].upper()}: {turn.text}" for turn in example.turns),
            )


def trained_on(examples: Sequence[Example]) -> int:
    """How many of them the local engine learnt from, whatever their ids."""
    known = {
        fingerprint(example.turns)
        for name in TRAINING_DATA
        for example in read_examples(data_text(name).encode().splitlines())
    }
    return sum(fingerprint(example.turns) in known for example in examples)


def fingerprint(turns: Iterable[Turn]) -> str:
    """The same for the same messages, spaces and case aside."""
    said = [f"{turn.author}:{' '.join(turn.text.lower().split())}" for turn in turns]
    return hashlib.sha256("\n".join(said).encode("utf-8", "surrogatepass")).hexdigest()
