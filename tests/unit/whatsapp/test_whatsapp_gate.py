"""The gate, with threads."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from waagent.whatsapp.gate import Gate, GateBusy


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_calls_go_side_by_side() -> None:
    gate = Gate(grace=0.01)
    together = threading.Barrier(4, timeout=5)

    def call() -> None:
        with gate.shared():
            together.wait()

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(call) for _ in range(4)]:
            done.result()


def test_no_call_begins_beside_a_start() -> None:
    gate = Gate(grace=30)  # longer than any of these calls, however late a thread gets its turn
    inside = 0
    beside: list[int] = []
    end = time.monotonic() + 0.5

    def starts() -> None:
        nonlocal inside
        while time.monotonic() < end:
            with gate.exclusive():
                inside += 1
                beside.append(inside)
                time.sleep(0.0005)
                inside -= 1

    def calls() -> None:
        while time.monotonic() < end:
            with gate.shared():
                beside.append(inside + 1)

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(work) for work in (starts, starts, *[calls] * 6)]:
            done.result()
    assert set(beside) == {1}


def test_a_start_waits_for_young_calls_only() -> None:
    gate = Gate(grace=0.5)
    release = threading.Event()
    began = threading.Event()

    def long_call() -> None:
        with gate.shared():
            began.set()
            release.wait(5)

    thread = threading.Thread(target=long_call)
    thread.start()
    began.wait(5)
    before = time.monotonic()
    with gate.exclusive():
        waited = time.monotonic() - before
    with gate.exclusive():  # the call is old now
        again = time.monotonic() - before - waited
    release.set()
    thread.join()
    assert waited > 0.3
    assert again < 0.3, "it does not wait for that call a second time"


def test_a_start_goes_ahead_once_young_calls_are_over() -> None:
    gate = Gate(grace=60)
    with gate.shared():
        pass
    before = time.monotonic()
    with gate.exclusive():
        assert time.monotonic() - before < 1


def test_waiting_calls_get_in_between_two_starts() -> None:
    gate = Gate(grace=0.001)
    order: list[str] = []
    gate.acquire()

    def call() -> None:
        with gate.shared():
            order.append("call")

    def start() -> None:
        with gate.exclusive():
            order.append("start")

    callers = [threading.Thread(target=call) for _ in range(5)]
    for caller in callers:
        caller.start()
    _until(lambda: gate._waiting == 5)
    starter = threading.Thread(target=start)
    starter.start()
    gate.release()
    for thread in (*callers, starter):
        thread.join(5)
    assert order == ["call"] * 5 + ["start"]


def test_the_gate_can_be_opened_by_another_thread() -> None:
    gate = Gate(grace=0.001)
    gate.acquire()
    thread = threading.Thread(target=gate.release)
    thread.start()
    with gate.shared(timeout=5):
        pass
    thread.join()


def test_waiting_has_an_end() -> None:
    gate = Gate(grace=0.001)
    gate.acquire()
    with pytest.raises(GateBusy), gate.shared(timeout=0.01):
        pass
    with pytest.raises(GateBusy):
        gate.acquire(timeout=0.01)
    gate.release()
    with gate.exclusive(timeout=1), pytest.raises(GateBusy), gate.shared(timeout=0):
        pass
    with gate.shared(timeout=1):
        pass
