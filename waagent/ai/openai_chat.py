"""Asks a language model behind any OpenAI-compatible ``/chat/completions`` for one JSON object.

The only module that imports ``openai``. Servers differ in what they accept, so the answer's format
is asked for as json_schema, then json_object, then not at all; what a server refused is not asked
of it again. The text is always validated by us (the package's own ``parse`` drops it when it does
not fit). One deadline holds for everything, since the client's time-outs are per read.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address
from ssl import SSLContext
from typing import Any, Generic, TypeVar, cast
from urllib.parse import urlsplit

import openai
import structlog
from httpx2 import create_ssl_context
from openai.types.chat import ChatCompletion

from waagent.ai.port import EngineError

log = structlog.get_logger(__name__)

CONNECT_SECONDS = 3.0
RETRY_SECONDS = 0.5
_REPAIR = (
    "That was not one JSON object with exactly the keys and values asked for. "
    "Answer again with that JSON object and nothing else."
)
T = TypeVar("T")


@dataclass(slots=True)
class _Usage:
    """Tokens of all requests of one question."""

    tokens_in: int = 0
    tokens_out: int = 0

    def add(self, completion: ChatCompletion) -> None:
        if completion.usage is not None:
            self.tokens_in += completion.usage.prompt_tokens
            self.tokens_out += completion.usage.completion_tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply(Generic[T]):
    """An answer that was understood, and what it cost."""

    answer: T
    tokens_in: int
    tokens_out: int
    latency_ms: int


class OpenAiChat(Generic[T]):
    """One server, model and kind of question. Call it from a thread without a running event loop.

    ``schema`` is a strict json_schema ``response_format``; ``read`` makes an answer of a text, or
    raises ValueError. ``timeout_s`` bounds a question with all its requests in wall-clock seconds.
    Every failure is an EngineError with a reason slug.
    """

    def __init__(
        self,
        *,
        base_url: str | None,
        api_key: str | None,
        model: str,
        timeout_s: float,
        schema: Mapping[str, Any],
        read: Callable[[str], T],
    ) -> None:
        # At DEBUG the package logs whole requests: the customer's words would end in our log.
        logging.getLogger("openai").setLevel(logging.WARNING)
        self.model = model
        self._base_url = base_url
        self._api_key = api_key or "unused"
        self._timeout = timeout_s
        self._read = read
        self._formats = (dict(schema), {"type": "json_object"}, None)
        self._format = 0

    def ask(self, messages: Sequence[Mapping[str, str]]) -> Reply[T]:
        """The model's answer. Raises EngineError."""
        begun = time.perf_counter()
        usage = _Usage()
        try:
            answer = asyncio.run(self._within_deadline(messages, usage))
        except EngineError as error:
            error.tokens_in, error.tokens_out = usage.tokens_in, usage.tokens_out
            raise
        return Reply(
            answer=answer,
            tokens_in=usage.tokens_in,
            tokens_out=usage.tokens_out,
            latency_ms=round((time.perf_counter() - begun) * 1000),
        )

    async def _within_deadline(self, asked: Sequence[Mapping[str, str]], usage: _Usage) -> T:
        try:
            async with asyncio.timeout(self._timeout), self._client() as client:
                return await self._answer(client, asked, usage)
        except EngineError:
            raise
        except (TimeoutError, openai.APITimeoutError):
            raise EngineError("the AI server took too long", reason="timeout") from None
        # A proxy's HTML page shows as AttributeError, and servers invent more: nothing may escape.
        except Exception as error:
            raise _translated(error) from None

    def _client(self) -> openai.AsyncOpenAI:
        own = self._base_url is not None and _is_loopback(self._base_url)
        return openai.AsyncOpenAI(
            base_url=self._base_url or "https://api.openai.com/v1",
            api_key=self._api_key,
            timeout=openai.Timeout(self._timeout, connect=CONNECT_SECONDS),
            max_retries=0,
            # A proxy of the environment cannot reach a server on this machine.
            http_client=openai.DefaultAsyncHttpxClient(trust_env=not own, verify=_tls()),
        )

    async def _answer(
        self, client: openai.AsyncOpenAI, asked: Sequence[Mapping[str, str]], usage: _Usage
    ) -> T:
        text = await self._complete(client, asked, usage)
        try:
            return self._read(text)
        except ValueError:
            log.info("ai.repair", action="ask")
        again = [
            *asked,
            {"role": "assistant", "content": text[:2000]},
            {"role": "user", "content": _REPAIR},
        ]
        try:
            return self._read(await self._complete(client, again, usage))
        except ValueError as error:
            raise EngineError(
                f"the AI server's answer cannot be used ({error})",
                reason="invalid_answer",
                hint="try a larger model (WAAGENT_AI_MODEL)",
            ) from None

    async def _complete(
        self, client: openai.AsyncOpenAI, asked: Sequence[Mapping[str, str]], usage: _Usage
    ) -> str:
        """The text of one completion, in the richest format the server takes."""
        while True:
            chosen = self._format
            try:
                completion = await self._request(client, asked, self._formats[chosen])
            except (openai.BadRequestError, openai.UnprocessableEntityError):
                if chosen + 1 == len(self._formats):
                    raise
                self._format = max(self._format, chosen + 1)
                log.info("ai.format_refused", action="ask", format=chosen)
                continue
            usage.add(completion)
            return _text(completion)

    async def _request(
        self,
        client: openai.AsyncOpenAI,
        asked: Sequence[Mapping[str, str]],
        shape: dict[str, Any] | None,
    ) -> ChatCompletion:
        """One request, repeated once when the server is busy or broken for the moment."""
        options = {} if shape is None else {"response_format": shape}

        async def once() -> ChatCompletion:
            answer = await client.chat.completions.create(
                model=self.model, messages=cast(Any, asked), **cast(Any, options)
            )
            return cast(ChatCompletion, answer)

        try:
            return await once()
        except (openai.RateLimitError, openai.InternalServerError) as error:
            await asyncio.sleep(self._pause(error))
        return await once()

    def _pause(self, error: openai.APIStatusError) -> float:
        """Seconds to wait before the second try. Raises ``error`` if the server wants too many."""
        try:
            wanted = float(error.response.headers.get("retry-after", RETRY_SECONDS))
        except ValueError:
            wanted = RETRY_SECONDS
        if wanted > self._timeout / 2:
            raise error
        return max(wanted, RETRY_SECONDS)


@lru_cache(maxsize=1)
def _tls() -> SSLContext:
    """The certificates to trust, loaded once: that costs more than the rest of a request."""
    return create_ssl_context()


def _text(completion: ChatCompletion) -> str:
    choice = completion.choices[0]
    if choice.message.refusal:
        raise EngineError("the AI model refused to answer", reason="refused")
    if choice.finish_reason == "length":
        raise EngineError("the AI model's answer was cut off", reason="truncated")
    if choice.finish_reason == "content_filter":
        raise EngineError("the AI server filtered the answer", reason="filtered")
    return choice.message.content or ""


def _is_loopback(base_url: str) -> bool:
    host = urlsplit(base_url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


_REASONS: tuple[tuple[type[Exception], str, str, str | None], ...] = (
    (
        openai.AuthenticationError,
        "unauthorized",
        "the AI server refused the key",
        "check OPENAI_API_KEY",
    ),
    (
        openai.PermissionDeniedError,
        "unauthorized",
        "the AI server refused the key",
        "check OPENAI_API_KEY",
    ),
    (
        openai.NotFoundError,
        "not_found",
        "the AI server does not know this model or address",
        "check OPENAI_BASE_URL (it usually ends in /v1) and WAAGENT_AI_MODEL",
    ),
    (openai.RateLimitError, "rate_limited", "the AI server is over its limit", None),
    (openai.InternalServerError, "server_error", "the AI server failed", None),
    (openai.APIStatusError, "refused_request", "the AI server refused the request", None),
    (
        openai.APIConnectionError,
        "unreachable",
        "the AI server cannot be reached",
        "check OPENAI_BASE_URL",
    ),
)


def _translated(error: Exception) -> EngineError:
    """``error`` in our words; the server's own text may repeat the chat, so it is left out."""
    for kind, reason, message, hint in _REASONS:
        if isinstance(error, kind):
            return EngineError(message, reason=reason, hint=hint)
    return EngineError(
        "the AI server's answer is not of the OpenAI protocol",
        reason="bad_protocol",
        hint="check OPENAI_BASE_URL",
    )
