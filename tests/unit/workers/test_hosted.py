"""What a host does with a client that got through while everything was hung up."""

from __future__ import annotations

from typing import Any

import pytest

from waagent.domain.sessions import SessionState
from waagent.errors import DatabaseError
from waagent.services.leases import Lease, Resume
from workers.clients import Done
from workers.hosted import HostedSessions

LEASE = Lease("s-1", "t-1", 1)


class Noted:
    """Stands in for the database, the lease keeper, the watchdog and the clients."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Any]] = []

    def resume(self, lease: Lease) -> Resume:
        return Resume("628@s.whatsapp.net", SessionState.DISCONNECTED, 0)

    def __getattr__(self, name: str) -> Any:
        def call(*arguments: Any, **_: Any) -> None:
            self.calls.append((name, arguments[0] if arguments else None))

        return call


@pytest.fixture
def host() -> HostedSessions:
    noted: Any = Noted()
    host = HostedSessions(noted, "owner", noted, noted, noted.wake)
    host.clients = noted
    host.add(LEASE)
    host.forget_all()  # PostgreSQL went away while the start was under way
    assert host.keys() == ["s-1"]
    noted.calls.clear()
    return host


def calls(host: HostedSessions) -> list[tuple[str, Any]]:
    noted: Any = host.clients
    return list(noted.calls)


def test_a_client_that_started_all_the_same_is_stopped(host: HostedSessions) -> None:
    """Its lease is gone: another host may connect the number at any time."""
    host.done(Done("s-1", started=True))
    assert ("stop", "s-1") in calls(host)
    assert host.keys() == ["s-1"], "it is here until it is stopped"
    host.done(Done("s-1", started=False))
    assert host.keys() == []
    assert [call for call in calls(host) if call[0] == "stop"] == [("stop", "s-1")]


def test_one_that_did_not_start_is_forgotten(host: HostedSessions) -> None:
    host.done(Done("s-1", started=True, error=DatabaseError("PostgreSQL is away")))
    assert host.keys() == []
    assert "stop" not in [name for name, _ in calls(host)]
