"""How many real WhatsApp sessions one sandbox holds, and how fast messages pass.

A sandbox, and one process with that many neonize clients, each paired as a shop of its own.
"""

from __future__ import annotations

import ctypes
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import psutil

from waagent.sandbox import SandboxProcess, start
from waagent.sandbox.client import SandboxClient

SHIPPED_ROOT = bytes.fromhex("142375574d0a587166aae71ebe516437c4a28b73e3695c6ce1f7f9545da8ee6b")
SESSIONS = 200
MESSAGES = 600
CUSTOMER = "6281200000009"
FIRST_SHOP = 6281200100000
PATIENCE = 120


def run() -> list[tuple[str, float, str]]:
    """Pairs the sessions, has a customer write to all of them, cuts and awaits every socket."""
    with tempfile.TemporaryDirectory() as folder, start(Path(folder) / "sandbox") as sandbox:
        driver = subprocess.run(
            [sys.executable, "-m", "benchmarks.sandbox_sessions", folder],
            env={**os.environ, **sandbox.environment()},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=True,
        )
        figures = [tuple(figure) for figure in json.loads(driver.stdout.splitlines()[-1])]
        return [*figures, *_of_sandbox(sandbox)]


def _of_sandbox(sandbox: SandboxProcess) -> list[tuple[str, float, str]]:
    process = psutil.Process(sandbox.pid)
    cpu = process.cpu_times()
    return [
        ("sandbox: memory", process.memory_info().rss / 1e6, "MB"),
        ("sandbox: CPU over all of it", cpu.user + cpu.system, "s"),
        ("sandbox: open files", process.num_fds(), ""),
    ]


class Fleet:
    """All neonize clients of this process. Started one after the other: see hazards, 1.1."""

    def __init__(self, folder: Path, control: SandboxClient) -> None:
        self.folder = folder
        self.control = control
        self.connected = threading.Semaphore(0)
        self.received: queue.Queue[tuple[float, str]] = queue.Queue()
        self.clients: list[Any] = []

    def pair(self, number: int) -> None:
        from neonize.client import ClientFactory
        from neonize.events import ConnectedEv, MessageEv

        database = self.folder / f"{number}.db?_foreign_keys=on&_synchronous=OFF&_x="
        client = ClientFactory(str(database)).new_client(uuid=f"s{number}", new_device=True)
        codes: queue.Queue[str] = queue.Queue()
        client.qr(lambda _, code: codes.put(code.decode()))
        client.event(ConnectedEv)(lambda *_: self.connected.release())
        client.event(MessageEv)(
            lambda _, event: self.received.put((time.time(), event.Message.conversation))
        )
        self.clients.append(client)
        threading.Thread(target=client.connect, daemon=True).start()
        self.control.scan(codes.get(timeout=PATIENCE), phone=str(FIRST_SHOP + number))
        self.await_connected(1)

    def await_connected(self, count: int) -> None:
        for _ in range(count):
            if not self.connected.acquire(timeout=PATIENCE):
                raise SystemExit("a client did not connect")


def drive(folder: Path) -> None:
    """The process with the clients. The last line it prints holds the figures."""
    pipe = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # Go prints to standard output
    import pylibmagic  # noqa: F401

    control = SandboxClient(folder / "sandbox")
    fleet = Fleet(folder, control)
    import neonize.client  # noqa: F401

    trust(json.loads((folder / "sandbox" / "endpoint.json").read_text()))
    begin = time.monotonic()
    for number in range(SESSIONS):
        fleet.pair(number)
    figures = [(f"{SESSIONS} sessions paired in", time.monotonic() - begin, "s"), *flood(fleet)]
    begin = time.monotonic()
    control.drop()
    fleet.await_connected(SESSIONS)
    figures.append(("all reconnected in", time.monotonic() - begin, "s"))
    figures.append(("online at the end", control.stat().online, "sessions"))
    pipe.write(json.dumps(figures) + "\n")
    pipe.flush()
    os._exit(0)


def flood(fleet: Fleet) -> list[tuple[str, float, str]]:
    """Have a customer write to all shops in turn; how long until the client has a message."""
    fleet.control.customer(CUSTOMER, "Bu Sari")
    begin = time.monotonic()
    for n in range(MESSAGES):
        fleet.control.send(CUSTOMER, str(FIRST_SHOP + n % SESSIONS), repr(time.time()))
    took = time.monotonic() - begin
    arrived = (fleet.received.get(timeout=PATIENCE) for _ in range(MESSAGES))
    delays = sorted(at - float(text) for at, text in arrived)
    return [
        (f"{MESSAGES} messages in", MESSAGES / took, "messages/s"),
        ("written → neonize has it, p50", delays[len(delays) // 2] * 1e3, "ms"),
        ("written → neonize has it, p99", delays[int(len(delays) * 0.99)] * 1e3, "ms"),
    ]


def trust(endpoint: dict[str, str]) -> None:
    root = bytes.fromhex(endpoint["noise_root_public_key"])
    for line in Path("/proc/self/maps").read_text().splitlines():
        if "neonize-linux" in line and " rw" in line:
            begin, end = (int(part, 16) for part in line.split()[0].split("-"))
            found = ctypes.string_at(begin, end - begin).find(SHIPPED_ROOT)
            if found >= 0:
                ctypes.memmove(begin + found, root, len(root))
                return
    raise SystemExit("the root key is not in the loaded library")


if __name__ == "__main__":
    drive(Path(sys.argv[1]))
