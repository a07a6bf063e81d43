"""``python -m tui [LINK] [--tenant REF]``: the lead board in this terminal."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from waagent.errors import ConfigError, NotFoundError, WaagentError
from waagent.folders import private_folder

if TYPE_CHECKING:
    from tui.ports import BoardServices
    from waagent.domain.views import Tenant
    from waagent.settings import Settings

MIN_COLUMNS, MIN_LINES = 60, 16
LOG_FILE = Path("logs") / "tui.log"
TERMINAL_S = 5.0
"""So often it is looked whether the terminal is still there."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the board; returns the exit code. Errors are one line and a hint on stderr."""
    parser = argparse.ArgumentParser(prog="waagent tui", description="The lead board.")
    parser.add_argument(
        "link", nargs="?", help="lead/ID, chat/ID, session/NAME, sessions, followups"
    )
    parser.add_argument("-t", "--tenant", help="slug or id of the shop")
    options = parser.parse_args(argv)
    try:
        run(link=options.link, tenant=options.tenant)
    except WaagentError as error:
        hint = f"hint: {error.hint}\n" if error.hint else ""
        sys.stderr.write(f"error: {error.message}\n{hint}")
        return error.exit_code
    return 0


def run(*, link: str | None = None, tenant: str | None = None) -> None:
    """Open the services and show the board until the user quits. Raises WaagentError."""
    check_terminal()
    from tui.links import parse_link
    from tui.memory import collect_rarely
    from tui.practice import practice_phone
    from tui.preferences import prepare
    from waagent.bootstrap import open_services
    from waagent.settings import load_settings

    target = parse_link(link) if link else None
    settings = load_settings()
    theme, preferences = prepare(settings)
    with log_to(settings), open_services(settings) as services:
        shops = candidates(services, tenant or settings.tenant)
        from tui.app import WaagentApp

        only = shops[0] if len(shops) == 1 else None
        app = WaagentApp(
            services,
            only,
            tenants=shops,
            link=target,
            theme=theme,
            preferences=preferences,
            practice=practice_phone(settings),
        )
        from tui.terminal import ask_terminal

        ask_terminal()
        end_with_terminal()
        collect_rarely()
        app.run()


def end_with_terminal() -> None:
    """Have this process end when its terminal is gone, in a thread.

    One that does not lead its terminal's session gets no hang-up signal: it would read the end of
    the input for ever, as fast as it can.
    """

    def watch() -> None:
        while terminal_is_there():
            time.sleep(TERMINAL_S)
        os.kill(os.getpid(), signal.SIGHUP)

    threading.Thread(target=watch, name="terminal", daemon=True).start()


def terminal_is_there() -> bool:
    """Whether standard input still is a terminal that answers."""
    try:
        os.get_terminal_size(0)
    except OSError:
        return False
    return True


@contextmanager
def log_to(settings: Settings) -> Iterator[None]:
    """Log to a file of the home folder: the screen is taken."""
    import structlog

    from waagent import logs

    path = settings.home / LOG_FILE
    try:
        private_folder(path.parent)
        file = path.open("a", encoding="utf-8")
    except OSError as error:
        raise ConfigError(
            f"cannot write {path}: {error.strerror}", hint="set WAAGENT_HOME to a folder of yours"
        ) from error
    with file:
        logs.configure(settings.log_level, settings.log_format, process="tui")
        structlog.configure(logger_factory=structlog.WriteLoggerFactory(file))
        yield


def check_terminal() -> None:
    """Raises ConfigError if there is no terminal, or a smaller one than the board needs."""
    # Textual draws on stderr.
    if not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        raise ConfigError(
            "the board needs a terminal", hint="in scripts use: waagent lead list --json"
        )
    columns, lines = shutil.get_terminal_size()
    if columns < MIN_COLUMNS or lines < MIN_LINES:
        raise ConfigError(
            f"this terminal is too small ({columns}x{lines})",
            hint=f"enlarge it to at least {MIN_COLUMNS}x{MIN_LINES}",
        )


def candidates(services: BoardServices, ref: str | None) -> Sequence[Tenant]:
    """The shop named ``ref``, or all there are. Raises NotFoundError if there is none."""
    if ref is not None:
        return [services.tenants.get(ref)]
    shops = services.tenants.list()
    if not shops:
        raise NotFoundError("there is no shop yet", hint='create one: waagent tenant create "NAME"')
    return shops


if __name__ == "__main__":
    sys.exit(main())
