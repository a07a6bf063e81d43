"""Traffic to keep flowing while things break, and what must be true of it afterwards."""

from __future__ import annotations

import itertools
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import psutil
from acceptance_driver import Linked, Result, Waagent, eventually

from waagent.embedded import status
from waagent.sandbox.client import EventStream
from workers.bench.account import WINDOW_S

MOST_IN_WINDOW = 5
SETTLED = frozenset({"sent", "delivered", "read", "unknown", "failed", "cancelled"})


class Writer:
    """A customer who writes a numbered series, one message after the other, until told to stop."""

    def __init__(self, home: Waagent, shop: Linked, phone: str) -> None:
        self._people, self._shop, self.phone = home.people, shop, phone
        self._people.customer(phone, "Pelanggan")
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.sent: dict[str, str] = {}
        """Text by id, of what the server took."""

    def __enter__(self) -> Writer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def wait_for(self, more: int) -> None:
        """Until that many more are sent."""
        enough = len(self.sent) + more
        eventually(f"{more} more messages", lambda: len(self.sent) >= enough)

    def _run(self) -> None:
        while not self._stop.wait(0.1):
            text = f"pesan {len(self.sent) + 1:04d}"
            self.sent[self._people.send(self.phone, self._shop.phone, text)] = text


class Replier:
    """The shop writes to a customer again and again, each time with a text of its own."""

    def __init__(self, home: Waagent, shop: Linked, phone: str) -> None:
        self._home, self._shop, self.phone = home, shop, phone
        home.people.customer(phone, "Penanya")
        home.people.send(phone, shop.phone, "kak, masih buka?")
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.queued: dict[str, str] = {}
        """Text by id, of what the command accepted."""
        self.failures: list[Result] = []

    def __enter__(self) -> Replier:
        self._thread.start()
        eventually("a reply is queued", lambda: self.queued)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        for number in itertools.count(1):
            if self._stop.wait(1.0):
                return
            text = f"jawaban {number:03d}"
            done = self._home.run(
                "message", "send", f"+{self.phone}", text, "-t", self._shop.slug, "--json"
            )
            if done.code == 0:
                self.queued[done.json()["id"]] = text
            else:
                self.failures.append(done)


class Logins:
    """Watches who is connected to WhatsApp: a number must never be so twice at once."""

    def __init__(self, home: Waagent, shop: Linked) -> None:
        self._stream: EventStream = home.people.events()
        self._account = shop.phone
        self._online = 1
        self.logins = 0
        self.most = 1
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Logins:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()
        self._thread.join()

    def _run(self) -> None:
        for event in self._stream:
            if event.fields.get("account") != self._account:
                continue
            if event.kind == "login":
                self.logins += 1
                self._online += 1
                self.most = max(self.most, self._online)
            elif event.kind == "disconnect":
                self._online -= 1


@contextmanager
def quiet_logins(home: Waagent, shop: Linked) -> Iterator[Logins]:
    """Logins that are checked at the end."""
    with Logins(home, shop) as logins:
        yield logins
    assert logins.most == 1, "the number was connected twice at once"


def online(home: Waagent, shop: Linked) -> bool:
    """Whether the shop's number is connected, by the word of WhatsApp's server."""
    (account,) = [a for a in home.people.accounts() if a.phone == shop.phone]
    return account.devices[0].online


def connected(home: Waagent, shop: Linked) -> bool:
    """The same, by the word of both sides."""
    return online(home, shop) and home.session(shop.slug)["state"] == "connected"


def accounted_for(
    home: Waagent, shop: Linked, writer: Writer, killed: Sequence[float] = ()
) -> None:
    """Wait until all that the customer wrote is there to be read, and see that it is so once.

    ``killed`` says when hosts were killed (``time.time()``): what WhatsApp was told had arrived
    just before that, and was not committed, is the one loss that is known and documented.
    """
    sent = dict(writer.sent)

    def in_the_window(message_id: str) -> bool:
        told = [r.at for r in home.people.receipts(message_id) if r.type != "retry"]
        return any(0 <= at - receipt < WINDOW_S for receipt in told for at in killed)

    def look() -> tuple[list[dict[str, Any]], list[str]]:
        found = [m for m in home.messages(shop.slug) if m["phone"] == f"+{writer.phone}"]
        texts = {m["text"] for m in found}
        return found, [key for key, text in sent.items() if text not in texts]

    def all_there() -> tuple[list[dict[str, Any]], list[str]] | None:
        found, missing = look()
        if any(m["kind"] == "undecryptable" for m in found):
            return None  # it is sent anew
        return (found, missing) if all(in_the_window(key) for key in missing) else None

    def what_is_not() -> str:
        found, missing = look()
        odd = [m for m in found if m["kind"] != "text"]
        told = {sent[key]: home.people.receipts(key) for key in missing}
        return f"missing {told}; not texts {odd}; hosts killed at {list(killed)}"

    found, missing = eventually(f"all {len(sent)} messages are stored", all_there, tell=what_is_not)
    assert len(missing) <= len(killed) * MOST_IN_WINDOW
    wanted = Counter(text for key, text in sent.items() if key not in missing)
    assert Counter(m["text"] for m in found if m["kind"] == "text") == wanted


def settled(home: Waagent, shop: Linked, ids: list[str]) -> dict[str, Any]:
    """The states of these messages of ours, once each has come to an end."""

    def states() -> dict[str, Any] | None:
        found = {m["id"]: m["state"] for m in home.messages(shop.slug) if m["id"] in ids}
        assert set(found) == set(ids)
        return found if set(found.values()) <= SETTLED else None

    return eventually("every reply has come to an end", states)


def received(home: Waagent, phone: str) -> Counter[str]:
    """How often each text is on the customer's telephone."""
    return Counter(row.text for row in home.people.inbox(phone) if not row.from_me)


def named(home: Waagent, *words: str) -> list[psutil.Process]:
    """The processes of this home whose command line ends in these words, parents first."""
    found = []
    for process in home.processes():
        with suppress(psutil.Error):
            if tuple(process.cmdline()[-len(words) :]) == words:
                found.append(process)
    return sorted(found, key=lambda process: process.pid)


def host_of(home: Waagent, shop: Linked) -> psutil.Process:
    """The work-horse that keeps the shop's number connected."""
    return psutil.Process(int(home.session(shop.slug)["owner"].split("-")[-2]))


def server(home: Waagent, name: str) -> psutil.Process:
    """The main process of one of the embedded servers, ``PostgreSQL`` or ``Valkey``."""
    (pid,) = [each.pid for each in status(home.home).servers if each.name == name and each.pid]
    return psutil.Process(pid)
