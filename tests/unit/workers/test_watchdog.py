"""The watchdog: it probes, it wants to be sure that the network is there, and it counts."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from datetime import UTC
from queue import SimpleQueue

import pytest

from waagent.domain.health import Limits, Trouble
from waagent.domain.sessions import SessionState
from waagent.domain.traffic import HOURS, Rhythm
from waagent.whatsapp.endpoint import Endpoint
from workers.watchdog import Watchdog, reaches

LIMITS = Limits(
    offline=0.05,
    probe_least=0.0,
    probe_most=0.0,
    probe_again=0.0,
    probe_timeout=0.1,
    silent=3600,
    silence_least=0.01,
)
S = SessionState


class World:
    """WhatsApp as a watchdog sees it; ``tell`` is the host's loop."""

    def __init__(self) -> None:
        self.answers = True
        self.reachable = True
        self.inbox: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self.usual: Rhythm | None = None
        self.learnt = 0
        self.dog = Watchdog(
            self._probe, lambda: self.reachable, self._usual, self.inbox.put, LIMITS
        )

    def _probe(self, key: str, timeout_s: float) -> bool:
        assert timeout_s == LIMITS.probe_timeout
        return self.answers

    def _usual(self, key: str) -> Rhythm | None:
        self.learnt += 1
        return self.usual

    def tell(self) -> None:
        """Wait for the end of one probe, and let the loop hear of it."""
        self.inbox.get(timeout=10)()

    def trouble(self) -> list[tuple[str, Trouble]]:
        """The first troubles that are found."""
        for _ in range(10_000):
            found = self.dog.check()
            if found:
                return found
            while not self.inbox.empty():
                self.inbox.get()()
        return []


@pytest.fixture
def world() -> World:
    return World()


def test_two_probes_without_an_answer(world: World) -> None:
    world.dog.state("a", S.CONNECTED)
    assert world.dog.check() == []
    world.tell()
    assert [each.last_probe_ok for each in world.dog.counted()] == [True]
    world.answers = False
    assert world.trouble() == [("a", Trouble.DEAF)]
    (counts,) = world.dog.counted()
    assert counts.failed_probes >= LIMITS.failed_probes
    assert counts.last_probe_ok is False
    assert world.dog.counted() == [], "each is told once"


def test_a_new_connection_starts_from_the_beginning(world: World) -> None:
    world.answers = False
    world.dog.state("a", S.CONNECTED)
    world.dog.check()
    probe_of_the_old_one = world.inbox.get(timeout=10)
    world.dog.state("a", S.CONNECTED)
    probe_of_the_old_one()
    assert world.dog.counted() == []


def test_nothing_is_restarted_while_whatsapp_is_out_of_reach(world: World) -> None:
    world.reachable = False
    world.dog.state("a", S.DISCONNECTED)
    assert world.trouble() == []


def test_silence_against_what_is_usual_and_the_next_time_only_after_longer(world: World) -> None:
    world.usual = Rhythm(rates=(3600 * 1000.0,) * HOURS, zone=UTC)
    world.dog.state("a", S.CONNECTED)
    assert world.trouble() == [("a", Trouble.SILENT)]
    assert world.learnt == 1, "and then it is known for a day"
    waits = []
    for _ in range(2):
        world.dog.state("a", S.CONNECTED)
        begun = time.monotonic()
        assert world.trouble() == [("a", Trouble.SILENT)]
        waits.append(time.monotonic() - begun)
    assert waits[0] >= 0.02
    assert waits[1] >= 0.04
    world.dog.heard("a")
    world.dog.state("a", S.CONNECTED)
    begun = time.monotonic()
    assert world.trouble() == [("a", Trouble.SILENT)]
    assert time.monotonic() - begun < waits[1]


def test_nobody_is_woken_for_a_silence_that_is_usual(world: World) -> None:
    world.usual = Rhythm(rates=(0.5,) * HOURS, zone=UTC)
    world.dog.state("a", S.CONNECTED)
    assert world.trouble() == []
    assert world.learnt == 1


def test_what_was_counted_is_not_lost_with_the_session(world: World) -> None:
    world.dog.state("a", S.DISCONNECTED)
    world.dog.count("a", "disconnects")
    world.dog.count("a", "disconnects")
    world.dog.heard("a")
    counts = world.dog.forget("a")
    assert counts is not None
    assert (counts.disconnects, counts.client_restarts) == (2, 0)
    assert counts.last_inbound_at is not None
    world.dog.count("a", "disconnects")
    world.dog.heard("a")
    assert world.dog.forget("a") is None


def test_reaching_the_endpoint() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        endpoint = Endpoint(proxy_url=url, ca_file="", noise_root_public_key=b"")
        assert reaches(endpoint)
    assert not reaches(endpoint)
