"""``waagent doctor`` against real servers: well, ill, and not there."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from shop_support import Customer, Shop

from cli.main import run
from waagent.bootstrap import HostServices
from waagent.i18n import use_language
from waagent.queueing import names
from waagent.queueing.jobs import JobQueue
from waagent.queueing.scheduler import TICK_ID, TickScheduler
from waagent.services.hosts import HostService
from waagent.settings import Settings

DOCS = Path(__file__).parents[3] / "docs"
NOW = datetime.now(UTC)
Doctor = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture(autouse=True)
def environment(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in settings.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("WAAGENT_LANGUAGE", "en")
    yield
    use_language("id")


@pytest.fixture
def doctor(capfd: pytest.CaptureFixture[str]) -> Doctor:
    """Runs the command with ``--json``: exit code and what it printed."""

    def examine(*arguments: str) -> tuple[int, dict[str, Any]]:
        capfd.readouterr()  # what the shop's own services logged
        code = run(["doctor", *arguments, "--json"])
        return code, json.loads(capfd.readouterr().out)

    return examine


def checks(told: dict[str, Any]) -> dict[str, Any]:
    return {check["name"]: check for check in told["checks"]}


@pytest.fixture
def running(host: HostServices, redis_clean: None) -> Iterator[Redis]:
    """Workers, a clock and a host, as far as Redis and PostgreSQL know."""
    redis, hosts = host.redis, HostService(host.core)
    for queue in names.QUEUES:
        redis.hset(f"rq:worker:{queue}", "birth", "now")
        redis.sadd(f"rq:workers:{queue}", f"rq:worker:{queue}")
    redis.zadd(TickScheduler.scheduled_jobs_key, {TICK_ID: datetime.now(UTC).timestamp()})
    hosts.beat("host-1", machine="m", pid=1, sessions=0, capacity=9, draining=False)
    yield redis
    hosts.leave("host-1")
    redis.flushdb()


def test_all_is_well(doctor: Doctor, running: Redis) -> None:
    code, told = doctor()
    page = (DOCS / "reference" / "doctor.md").read_text(encoding="utf-8")
    assert not [name for name in checks(told) if f"| `{name}` |" not in page]
    ill = {check["name"] for check in told["checks"] if check["level"] != "ok"}
    assert ill <= {"disk_home", "disk_media"}  # of whatever machine the tests run on
    assert ill or (code, told["level"]) == (0, "ok")
    connections = checks(told)["connections"]["facts"]
    assert 1 < connections["used"] < connections["limit"]
    assert checks(told)["redis_disk"]["facts"]["appendonly"] is True
    assert all(check["todo"] is None for check in told["checks"] if check["level"] == "ok")


def test_what_is_wrong_is_named_with_the_next_step(
    doctor: Doctor, running: Redis, shop: Shop
) -> None:
    running.delete("rq:worker:ai")  # killed: its name stays in the set
    running.zadd(TickScheduler.scheduled_jobs_key, {TICK_ID: time.time() - 30})
    JobQueue(running).enqueue_once(names.NOTIFY, names.SEND_NOTIFICATION, "job-1", "t", "n")
    long_ago = (datetime.now(UTC) - timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    running.hset("rq:job:job-1", "enqueued_at", long_ago)
    session = shop.linked()
    customer = Customer()
    conversation = shop.due_follow_up(session, customer)
    shop.admin.run(
        "update sessions set connected_at = now() - interval '2 days' where id = %s", session
    )
    shop.admin.run(
        "update follow_ups set due_at = now() - interval '1 hour' where conversation_id = %s",
        conversation,
    )
    code, told = doctor()
    found = checks(told)
    assert (code, told["level"]) == (1, "fail")
    assert found["workers_ai"]["level"] == "fail"
    assert "waagent worker jobs" in found["workers_ai"]["todo"]
    assert found["scheduler"]["level"] == "warn"
    assert found["queue_notify"]["level"] == "warn"
    assert found["queue_notify"]["facts"]["oldest_s"] >= 299
    assert found["follow_ups"]["level"] == "fail"
    assert found["follow_ups"]["facts"]["oldest_s"] >= 3599
    assert found["postgresql"]["level"] == "ok"
    shown = json.dumps(told)
    assert str(customer.name) not in shown
    assert str(customer.phone) not in shown


def test_a_server_that_is_down_is_a_finding(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("WAAGENT_REDIS_URL", f"unix://{tmp_path}/none.sock")
    monkeypatch.setenv("WAAGENT_DATABASE_URL", f"postgresql://x@/x?host={tmp_path}")
    code, told = doctor()
    found = checks(told)
    assert code == 1
    assert found["postgresql"]["level"] == found["redis"]["level"] == "fail"
    assert found["hosts"]["level"] == found["scheduler"]["level"] == "skipped"
    assert found["library"]["level"] == "ok"


def test_an_unmigrated_database_and_a_wrong_setting(
    doctor: Doctor, shop: Shop, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = shop.admin.create_database()
    url = str(settings.database_url).replace("/waagent?", f"/{name}?")
    monkeypatch.setenv("WAAGENT_DATABASE_URL", url)
    try:
        migrations = checks(doctor()[1])["migrations"]
    finally:
        shop.admin.drop_database(name)
    assert (migrations["level"], migrations["facts"]["current"]) == ("fail", 0)
    assert "waagent db migrate" in migrations["todo"]
    monkeypatch.setenv("WAAGENT_REGION", "Indonesia")
    code, told = doctor()
    assert (code, [check["name"] for check in told["checks"]]) == (1, ["settings"])


def test_nothing_is_started(
    monkeypatch: pytest.MonkeyPatch, doctor: Doctor, tmp_path: Path
) -> None:
    for name in ("DATABASE_URL", "REDIS_URL", "MASTER_KEY"):
        monkeypatch.delenv(f"WAAGENT_{name}", raising=False)
    monkeypatch.setenv("WAAGENT_HOME", str(tmp_path / "home"))
    code, told = doctor()
    assert code == 1
    assert checks(told)["postgresql"]["todo"] == "Start it: waagent up"
    assert not (tmp_path / "home").exists()


def number(told: dict[str, Any]) -> dict[str, Any]:
    (only,) = told["numbers"]
    return dict(only)


def test_a_shop_s_numbers(doctor: Doctor, shop: Shop) -> None:
    slug = shop.tenant.slug
    code, told = doctor(slug)
    assert (code, checks(told)["no_number"]["todo"]) == (8, f"Link one: waagent connect {slug}")
    session = shop.linked()
    shop.connected(session)
    code, told = doctor(slug)
    assert number(told)["level"] == "ok"
    assert checks(told)["channels"]["level"] == "warn"
    assert code == 8
    shop.admin.run(
        "update sessions set state = 'logged_out', down_since = now() where id = %s",
        session,
    )
    code, told = doctor(slug)
    assert code == 1
    assert (number(told)["level"], number(told)["state"]) == ("fail", "logged_out")
    assert checks(doctor()[1])["numbers"]["facts"] == {"wanted": 1, "connected": 0}
    assert f"waagent connect {slug}" in number(told)["todo"]


def test_a_number_without_a_host(doctor: Doctor, shop: Shop) -> None:
    away = "update sessions set state = 'disconnected', down_since = now() - %s where id = %s"
    session = shop.linked()
    shop.admin.run(away, timedelta(minutes=1), session)
    assert number(doctor(shop.tenant.slug)[1])["level"] == "warn"
    shop.admin.run(away, timedelta(minutes=9), session)
    told = number(doctor(shop.tenant.slug)[1])
    assert (told["level"], told["facts"]["held_by_host"]) == ("fail", False)
    assert "waagent worker sessions" in told["todo"]


def test_a_connected_number_is_doubted(doctor: Doctor, shop: Shop) -> None:
    session, customer = shop.linked(), Customer()
    shop.connected(session)
    shop.admin.run(
        "update sessions set connected_at = now() - interval '30 days' where id = %s", session
    )
    days = [NOW - timedelta(days=day, hours=hour) for day in range(2, 12) for hour in range(4)]
    shop.receive(session, *(customer.says(at=at) for at in sorted(days)))
    code, told = doctor(shop.tenant.slug)
    assert number(told)["facts"]["last_inbound_s"] >= 2 * 86400 - 60
    assert number(told)["facts"]["usual_silence_s"] == 21 * 3600
    assert "21h" in number(told)["text"]
    assert [each["name"] for each in number(told)["findings"]] == ["state", "silence"]
    assert (code, number(told)["level"]) == (8, "warn")


def test_the_table(capfd: pytest.CaptureFixture[str], shop: Shop, running: Redis) -> None:
    run(["doctor"])
    shown = capfd.readouterr().out
    assert "The clock ticks." in shown
    shop.linked()
    assert run(["doctor", shop.tenant.slug]) in (1, 8)
    assert "main (connecting)" in capfd.readouterr().out
    assert run(["doctor", shop.tenant.slug[:-1]]) == 5
    assert f"did you mean '{shop.tenant.slug}'" in capfd.readouterr().err
