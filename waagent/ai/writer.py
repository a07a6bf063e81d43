"""Writes a follow-up in a template's stead, with a language model: once, within the bounds.

What comes back is only a proposal: :mod:`waagent.domain.drafting` decides whether it may be used.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from waagent.ai.answers import objects_in
from waagent.ai.fallback import CircuitBreaker
from waagent.ai.openai_chat import OpenAiChat, Reply
from waagent.ai.port import EngineError
from waagent.ai.prompting import MAX_TURNS, chat_line, fenced, instruction
from waagent.ai.writing import PROMPT, Brief, Written


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    text: str


class OpenAiWriter:
    """A language model behind a server that speaks the OpenAI protocol.

    After three failures in a row it is left alone for a minute.
    """

    def __init__(
        self, *, base_url: str | None, api_key: str | None, model: str, timeout_s: float = 20.0
    ) -> None:
        self._breaker = CircuitBreaker()
        self._chat = OpenAiChat(
            base_url=base_url,
            api_key=api_key,
            model=model,
            timeout_s=timeout_s,
            schema=_schema(),
            read=_read,
        )

    def write(self, brief: Brief) -> Written:
        """A proposal. Raises EngineError."""
        if not self._breaker.allows():
            raise EngineError("the AI server keeps failing", reason="circuit_open")
        try:
            reply: Reply[str] = self._chat.ask(_messages(brief))
        except EngineError:
            self._breaker.failed()
            raise
        self._breaker.succeeded()
        return Written(
            text=reply.answer.strip().strip("\"“”'").strip(),
            model=self._chat.model,
            tokens_in=reply.tokens_in,
            tokens_out=reply.tokens_out,
        )


def _messages(brief: Brief) -> list[dict[str, str]]:
    """The shop's text may hold a customer's name, so it is fenced as well."""
    asked = f"The shop's text:\n{fenced(brief.template.splitlines())}\n"
    if brief.product:
        asked += f"Asked about: {' '.join(brief.product.replace('_', ' ').split())[:80]}\n"
    chat = fenced([chat_line(turn) for turn in brief.turns[-MAX_TURNS:]])
    return [
        {"role": "system", "content": instruction(PROMPT)},
        {"role": "user", "content": f"{asked}The chat:\n{chat}\nWrite the message."},
    ]


def _read(text: str) -> str:
    found = [record for record in objects_in(text) if "text" in record]
    if not found:
        raise ValueError("no JSON object with a text in the answer")
    try:
        return _Answer.model_validate({"text": found[-1]["text"]}).text
    except ValidationError:
        raise ValueError("the text is no string") from None


def _schema() -> dict[str, Any]:
    schema = _Answer.model_json_schema()
    return {
        "type": "json_schema",
        "json_schema": {"name": "follow_up", "strict": True, "schema": schema},
    }
