"""The script that counts, on a real Valkey, with the time passed in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from waagent.bootstrap import HostServices
from waagent.domain.pacing import Counter, Gap, HoldReason, Limit
from waagent.errors import RedisError
from waagent.pacing.limiter import (
    FRESH,
    HORIZON,
    KEPT,
    PATIENCE,
    Ask,
    CountersLost,
    Full,
    Granted,
    Limiter,
    Sent,
    Session,
)

NOW = datetime(2026, 11, 22, 7, 30, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
MIDNIGHT = datetime(2026, 11, 22, 17, tzinfo=UTC)
GO = Granted(wait=timedelta())


@pytest.fixture
def limiter(host: HostServices) -> Limiter:
    return Limiter(host.redis)


@pytest.fixture
def session(limiter: Limiter) -> Session:
    """Nothing was sent yet."""
    made = Session(tenant_id=str(uuid4()), id=str(uuid4()))
    limiter.rebuild(made, [])
    return made


def minute(now: datetime, most: int, counter: Counter = Counter.SENT) -> Limit:
    return Limit(
        counter=counter,
        since=now - MINUTE,
        most=most,
        reason=HoldReason.SESSION_RATE,
        span=MINUTE,
    )


def today(most: int, counter: Counter = Counter.SENT) -> Limit:
    return Limit(
        counter=counter,
        since=MIDNIGHT - timedelta(days=1),
        most=most,
        reason=HoldReason.DAY_CAP,
        ends=MIDNIGHT,
    )


def ask(
    member: str,
    now: datetime = NOW,
    *,
    limits: Sequence[Limit] = (),
    gaps: Sequence[Gap] = (),
    to: str = "c-1",
    takes: timedelta = timedelta(),
    counters: Sequence[Counter] = (Counter.SENT, Counter.RECIPIENT),
) -> Ask:
    return Ask(
        now=now,
        member=member,
        recipient=to,
        counters=counters,
        limits=limits,
        gaps=gaps,
        takes=takes,
    )


def gap(seconds: float, *, waits: bool = True) -> Gap:
    return Gap(name="any", after=seconds * SECOND, waits=waits)


def full(until: datetime, reason: HoldReason) -> Full:
    return Full(until=until, reason=reason)


def test_a_sliding_minute_tells_when_there_is_room(limiter: Limiter, session: Session) -> None:
    for n in range(3):
        now = NOW + n * 10 * SECOND
        assert limiter.spend(session, ask(f"m{n}", now, limits=[minute(now, 3)])) == GO
    now = NOW + 30 * SECOND
    refused = limiter.spend(session, ask("m3", now, limits=[minute(now, 3)]))
    assert refused == full(NOW + MINUTE, HoldReason.SESSION_RATE)
    then = NOW + MINUTE
    assert limiter.spend(session, ask("m3", then, limits=[minute(then, 3)])) == GO
    # Two more wait for one that was refused with less room: the second oldest decides.
    refused = limiter.spend(session, ask("m4", then, limits=[minute(then, 2)]))
    assert refused == full(NOW + MINUTE + 20 * SECOND, HoldReason.SESSION_RATE)


def test_a_day_ends_at_midnight(limiter: Limiter, session: Session) -> None:
    for n in range(2):
        assert limiter.spend(session, ask(f"m{n}", limits=[today(2)])) == GO
    late = MIDNIGHT - SECOND
    assert limiter.spend(session, ask("m2", late, limits=[today(2)])) == full(
        MIDNIGHT, HoldReason.DAY_CAP
    )
    tomorrow = Limit(
        counter=Counter.SENT,
        since=MIDNIGHT,
        most=2,
        reason=HoldReason.DAY_CAP,
        ends=MIDNIGHT + timedelta(days=1),
    )
    assert limiter.spend(session, ask("m2", MIDNIGHT, limits=[tomorrow])) == GO


def test_all_or_nothing(limiter: Limiter, session: Session, host: HostServices) -> None:
    assert limiter.spend(session, ask("m0", limits=[minute(NOW, 1)])) == GO
    before = dump(host.redis, session)
    both = [minute(NOW, 1), today(1)]
    # Whichever keeps it longest is named.
    assert limiter.spend(session, ask("m1", limits=both)) == full(MIDNIGHT, HoldReason.DAY_CAP)
    assert dump(host.redis, session) == before


def test_asking_again_costs_nothing(limiter: Limiter, session: Session) -> None:
    limits = [minute(NOW, 1), today(1)]
    for _ in range(3):
        assert limiter.spend(session, ask("m0", limits=limits, gaps=[gap(60)])) == GO
    assert limiter.usage(session, MIDNIGHT - timedelta(days=1)).messages == 1
    # Long after, it is still counted as one, but has lost its turn: the gap holds it.
    later = NOW + FRESH + SECOND
    again = ask("m0", later, limits=[minute(later, 1), today(1)], gaps=[gap(60)])
    assert limiter.spend(session, again) == full(NOW + MINUTE, HoldReason.SESSION_RATE)
    much = NOW + HOUR
    again = ask("m0", much, limits=[minute(much, 1), today(1)], gaps=[gap(60)])
    assert limiter.spend(session, again) == GO
    assert limiter.usage(session, MIDNIGHT - timedelta(days=1)).messages == 1


def test_a_short_gap_is_waited_for_inside_the_permit(limiter: Limiter, session: Session) -> None:
    assert limiter.spend(session, ask("m0", gaps=[gap(2)], takes=SECOND)) == GO
    second = limiter.spend(session, ask("m1", gaps=[gap(2)], takes=SECOND))
    assert second == Granted(wait=3 * SECOND)
    assert limiter.spend(session, ask("m1", NOW + SECOND, gaps=[gap(2)])) == Granted(
        wait=2 * SECOND
    )
    third = limiter.spend(session, ask("m2", gaps=[gap(2)]))
    assert third == full(NOW + 6 * SECOND, HoldReason.SESSION_RATE)
    assert 6 * SECOND > PATIENCE
    assert limiter.usage(session, NOW).next_at == NOW + 6 * SECOND


def test_a_gap_that_is_only_set(limiter: Limiter, session: Session) -> None:
    assert limiter.spend(session, ask("m0", gaps=[gap(60)])) == GO
    assert limiter.spend(session, ask("m1", gaps=[gap(60, waits=False)])) == GO
    assert isinstance(limiter.spend(session, ask("m2", gaps=[gap(60)])), Full)


def test_one_customers_limit_is_not_anothers(limiter: Limiter, session: Session) -> None:
    limits = [minute(NOW, 1, Counter.RECIPIENT)]
    assert limiter.spend(session, ask("m0", limits=limits, to="c-1")) == GO
    assert isinstance(limiter.spend(session, ask("m1", limits=limits, to="c-1")), Full)
    assert limiter.spend(session, ask("m2", limits=limits, to="c-2")) == GO


def test_sessions_and_shops_are_apart(limiter: Limiter, session: Session) -> None:
    others = [
        Session(tenant_id=session.tenant_id, id=str(uuid4())),
        Session(tenant_id=str(uuid4()), id=session.id),
    ]
    assert limiter.spend(session, ask("m0", limits=[today(1)])) == GO
    for other in others:
        limiter.rebuild(other, [])
        assert limiter.spend(other, ask("m0", limits=[today(1)])) == GO
        assert limiter.usage(other, NOW - HOUR).messages == 1


def test_lost_counters_permit_nothing(limiter: Limiter, session: Session) -> None:
    unknown = Session(tenant_id=session.tenant_id, id=str(uuid4()))
    with pytest.raises(CountersLost):
        limiter.spend(unknown, ask("m0"))
    with pytest.raises(CountersLost):
        limiter.usage(unknown, NOW)
    sent = [
        Sent(message_id="m0", conversation_id="c-1", at=NOW - HOUR, unasked=True),
        Sent(message_id="m1", conversation_id="c-2", at=NOW - 2 * HOUR, unasked=False),
    ]
    for _ in range(2):
        limiter.rebuild(unknown, sent)
    usage = limiter.usage(unknown, NOW - 3 * HOUR)
    assert (usage.messages, usage.unasked) == (2, 1)
    assert limiter.spend(unknown, ask("m2", limits=[today(2)])) == full(
        MIDNIGHT, HoldReason.DAY_CAP
    )
    assert limiter.spend(unknown, ask("m0", limits=[today(2)])) == GO


def test_a_clock_set_back_does_not_lock_a_number(limiter: Limiter, session: Session) -> None:
    ahead = NOW + HOUR
    assert limiter.spend(session, ask("m0", ahead, gaps=[gap(60)], limits=[minute(ahead, 1)])) == GO
    assert limiter.spend(session, ask("m1", NOW, gaps=[gap(60)], limits=[minute(NOW, 1)])) == GO
    assert HORIZON < HOUR


def test_a_rest_holds_everything(limiter: Limiter, session: Session) -> None:
    limiter.rest(session, NOW + MINUTE)
    refused = limiter.spend(session, ask("m0", gaps=[gap(1)]))
    assert refused == full(NOW + MINUTE, HoldReason.SESSION_RATE)


def test_keys_end_and_old_members_go(
    limiter: Limiter, session: Session, host: HostServices
) -> None:
    limiter.spend(session, ask("m0", NOW - KEPT - MINUTE, gaps=[gap(1)]))
    limiter.spend(session, ask("m1", gaps=[gap(1)]))
    keys = list(host.redis.scan_iter(f"waagent:pace:{{{session.tenant_id}:{session.id}}}:*"))
    assert len(keys) == 3
    assert all(0 < host.redis.pttl(key) <= KEPT / timedelta(milliseconds=1) for key in keys)
    assert limiter.usage(session, NOW - 2 * KEPT).messages == 1


def test_two_at_once_never_take_the_same_place(limiter: Limiter, session: Session) -> None:
    start = Barrier(8)
    answers: list[Granted | Full] = []

    def many(name: int) -> None:
        start.wait()
        answers.extend(
            limiter.spend(session, ask(f"{name}-{n}", limits=[today(50)])) for n in range(20)
        )

    threads = [Thread(target=many, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(isinstance(answer, Granted) for answer in answers) == 50
    assert len(answers) == 160


def test_without_redis() -> None:
    away = Limiter(Redis(unix_socket_path="/nonexistent/valkey.sock", retry=Retry(NoBackoff(), 0)))
    with pytest.raises(RedisError):
        away.spend(Session(tenant_id="t", id="s"), ask("m0"))


def dump(redis: Redis, session: Session) -> dict[bytes, object]:
    """Everything that is kept of a session."""
    keys = redis.scan_iter(f"waagent:pace:{{{session.tenant_id}:{session.id}}}:*")
    return {key: redis.dump(key) for key in keys}
