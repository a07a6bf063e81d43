"""``python -m workers KIND``: one process of waagent; what ``waagent worker`` and ``up`` run.

sessions, pairing   RQ workers, each forking a work-horse for its job (``-n`` of them)
jobs                the RQ workers of the short jobs: for the AI, the ticks, the notifications
scheduler           rq-scheduler, the clock
up                  everything on one machine
run QUEUE           a single RQ worker: what the kinds above are made of
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import TYPE_CHECKING

import structlog

from waagent.errors import WaagentError
from waagent.queueing import names
from waagent.settings import Settings
from workers.identity import host_name
from workers.runtime import EMBEDDED, start_logging

if TYPE_CHECKING:
    from waagent.bootstrap import Backend

_FORKING = frozenset({names.SESSIONS, names.PAIRING})


def main() -> int:
    """Run the process named on the command line; its exit code."""
    args = _arguments()
    try:
        return _run(args)
    except WaagentError as error:
        _report(error, as_json=getattr(args, "json", False))
        return error.exit_code
    except KeyboardInterrupt:
        return 130


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m workers")
    kinds = parser.add_subparsers(dest="kind", required=True)
    for kind in ("sessions", "pairing", "jobs"):
        kinds.add_parser(kind).add_argument("-n", type=int, default=1)
    kinds.add_parser("scheduler")
    kinds.add_parser("run").add_argument("queue", choices=names.QUEUES)
    up = kinds.add_parser("up")
    up.add_argument("--sandbox", action="store_true")
    up.add_argument("--json", action="store_true")
    return parser.parse_args()


def _run(args: argparse.Namespace) -> int:
    if args.kind == "up":
        from workers.up import up

        return up(sandbox=args.sandbox, as_json=args.json)
    settings = start_logging(args.kind)
    if args.kind == "scheduler":
        return _schedule(settings)
    if args.kind == "run":
        return _work(settings, args.queue)
    from workers.up import run_several

    queues = (names.AI, names.MAINTENANCE, names.NOTIFY) if args.kind == "jobs" else (args.kind,)
    return run_several(settings, queues, args.n)


def _work(settings: Settings, queue: str) -> int:
    from waagent.bootstrap import open_backend
    from waagent.queueing.connection import check, connect
    from workers.rq_workers import run_forking, run_in_process

    if queue in _FORKING:
        settings.require_safe_pacing()
        _enter_endpoint(settings)
    with _held_servers(settings, queue), open_backend(settings) as backend:
        redis = connect(backend.redis_url)
        check(redis)
        structlog.get_logger(__name__).info("worker.listening", action="listen", queue=queue)
        if queue == names.SESSIONS:
            run_forking(redis, queue, partial(_host_gone, settings, backend))
        elif queue in _FORKING:
            run_forking(redis, queue)
        else:
            run_in_process(redis, queue)
    return 0


def _host_gone(settings: Settings, backend: Backend, pid: int) -> None:
    """What a host that ended, well or not, may still hold is free: it is connected no more."""
    from waagent.bootstrap import host_gone

    host = host_name(pid)
    log = structlog.get_logger(__name__)
    try:
        freed = host_gone(settings, backend, host)
    except WaagentError as error:
        log.warning("host.leases_kept", owner=host, error=error.code)
        return
    if freed:
        log.warning("host.died", action="release", owner=host, sessions=freed)


def _held_servers(settings: Settings, queue: str) -> AbstractContextManager[object]:
    """Keep the embedded servers from being stopped while numbers are still being handed over.

    Should ``waagent up`` be killed, the next command to end would stop them: it would be the last.
    """
    if queue not in _FORKING or EMBEDDED not in os.environ:
        return nullcontext()
    from waagent.embedded import attach

    return attach(settings.home)


def _enter_endpoint(settings: Settings) -> None:
    """Start this process anew in the environment that leads to the endpoint, if it is not in it.

    Go reads the environment that a process was exec'ed with, so setting it here would not do.
    """
    if settings.whatsapp_endpoint is None:
        return
    from waagent.whatsapp.endpoint import load_endpoint

    endpoint = load_endpoint(settings.whatsapp_endpoint)
    if not endpoint.applied(os.environ):
        environment = {**os.environ, **endpoint.environment()}
        command = [sys.executable, "-m", "workers", *sys.argv[1:]]
        os.execve(sys.executable, command, environment)  # noqa: S606


def _schedule(settings: Settings) -> int:
    from waagent.bootstrap import open_backend
    from waagent.queueing.connection import check, connect, translated
    from waagent.queueing.scheduler import TickScheduler

    with open_backend(settings) as backend:
        redis = connect(backend.redis_url)
        check(redis)
        with translated():
            TickScheduler(redis).run()
    return 0


def _report(error: WaagentError, *, as_json: bool) -> None:
    sys.stderr.write(f"error: {error.message}\n")
    if error.hint:
        sys.stderr.write(f"hint: {error.hint}\n")
    if as_json:
        body = {"code": error.code, "message": error.message, "hint": error.hint}
        sys.stderr.write(json.dumps({"error": body}) + "\n")


if __name__ == "__main__":
    sys.exit(main())
