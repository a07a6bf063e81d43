"""A host keeps its leases, hears of those it lost, and fences itself off when it cannot know."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from shop_support import Shop, eventually
from socket_proxy import SocketProxy

import workers.lease_keeper
from waagent.services.core import Core
from waagent.services.leases import LeaseService
from workers.lease_keeper import LeaseKeeper


class Keeping:
    """A keeper, and what it called back with."""

    def __init__(self, core: Core) -> None:
        self.lost: list[str] = []
        self.fenced: list[bool] = []
        self.unwell: str | None = None
        self.keeper = LeaseKeeper(
            LeaseService(core),
            "host-1",
            self.lost.append,
            lambda: self.fenced.append(True),
            lambda: self.unwell,
        )


@pytest.fixture
def keeping(cut_core: Core, monkeypatch: pytest.MonkeyPatch) -> Iterator[Keeping]:
    """With the times of a hasty world."""
    monkeypatch.setattr(workers.lease_keeper, "RENEW_EVERY", timedelta(seconds=0.05))
    monkeypatch.setattr(workers.lease_keeper, "FENCE_AFTER", timedelta(seconds=1.5))
    keeping = Keeping(cut_core)
    yield keeping
    keeping.keeper.close()


def expires(shop: Shop) -> object:
    return shop.admin.value("select expires_at from session_leases where tenant_id = %s", shop.id)


def test_what_is_held_is_renewed(shop: Shop, keeping: Keeping) -> None:
    lease = shop.lease(shop.linked())
    before = expires(shop)
    keeping.keeper.add(lease)
    eventually(lambda: expires(shop) != before)
    assert keeping.keeper.held() == [lease]
    assert keeping.keeper.get(lease.session_id) == lease
    assert (keeping.lost, keeping.fenced) == ([], [])


def test_what_another_took_is_told_once(shop: Shop, keeping: Keeping) -> None:
    session_id = shop.linked()
    lease = shop.lease(session_id)
    keeping.keeper.add(lease)
    shop.admin.run(
        "update session_leases set owner = 'host-2', epoch = epoch + 1 where tenant_id = %s",
        shop.id,
    )
    eventually(lambda: keeping.lost)
    assert keeping.keeper.get(session_id) is None
    other = shop.linked("lain")
    keeping.keeper.add(shop.lease(other))
    before = expires_of(shop, other)
    eventually(lambda: expires_of(shop, other) != before)
    assert keeping.lost == [session_id]


def test_a_host_that_is_not_well_lets_go_of_everything(shop: Shop, keeping: Keeping) -> None:
    """Its renewals still work: nothing else would ever notice."""
    keeping.keeper.add(shop.lease(shop.linked()))
    keeping.unwell = "stalled"
    eventually(lambda: keeping.fenced)
    assert keeping.keeper.held() == []
    keeping.unwell = None


def test_a_fault_of_ours_does_not_end_the_renewing(
    shop: Shop, keeping: Keeping, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = RuntimeError("nobody thought of that")

    def renew(*_: object) -> set[str]:
        raise broken

    monkeypatch.setattr(LeaseService, "renew", renew)
    keeping.keeper.add(shop.lease(shop.linked()))
    eventually(lambda: keeping.fenced)
    monkeypatch.undo()
    lease = shop.lease(shop.linked("lain"))
    before = expires_of(shop, lease.session_id)
    keeping.keeper.add(lease)
    eventually(lambda: expires_of(shop, lease.session_id) != before)


def expires_of(shop: Shop, session_id: str) -> object:
    return shop.admin.value(
        "select expires_at from session_leases where session_id = %s", session_id
    )


@pytest.mark.parametrize("how", ["cut", "freeze"])
def test_a_host_that_cannot_renew_fences_itself_off(
    shop: Shop, keeping: Keeping, postgres: SocketProxy, how: str
) -> None:
    """Also when PostgreSQL does not refuse, but never answers: the renewal itself hangs."""
    keeping.keeper.add(shop.lease(shop.linked()))
    getattr(postgres, how)()
    eventually(lambda: keeping.fenced)
    assert keeping.keeper.held() == []
    postgres.mend()


def test_a_short_outage_is_no_reason(shop: Shop, keeping: Keeping, postgres: SocketProxy) -> None:
    lease = shop.lease(shop.linked())
    keeping.keeper.add(lease)
    postgres.freeze()
    before = expires(shop)
    postgres.mend()
    eventually(lambda: expires(shop) != before)
    assert keeping.fenced == []
    assert keeping.keeper.held() == [lease]


def test_what_is_released_can_be_taken_at_once(shop: Shop, keeping: Keeping) -> None:
    lease = shop.lease(shop.linked())
    keeping.keeper.add(lease)
    keeping.keeper.release(lease.session_id)
    keeping.keeper.release(lease.session_id)
    assert keeping.keeper.held() == []
    assert shop.lease(lease.session_id, "host-2").epoch == lease.epoch + 1
    assert keeping.lost == []
