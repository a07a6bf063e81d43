"""Labels that a person gave: which can be given, and how long they hold. Pure rules.

A correction is about the conversation as it was when it was made. It holds

* as long as the customer writes nothing more than an acknowledgement ("ok", thanks, an emoji);
* after that, for ``status``, ``sentiment`` and ``product``, as long as the engine still says what
  it had said then: it has not noticed anything new, and was told that this is wrong;
* ``intent`` and ``needs_follow_up`` are about the customer's last meaningful message, so with the
  next such message they end.

A label that ended does not come back.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Label(StrEnum):
    """The labels that can be corrected."""

    STATUS = "status"
    INTENT = "intent"
    SENTIMENT = "sentiment"
    NEEDS_FOLLOW_UP = "needs_follow_up"
    PRODUCT = "product"


_OF_THE_LAST_MESSAGE = frozenset({Label.INTENT, Label.NEEDS_FOLLOW_UP})


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A label given by a person: ``given`` is what the engine had said, ``corrected`` what holds.

    ``message_seq`` is the newest message of the conversation when it was made.
    """

    label: Label
    given: str | None
    corrected: str | None
    message_seq: int


def holds(correction: Correction, said: str | None, *, customer_wrote: bool) -> bool:
    """Whether a correction still holds when the engine now says ``said``.

    ``customer_wrote``: something meaningful, after ``message_seq``.
    """
    if not customer_wrote:
        return True
    return correction.label not in _OF_THE_LAST_MESSAGE and said == correction.given
