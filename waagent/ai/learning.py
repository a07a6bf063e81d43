"""Learns a shop's own head from labels that its people set, and measures whether it helps.

The features of the ``local`` engine stay; for each head a small logistic regression is added to its
scores. It is strongly regularised towards adding nothing, and it also sees conversations that
nobody corrected: their labels should stay. Whether it helps is measured by cross-validation that
holds out whole conversations, label by label; only a label that gains is used.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from waagent.ai.embedder import Embedder
from waagent.ai.features import vectors
from waagent.ai.heads import CLASSES, Array, Heads
from waagent.ai.rules import decide
from waagent.ai.snippet import Snippet, cut, heard
from waagent.ai.tenant_head import TenantHead
from waagent.domain.corrections import Label
from waagent.domain.labels import Turn

HEADS: Mapping[Label, str] = {
    Label.STATUS: "status",
    Label.INTENT: "intent",
    Label.SENTIMENT: "sentiment",
    Label.NEEDS_FOLLOW_UP: "follow",
}
FEWEST = 5
"""Corrections of a label from which learning it is tried."""
FEWEST_GAINED = 2
FOLDS = 5
PENALTIES = (0.02, 0.1, 0.5)
"""Strengths of the regularisation that are tried; the best on what was held out is used."""
STEPS = 300
_UNCORRECTED_SHARE = 0.3
"""Of the whole weight, what conversations have that nobody corrected, however many they are."""

Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """A conversation as it was, and the labels that a person set then; none: all seemed right."""

    conversation: str
    turns: tuple[Turn, ...]
    labels: Mapping[Label, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What was measured of one label: see ``waagent.domain.brain_views.LearntLabel``."""

    label: Label
    corrections: int
    before: float
    after: float
    uncorrected: int
    kept: float
    penalty: float

    @property
    def gain(self) -> float:
        """Corrections that come out right, less labels changed that nobody had corrected."""
        right = (self.after - self.before) * self.corrections
        return right - (1 - self.kept) * self.uncorrected

    @property
    def helps(self) -> bool:
        """Whether it gains more than one conversation that chance may have thrown up."""
        return self.gain > FEWEST_GAINED - 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    lesson: Lesson
    snippet: Snippet
    row: Array
    scores: Mapping[str, Array]
    said: Mapping[Label, str]


@dataclass(frozen=True, slots=True)
class _Span:
    """All rows in coordinates of their own: a regularised regression never leaves their span, and
    they are far fewer than the features. A last coordinate of 1 stands for the bias.
    """

    basis: Doubles
    coordinates: Mapping[int, Doubles]

    @classmethod
    def of(cls, cases: Sequence[_Case]) -> _Span:
        rows = np.stack([case.row for case in cases]).astype(np.float64)
        sizes, turned = np.linalg.eigh(rows @ rows.T)
        kept = sizes > 1e-8 * sizes[-1]
        basis = rows.T @ (turned[:, kept] / np.sqrt(sizes[kept]))
        small = np.hstack([rows @ basis, np.ones((len(cases), 1))])
        return cls(basis, {id(case): small[at] for at, case in enumerate(cases)})


def learn(
    lessons: Sequence[Lesson], heads: Heads, embedder: Embedder, *, name: str
) -> tuple[TenantHead | None, list[Result]]:
    """The head to use, None where none helps, and what was measured of each label tried."""
    cases = [_case(lesson, heads, embedder) for lesson in lessons if _has_words(lesson)]
    tried = [label for label in HEADS if sum(label in c.lesson.labels for c in cases) >= FEWEST]
    if not tried:
        return None, []
    span = _Span.of(cases)
    results = [
        max(
            (_measure(label, cases, span, heads, penalty) for penalty in PENALTIES),
            key=lambda result: result.gain,
        )
        for label in tried
    ]
    fitted = {
        HEADS[result.label]: _fit(result.label, cases, span, result.penalty)
        for result in results
        if result.helps
    }
    return (_head(fitted, heads, name) if fitted else None), results


def _head(fitted: Mapping[str, tuple[Array, Array]], heads: Heads, name: str) -> TenantHead:
    return TenantHead(
        weights={head: weights for head, (weights, _) in fitted.items()},
        biases={head: bias for head, (_, bias) in fitted.items()},
        base_version=heads.base_version,
        name=name,
    )


def _has_words(lesson: Lesson) -> bool:
    return any(any(c.isalnum() for c in t.text) for t in lesson.turns if t.author == "customer")


def _case(lesson: Lesson, heads: Heads, embedder: Embedder) -> _Case:
    snippet = cut(lesson.turns)
    row = vectors(snippet, embedder)
    found = heads.probabilities(row)
    return _Case(
        lesson=lesson,
        snippet=snippet,
        row=row,
        scores={head: np.log(np.maximum(getattr(found, head), 1e-6)) for head in CLASSES},
        said=_said(snippet, row, heads, None),
    )


def _said(snippet: Snippet, row: Array, heads: Heads, head: TenantHead | None) -> dict[Label, str]:
    """The labels of a conversation, as the engine gives them."""
    labels = decide(heads.probabilities(row, head), heard(snippet))
    return {label: str(getattr(labels, label.value)).lower() for label in HEADS}


def _measure(
    label: Label, cases: Sequence[_Case], span: _Span, heads: Heads, penalty: float
) -> Result:
    """Each conversation is judged by what was learnt of the others."""
    corrected = [at for at, case in enumerate(cases) if label in case.lesson.labels]
    others = [at for at, case in enumerate(cases) if not case.lesson.labels]
    after: dict[int, str] = {}
    for held in _folds(cases):
        kept = [case for case in cases if case.lesson.conversation not in held]
        if not any(label in case.lesson.labels for case in kept):
            continue
        head = _head({HEADS[label]: _fit(label, kept, span, penalty)}, heads, "held-out")
        for at, case in enumerate(cases):
            if case.lesson.conversation in held and (at in corrected or at in others):
                after[at] = _said(case.snippet, case.row, heads, head)[label]
    now = {at: after.get(at, case.said[label]) for at, case in enumerate(cases)}
    right = {at: cases[at].lesson.labels[label] for at in corrected}
    return Result(
        label=label,
        corrections=len(corrected),
        before=_share(cases[at].said[label] == right[at] for at in corrected),
        after=_share(now[at] == right[at] for at in corrected),
        uncorrected=len(others),
        kept=_share(now[at] == cases[at].said[label] for at in others),
        penalty=penalty,
    )


def _share(held: Iterable[bool]) -> float:
    answers = list(held)
    return sum(answers) / len(answers) if answers else 1.0


def _folds(cases: Sequence[_Case]) -> list[frozenset[str]]:
    """Conversations dealt out in turn, those with corrections first, so that each part has some."""
    names = list(
        dict.fromkeys(
            case.lesson.conversation
            for case in sorted(cases, key=lambda case: not case.lesson.labels)
        )
    )
    return [frozenset(names[part::FOLDS]) for part in range(FOLDS) if names[part::FOLDS]]


def _fit(label: Label, cases: Sequence[_Case], span: _Span, penalty: float) -> tuple[Array, Array]:
    """Weights and biases added to the scores of a head: plain gradient descent, convex."""
    head, classes = HEADS[label], CLASSES[HEADS[label]]
    taught = [c for c in cases if label in c.lesson.labels or not c.lesson.labels]
    small = np.stack([span.coordinates[id(case)] for case in taught])
    base = np.stack([case.scores[head] for case in taught]).astype(np.float64)
    right = np.stack([_target(case, label, classes) for case in taught])
    weight = _weight([label in case.lesson.labels for case in taught])
    fitted = _descend(small, base, right, weight, penalty)
    weights = (span.basis @ fitted[:-1]).astype(np.float32)
    return weights, fitted[-1].astype(np.float32)


def _weight(corrected: Sequence[bool]) -> Doubles:
    """The weight of each row; they sum to 1."""
    chosen = np.array(corrected)
    share = _UNCORRECTED_SHARE if not chosen.all() else 0.0
    others = share / max(1, int((~chosen).sum()))
    return np.where(chosen, (1 - share) / int(chosen.sum()), others)


def _target(case: _Case, label: Label, classes: Sequence[str]) -> Doubles:
    """The label set; for a conversation nobody corrected, what the engine thinks already."""
    if label not in case.lesson.labels:
        return np.exp(case.scores[HEADS[label]]).astype(np.float64)
    return np.array([float(name == case.lesson.labels[label]) for name in classes])


def _descend(x: Doubles, base: Doubles, right: Doubles, weight: Doubles, penalty: float) -> Doubles:
    fitted = np.zeros((x.shape[1], right.shape[1]))
    largest = float(np.linalg.norm(x * np.sqrt(weight)[:, None], 2)) ** 2
    step = 1.0 / (0.5 * largest + penalty)
    for _ in range(STEPS):
        scores = base + x @ fitted
        raised = np.exp(scores - scores.max(axis=1, keepdims=True))
        guess = raised / raised.sum(axis=1, keepdims=True)
        fitted -= step * (x.T @ ((guess - right) * weight[:, None]) + penalty * fitted)
    return fitted
