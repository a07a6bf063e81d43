"""Records how a shop is linked and its board fills, against the sandbox, for the README.

``python scripts/record_demo.py`` writes docs/images/pairing.svg (animated), and with ``--cast
FILE`` the same as an asciicast, version 2, which is ten times as large. The real ``waagent`` runs
in a pseudo-terminal, in a home of its own that is removed at the end; only the prompt is made up.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from record_svg import animated
from record_terminal import Program, Recording, program

from waagent.embedded import remove
from waagent.sandbox.client import SandboxClient

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
COMMAND = str(Path(sys.executable).with_name("waagent"))
COLUMNS, LINES = 110, 38
SHOP, SLUG, PHONE = "Kue Bu Rina", "kue-bu-rina", "6281200009001"
REPLY = "Siap kak, kami cek dulu ya"
LARGEST_SVG = 500_000


@contextmanager
def running(language: str) -> Iterator[tuple[Mapping[str, str], SandboxClient]]:
    """waagent with a sandbox, in a new home; the environment of its commands."""
    home = Path(tempfile.mkdtemp(prefix="waagent-demo-"))
    kept = {n: v for n, v in os.environ.items() if not n.startswith(("WAAGENT_", "TEXTUAL"))}
    environment = {
        **kept,
        "WAAGENT_HOME": str(home),
        "WAAGENT_LANGUAGE": language,
        "WAAGENT_TENANT": SLUG,
        "WAAGENT_PACING": "off",
        "WAAGENT_QUIET_PERIOD": "2s",
        "WAAGENT_FOLLOWUP_AFTER": "8s",
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "TEXTUAL_ANIMATIONS": "none",
    }
    try:
        for arguments in (["up", "--sandbox", "--detach"], ["tenant", "create", SHOP]):
            subprocess.run(
                [COMMAND, *arguments], env=environment, check=True, stdout=subprocess.DEVNULL
            )
        yield environment, SandboxClient(home / "sandbox")
    finally:
        subprocess.run([COMMAND, "down"], env=environment, check=False, stdout=subprocess.DEVNULL)
        remove(home)
        shutil.rmtree(home, ignore_errors=True)


def link(recording: Recording, environment: Mapping[str, str]) -> None:
    """``waagent connect``, and a phone that scans."""
    recording.type_command("waagent connect")
    with program(recording, [COMMAND, "connect"], environment) as connect:
        connect.until(lambda text: text.count("█") > 100)
        recording.hold(2.0)
        threading.Thread(target=_scan, args=(environment,), daemon=True).start()
        if connect.end() != 0:
            raise RuntimeError(recording.display.text)
    recording.hold(1.0)


def _scan(environment: Mapping[str, str]) -> None:
    command = [COMMAND, "sandbox", "scan", "--phone", PHONE, "--name", SHOP]
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)


def look(recording: Recording, environment: Mapping[str, str], sandbox: SandboxClient) -> None:
    """``waagent``, a busy morning, and an answer to a customer."""
    recording.type_command("waagent")
    with program(recording, [COMMAND], environment) as board:
        board.until(lambda text: SHOP in text)
        recording.hold(0.5)
        sandbox.run_scenario("demo", PHONE)
        for name in ("Mbak Dewi", "Pak Joko", "Ayu", "Grosir"):
            board.until(lambda text, name=name: name in text)  # type: ignore[misc]
        answer(board)
        board.press("q")
        if board.end() != 0:
            raise RuntimeError(recording.display.text)
    recording.hold(1.0)


def answer(board: Program) -> None:
    """Open a card, write, and go back."""
    board.press("\r", pause=1.0)
    board.press("\r", pause=0.3)
    board.press(*REPLY, pause=0.03)
    board.press("\r", pause=0.0)
    board.until(lambda text: REPLY in text)
    board.recording.hold(1.2)
    board.press("\x1b", pause=1.5)


def check(recording: Recording) -> None:
    """Nothing went wrong on the screen, and nothing of this machine is on it."""
    drawn = b"".join(data for _, data in recording.events).decode("utf-8", "replace")
    for wrong in ("Traceback", str(Path(__file__).parents[1]), str(Path.home()), "waagent-demo-"):
        if wrong in drawn:
            raise RuntimeError(f"{wrong} is in the recording")


def main() -> None:
    """Record, and write what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--language", choices=("id", "en"), default="id")
    parser.add_argument("--output", type=Path, default=IMAGES)
    parser.add_argument("--cast", type=Path, help="write an asciicast there too")
    options = parser.parse_args()
    recording = Recording(COLUMNS, LINES)
    with running(options.language) as (environment, sandbox):
        link(recording, environment)
        look(recording, environment, sandbox)
    check(recording)
    options.output.mkdir(parents=True, exist_ok=True)
    if options.cast is not None:
        recording.write_cast(options.cast, f"waagent: {SHOP}")
    svg = animated(recording)
    if len(svg.encode()) > LARGEST_SVG:
        raise SystemExit(f"the picture has {len(svg.encode())} bytes, more than {LARGEST_SVG}")
    (options.output / "pairing.svg").write_text(svg, encoding="utf-8")
    print(f"{len(recording.events)} events, {recording.now:.0f} s, {len(svg) // 1000} kB")


if __name__ == "__main__":
    main()
