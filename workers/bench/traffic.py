"""Customers who write to all shops at a steady rate, and when each message was written."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from waagent.errors import TimedOutError
from waagent.sandbox.client import SandboxClient

WRITERS = 8
TEXT = "kak, nasi box ayam bakar 40 porsi berapa ya? buat hari Sabtu"


@dataclass(frozen=True, slots=True)
class Traffic:
    """What was written: message id to time (``time.time()``), and how long it all took."""

    written: dict[str, float]
    seconds: float


def write(
    control: SandboxClient, customers: Sequence[str], shops: Sequence[str], count: int, rate: float
) -> Traffic:
    """``count`` messages, ``rate`` a second, to the shops in turn."""

    def one(number: int) -> tuple[str, float]:
        time.sleep(max(0.0, begun + number / rate - time.monotonic()))
        shop, customer = shops[number % len(shops)], customers[number % len(customers)]
        at = time.time()
        return control.send(customer, shop, TEXT), at

    begun = time.monotonic()
    with ThreadPoolExecutor(WRITERS) as pool:
        written = dict(pool.map(one, range(count)))
    return Traffic(written, time.monotonic() - begun)


def until(holds: Callable[[], bool], seconds: float, what: str) -> float:
    """Wait for it; the seconds it took. Raises TimedOutError naming ``what``."""
    begun = time.monotonic()
    while not holds():
        if time.monotonic() - begun > seconds:
            raise TimedOutError(f"{what} took longer than {seconds:g} s")
        time.sleep(0.01)
    return time.monotonic() - begun
