"""Processes are killed while customers write: nothing is lost, doubled, or left behind.

Every message that WhatsApp's server took is stored exactly once, every reply reaches its customer
at most once and comes to an end, and the number is never connected twice at the same time. The
customer who writes is another than the one who is answered: where messages of one chat cross, the
library's ratchet may break, and their phones must ask each other anew.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest
from acceptance_driver import Linked, Waagent, eventually
from acceptance_traffic import (
    Replier,
    Writer,
    accounted_for,
    connected,
    host_of,
    named,
    online,
    quiet_logins,
    received,
    server,
    settled,
)

from waagent.embedded import attach
from workers.bench.ground import superuser_url
from workers.bench.kills import INTO_OUTBOX, QUEUED, kill_in

pytestmark = [pytest.mark.xdist_group("acceptance-trouble"), pytest.mark.timeout(240)]

AGAIN_MOST = 45.0
"""Seconds. A killed host's lease must run out first: 16 s."""
HELPERS = (("run", "ai"), ("run", "maintenance"), ("run", "pairing"), ("scheduler",))


@pytest.fixture(scope="module")
def shop(town: Waagent) -> Linked:
    """A shop in ``town`` whose number nothing else uses."""
    return town.link("Toko Tahan Banting", "6281200002005")


@contextmanager
def traffic(town: Waagent, shop: Linked, phone: str) -> Iterator[list[float]]:
    """Messages both ways while the block breaks things; then all of them are accounted for.

    The block notes when it kills a host.
    """
    killed: list[float] = []
    eventually("connected", lambda: connected(town, shop))
    with (
        quiet_logins(town, shop),
        Writer(town, shop, phone) as writer,
        Replier(town, shop, phone[:-1] + "9") as replies,
    ):
        yield killed
        eventually("connected again", lambda: connected(town, shop), 90)
        writer.wait_for(3)
    accounted_for(town, shop, writer, killed)
    ends = settled(town, shop, list(replies.queued))
    found = received(town, replies.phone)
    assert not [text for text, times in found.items() if times > 1]
    for message_id, text in replies.queued.items():
        assert found[text] == 1 or ends[message_id] == "unknown", (text, ends[message_id])
    for failure in replies.failures:
        failure.refused(3)


def test_workers_and_valkey_are_killed(town: Waagent, shop: Linked) -> None:
    """The host of the number, then all the others at once, then what the next host hangs on."""
    phone = "6281300004010"
    with traffic(town, shop, phone) as killed:
        first = host_of(town, shop)
        killed.append(time.time())
        kill(first)
        before = helpers(town)
        valkey = server(town, "Valkey").pid
        killed.append(time.time())
        kill(*before, server(town, "Valkey"))
        eventually("its end is noticed", lambda: gone(first))
        eventually("connected by another host", lambda: online(town, shop), AGAIN_MOST)
        assert len(eventually("all are back", lambda: as_many(helpers(town), before))) > 4
        assert server(town, "Valkey").pid != valkey

        horse = host_of(town, shop)
        parent = horse.parent()
        assert parent is not None
        kill(parent)
        eventually("the orphan is gone", lambda: gone(horse))
        eventually("connected by another host", lambda: online(town, shop), AGAIN_MOST)
    eventually("the customer is understood", lambda: town.leads(shop.slug)[f"+{phone}"]["status"])


def arrived(town: Waagent) -> int:
    """The messages on all customers' telephones."""
    return sum(received(town, person.phone).total() for person in town.people.customers())


def test_workers_are_killed_at_each_step_of_a_follow_up(town: Waagent, shop: Linked) -> None:
    """A transaction is caught by a lock and its process killed; then the host, while it sends.

    Planning, which takes another 30 s, is killed by ``waagent bench faults --only follow-up``.
    """
    phones = [f"628130000425{n}" for n in range(4)]
    eventually("connected", lambda: connected(town, shop))
    rule = ("followup", "rules", "set", "--after", "3s", "-t", shop.slug)
    town.json(*rule)
    with attach(town.home) as backend:
        url = superuser_url(backend.database_url, town.home)
        for phone in phones:
            town.people.customer(phone, "Bu Tuti")
            town.people.send(phone, shop.phone, "kak, paket aqiqah 1 ekor berapa ya?")
        for step in (INTO_OUTBOX, QUEUED):
            # The lock first: a worker that has just been started does all that is due at once.
            kill_in(url, lambda queue=step.queue: named(town, "run", queue)[0], step, seconds=90)
        before = arrived(town)
        town.people.fault("withhold_acks", account=shop.phone)
        # Whoever it is for: a customer of the test before may be due for one, too.
        eventually("one arrives", lambda: arrived(town) > before)
        kill(host_of(town, shop))
        town.people.clear_faults(shop.phone)

    def ended() -> dict[str, str] | None:
        ups = town.json("followup", "list", "-t", shop.slug)
        found = {up["phone"][1:]: up["state"] for up in ups if up["phone"][1:] in phones}
        return found if set(found.values()) <= {"sent", "unknown"} and len(found) == 4 else None

    states = eventually("every follow-up has come to its end", ended)
    assert list(states.values()).count("unknown") <= 1
    assert {phone: received(town, phone).total() for phone in phones} == dict.fromkeys(phones, 1)
    town.run("followup", "rules", "remove", "-t", shop.slug)


def test_postgresql_is_killed(town: Waagent, shop: Linked) -> None:
    """The library keeps its keys there, so the host hangs up at once: WhatsApp keeps what comes."""
    with traffic(town, shop, "6281300004110"):
        old = server(town, "PostgreSQL")
        kill(old)
        eventually("it is back", lambda: is_back(town, "PostgreSQL", old.pid))


def test_the_supervisor_is_killed(town: Waagent, shop: Linked) -> None:
    with traffic(town, shop, "6281300004230"):
        before = town.processes()
        kill(*named(town, "workers", "up", "--json"))
        eventually("what it had started is gone", lambda: not workers_of(before))
        town.up()
    assert not [process for process in workers_of(before) if process.is_running()]


def test_down_while_messages_come_and_go(town: Waagent, shop: Linked) -> None:
    """A SIGTERM is no crash: every reply that was accepted arrives, too."""
    phone = "6281300004240"
    eventually("connected", lambda: connected(town, shop))
    with quiet_logins(town, shop), Writer(town, shop, phone) as writer:
        with Replier(town, shop, phone[:-1] + "9") as replies:
            assert town.down().json()["stopped"] is True
        assert workers_of(town.processes()) == []
        writer.wait_for(3)
        town.up()
        eventually("connected again", lambda: connected(town, shop))
        writer.wait_for(3)
    accounted_for(town, shop, writer)
    settled(town, shop, list(replies.queued))
    found = received(town, replies.phone)
    assert found == dict.fromkeys(replies.queued.values(), 1)


def helpers(town: Waagent) -> list[psutil.Process]:
    return [process for words in HELPERS for process in named(town, *words)]


def as_many(now: list[psutil.Process], before: list[psutil.Process]) -> list[psutil.Process] | None:
    return now if len(now) == len(before) else None


def kill(*processes: psutil.Process) -> None:
    assert processes
    for process in processes:
        process.kill()


def gone(process: psutil.Process) -> bool:
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def is_back(town: Waagent, name: str, old: int) -> bool:
    try:
        return server(town, name).pid != old
    except (ValueError, psutil.Error):
        return False


def workers_of(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those of them that live and run code of ours, not an embedded server's."""
    return [p for p in processes if not gone(p) and "python" in command_of(p)]


def command_of(process: psutil.Process) -> str:
    """The beginning of its command line; nothing if it ends just now."""
    try:
        return " ".join(process.cmdline())[:200]
    except psutil.Error:
        return ""
