"""The embedded servers from start to stop: who starts them, who stops them, what they keep."""

from __future__ import annotations

import contextlib
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
import redis
from shop_support import superuser_url

from waagent.embedded import EmbeddedStatus, attach, remove, status, stop
from waagent.embedded.layout import SERVICE_ROOT
from waagent.errors import EmbeddedError


def pids(found: EmbeddedStatus) -> tuple[int | None, ...]:
    return tuple(server.pid for server in found.servers)


def test_the_servers_live_as_long_as_the_block_and_keep_their_data(home, data):
    with attach(home) as backend:
        data.write(backend, "first")
        assert status(home).running
    assert not status(home).running
    with attach(home) as backend:
        data.write(backend, "second")
        assert data.read(backend) == (["first", "second"], ["first", "second"])


def test_the_last_one_down_stops_them(home, hold):
    with attach(home):
        before = status(home)
        other = hold(home)
        other.ready()
        with attach(home):
            during = status(home)
    assert pids(during) == pids(before)
    assert (before.attached, during.attached) in {(1, 3), (None, None)}
    assert status(home).running
    other.leave()
    assert not status(home).running


def test_four_that_come_at_once_share_one_pair_of_servers(new_home, hold):
    home = new_home
    holders = [hold(home) for _ in range(4)]
    urls = {holder.ready() for holder in holders}
    assert len(urls) == 1
    found = status(home)
    assert found.running
    assert found.attached in {4, None}
    for server, line in zip(found.servers, ("starting PostgreSQL", "is starting"), strict=True):
        assert server.log_file.read_text().count(line) == 1
    records = [path.read_text().strip() for path in SERVICE_ROOT.glob("*/home")]
    assert records.count(str(home)) == (home / "embedded.json").exists()
    for holder in holders:
        holder.leave()
    assert not status(home).running


def test_coming_and_going_at_once_never_meets_a_stopped_server(home, hold):
    for _ in range(3):
        pair = hold(home), hold(home)
        for holder in pair:
            holder.ready()
            holder.leave()
    assert not status(home).running


def test_a_killed_holder_does_not_keep_them_up(home, hold):
    holder = hold(home)
    holder.ready()
    holder.kill()
    assert status(home).running
    assert status(home).attached in {0, None}
    with attach(home):
        pass
    assert not status(home).running


@pytest.mark.parametrize("ensure", [True, False], ids=["ensure_running", "next attach"])
def test_killed_servers_come_back_with_their_data(home, data, eventually, ensure):
    attachment = attach(home)
    with attachment as backend:
        data.write(backend, "kept")
        for pid in pids(status(home)):
            os.kill(pid, signal.SIGKILL)
        eventually(lambda: not any(server.running for server in status(home).servers))
        if ensure:
            assert attachment.ensure_running() == ("PostgreSQL", "Valkey")
            assert data.read(backend) == (["kept"], ["kept"])
        else:
            with attach(home) as again:
                assert again == backend
                assert data.read(again) == (["kept"], ["kept"])
        assert attachment.ensure_running() == ()


def test_ensure_running_restarts_only_what_died(home, data):
    attachment = attach(home)
    with attachment as backend:
        data.write(backend, "kept")
        postgres, valkey = pids(status(home))
        os.kill(valkey, signal.SIGKILL)
        assert attachment.ensure_running() == ("Valkey",)
        assert pids(status(home))[0] == postgres
        assert data.read(backend) == (["kept"], ["kept"])


def superuser_again(backend, home):
    with psycopg.connect(superuser_url(backend, home), autocommit=True) as superuser:
        superuser.execute("alter role waagent connection limit -1")


def test_a_full_postgres_is_not_mistaken_for_a_dead_one(home):
    attachment = attach(home)
    with attachment as backend, contextlib.ExitStack() as connections:
        before = pids(status(home))
        with psycopg.connect(superuser_url(backend, home), autocommit=True) as superuser:
            superuser.execute("alter role waagent connection limit 1")
            connections.callback(superuser_again, backend, home)
        connections.enter_context(psycopg.connect(backend.database_url))
        with pytest.raises(psycopg.OperationalError, match="too many connections"):
            psycopg.connect(backend.database_url)
        assert attachment.ensure_running() == ()
        assert pids(status(home)) == before


def test_servers_whose_sockets_were_cleaned_away_are_restarted(home, data):
    attachment = attach(home)
    with attachment as backend:
        data.write(backend, "kept")
        socket_dir = Path(parse_qs(urlsplit(backend.database_url).query)["host"][0])
        (socket_dir / ".s.PGSQL.5432").unlink()
        (socket_dir.parent / "valkey.sock").unlink()
        assert attachment.ensure_running() == ("PostgreSQL", "Valkey")
        assert data.read(backend) == (["kept"], ["kept"])


def test_stop_ends_them_even_while_somebody_holds_them(home, hold):
    hold(home).ready()
    assert stop(home)
    assert not status(home).running
    assert not stop(home)


def test_remove_leaves_nothing_behind(new_home):
    with attach(new_home):
        found = status(new_home)
    remove(new_home)
    assert not any(server.data_dir.exists() for server in found.servers)
    assert not any((new_home / "secrets").iterdir())
    assert status(new_home).servers == ()


def test_a_fork_inside_the_block_holds_nothing(home):
    with attach(home):
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:  # outlives its parent's hold
            os.close(writer)
            os.read(reader, 1)
            os._exit(0)
        os.close(reader)
    assert not status(home).running
    os.close(writer)
    os.waitpid(child, 0)


def test_a_fork_that_leaves_the_block_stops_nothing(home):
    with attach(home):
        child = subprocess.run(
            [sys.executable, "-c", FORKED, str(home)], capture_output=True, text=True, check=False
        )
        assert child.stdout.split() == ["running", "running"], child.stderr


FORKED = """
import os, sys
from pathlib import Path
from waagent.embedded import attach, status
home = Path(sys.argv[1])
held = attach(home)
held.__enter__()
child = os.fork()
if child == 0:
    held.__exit__(None, None, None)
    os._exit(0)
os.waitpid(child, 0)
print("running" if status(home).running else "stopped")
held.__exit__(None, None, None)
print("running" if status(home).running else "stopped")
"""


def test_status_of_an_unused_home_creates_nothing(tmp_path):
    unused = tmp_path / "unused"
    assert status(unused) == EmbeddedStatus(running=False, servers=(), attached=0)
    assert not stop(unused)
    assert not unused.exists()


def test_status_tells_versions_and_sizes(home):
    with attach(home):
        postgres, valkey = status(home).servers
    assert postgres.version is not None
    assert postgres.version.startswith("18.")
    assert valkey.version is not None
    assert postgres.data_bytes > 20_000_000
    assert valkey.data_bytes > 0


def test_the_role_is_bound_by_row_level_security(home):
    with attach(home) as backend, psycopg.connect(backend.database_url) as database:
        role = database.execute(
            "select rolsuper, rolbypassrls, rolcreatedb, rolreplication, rolcreaterole, rolname"
            " from pg_roles where rolname = current_user"
        ).fetchone()
        assert role == (False, False, False, False, True, "waagent")
        owner = database.execute(
            "select pg_get_userbyid(datdba), pg_encoding_to_char(encoding), datlocprovider,"
            " datlocale from pg_database where datname = current_database()"
        ).fetchone()
        assert owner == ("waagent", "UTF8", "b", "C.UTF-8")


def test_postgres_is_set_up_for_waagent(running):
    wanted = {
        "listen_addresses": "",
        "fsync": "on",
        "data_checksums": "on",
        "password_encryption": "scram-sha-256",
        "max_connections": "1200",
    }
    with psycopg.connect(running.database_url) as database:
        rows = database.execute(
            "select name, setting from pg_settings where name = any(%s)", (list(wanted),)
        ).fetchall()
    assert dict(rows) == wanted


@pytest.fixture
def running(home):
    with attach(home) as backend:
        yield backend


def test_valkey_is_durable_and_refuses_to_evict(running):
    with redis.Redis.from_url(running.redis_url, decode_responses=True) as valkey:
        wanted = {
            "appendonly": "yes",
            "appendfsync": "everysec",
            "maxmemory-policy": "noeviction",
            "port": "0",
        }
        assert {name: valkey.config_get(name)[name] for name in wanted} == wanted


def test_nobody_gets_in_without_the_password(running):
    without = redis.Redis(unix_socket_path=urlsplit(running.redis_url).path)
    with without, pytest.raises(redis.AuthenticationError):
        without.ping()
    parts = urlsplit(running.database_url)
    host = parse_qs(parts.query)["host"][0]
    for user in ("waagent", "postgres"):
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(host=host, port=5432, user=user, dbname="postgres", password="guess")


def test_the_database_url_is_of_the_form_that_lib_pq_reads(running):
    """lib/pq parses with Go's net/url: user and password, no host, the folder as ``host=``."""
    parts = urlsplit(running.database_url)
    assert (parts.scheme, parts.username, parts.hostname, parts.path) == (
        "postgresql",
        "waagent",
        None,
        "/waagent",
    )
    query = parse_qs(parts.query)
    assert query["host"][0].startswith("/")
    assert query["port"] == ["5432"]


def test_rq_accepts_the_redis_url(running):
    done = subprocess.run(
        [sys.executable, "-m", "rq.cli", "info", "--url", running.redis_url],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "0 queues" in done.stdout


def test_an_environment_for_another_postgres_changes_nothing(home, data, monkeypatch):
    for name, value in {"PGPORT": "1", "PGHOST": "nowhere", "PGUSER": "x", "PGDATA": "/x"}.items():
        monkeypatch.setenv(name, value)
    with attach(home) as backend:
        data.write(backend, "kept")
        assert data.read(backend) == (["kept"], ["kept"])


def test_everything_secret_is_for_the_owner_alone(home):
    home.parent.chmod(0o755)
    with attach(home) as backend:
        assert stat.S_IMODE(home.stat().st_mode) == 0o700
        files = [*(home / "secrets").iterdir(), *(home / "logs").iterdir()]
        files += [home / "valkey" / "valkey.conf", home / "attach.lock"]
        assert len(files) == 7
        assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
        for folder in ("secrets", "logs", "valkey"):
            assert stat.S_IMODE((home / folder).stat().st_mode) == 0o700
        sockets = Path(parse_qs(urlsplit(backend.database_url).query)["host"][0])
        assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
        assert stat.S_IMODE(status(home).servers[0].data_dir.stat().st_mode) == 0o700
        assert backend.database_url not in repr(backend)


def test_ctrl_c_in_the_terminal_does_not_reach_the_servers(home):
    with attach(home):
        for pid in pids(status(home)):
            assert os.getsid(pid) != os.getsid(0)


def test_not_attached_cannot_ensure(home):
    attachment = attach(home)
    with pytest.raises(EmbeddedError, match="not attached"):
        attachment.ensure_running()


def test_importing_the_package_loads_nothing_heavy():
    code = (
        "import sys, waagent.embedded; "
        "print({'psutil', 'structlog', 'subprocess', 'psycopg', 'redis'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
