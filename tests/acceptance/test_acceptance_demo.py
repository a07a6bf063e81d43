"""What ``make demo`` runs where nobody watches: it tells the story and leaves nothing behind."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import tempfile
import time
from pathlib import Path

import psutil
import pytest
from acceptance_driver import COMMAND, Waagent, eventually

pytestmark = [pytest.mark.xdist_group("acceptance"), pytest.mark.timeout(240)]


def test_the_demo_tells_of_a_sale_won_back(nowhere: Waagent) -> None:
    before = homes()
    # On an idle machine it takes some 45 s; the suite's other worker shares this one.
    done = nowhere.run("up", "--sandbox", "--demo", seconds=180, WAAGENT_LANGUAGE="en")
    assert done.code == 0, done
    assert "Traceback" not in done.out + done.err
    rows = done.out.splitlines()
    assert sum("insight" in row for row in rows) >= 2, done.out
    assert re.search(r"stage Mbak Dewi: new → qualified", done.out)
    asked = _row(rows, r"Mbak Dewi +pagi kak, brownies")
    followed_up = _row(rows, r"Follow-up +→ Mbak Dewi: ")
    answered = _row(rows, r"Mbak Dewi +jadi deh kak")
    judged = _row(rows[answered:], r"insight Mbak Dewi: ") + answered
    assert asked < followed_up < answered < judged
    assert homes() == before


def test_closing_the_terminal_ends_the_demo_and_all_it_started(nowhere: Waagent) -> None:
    before = homes()
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [COMMAND, "up", "--sandbox", "--demo"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=nowhere.environment(TERM="xterm-256color"),
        cwd=nowhere.folder,
        start_new_session=True,
        preexec_fn=lambda: os.close(os.open(os.ttyname(0), os.O_RDWR)),  # its own from now on
    ) as demo:
        os.close(theirs)
        read_until(ours, b"\x1b[?1049h")  # the board takes the screen
        (home,) = homes() - before
        started = [each for each in psutil.process_iter(["cmdline"]) if of(each, home)]
        started += psutil.Process(demo.pid).children(recursive=True)
        assert len(started) > 8
        os.close(ours)
        assert demo.wait(90) == 129
    eventually("all has ended", lambda: not [each for each in started if each.is_running()])
    assert homes() == before


def homes() -> set[Path]:
    return set(Path(tempfile.gettempdir()).glob("waagent-demo-*"))


def of(process: psutil.Process, home: Path) -> bool:
    """Whether its command line, or its environment, names that home."""
    try:
        named = str(home) in " ".join(process.info["cmdline"] or [])
        return named or process.environ().get("WAAGENT_HOME") == str(home)
    except psutil.Error:
        return False


def read_until(terminal: int, end: bytes, seconds: float = 120) -> None:
    """What the terminal shows is taken off it, or the programme would wait."""
    heard, deadline = b"", time.monotonic() + seconds
    while end not in heard:
        left = deadline - time.monotonic()
        assert select.select([terminal], [], [], max(0, left))[0], heard
        heard += os.read(terminal, 65_536)


def _row(rows: list[str], pattern: str) -> int:
    found = [at for at, row in enumerate(rows) if re.search(pattern, row)]
    assert found, (pattern, rows)
    return found[0]
