"""How long a person's label holds."""

from __future__ import annotations

import pytest

from waagent.domain.corrections import Correction, Label, holds


def corrected(label: Label) -> Correction:
    return Correction(label=label, given="a", corrected="b", message_seq=1)


@pytest.mark.parametrize("label", list(Label))
@pytest.mark.parametrize("said", ["a", "b", "c", None])
def test_it_holds_until_the_customer_writes(label: Label, said: str | None) -> None:
    assert holds(corrected(label), said, customer_wrote=False)


@pytest.mark.parametrize(
    ("label", "said", "still"),
    [
        (Label.STATUS, "a", True),
        (Label.STATUS, "c", False),
        (Label.SENTIMENT, "a", True),
        (Label.PRODUCT, None, False),
        (Label.INTENT, "a", False),
        (Label.NEEDS_FOLLOW_UP, "a", False),
    ],
)
def test_after_that_only_an_engine_that_repeats_itself_is_overruled(
    label: Label, said: str | None, still: bool
) -> None:
    assert holds(corrected(label), said, customer_wrote=True) is still
