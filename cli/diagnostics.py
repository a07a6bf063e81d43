"""The only writer to stderr, and the only place where failures become exit codes."""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import typer

from cli.plain import one_line
from waagent.errors import WaagentError
from waagent.folders import private_folder

EXIT_CODES: dict[int, str] = {
    0: "done",
    1: "failed, or a question was answered with no",
    2: "wrong usage, or a setting is wrong",
    3: "PostgreSQL, Redis or the embedded backend cannot be used",
    4: "not paired, or WhatsApp (or a rule that protects the number) refused",
    5: "not found",
    6: "conflict: it exists already, or somebody else holds it",
    7: "a limit was reached",
    8: "partly done; of doctor: nothing fails, but there are warnings",
    124: "it did not happen in time",
    129: "its terminal was closed (SIGHUP)",
    130: "interrupted",
    143: "ended by SIGTERM",
}
YES = ("y", "ya", "yes")
USAGE_CODE = "usage"
INTERNAL_CODE = "internal"
INTERRUPTED_CODE = "interrupted"
ABORTED_CODE = "aborted"
_USAGE_EXIT = 2
_INTERRUPTED = 130


class Reporter:
    """Runs a command and tells of its failure, in the form asked for."""

    def __init__(self, *, as_json: bool, debug: bool) -> None:
        self._as_json = as_json
        self._debug = debug

    def run(self, command: Callable[[], object]) -> int:
        """Run ``command``; the exit code it ends with. Nothing but SystemExit escapes."""
        try:
            result = command()
        except Exception as error:
            return self._report(error)
        except KeyboardInterrupt:
            return self._interrupted()
        if result == _INTERRUPTED:
            return self._interrupted()
        return result if isinstance(result, int) else 0

    def _report(self, error: Exception) -> int:
        if self._debug:
            traceback.print_exc(file=sys.stderr)
        match error:
            case WaagentError():
                self._tell(error.code, error.message, error.hint)
                return error.exit_code
            case typer.TyperException():
                self._tell(USAGE_CODE, _sentence(error.format_message()), _usage_hint(error))
                return _USAGE_EXIT
            case typer.Abort():
                self._tell(ABORTED_CODE, "aborted", None)
                return 1
            case BrokenPipeError():
                _silence_stdout()
                return 1
        return self._unexpected(error)

    def _unexpected(self, error: Exception) -> int:
        log = _log_details()
        where = f"details are in {log}" if log else "run it again with --debug for the details"
        self._tell(INTERNAL_CODE, f"unexpected {type(error).__name__}: {error}", where)
        return 1

    def _interrupted(self) -> int:
        self._tell(INTERRUPTED_CODE, "interrupted", None)
        return _INTERRUPTED

    def _tell(self, code: str, message: str, hint: str | None) -> None:
        message, hint = one_line(message), one_line(hint) if hint else None
        _write(f"error: {message}")
        if hint:
            _write(f"hint: {hint}")
        if self._as_json:
            _write(json.dumps({"error": {"code": code, "message": message, "hint": hint}}))


def note(text: str) -> None:
    """Something worth knowing that is not the command's result."""
    _write(one_line(text))


def answered_yes(question: str) -> bool:
    """Ask on stderr; whether the answer is a yes. No answer is none."""
    from waagent.i18n import t

    print(f"{one_line(question)} {t('ask.answer')}", end=" ", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in YES


def relay(text: str) -> None:
    """Lines another process of ours wrote as its diagnostics."""
    for row in text.splitlines():
        _write(one_line(row))


def log_to_stderr(level: str) -> None:
    """Send the library's log to stderr, from ``level`` (``debug`` to ``critical``) on."""
    import structlog

    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def _write(text: str) -> None:
    with suppress(BrokenPipeError):
        print(text, file=sys.stderr, flush=True)


def _sentence(message: str) -> str:
    """The parser's message in the form of ours: no capital, no full stop."""
    flat = " ".join(message.replace("Value error, ", "").split()).removesuffix(".")
    return flat[:1].lower() + flat[1:]


def _usage_hint(error: typer.TyperException) -> str:
    from cli.suggest import for_choice

    context = getattr(error, "ctx", None)
    see = f"see {context.command_path if context else 'waagent'} --help"
    near = for_choice(error.format_message())
    return f"{near} {see}" if near else see


def _silence_stdout() -> None:
    """The reader has gone; what Python still holds for it must not fail at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _log_details() -> Path | None:
    """Append the traceback to the CLI's error log; arguments stay out, they may be messages."""
    with suppress(Exception):
        from waagent.settings import load_settings

        folder = load_settings().home / "logs"
        private_folder(folder)
        path = folder / "cli-error.log"
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "a", encoding="utf-8") as log:
            log.write(f"{datetime.now(UTC).isoformat()}\n{traceback.format_exc()}\n")
        return path
    return None


def asks_for(flag: str, arguments: Sequence[str]) -> bool:
    """Whether ``flag`` stands among the arguments, before a ``--``."""
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    return flag in options
