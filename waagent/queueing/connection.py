"""The connection to Redis, and its errors as ours."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from redis import Redis
from redis.exceptions import AuthenticationError, RedisError, ResponseError

from waagent import errors

_HINT = "check that Redis is up and WAAGENT_REDIS_URL is right: waagent status"
CONNECT_TIMEOUT_S = 5


def connect(url: str, *, answer_within_s: float | None = None) -> Redis:
    """A client for ``url`` (``redis://``, ``rediss://`` or ``unix://``); connects on first use.

    ``answer_within_s`` limits how long it waits for an answer; without it may wait for ever.

    Raises:
        waagent.errors.ConfigError: the URL is malformed.
    """
    try:
        return Redis.from_url(
            url, socket_connect_timeout=CONNECT_TIMEOUT_S, socket_timeout=answer_within_s
        )
    except ValueError as error:
        raise errors.ConfigError(f"WAAGENT_REDIS_URL: {error}") from error


def check(redis: Redis) -> None:
    """See that Redis answers.

    Raises:
        waagent.errors.RedisError: it does not, or refuses.
    """
    with translated():
        redis.ping()


@contextmanager
def translated() -> Generator[None]:
    """Turn redis-py's errors into ours; the original stays as the cause."""
    try:
        yield
    except (AuthenticationError, ResponseError) as error:
        raise errors.RedisError(f"Redis refuses: {error}", hint=_HINT) from error
    except RedisError as error:
        raise errors.RedisError(f"Redis cannot be used: {error}", hint=_HINT) from error
