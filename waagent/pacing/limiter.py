"""Counts what each session sends, in Redis, and says whether one more may go.

Keys are ``waagent:pace:{TENANT:SESSION}:NAME``; the braces keep a session's keys in one slot of a
cluster. ``spend.lua`` is the only place that permits anything. The counters can be lost with Redis
at any time: :class:`CountersLost` says so, and :meth:`Limiter.rebuild` fills them from what
PostgreSQL knows was sent. Times are passed in, so a test needs no clock.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import resources
from typing import Any

from redis import Redis
from redis import exceptions as redis_errors

from waagent import errors
from waagent.domain.pacing import Counter, Gap, HoldReason, Limit

KEPT = timedelta(hours=49)
"""Long enough for yesterday's day in any zone to be over."""
FRESH = timedelta(seconds=30)
"""Who asks again so soon after a permit is still on the way to using it."""
PATIENCE = timedelta(seconds=4)
"""A gap that ends so soon is waited for, not written down."""
HORIZON = timedelta(minutes=3)
"""Nothing is planned further ahead than the longest gap and the longest typing."""

_READY = "ready"
_HINT = "check that Redis is up and WAAGENT_REDIS_URL is right: waagent status"


class CountersLost(Exception):
    """Redis does not know what the session sent before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Whose counters."""

    tenant_id: str
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One send that wants to go, and ``takes`` so long: the gaps are counted from its end."""

    now: datetime
    member: str
    recipient: str
    counters: Sequence[Counter]
    limits: Sequence[Limit]
    gaps: Sequence[Gap]
    takes: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """It may go, after ``wait``."""

    wait: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Full:
    """A limit has no room before ``until``."""

    until: datetime
    reason: HoldReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A message that went out, as PostgreSQL knows it."""

    message_id: str
    conversation_id: str
    at: datetime
    unasked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a session sent since some time, and when its next message may begin."""

    messages: int
    unasked: int
    next_at: datetime | None


class Limiter:
    """The counters of all sessions."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        source = resources.files("waagent.pacing") / "spend.lua"
        self._spend = redis.register_script(source.read_text(encoding="utf-8"))

    def spend(self, session: Session, ask: Ask) -> Granted | Full:
        """Take one send from every limit, or from none.

        Raises:
            CountersLost: rebuild them first.
            RedisError: Redis cannot be used.
        """
        places = {counter: place for place, counter in enumerate(Counter, start=2)}
        keys = [_key(session, "gaps"), *_counter_keys(session, ask.recipient)]
        with _translated():
            answer: Any = self._spend(keys=keys, args=[json.dumps(_question(ask, places))])
        verdict, milliseconds, reason = answer
        if verdict < 0:
            raise CountersLost
        if verdict == 1:
            return Granted(wait=timedelta(milliseconds=milliseconds))
        return Full(until=_moment(milliseconds), reason=HoldReason(reason.decode()))

    def rebuild(self, session: Session, sent: Sequence[Sent]) -> None:
        """Fill the counters. Doing it twice, or while others spend, counts nothing twice.

        Raises:
            RedisError: Redis cannot be used.
        """
        with _translated(), self._redis.pipeline(transaction=True) as pipe:
            for each in sent:
                for key in (
                    _key(session, Counter.SENT),
                    _recipient_key(session, each.conversation_id),
                    *([_key(session, Counter.UNASKED)] if each.unasked else []),
                ):
                    pipe.zadd(key, {each.message_id: _ms(each.at)}, nx=True)
                    pipe.pexpire(key, KEPT)
            pipe.zadd(_key(session, Counter.SENT), {_READY: 0})
            pipe.pexpire(_key(session, Counter.SENT), KEPT)
            pipe.execute()

    def usage(self, session: Session, since: datetime) -> Usage:
        """What was sent since then.

        Raises:
            CountersLost: rebuild them first.
            RedisError: Redis cannot be used.
        """
        with _translated(), self._redis.pipeline(transaction=True) as pipe:
            pipe.zscore(_key(session, Counter.SENT), _READY)
            for counter in (Counter.SENT, Counter.UNASKED):
                pipe.zcount(_key(session, counter), f"({_ms(since)}", "+inf")
            pipe.hget(_key(session, "gaps"), "any")
            ready, messages, unasked, next_at = pipe.execute()
        if ready is None:
            raise CountersLost
        return Usage(
            messages=messages,
            unasked=unasked,
            next_at=None if next_at is None else _moment(int(next_at)),
        )

    def rest(self, session: Session, until: datetime) -> None:
        """Let nothing at all go out before ``until``, at most :data:`HORIZON` away.

        Raises:
            RedisError: Redis cannot be used.
        """
        with _translated():
            self._redis.hset(_key(session, "gaps"), "any", str(_ms(until)))
            self._redis.pexpire(_key(session, "gaps"), KEPT)


def _question(ask: Ask, places: dict[Counter, int]) -> dict[str, Any]:
    return {
        "now": _ms(ask.now),
        "member": ask.member,
        "fresh": _length(FRESH),
        "patience": _length(PATIENCE),
        "busy": _length(ask.takes),
        "horizon": _length(HORIZON),
        "keep": _length(KEPT),
        "gaps": [
            {"name": gap.name, "step": _length(gap.after), "waits": gap.waits} for gap in ask.gaps
        ],
        "limits": [
            {
                "counter": places[limit.counter],
                "since": _ms(limit.since),
                "most": limit.most,
                "reason": limit.reason.value,
                **({"span": _length(limit.span)} if limit.span else {}),
                **({"ends": _ms(limit.ends)} if limit.ends else {}),
            }
            for limit in ask.limits
        ],
        "spend": [places[counter] for counter in ask.counters],
    }


def _counter_keys(session: Session, recipient: str) -> list[str]:
    return [
        _recipient_key(session, recipient) if each is Counter.RECIPIENT else _key(session, each)
        for each in Counter
    ]


def _recipient_key(session: Session, conversation_id: str) -> str:
    return _key(session, f"to:{conversation_id}")


def _key(session: Session, name: str) -> str:
    return f"waagent:pace:{{{session.tenant_id}:{session.id}}}:{name}"


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _length(span: timedelta) -> int:
    return round(span.total_seconds() * 1000)


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


@contextmanager
def _translated() -> Generator[None]:
    try:
        yield
    except redis_errors.RedisError as error:
        raise errors.RedisError(f"Redis cannot be used: {error}", hint=_HINT) from error
