"""One owner for a session at any time, and a number that tells the owners apart."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from shop_support import Shop

from waagent.domain.sessions import PARKED, SessionState
from waagent.errors import ConflictError
from waagent.services.leases import (
    FENCE_AFTER,
    GRACE,
    RENEW_EVERY,
    TTL,
    Lease,
    LeaseService,
    Resume,
    StateChange,
)


def mine(
    shop: Shop, owner: str, *, capacity: int = 1000, excluding: tuple[str, ...] = ()
) -> set[str]:
    """The sessions of this shop that a claim gives (no other test runs meanwhile)."""
    leases = shop.host.leases.claim(owner, capacity, excluding)
    return {lease.session_id for lease in leases if lease.tenant_id == shop.id}


def expire(shop: Shop, ago: timedelta) -> None:
    shop.admin.run(
        "update session_leases set expires_at = now() - %s where tenant_id = %s", ago, shop.id
    )


class Watched:
    """A host with a clock of its own."""

    def __init__(self, shop: Shop) -> None:
        self.now = 100.0
        self._shop = shop
        self._leases = LeaseService(shop.host.core, clock=lambda: self.now)

    def mine(self) -> set[str]:
        leases = self._leases.claim("host-2", 1000, [])
        return {lease.session_id for lease in leases if lease.tenant_id == self._shop.id}


def undesired(shop: Shop, session_id: str) -> bool:
    found = shop.host.leases.undesired("host-1", [session_id])
    return [each.session_id for each in found] == [session_id]


def write(shop: Shop, lease: Lease, state: SessionState, **more: Any) -> bool:
    """As the host ``host-1``."""
    return shop.host.leases.set_state(lease, "host-1", StateChange(state=state, **more))


def epoch(shop: Shop) -> int:
    return int(shop.admin.value("select epoch from session_leases where tenant_id = %s", shop.id))


def test_the_times_leave_a_host_room_to_stop_before_another_starts() -> None:
    assert RENEW_EVERY * 2 < FENCE_AFTER < TTL < TTL + GRACE


def test_a_session_has_one_owner(shop: Shop) -> None:
    session_id = shop.linked()
    assert mine(shop, "host-1") == {session_id}
    assert mine(shop, "host-2") == set()
    assert mine(shop, "host-1") == set(), "also not twice to the same"


def test_hosts_that_claim_at_once_share_without_overlap(shop: Shop) -> None:
    sessions = {shop.linked(f"nomor {number}") for number in range(6)}
    start = Barrier(3)

    def claim(number: int) -> list[Lease]:
        start.wait()
        return shop.host.leases.claim(f"host-{number}", 2, [])

    with ThreadPoolExecutor(3) as pool:
        taken = [lease.session_id for leases in pool.map(claim, range(3)) for lease in leases]
    assert len(taken) == len(set(taken))
    assert set(taken) <= sessions
    assert len(taken) == 6 or mine(shop, "host-9") | set(taken) == sessions


def test_capacity_and_exceptions_are_kept(shop: Shop) -> None:
    first, second = shop.linked("satu"), shop.linked("dua")
    assert len(shop.host.leases.claim("host-1", 1, [])) == 1
    shop.host.leases.release("host-1", [first, second])
    assert mine(shop, "host-1", excluding=(first,)) == {second}


def test_a_lease_that_ran_out_can_be_taken_after_the_grace_under_a_greater_number(
    shop: Shop,
) -> None:
    session_id = shop.linked()
    lease = shop.lease(session_id)
    watched = Watched(shop)
    expire(shop, timedelta(hours=1))
    assert watched.mine() == set(), "its owner may still be stopping"
    watched.now += GRACE.total_seconds() - 0.1
    assert watched.mine() == set()
    watched.now += 0.1
    assert watched.mine() == {session_id}
    assert epoch(shop) == lease.epoch + 1
    assert shop.host.leases.renew("host-1", [lease]) == set()
    assert not write(shop, lease, SessionState.CONNECTED)


def test_a_clock_set_forward_takes_no_session_from_a_living_host(shop: Shop) -> None:
    lease = shop.lease(shop.linked())
    watched = Watched(shop)
    for _ in range(4):  # PostgreSQL's clock leaps again and again; the owner renews in between
        expire(shop, timedelta(hours=1))
        assert watched.mine() == set()
        assert shop.host.leases.renew("host-1", [lease]) == {lease.session_id}
        watched.now += GRACE.total_seconds()
        assert watched.mine() == set()


def test_a_lease_that_is_handed_over_can_be_taken_at_once(shop: Shop) -> None:
    session_id = shop.linked()
    lease = shop.lease(session_id)
    shop.host.leases.release("host-2", [session_id])
    assert mine(shop, "host-2") == set(), "only its owner can hand it over"
    shop.host.leases.release("host-1", [session_id])
    assert mine(shop, "host-2") == {session_id}
    assert epoch(shop) == lease.epoch + 1


def test_a_renewal_keeps_what_is_held_and_tells_what_is_lost(shop: Shop) -> None:
    kept, lost = shop.linked("satu"), shop.linked("dua")
    leases = [
        lease for lease in shop.host.leases.claim("host-1", 99, []) if lease.tenant_id == shop.id
    ]
    shop.host.leases.release("host-1", [lost])
    (taken,) = [
        lease for lease in shop.host.leases.claim("host-2", 99, []) if lease.session_id == lost
    ]
    assert shop.host.leases.renew("host-1", leases) == {kept}
    assert shop.host.leases.renew("host-2", [taken]) == {lost}
    assert shop.host.leases.renew("host-1", []) == set()


def test_a_renewal_brings_the_full_time_back(shop: Shop) -> None:
    lease = shop.lease(shop.linked())
    expire(shop, timedelta(seconds=1))  # late, but nobody else has come
    assert shop.host.leases.renew("host-1", [lease]) == {lease.session_id}
    left = shop.admin.value(
        "select expires_at - now() from session_leases where tenant_id = %s", shop.id
    )
    assert TTL - timedelta(seconds=5) < left <= TTL


def test_an_old_lease_of_one_s_own_is_not_mistaken_for_the_new_one(shop: Shop) -> None:
    session_id = shop.linked()
    old = shop.lease(session_id)
    shop.host.leases.release("host-1", [session_id])
    new = shop.lease(session_id)
    assert new.epoch == old.epoch + 1
    assert shop.host.leases.renew("host-1", [old]) == set()
    assert shop.host.leases.renew("host-1", [new]) == {session_id}


@pytest.mark.parametrize("state", sorted(PARKED))
def test_a_session_that_waits_for_a_person_is_left_alone(shop: Shop, state: SessionState) -> None:
    session_id = shop.linked()
    shop.admin.run("update sessions set state = %s where tenant_id = %s", state, shop.id)
    assert mine(shop, "host-1") == set()
    assert undesired(shop, session_id)


@pytest.mark.parametrize("change", ["desired = 'stopped'", "paired = false"])
def test_so_is_one_that_is_not_wanted_or_not_linked(shop: Shop, change: str) -> None:
    session_id = shop.linked()
    assert not undesired(shop, session_id)
    shop.admin.run(f"update sessions set {change} where tenant_id = %s", shop.id)
    assert mine(shop, "host-1") == set()
    assert undesired(shop, session_id)


def test_a_state_is_written_by_the_owner_only(shop: Shop) -> None:
    lease = shop.lease(shop.linked())

    def shown() -> SessionState:
        return shop.front.sessions.list(shop.tenant)[0].state

    assert not shop.host.leases.set_state(
        lease, "host-2", StateChange(state=SessionState.CONNECTED)
    )
    assert shown() is SessionState.CONNECTING
    assert write(shop, lease, SessionState.CONNECTED)
    assert shown() is SessionState.CONNECTED


def test_a_logout_unlinks_the_session(shop: Shop) -> None:
    lease = shop.lease(shop.linked())
    assert shop.host.leases.resume(lease) is not None
    write(shop, lease, SessionState.LOGGED_OUT, reason="401")
    assert shop.host.leases.resume(lease) is None
    (session,) = shop.front.sessions.list(shop.tenant)
    assert (session.state, session.reason) == (SessionState.LOGGED_OUT, "401")
    shop.host.leases.release("host-1", [lease.session_id])
    assert mine(shop, "host-2") == set()


def test_sessions_without_an_owner_are_counted(shop: Shop) -> None:
    before = shop.host.leases.unowned(timedelta(0))
    lease_of = shop.linked()
    assert shop.host.leases.unowned(timedelta(0)) == before + 1
    assert shop.host.leases.unowned(timedelta(seconds=60)) == before
    shop.lease(lease_of)
    assert shop.host.leases.unowned(timedelta(0)) == before
    expire(shop, timedelta(seconds=1))
    assert shop.host.leases.unowned(timedelta(0)) == before + 1


def begin(shop: Shop, session_id: str) -> str:
    pairing_id = str(uuid4())
    with shop.host.core.tenant(shop.id) as scope:
        scope.tx.run("sessions.begin_pairing", session_id=session_id, pairing_id=pairing_id)
    return pairing_id


def test_a_pairing_keeps_the_session_from_hosts_until_it_is_over(shop: Shop) -> None:
    session_id = shop.session()
    pairing_id = begin(shop, session_id)
    assert mine(shop, "host-1") == set()
    jid = "6281219990001:7@s.whatsapp.net"
    lease = shop.host.pairing.paired(shop.id, session_id, pairing_id, jid, None)
    assert lease is not None
    assert mine(shop, "host-1") == set()
    shop.host.leases.release(f"pairing-{pairing_id}", [session_id])
    taken = shop.lease(session_id)
    assert taken.epoch == lease.epoch + 1
    assert shop.host.leases.resume(taken) == Resume(jid, SessionState.CONNECTING, 0)
    assert shop.front.sessions.list(shop.tenant)[0].phone == "+6281219990001"


def test_a_pairing_that_died_gives_way_when_its_lease_runs_out(shop: Shop) -> None:
    session_id = shop.session()
    pairing_id = begin(shop, session_id)
    shop.host.pairing.paired(
        shop.id, session_id, pairing_id, "6281219990002:1@s.whatsapp.net", None
    )
    watched = Watched(shop)
    expire(shop, timedelta(seconds=1))
    assert watched.mine() == set()
    watched.now += GRACE.total_seconds()
    assert watched.mine() == {session_id}


def test_only_the_newest_pairing_counts(shop: Shop) -> None:
    session_id = shop.session()
    first, second = begin(shop, session_id), begin(shop, session_id)
    pairing = shop.host.pairing
    assert not pairing.is_current(shop.id, session_id, first)
    assert pairing.is_current(shop.id, session_id, second)
    jid = "6281219990003:1@s.whatsapp.net"
    assert pairing.paired(shop.id, session_id, first, jid, None) is None
    pairing.ended(shop.id, session_id, first, "expired")
    assert pairing.is_current(shop.id, session_id, second), "the old one's end is not the new one's"
    assert pairing.paired(shop.id, session_id, second, jid, None) is not None


def test_a_number_is_linked_to_one_session_of_a_shop(shop: Shop) -> None:
    first, second = shop.session("satu"), shop.session("dua")
    jid = "6281219990004:1@s.whatsapp.net"
    assert shop.host.pairing.paired(shop.id, first, begin(shop, first), jid, None) is not None
    with pytest.raises(ConflictError):
        shop.host.pairing.paired(shop.id, second, begin(shop, second), jid, None)
    assert shop.count("session_leases") == 1
