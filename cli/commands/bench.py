"""``waagent bench``: what waagent costs on this machine, measured against its sandbox."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from cli import context, diagnostics, launch, output, progress
from cli.fault_table import COLUMNS, fault_row
from cli.options import JsonFlag, command_app
from waagent.errors import InvalidInputError, WaagentError
from waagent.i18n import keys, t
from waagent.settings import Settings

app = command_app("Measure waagent on this machine, against its sandbox.")

_FIGURES = (
    "connect_s",
    "reconnect_s",
    "reconnect_most_s",
    "deaths",
    "memory_mb",
    "proportional_mb",
    "threads",
    "files",
    "connections",
    "resting_connections",
    "per_second",
    "p50_ms",
    "p99_ms",
    "lost",
)


@app.callback()
def group() -> None:
    """Measure waagent on this machine, against its sandbox."""


@app.command()
def sessions(
    count: Annotated[int, typer.Option(min=1, max=2000, help="So many linked numbers.")] = 10,
    per_host: Annotated[
        int, typer.Option(min=1, max=500, help="Numbers that one session host holds.")
    ] = 100,
    messages: Annotated[int, typer.Option(min=1, help="Messages that customers write.")] = 500,
    rate: Annotated[float, typer.Option(min=1, help="Messages a second.")] = 50,
    drops: Annotated[
        int, typer.Option(min=1, max=1000, help="So often all sockets are dropped.")
    ] = 1,
    as_json: JsonFlag = False,
) -> None:
    """Link sandbox numbers, hold them, and compare with bare neonize."""
    settings = context.settings()
    wanted = {"count": count, "per-host": per_host, "messages": messages, "rate": rate}
    wanted["drops"] = drops
    arguments = [part for name, value in wanted.items() for part in (f"--{name}", str(value))]
    figures: dict[str, dict[str, Any]] = _run(settings, ["sessions", *arguments])
    if as_json:
        output.json_document(figures)
        return
    neonize, ours = figures["neonize"], figures["waagent"]
    rows = [
        [t(f"bench.{name}"), _shown(neonize[name]), _shown(ours[name]), _ratio(neonize, ours, name)]
        for name in _FIGURES
    ]
    output.table([t("bench.sessions", count=count), "neonize", "waagent", "x"], rows)
    output.line(t("bench.per_session", kb=round(_per_session_kb(ours, count))))


@app.command()
def faults(
    only: Annotated[
        list[str] | None, typer.Option(help="Only this one; may be given several times.")
    ] = None,
    rounds: Annotated[int, typer.Option(min=1, max=100, help="So many times each.")] = 3,
    rate: Annotated[float, typer.Option(min=1, help="Messages a second meanwhile.")] = 10,
    as_json: JsonFlag = False,
) -> None:
    """Break things while customers write and are answered, and count what became of each message.

    Ends with 1 if anything was lost or doubled, or a number was connected twice at once.
    """
    known = sorted(key.removeprefix("fault.") for key in keys() if key.startswith("fault."))
    for name in only or []:
        if name not in known:
            raise InvalidInputError(
                f"there is no fault {name!r}", hint=f"one of {', '.join(known)}"
            )
    arguments = [part for name in only or [] for part in ("--only", name)]
    arguments += ["--rounds", str(rounds), "--rate", str(rate)]
    found: dict[str, Any] = _run(context.settings(), ["faults", *arguments])
    if as_json:
        output.json_document(found)
    else:
        output.table(
            [t(f"faults.{name}") for name in COLUMNS], [fault_row(each) for each in found["faults"]]
        )
    if not found["good"]:
        raise WaagentError(
            "something was lost, doubled, connected twice, or did not come to its end",
            hint="see which: --only NAME --rounds 1; its logs are printed if waagent did not start",
        )


def _run(settings: Settings, arguments: Sequence[str]) -> Any:
    """What a benchmark printed. Raises WaagentError if it did not get to its end."""
    diagnostics.note(t("bench.home"))
    with progress.waiting(t("bench.progress"), bar=False):  # it draws its own steps
        done = subprocess.run(
            launch.command("workers.bench", arguments),
            env=launch.environment(settings),
            stdout=subprocess.PIPE,
            stderr=None,
            text=True,
            check=False,
        )
    if done.returncode != 0:
        raise WaagentError("the benchmark did not get to its end", hint="what it said is above")
    return json.loads(done.stdout.splitlines()[-1])


def _shown(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.2f}"


def _ratio(neonize: dict[str, Any], ours: dict[str, Any], name: str) -> str:
    return f"{ours[name] / neonize[name]:.2f}" if neonize[name] else ""


def _per_session_kb(ours: dict[str, Any], count: int) -> float:
    return float(ours["memory_mb"]) * 1000 / count
