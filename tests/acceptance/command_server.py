"""Runs ``waagent`` commands in forks of one process that has imported what they need.

Each is a process of its own that goes through the installed command's entry point with its own
arguments, environment, folder and output; it is spared only the half second of imports, which for
the hundreds of commands of these tests is minutes. Requests come as lines of JSON on standard
input, the exit code goes back as one: ``{"arguments", "environment", "folder", "out", "err"}``.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import pkgutil
import sys
import threading
import traceback
from typing import Any, NoReturn

import cli.commands
import cli.main

_ALSO = ("waagent.bootstrap", "cli.supervisor", "rich.table", "waagent.sandbox.client")


def main() -> None:
    """Answer requests until there are no more."""
    for module in pkgutil.iter_modules(cli.commands.__path__):
        importlib.import_module(f"cli.commands.{module.name}")
    for name in _ALSO:
        importlib.import_module(name)
    assert threading.active_count() == 1, "a fork would lose a thread"
    gc.freeze()  # so that forks share these pages
    for line in sys.stdin:
        print(json.dumps(_run(json.loads(line))), flush=True)


def _run(request: dict[str, Any]) -> int:
    """The exit code of one command; minus the signal that ended it."""
    child = os.fork()
    if child == 0:
        _become(request)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _become(request: dict[str, Any]) -> NoReturn:
    """Be that command, and end as an interpreter does but for taking its modules apart."""
    for number, path in ((1, request["out"]), (2, request["err"])):
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(file, number)
        os.close(file)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.argv = ["waagent", *request["arguments"]]
    sys.stdin, sys.stdout, sys.stderr = (
        open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115  to the process's end
        for number, mode in ((0, "r"), (1, "w"), (2, "w"))
    )
    code: Any = 0
    try:
        cli.main.main()
    except SystemExit as end:
        code = end.code
    except BaseException:
        traceback.print_exc()
        code = 1
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))


if __name__ == "__main__":
    main()
