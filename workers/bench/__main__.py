"""``python -m workers.bench sessions|faults …``: run one; its figures are one JSON object."""

from __future__ import annotations

import argparse
import json
import logging
import sys
from typing import Any

from waagent.errors import WaagentError


def main() -> int:
    """Run it; progress goes to standard error."""
    args = _arguments()
    # That a server which was killed does not answer is no news here.
    logging.getLogger("psycopg.pool").setLevel(logging.CRITICAL)
    try:
        figures = _faults(args) if args.what == "faults" else _sessions(args)
    except WaagentError as error:
        problem = {"code": error.code, "message": error.message, "hint": error.hint}
        sys.stderr.write(json.dumps({"error": problem}) + "\n")
        return error.exit_code
    sys.stdout.write(json.dumps(figures) + "\n")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m workers.bench")
    kinds = parser.add_subparsers(dest="what", required=True)
    sessions = kinds.add_parser("sessions")
    sessions.add_argument("--count", type=int, required=True)
    sessions.add_argument("--per-host", type=int, required=True)
    sessions.add_argument("--messages", type=int, required=True)
    sessions.add_argument("--rate", type=float, required=True)
    sessions.add_argument("--drops", type=int, default=1)
    faults = kinds.add_parser("faults")
    faults.add_argument("--only", action="append", default=[])
    faults.add_argument("--rounds", type=int, required=True)
    faults.add_argument("--rate", type=float, required=True)
    return parser.parse_args()


def _sessions(args: argparse.Namespace) -> dict[str, Any]:
    from workers.bench.sessions import SessionBench

    bench = SessionBench(
        args.count, args.per_host, args.messages, args.rate, _progress, drops=args.drops
    )
    return {fleet.name: fleet.flat() for fleet in bench.run()}


def _faults(args: argparse.Namespace) -> dict[str, Any]:
    from workers.bench.faults import FaultBench, report

    return report(FaultBench(args.only, args.rounds, args.rate, _progress).run())


def _progress(what: str) -> None:
    sys.stderr.write(f"{what} …\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
