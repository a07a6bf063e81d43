"""A language model's answer: its schema, how it is found in a reply, and what is kept of it."""

from __future__ import annotations

import json
import re
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from waagent.ai.rules import may_follow_up
from waagent.ai.snippet import Heard
from waagent.domain.labels import OPEN_SALE, Intent, Sentiment, Status

MAX_NEED = 200
MAX_PRODUCT = 60


class Answer(BaseModel):
    """What the model is asked for: flat, every field required (strict structured output)."""

    model_config = ConfigDict(extra="forbid", strict=True)

    status: Literal["new_lead", "warm_lead", "hot_lead", "customer", "lost", "not_lead"]
    intent: Literal[
        "purchase",
        "price_inquiry",
        "availability",
        "product_info",
        "order_status",
        "payment",
        "complaint",
        "cancel",
        "greeting",
        "opt_out",
        "other",
    ]
    sentiment: Literal["positive", "neutral", "negative"]
    needs_follow_up: bool
    product: str
    need: str
    confidence: float


def response_schema() -> dict[str, Any]:
    """``Answer`` as the ``response_format`` of a strict json_schema request."""
    schema = Answer.model_json_schema()
    return {
        "type": "json_schema",
        "json_schema": {"name": "classification", "strict": True, "schema": schema},
    }


def read_answer(text: str) -> Answer:
    """The answer in ``text``, which may be bare JSON, fenced, or surrounded by prose.

    Unknown keys are dropped. Raises ValueError when there is no object, or labels are missing or
    unknown.
    """
    found = [record for record in objects_in(text) if "status" in record]
    if not found:
        raise ValueError("no JSON object with labels in the answer")
    known = {key: value for key, value in found[-1].items() if key in Answer.model_fields}
    for optional in ("product", "need"):
        known[optional] = known.get(optional) or ""
    try:
        return Answer.model_validate(known)
    except ValidationError as error:
        fields = sorted({".".join(map(str, e["loc"])) for e in error.errors()})
        raise ValueError(f"wrong or missing: {', '.join(fields)}") from None


def objects_in(text: str) -> list[dict[str, Any]]:
    """Every JSON object in a text, whatever stands around it."""
    decoder, found, at = json.JSONDecoder(), [], text.find("{")
    while at >= 0:
        try:
            value, end = decoder.raw_decode(text, at)
        except ValueError:
            end = at + 1
        else:
            if isinstance(value, dict):
                found.append(value)
        at = text.find("{", end)
    return found


def harmonise(answer: Answer, said: Heard) -> tuple[Status, Intent, Sentiment, bool]:
    """The labels held to the guide: opt-out outweighs all, and only an open sale is followed up.

    Nobody is who said that they will write themselves.
    """
    status, intent = Status(answer.status), Intent(answer.intent)
    if said.opted_out:
        intent = Intent.OPT_OUT
    if intent is Intent.OPT_OUT and status in OPEN_SALE:
        status = Status.LOST
    follow = answer.needs_follow_up and may_follow_up(status, intent) and not said.own_time
    return status, intent, Sentiment(answer.sentiment), follow


def without_wishes(answer: Answer) -> Answer:
    """The labels of a chat that holds nothing but orders to the labeller, whatever was answered."""
    labels = {"status": "not_lead", "intent": "other", "sentiment": "neutral"}
    return answer.model_copy(update={**labels, "needs_follow_up": False, "product": "", "need": ""})


def product_slug(answer: Answer) -> str | None:
    """The product in snake_case, or None; never for someone who is no possible buyer."""
    if Status(answer.status) is Status.NOT_LEAD:
        return None
    return re.sub(r"\W+", "_", answer.product.lower()).strip("_")[:MAX_PRODUCT] or None


def need_line(answer: Answer) -> str | None:
    """The model's sentence as one printable line of at most ``MAX_NEED`` characters, or None."""
    if answer.status == "not_lead" and answer.intent != "opt_out":
        return None
    printable = "".join(c if c.isprintable() else " " for c in answer.need)
    return " ".join(printable.split())[:MAX_NEED] or None
