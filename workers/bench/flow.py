"""Traffic that goes on while things break: customers write, ask and are answered."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from waagent.errors import WaagentError
from workers.bench.town import Shop, Town
from workers.bench.traffic import until

FIRST_CUSTOMER = 6281300200000
WRITERS = 4
ANSWERED = 3
ASK_EVERY_S = 2.0
ANSWER_EVERY_S = 0.5
QUESTION = "kak, nasi box ayam bakar 40 porsi berapa ya? buat hari Sabtu"
_numbers = itertools.count(FIRST_CUSTOMER)


@dataclass(frozen=True, slots=True)
class Written:
    """What a customer wrote; ``at`` is monotonic time."""

    phone: str
    text: str
    at: float


@dataclass(slots=True)
class Flow:
    """A context manager: traffic flows inside it. ``rate`` is what customers write a second.

    Those who write are others than those who are answered: where messages of one chat cross, the
    library's keys may get out of step, and the phones must ask each other anew.
    """

    town: Town
    shop: Shop
    rate: float
    written: dict[str, Written] = field(default_factory=dict)
    """By WhatsApp's id: what its server took."""
    replies: dict[str, str] = field(default_factory=dict)
    """By waagent's id: the texts that it took to be sent."""
    refused: int = 0
    """Replies that waagent did not take: whoever wrote them was told so."""
    askers: list[str] = field(default_factory=list)
    """Each asked once for a price and said no more: due for one follow-up."""
    answered: list[str] = field(default_factory=list)
    crowd: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    """By WhatsApp's id: what was a committed row at some time."""
    _series: Iterator[int] = field(default_factory=itertools.count)
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> Self:
        self.crowd = [self._customer() for _ in range(WRITERS)]
        self.answered = [self._customer() for _ in range(ANSWERED)]
        for phone in self.answered:
            self.write(phone, f"halo kak, masih buka? {phone}")
        until(self._known, 60, "the first messages")
        jobs = {
            self._write: 1 / self.rate,
            self._answer: ANSWER_EVERY_S,
            self._ask: ASK_EVERY_S,
            self._look: 0.1,
        }
        for number, (job, every_s) in enumerate(jobs.items()):
            thread = threading.Thread(
                target=self._every, args=(every_s, job), name=f"flow-{number}"
            )
            self._threads.append(thread)
            thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def write(self, phone: str, text: str) -> str:
        """A customer writes to the shop; the message's id."""
        key = self.town.people.send(phone, self.shop.phone, text)
        self.note(key, phone, text)
        return key

    def note(self, key: str, phone: str, text: str) -> None:
        """A message that a customer wrote otherwise."""
        self.written[key] = Written(phone, text, time.monotonic())

    def burst(self, count: int) -> None:
        """So many messages as fast as the sandbox takes them."""
        with ThreadPoolExecutor(8) as pool:
            for written in [pool.submit(self._write) for _ in range(count)]:
                written.result()

    def pass_(self, messages: int) -> None:
        """Let that many more be written."""
        enough = len(self.written) + messages
        until(lambda: len(self.written) >= enough, 120, f"{messages} more messages")

    def _customer(self) -> str:
        phone = str(next(_numbers))
        self.town.people.customer(phone, f"Pelanggan {phone[-4:]}")
        return phone

    def _known(self) -> bool:
        return len(self.town.messages(self.shop)) >= len(self.answered)

    def _write(self) -> None:
        number = next(self._series)
        self.write(self.crowd[number % len(self.crowd)], f"pesan {number:06d}")

    def _ask(self) -> None:
        phone = self._customer()
        self.write(phone, QUESTION)
        self.askers.append(phone)

    def _answer(self) -> None:
        number = next(self._series)
        text = f"jawaban {number:06d}"
        phone = self.answered[number % len(self.answered)]
        try:
            queued = self.town.services.messages.send(self.shop.tenant, f"+{phone}", text)
        except WaagentError:
            self.refused += 1
        else:
            self.replies[queued.id] = text

    def _look(self) -> None:
        """See what is committed, to notice if it should be gone later."""
        try:
            found = self.town.column(
                "select wa_message_id from waagent.messages where tenant_id = %s"
                " and direction = 'in' order by seq desc limit 300",
                self.shop.tenant.id,
            )
        except WaagentError:
            return
        self.seen.update(found)

    def _every(self, seconds: float, job: Callable[[], None]) -> None:
        due = time.monotonic()
        while not self._stop.wait(max(0.0, due - time.monotonic())):
            job()
            due = max(due + seconds, time.monotonic() - seconds)
