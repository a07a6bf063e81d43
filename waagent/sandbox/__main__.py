"""``python -m waagent.sandbox STATE_DIR`` runs a sandbox; a JSON line tells when it is ready."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from pathlib import Path

import structlog

from waagent.errors import WaagentError
from waagent.sandbox.info import SandboxInfo
from waagent.sandbox.server import serve


def main(argv: list[str] | None = None) -> int:
    """The process's exit code."""
    args = _parser().parse_args(argv)
    _log_to_stderr()
    if args.stop_on_eof:
        threading.Thread(target=_stop_on_eof, daemon=True).start()
    try:
        serve(args.state_dir, port=args.port, control_port=args.control_port, ready=_say_ready)
    except WaagentError as error:
        problem = {"code": error.code, "message": error.message, "hint": error.hint}
        sys.stderr.write(json.dumps({"error": problem}) + "\n")
        return error.exit_code
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m waagent.sandbox", description=__doc__)
    parser.add_argument("state_dir", type=Path, help="where everything it must remember is kept")
    parser.add_argument("--port", type=int, default=0, help="of the proxy; 0 picks a free one")
    parser.add_argument("--control-port", type=int, default=0, help="0 picks a free one")
    parser.add_argument("--stop-on-eof", action="store_true", help="stop when stdin is closed")
    return parser


def _log_to_stderr() -> None:
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def _say_ready(info: SandboxInfo) -> None:
    line = {"endpoint": str(info.endpoint), "control": str(info.control)}
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def _stop_on_eof() -> None:
    """Stop with whoever started this process and holds the other end of its standard input."""
    while os.read(0, 1024):  # not sys.stdin: its lock would be held at interpreter exit
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
