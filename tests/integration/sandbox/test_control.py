"""The sandbox as a process: starting, stopping, and its control interface, spoken by hand."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from sandbox_support import eventually

from waagent.errors import BackendError, ConflictError, NotFoundError, TimedOutError, WaagentError
from waagent.sandbox import SandboxProcess, start
from waagent.sandbox.client import SandboxClient

SARI = "6281200000101"


def ask(sandbox: SandboxProcess, *lines: bytes) -> list[dict[str, Any]]:
    """Send raw lines over one connection; the answers."""
    port = json.loads(sandbox.info.control.read_text())["port"]
    with socket.create_connection(("127.0.0.1", port), 5) as connection:
        file = connection.makefile("rwb")
        answers = []
        for line in lines:
            file.write(line + b"\n")
            file.flush()
            answers.append(json.loads(file.readline()))
        file.close()
    return answers


def test_bad_requests_are_answered_and_the_connection_stays(sandbox: SandboxProcess) -> None:
    token = json.loads(sandbox.info.control.read_text())["token"]

    def line(**values: object) -> bytes:
        return json.dumps({"token": token, **values}).encode()

    answers = ask(
        sandbox,
        b"nonsense",
        b"[]",
        b'{"op": "ping"}',
        b'{"op": "ping", "token": "wrong"}',
        line(),
        line(op="terbang"),
        line(op="customer", phone="x", name="Bu Sari"),
        line(op="customer", phone=SARI),
        line(op="recv", phone=SARI, timeout="lama"),
        line(op="ping"),
    )
    assert [a.get("error", {}).get("code") for a in answers] == [
        "invalid_input",
        "invalid_input",
        "refused",
        "refused",
        "invalid_input",
        "invalid_input",
        "invalid_phone",
        "invalid_input",
        "not_found",
        None,
    ]
    assert all(a["error"]["message"] for a in answers[:-1])
    assert answers[-1]["result"]["pid"] == sandbox.pid


def test_a_caller_that_hangs_up_takes_no_message(sandbox: SandboxProcess) -> None:
    control = sandbox.client()
    control.customer(SARI, "Bu Sari")
    address = json.loads(sandbox.info.control.read_text())
    request = {"token": address["token"], "op": "recv", "phone": SARI, "timeout": 30}
    with socket.create_connection(("127.0.0.1", address["port"]), 5) as connection:
        connection.sendall(json.dumps(request).encode() + b"\n")
    with pytest.raises(TimedOutError):
        control.recv(SARI, timeout=1)


def test_events_come_to_everybody_who_listens(sandbox: SandboxProcess) -> None:
    control = sandbox.client()
    with control.events() as one, control.events() as two:
        seen = threading.Event()

        def listen() -> None:
            for _ in one:
                pass
            seen.set()

        listener = threading.Thread(target=listen)
        listener.start()
        with pytest.raises(TimedOutError):
            two.wait_for("login", timeout=0.1)
        one.close()
        listener.join(5)
        assert seen.is_set()


def test_a_state_directory_has_one_sandbox(sandbox: SandboxProcess) -> None:
    with pytest.raises(ConflictError, match="already runs"):
        start(sandbox.state_dir)
    assert sandbox.client().ping() == sandbox.pid


def test_a_taken_port_is_said(sandbox: SandboxProcess, tmp_path: Path) -> None:
    port = int(sandbox.info.proxy_url.rpartition(":")[2])
    with pytest.raises(ConflictError, match=str(port)) as caught:
        start(tmp_path / "second", port=port)
    assert caught.value.hint


def test_a_state_directory_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(WaagentError):
        start(tmp_path / "file" / "below")


def test_nobody_answers_after_stop_and_sigterm_exits_0(tmp_path: Path) -> None:
    sandbox = start(tmp_path / "sandbox")
    control = sandbox.client()
    with control.events() as events:
        assert sandbox.stop() == 0
        assert list(events) == []
    with pytest.raises(BackendError) as caught:
        control.ping()
    assert caught.value.hint
    assert not sandbox.info.control.exists()
    with pytest.raises(BackendError):
        SandboxClient(tmp_path / "never").stat()


def test_a_crashed_sandbox_is_not_running(tmp_path: Path) -> None:
    sandbox = start(tmp_path / "sandbox")
    sandbox.kill()
    with pytest.raises(BackendError):
        sandbox.client().ping()
    with start(tmp_path / "sandbox") as again:
        assert again.client().ping() == again.pid


def test_it_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from waagent.sandbox import start\n"
        "print(start(Path(sys.argv[1])).pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path / "sandbox")], stdout=subprocess.PIPE
    )
    assert parent.stdout is not None
    assert int(parent.stdout.readline())
    control = SandboxClient(tmp_path / "sandbox")
    assert control.ping()
    parent.kill()
    parent.wait()
    parent.stdout.close()
    eventually(lambda: not answers(control))


def answers(control: SandboxClient) -> bool:
    try:
        return control.ping() > 0
    except BackendError:
        return False


def test_importing_the_package_is_cheap() -> None:
    code = (
        "import sys, waagent.sandbox, waagent.sandbox.client, waagent.sandbox.server\n"
        "heavy = {'websockets', 'pyaileys', 'trustme', 'yaml', 'cryptography'} & set(sys.modules)\n"
        "sys.exit(' '.join(heavy) or 0)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_missing_extra_is_said(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['trustme'] = None\n"
        "from waagent.errors import ConfigError; from waagent.sandbox.server import serve\n"
        "from pathlib import Path\n"
        "try:\n    serve(Path(sys.argv[1]))\n"
        "except ConfigError as e:\n    sys.exit(0 if 'waagent[sandbox]' in e.hint else 3)\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    assert subprocess.run(command, check=False).returncode == 0


def test_a_run_that_is_not_there(sandbox: SandboxProcess) -> None:
    with pytest.raises(NotFoundError):
        sandbox.client().scenario_status("x-1")
    with pytest.raises(NotFoundError):
        sandbox.client().run_scenario("demo", "6281200009001")
