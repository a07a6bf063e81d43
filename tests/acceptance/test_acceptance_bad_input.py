"""Bad input to the real command: one line, a hint, the documented exit code, nothing half-made."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import pty
import socket
import struct
import subprocess
import termios
from contextlib import closing
from pathlib import Path

import pytest
from acceptance_driver import COMMAND, Linked, Waagent, eventually

pytestmark = [pytest.mark.xdist_group("acceptance"), pytest.mark.timeout(180)]

A_KEY = base64.b64encode(bytes(range(32))).decode()
UNKNOWN = "toko-entah"
CURIOUS = "6281300004001"


def error_code(err: str) -> str:
    """The slug in the line of JSON that ``--json`` adds."""
    return str(json.loads(err.splitlines()[-1])["error"]["code"])


@pytest.fixture
def closed_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def elsewhere(closed_port: int) -> dict[str, str]:
    """Settings that name servers which do not exist."""
    return {
        "WAAGENT_DATABASE_URL": f"postgresql://u:secret-word@127.0.0.1:{closed_port}/d",
        "WAAGENT_REDIS_URL": f"redis://127.0.0.1:{closed_port}/0",
        "WAAGENT_MASTER_KEY": A_KEY,
    }


# settings and servers


@pytest.mark.parametrize("command", [["tenant", "list"], ["up"]])
def test_unreachable_database(
    nowhere: Waagent, elsewhere: dict[str, str], command: list[str]
) -> None:
    done = nowhere.run(*command, "--json", **elsewhere)  # type: ignore[arg-type]
    assert "PostgreSQL" in done.refused(3)
    assert error_code(done.err) == "database_unreachable"
    assert "secret-word" not in done.err
    assert nowhere.processes() == []
    assert not (nowhere.home / "up.json").exists()


def test_unreachable_redis(town: Waagent, closed_port: int) -> None:
    done = town.run(
        "tenant", "list", "--json", WAAGENT_REDIS_URL=f"redis://127.0.0.1:{closed_port}"
    )
    assert "Redis" in done.refused(3)
    assert error_code(done.err) == "redis_unreachable"


@pytest.mark.parametrize(
    ("command", "key"),
    [
        (["tenant", "list"], base64.b64encode(b"short").decode()),
        (["up", "--sandbox", "--detach"], "not a key"),
    ],
)
def test_malformed_master_key(nowhere: Waagent, command: list[str], key: str) -> None:
    done = nowhere.run(*command, "--json", WAAGENT_MASTER_KEY=key)
    assert "master key" in done.refused(2)
    assert error_code(done.err) == "master_key"
    assert key not in done.err
    assert nowhere.processes() == []


def test_wrong_master_key(town: Waagent) -> None:
    done = town.run("tenant", "list", "--json", WAAGENT_MASTER_KEY=A_KEY)
    assert "master key" in done.refused(2)
    assert error_code(done.err) == "master_key"


def test_taken_port(nowhere: Waagent) -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = nowhere.run("sandbox", "serve", "--port", port, "--json")
    assert port in done.refused(6)
    assert not (nowhere.home / "sandbox" / "endpoint.json").exists()


def broken(fault: str, good: Path) -> str | None:
    """A descriptor with one thing wrong; None is a file that is not there."""
    fields = json.loads(good.read_text())
    match fault:
        case "missing":
            return None
        case "not json":
            return "{"
        case "wrong key":
            fields["noise_root_public_key"] = "zz"
    return json.dumps(fields)


@pytest.mark.parametrize("fault", ["missing", "not json", "wrong key"])
def test_broken_descriptor(town: Waagent, nowhere: Waagent, fault: str) -> None:
    assert town.elsewhere is not None
    path = nowhere.folder / "endpoint.json"
    text = broken(fault, town.elsewhere / "endpoint.json")
    if text is not None:
        path.write_text(text)
    done = nowhere.run("up", "--detach", "--json", WAAGENT_WHATSAPP_ENDPOINT=str(path))
    assert "WhatsApp endpoint" in done.refused(2)
    assert error_code(done.err) == "endpoint"
    assert nowhere.processes() == []
    assert not (nowhere.home / "postgresql").exists()


# names and numbers


@pytest.mark.parametrize(
    "command",
    [
        ["lead", "list", "-t", UNKNOWN],
        ["message", "send", "+6281300001001", "halo", "-t", UNKNOWN],
        ["connect", UNKNOWN],
    ],
    ids=" ".join,
)
def test_unknown_shop(town: Waagent, command: list[str]) -> None:
    done = town.run(*command, "--json")
    assert UNKNOWN in done.refused(5)
    assert error_code(done.err) == "not_found"
    assert not done.out


@pytest.mark.parametrize("phone", ["", "0812", "not-a-number", "08123456789012345"])
def test_bad_phone_number(town: Waagent, bakery: Linked, phone: str) -> None:
    done = town.run("message", "send", "--json", "-t", bakery.slug, "--", phone, "halo")
    done.refused(2)
    assert error_code(done.err) == "invalid_phone"


def test_a_stranger_is_not_written_to(town: Waagent, bakery: Linked) -> None:
    done = town.run("message", "send", "0812-3334-4455", "halo", "-t", bakery.slug, "--json")
    done.refused(4)
    assert error_code(done.err) == "refused"
    assert town.session(bakery.slug)["outbox"] == 0


def test_texts_files_and_moves_that_cannot_be(
    town: Waagent, bakery: Linked, tmp_path: Path
) -> None:
    """And nothing of them is queued, but for the text that is odd and can be sent."""
    town.people.customer(CURIOUS, "Tante Lina")
    long, odd = "a" * 65_536, "مرحبا \u202eroti\u202c ke\u200bju 👩\u200d👩\u200d👧 \u200f"
    for text in (long, odd):
        town.people.send(CURIOUS, bakery.phone, text)
    huge = tmp_path / "video.mp4"
    with huge.open("wb") as file:
        file.truncate(100_000_000)
    who = ["--tenant", bakery.slug]
    chat = ["message", "list", "--contact", f"+{CURIOUS}", *who]
    eventually("both are stored", lambda: len(town.json(*chat)) == 2)
    assert [message["text"] for message in town.json(*chat)] == [long, odd]
    send = ["message", "send", f"+{CURIOUS}"]
    for command, code, part in (
        ([*send, long, *who], 2, "65536 characters"),
        ([*send, "rusak \udcff\udcfe", *who], 2, "none of text"),
        ([*send, "\u200b\u2060 \u200d", *who], 2, "empty"),
        ([*send, "--file", str(huge), *who], 7, "100.0 MB"),
        ([*send, "--file", str(tmp_path), *who], 2, "not a plain file"),
        (["message", "send", "021-555-0199", "halo", *who], 4, "never wrote"),
        (["session", "move", "main", "--to", "host-mati", *who], 5, "host-mati"),
    ):
        assert part in town.run(*command).refused(code)
    town.json(*send, odd, *who)
    assert town.people.recv(CURIOUS).text == odd
    assert len(town.json(*chat)) == 3


def test_a_time_zone_that_does_not_exist(town: Waagent) -> None:
    making = ["tenant", "create", "Toko Mars", "--timezone", "Mars/Olympus"]
    assert "Mars/Olympus" in town.run(*making, "--json").refused(2)


def test_the_same_shop_twice(town: Waagent, bakery: Linked) -> None:
    done = town.run("tenant", "create", bakery.tenant["name"], "--json")
    done.refused(6)
    names = [shop["name"] for shop in town.json("tenant", "list")]
    assert names.count(bakery.tenant["name"]) == 1
    assert "Toko Mars" not in names


@pytest.mark.parametrize(
    "command",
    [
        ["frobnicate"],
        ["lead", "frobnicate"],
        ["lead", "list", "--frobnicate"],
        ["lead", "list"],
        ["connect"],
        ["tenant", "create"],
        ["lead", "list", "-t", "x", "--stage", "sold"],
        ["up", "--demo"],
    ],
    ids=" ".join,
)
def test_wrong_usage(nowhere: Waagent, command: list[str]) -> None:
    done = nowhere.run(*command)
    done.refused(2)
    assert not done.out
    assert not nowhere.home.exists()


# linking


@pytest.fixture(scope="module")
def unlinked(town: Waagent) -> str:
    """The slug of a shop without a number."""
    return str(town.json("tenant", "create", "Warung Bu Tini")["slug"])


def test_a_second_up(town: Waagent) -> None:
    done = town.run("up", "--detach", "--json")
    assert str(town.home) in done.refused(6)
    assert error_code(done.err) == "conflict"
    assert town.json("status")["up"]["ready"] is True


def test_connect_what_is_connected(town: Waagent, bakery: Linked) -> None:
    done = town.run("connect", bakery.slug, "--json")
    done.refused(6)
    assert not done.out
    assert town.session(bakery.slug)["state"] == "connected"


def test_a_terminal_too_small_for_the_code(town: Waagent, unlinked: str) -> None:
    code, screen, err = on_terminal(town, ["connect", unlinked], rows=24, columns=80)
    assert code == 2, (screen, err)
    assert "error: the terminal is too small" in err
    assert "hint: " in err
    assert "\x1b" not in screen
    assert town.json("session", "list", "-t", unlinked) == []


def on_terminal(
    home: Waagent, arguments: list[str], *, rows: int, columns: int
) -> tuple[int, str, str]:
    """Run it with its stdin and stdout on a terminal of that size: exit code, stdout, stderr."""
    ours, theirs = pty.openpty()
    try:
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        done = subprocess.run(
            [COMMAND, *arguments],
            env={k: v for k, v in home.environment().items() if k not in ("LINES", "COLUMNS")},
            cwd=home.folder,
            stdin=theirs,
            stdout=theirs,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
        os.set_blocking(ours, False)
        try:
            screen = os.read(ours, 65536).decode()
        except BlockingIOError:
            screen = ""
    finally:
        os.close(theirs)
        os.close(ours)
    return done.returncode, screen, done.stderr


def test_interrupted_while_the_code_is_shown(town: Waagent, unlinked: str) -> None:
    with town.started("connect", unlinked, "--json") as connecting:
        assert connecting.next()["event"] == "qr"
        connecting.interrupt()
        result = connecting.end()
    result.refused(130)
    is_new_again(town, unlinked)


def test_a_code_nobody_scans_and_then_one_that_is(town: Waagent, unlinked: str) -> None:
    with town.started("connect", unlinked, "--timeout", "3", "--json") as connecting:
        code = connecting.next()
        assert connecting.next()["event"] == "expired"
        result = connecting.end()
    result.refused(124)
    assert error_code(result.err) == "timeout"
    is_new_again(town, unlinked)

    with town.started("connect", unlinked, "--json") as connecting:
        fresh = connecting.next()
        assert fresh["code"] != code["code"]
        town.people.scan(fresh["code"], phone="6281200002009", name="Warung Bu Tini")
        assert [connecting.next()["event"] for _ in range(2)] == ["paired", "connected"]
        assert connecting.end().code == 0
    assert town.session(unlinked)["state"] == "connected"


def is_new_again(town: Waagent, shop: str) -> None:
    """See that the session of the shop is back at its beginning."""
    eventually("as if new", lambda: town.session(shop)["state"] == "new")
