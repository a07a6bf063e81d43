"""The gateway when there is no server, a deaf one, or one that goes away while a QR is shown."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from whatsapp_harness import Linked, Remote

from waagent.errors import MigrationError
from waagent.sandbox import SandboxProcess, start
from waagent.whatsapp.dsn import store_dsn
from waagent.whatsapp.store import create_store

pytestmark = pytest.mark.xdist_group("whatsapp")


def test_a_deaf_server_and_then_none_at_all(
    database_url: str, sandbox: SandboxProcess, linked: list[Linked], tmp_path: Path
) -> None:
    """Any server that writes a descriptor will do; this one never answers."""
    deaf = socket.create_server(("127.0.0.1", 0))
    descriptor = tmp_path / "endpoint.json"
    fields = json.loads(sandbox.info.endpoint.read_text())
    fields["proxy_url"] = f"http://127.0.0.1:{deaf.getsockname()[1]}"
    descriptor.write_text(json.dumps(fields))
    with Remote(database_url, descriptor, tmp_path / "host.log") as remote:
        jid = linked[1].jid
        late = remote.refused("start", key="shop", jid=jid, timeout=0.5)
        assert late["error"] == "TimedOutError"
        assert remote.do("stuck") is True
        assert remote.do("running", key="shop") is False
        other = remote.refused("start", key="other", jid=linked[2].jid, timeout=0.2)
        assert other["error"] == "TimedOutError"
        deaf.close()  # resets the connection, so the library's call ends at last
        gone = remote.refused("start", key="other", jid=linked[2].jid)
        assert (gone["error"], gone["code"]) == ("BackendError", "backend")
        assert remote.do("stuck") is False
        assert remote.do("keys") == []
        remote.do("pair", key="pairing")
        assert remote.expect(event="pairing_failed")["reason"] == "unreachable"


def test_a_server_that_hangs_up_ends_the_pairing(database_url: str, tmp_path: Path) -> None:
    with start(tmp_path / "sandbox") as own:
        with Remote(database_url, own.info.endpoint, tmp_path / "host.log") as remote:
            remote.do("pair", key="pairing")
            remote.expect(event="qr")
            own.kill()
            assert remote.expect(event="pairing_failed")["reason"] == "disconnected"
            assert remote.do("stop", key="pairing") is False
        assert "Login event: timeout" in (tmp_path / "host.log").read_text()


def test_the_endpoint_must_be_in_the_environment_from_the_start(sandbox: SandboxProcess) -> None:
    script = (
        "import os, sys, pathlib\n"
        "from waagent.whatsapp.endpoint import load_endpoint\n"
        "from waagent.whatsapp.gateway import Gateway\n"
        "endpoint = load_endpoint(pathlib.Path(sys.argv[1]))\n"
        "os.environ.update(endpoint.environment())\n"
        "Gateway('postgres:///x', endpoint=endpoint)\n"
    )
    command = [sys.executable, "-c", script, str(sandbox.info.endpoint)]
    clean = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(command, env=clean, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "EndpointError: this process was not started with the endpoint's" in done.stderr


def test_the_tables_are_created_once_and_again(database_url: str) -> None:
    create_store(store_dsn(database_url, application_name="waagent-test-create"))
    with psycopg.connect(database_url) as connection:
        sql = "select count(*) from pg_tables where schemaname = 'whatsmeow'"
        row = connection.execute(sql).fetchone()
    assert row is not None
    assert row[0] >= 15


def test_a_store_that_cannot_be_created_says_so_without_the_password(
    database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = store_dsn(
        "postgresql://nobody:sangat-rahasia@127.0.0.1:9/db", application_name="waagent-test"
    )
    with pytest.raises(MigrationError) as caught:
        create_store(wrong)
    assert caught.value.hint is not None
    assert "sangat-rahasia" not in capsys.readouterr().out + str(caught.value)
