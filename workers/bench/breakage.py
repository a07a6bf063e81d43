"""The faults: how each is brought about, on real processes. See docs/reference/faults.md."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from waagent.embedded import status
from waagent.errors import WaagentError
from waagent.storage.db import direct_connection
from workers.bench.flow import Flow
from workers.bench.kills import (
    CLAIM,
    INTO_OUTBOX,
    LABELLING,
    PLANNING,
    QUEUED,
    SOON_S,
    Step,
    kill_in,
)
from workers.bench.town import Shop, Town
from workers.bench.traffic import until

BURST = 300
DROPS = 100
"""In all rounds together."""
DUPLICATES = 50
ACK_DELAY_S = 3.0
TROUBLE_S = 6.0
"""How long acknowledgements stay slow or missing."""
ROOM_MB, MORE_ROOM_MB = 3, 64
FILES = 6
FILE = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 4096
"""1 MB: three of them do not fit into ``ROOM_MB``, encrypted."""
FORWARD_S, BACK_S, DAY_S = 3600, 10, 86_400
_DUE = (
    "update waagent.session_leases set expires_at = expires_at + {}",
    "update waagent.hosts set seen_at = seen_at + {}, started_at = started_at + {}",
    "update waagent.sessions set retry_at = retry_at + {} where retry_at is not null",
    "update waagent.outbox set not_before = not_before + {} where state = 'queued'",
    "update waagent.conversations set process_after = process_after + {},"
    " process_queued_at = process_queued_at + {} where process_after is not null",
    "update waagent.follow_ups set due_at = due_at + {} where state = 'pending'",
    "update waagent.message_media set not_before = not_before + {} where state = 'pending'",
)


@dataclass(slots=True)
class Stage:
    """What a fault happens to. ``share``: of the work of a fault, that one round does."""

    town: Town
    shop: Shop
    flow: Flow
    share: float
    kills: list[float] = field(default_factory=list)
    lost: int = 0
    """Beyond the messages of ``flow``."""
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Fault:
    """``act`` does it once. ``cuts``: the number is offline for a while because of it."""

    name: str
    act: Callable[[Stage], None]
    cuts: bool = False


def kill_host(stage: Stage) -> None:
    """The process that holds the connections."""
    stage.kills.append(time.monotonic())
    stage.town.host_of(stage.shop).kill()


def kill_host_in_burst(stage: Stage) -> None:
    """In the middle of as many messages as the sandbox can deliver: the known window, at its
    widest."""
    horse = stage.town.host_of(stage.shop)
    before = stage.town.people.counters(stage.shop.phone).receipted
    with ThreadPoolExecutor(1) as pool:
        burst = pool.submit(stage.flow.burst, BURST)
        until(
            lambda: stage.town.people.counters(stage.shop.phone).receipted > before + BURST // 3,
            SOON_S,
            "a third of the burst",
        )
        stage.kills.append(time.monotonic())
        horse.kill()
        burst.result()


def kill_host_parent(stage: Stage) -> None:
    """The RQ worker that forked it. What it forked notices, and hands over in order."""
    parent = stage.town.host_of(stage.shop).parent()
    assert parent is not None
    parent.kill()


def kill_labelling(stage: Stage) -> None:
    """While its transaction waits for a lock that this process holds."""
    _kill_worker(stage, LABELLING)


def kill_follow_up(stage: Stage) -> None:
    """At each step of a follow-up: planned, put into the outbox, marked as such, claimed by the
    host, and on its way but not acknowledged."""
    for step in (PLANNING, INTO_OUTBOX, QUEUED):
        _kill_worker(stage, step)
    host = stage.town.host_of(stage.shop)
    stage.kills.append(time.monotonic())
    kill_in(stage.town.url, lambda: host, CLAIM)
    until(lambda: stage.town.connected(stage.shop), SOON_S, "another host")
    stage.town.people.fault("withhold_acks", account=stage.shop.phone)
    try:
        query = "select count(*) from waagent.outbox where tenant_id = %s and state = 'sending'"
        tenant = stage.shop.tenant.id
        until(lambda: stage.town.value(query, tenant) > 0, SOON_S, "a send")
        stage.kills.append(time.monotonic())
        stage.town.host_of(stage.shop).kill()
    finally:
        stage.town.people.clear_faults(stage.shop.phone)


def kill_valkey(stage: Stage) -> None:
    """Its append-only file is left as it was."""
    _kill_server(stage.town, "Valkey")


def kill_valkey_and_data(stage: Stage) -> None:
    """It starts empty."""
    (folder,) = [each.data_dir for each in status(stage.town.home).servers if each.name == "Valkey"]
    _kill_server(stage.town, "Valkey", folder)


def kill_postgresql(stage: Stage) -> None:
    """Its main process, and with it all others; it recovers from its log."""
    _kill_server(stage.town, "PostgreSQL")


def drop_sockets(stage: Stage) -> None:
    """One after the other, each as soon as the number is connected again."""
    for _ in range(round(DROPS * stage.share)):
        before = stage.town.logins(stage.shop)
        stage.town.people.drop(stage.shop.phone)
        until(
            lambda before=before: stage.town.logins(stage.shop) > before,  # type: ignore[misc]
            SOON_S,
            "the next login",
        )


def race_of_515(stage: Stage) -> None:
    """A number is linked while WhatsApp hangs up right with its 515, and is then written to."""
    town = stage.town
    phone = town.new_number()
    tenant = town.services.tenants.create(f"Toko {phone}")
    shop = Shop(tenant=tenant, phone=phone)
    town.people.fault("close_after_515")
    try:
        at_once = town.link(shop)
    finally:
        town.people.clear_faults(name="close_after_515")
    stage.notes.append("linked at once" if at_once else "linked at the second try")
    if not at_once and not town.link(shop):
        raise WaagentError("the number could not be linked any more")
    text = f"halo {phone}"
    town.people.send(stage.flow.crowd[0], phone, text)
    with suppress(WaagentError):
        until(lambda: [m.text for m in town.messages(shop)] == [text], SOON_S, "the message")
        return
    stage.lost += 1


def deliver_twice(stage: Stage) -> None:
    """WhatsApp delivers the next messages twice."""
    stage.town.people.fault("duplicate", account=stage.shop.phone, value=DUPLICATES)
    stage.flow.burst(DUPLICATES)


def delay_acks(stage: Stage) -> None:
    """WhatsApp takes its time to say that it has what the shop sends."""
    stage.town.people.fault("ack_delay", account=stage.shop.phone, value=ACK_DELAY_S)
    time.sleep(TROUBLE_S)
    stage.town.people.clear_faults(stage.shop.phone)


def withhold_acks(stage: Stage) -> None:
    """WhatsApp delivers what the shop sends, and does not say so."""
    stage.town.people.fault("withhold_acks", account=stage.shop.phone)
    time.sleep(TROUBLE_S)
    stage.town.people.clear_faults(stage.shop.phone)


def fill_media_disk(stage: Stage) -> None:
    """Files come until the disk is full; then it is made larger, and the wait for the next try
    cut short."""
    town, folder = stage.town, stage.town.home / "media"
    resize(folder, ROOM_MB)
    for number in range(FILES):
        town.people.send_file(
            stage.flow.crowd[0], stage.shop.phone, FILE, mimetype="image/jpeg", caption=f"{number}"
        )
    tenant = stage.shop.tenant.id
    query = "select count(*) from waagent.message_media where tenant_id = %s and state = %s"
    until(lambda: town.value(query, tenant, "no_space") > 0, SOON_S, "a full disk")
    stage.flow.pass_(20)
    short = town.value(query, tenant, "no_space")
    resize(folder, MORE_ROOM_MB)
    with suppress(WaagentError):
        until(lambda: _all_fetched(town, tenant), SOON_S, "all files")
    stage.lost += _not_fetched(town, tenant)
    stage.notes.append(f"{short} of {FILES} files had to wait")


def jump_clock(stage: Stage) -> None:
    """Not the machine's clock: what a jump of it changes. See docs/reference/faults.md."""
    phone = stage.flow.crowd[0]
    text = f"dari kemarin {time.monotonic_ns()}"
    key = stage.town.people.send(phone, stage.shop.phone, text, age=DAY_S)
    stage.flow.note(key, phone, text)
    for seconds in (-FORWARD_S, BACK_S):
        with direct_connection(stage.town.url) as connection, connection.transaction():
            for statement in _DUE:
                length = f"interval '{seconds} seconds'"
                connection.execute(statement.replace("{}", length).encode())
        stage.flow.pass_(20)


def mount(folder: Path) -> str | None:
    """A small file system for the media folder; why there is none, or None."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        return "needs root on Linux, for a small file system"
    folder.mkdir(mode=0o700)
    command = ["mount", "-t", "tmpfs", "-o", f"size={MORE_ROOM_MB}m,mode=700", "tmpfs", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return None if done.returncode == 0 else f"mount: {done.stderr.strip()}"


def unmount(folder: Path) -> None:
    """Undo :func:`mount`."""
    subprocess.run(["umount", "-l", str(folder)], capture_output=True, check=False)


def resize(folder: Path, megabytes: int) -> None:
    """Give the small file system so much room beside what is in it. Raises WaagentError."""
    size = shutil.disk_usage(folder).used + megabytes * 1_000_000
    command = ["mount", "-o", f"remount,size={size}", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise WaagentError(f"mount: {done.stderr.strip()}")


def _all_fetched(town: Town, tenant: str) -> bool:
    town.run(
        "update waagent.message_media set not_before = now()"
        " where tenant_id = %s and state <> 'stored'",
        tenant,
    )
    time.sleep(1)
    return _not_fetched(town, tenant) == 0


def _not_fetched(town: Town, tenant: str) -> int:
    return int(
        town.value(
            "select count(*) from waagent.message_media where tenant_id = %s and state <> 'stored'",
            tenant,
        )
    )


def _another(town: Town, queue: str, old: int) -> bool:
    try:
        return town.worker(queue).pid != old
    except WaagentError:
        return False


def _kill_worker(stage: Stage, step: Step) -> None:
    worker = stage.town.worker(step.queue)
    kill_in(stage.town.url, lambda: worker, step)
    until(lambda: _another(stage.town, step.queue, worker.pid), SOON_S, "another worker")


def _kill_server(town: Town, name: str, data: Path | None = None) -> None:
    old = town.server(name)
    old.kill()
    if data is not None:
        for path in data.iterdir():
            with suppress(FileNotFoundError):
                shutil.rmtree(path) if path.is_dir() else path.unlink()

    def back() -> bool:
        return any(each.pid != old.pid for each in town.programs().get(name, []))

    until(back, SOON_S, f"another {name}")


FAULTS = (
    Fault("host", kill_host, cuts=True),
    Fault("host-in-burst", kill_host_in_burst, cuts=True),
    Fault("host-parent", kill_host_parent, cuts=True),
    Fault("labelling", kill_labelling),
    Fault("follow-up", kill_follow_up, cuts=True),
    Fault("valkey", kill_valkey),
    Fault("valkey-data", kill_valkey_and_data),
    Fault("postgresql", kill_postgresql, cuts=True),
    Fault("drops", drop_sockets),
    Fault("515", race_of_515),
    Fault("duplicates", deliver_twice),
    Fault("slow-acks", delay_acks),
    Fault("missing-acks", withhold_acks),
    Fault("disk-full", fill_media_disk),
    Fault("clock", jump_clock),
)
