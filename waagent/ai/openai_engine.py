"""Engine ``openai``: conversations labelled by a language model (:mod:`waagent.ai.openai_chat`)."""

from __future__ import annotations

from collections.abc import Sequence

from waagent.ai.answers import (
    harmonise,
    need_line,
    product_slug,
    read_answer,
    response_schema,
    without_wishes,
)
from waagent.ai.openai_chat import OpenAiChat
from waagent.ai.port import ANY_SHOP, ShopContext
from waagent.ai.product import in_catalogue
from waagent.ai.prompting import PROMPT_VERSION, messages
from waagent.ai.snippet import cut, heard
from waagent.domain.labels import Classification, Turn


class OpenAiClassifier:
    """One server and model. Call it from a thread without a running event loop.

    ``timeout_s`` bounds a classification with all its requests in wall-clock seconds. Every failure
    is an EngineError (an AiError) with a reason slug.
    """

    name = "openai"

    def __init__(
        self, *, base_url: str | None, api_key: str | None, model: str, timeout_s: float = 20.0
    ) -> None:
        self._chat = OpenAiChat(
            base_url=base_url,
            api_key=api_key,
            model=model,
            timeout_s=timeout_s,
            schema=response_schema(),
            read=read_answer,
        )

    def classify(self, turns: Sequence[Turn], shop: ShopContext = ANY_SHOP) -> Classification:
        """The model's labels, held to the guide's rules. Raises EngineError."""
        reply = self._chat.ask(messages(turns, shop.catalogue))
        answer = reply.answer
        snippet = cut(turns)
        if snippet.only_demands:
            answer = without_wishes(answer)
        status, intent, sentiment, follow = harmonise(answer, heard(snippet))
        slug = product_slug(answer)
        product = in_catalogue(slug, shop.catalogue) if slug else None
        return Classification(
            status=status,
            intent=intent,
            sentiment=sentiment,
            needs_follow_up=follow,
            product=product.label if product else None,
            product_id=product.id if product else None,
            need=need_line(answer),
            confidence=min(max(answer.confidence, 0.0), 1.0),
            engine=self.name,
            model=self._chat.model,
            prompt_version=PROMPT_VERSION,
            tokens_in=reply.tokens_in,
            tokens_out=reply.tokens_out,
            latency_ms=reply.latency_ms,
        )
