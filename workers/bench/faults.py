"""``waagent bench faults``: things break while customers write and are answered; what became of
each message. Everything is real but WhatsApp, and runs as ``waagent up`` runs it."""

from __future__ import annotations

import platform
import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import psutil

from waagent.errors import WaagentError
from workers.bench import breakage
from workers.bench.account import Inbound, Outbound, inbound, outbound, settle
from workers.bench.breakage import FAULTS, Fault, Stage
from workers.bench.flow import Flow
from workers.bench.ground import temporary_home
from workers.bench.town import Town, open_town
from workers.bench.traffic import until

BACK_S = 120.0
STEADY = 20
"""Messages before the first round, and after each."""
FULL_DISK = "disk-full"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One fault. ``away_s`` is the longest time of a round until the number was connected (again),
    ``away_median_s`` the median; ``most_open`` the most connections that one device had at once,
    2 where a login of it met an older one.
    ``problem``: why it could not be brought to its end; ``skipped``: why not even begun."""

    name: str
    rounds: int = 0
    messages: Inbound | None = None
    sends: Outbound | None = None
    lost: int = 0
    doubled: int = 0
    away_s: float = 0.0
    away_median_s: float = 0.0
    most_open: int = 0
    notes: tuple[str, ...] = ()
    problem: str | None = None
    skipped: str | None = None

    @property
    def good(self) -> bool:
        """Nothing lost, nothing doubled, never connected twice, and it came to its end."""
        return not (self.lost or self.doubled or self.most_open > 1 or self.problem)


class FaultBench:
    """One run. ``progress`` hears what is being done; ``only`` names faults; empty: all."""

    def __init__(
        self, only: Sequence[str], rounds: int, rate: float, progress: Callable[[str], None]
    ) -> None:
        self._faults = [fault for fault in FAULTS if not only or fault.name in only]
        self._rounds = rounds
        self._rate = rate
        self._progress = progress

    def run(self) -> list[Outcome]:
        """All of them, one after the other. Raises WaagentError if waagent does not even start."""
        with temporary_home() as home, ExitStack() as stack:
            media = home / "media"
            no_disk: str | None = None
            if any(fault.name == FULL_DISK for fault in self._faults):
                no_disk = breakage.mount(media)
                stack.callback(breakage.unmount, media)
            self._progress("starting waagent")
            town = stack.enter_context(open_town(home, media_dir=media))
            return [self._told(self._outcome(town, fault, no_disk)) for fault in self._faults]

    def _told(self, outcome: Outcome) -> Outcome:
        ended = outcome.skipped or outcome.problem
        self._progress(
            f"{outcome.name}: {ended or f'lost {outcome.lost}, doubled {outcome.doubled}'}"
        )
        return outcome

    def _outcome(self, town: Town, fault: Fault, no_disk: str | None) -> Outcome:
        if fault.name == FULL_DISK and no_disk is not None:
            return Outcome(name=fault.name, skipped=no_disk)
        try:
            return self._break(town, fault)
        except (WaagentError, psutil.Error) as error:
            return Outcome(name=fault.name, problem=str(error))

    def _break(self, town: Town, fault: Fault) -> Outcome:
        shop = town.open_shop(f"Toko {fault.name}")
        away: list[float] = []
        with Flow(town, shop, self._rate) as flow:
            stage = Stage(town, shop, flow, 1 / self._rounds)
            flow.pass_(STEADY)
            for number in range(self._rounds):
                self._progress(f"{fault.name}, {number + 1} of {self._rounds}")
                away.append(_round(stage, fault))
                flow.pass_(STEADY)
        self._progress(f"{fault.name}, counting")
        rows = settle(flow)
        counts = town.people.counters(shop.phone)
        ins, outs = inbound(flow, rows, stage.kills), outbound(flow, rows)
        return Outcome(
            name=fault.name,
            rounds=self._rounds,
            messages=ins,
            sends=outs,
            lost=len(ins.lost) + len(outs.lost) + stage.lost,
            doubled=ins.doubled + outs.doubled,
            away_s=max(away),
            away_median_s=statistics.median(away),
            most_open=max(counts.most_open, 2 if counts.replaced else 1),
            notes=tuple(dict.fromkeys(stage.notes)),
        )


def _round(stage: Stage, fault: Fault) -> float:
    """Do it, and wait until the number is connected; how long that took since the last blow."""
    logins, begun, before = stage.town.logins(stage.shop), time.monotonic(), len(stage.kills)
    fault.act(stage)
    if fault.cuts:
        until(lambda: stage.town.logins(stage.shop) > logins, BACK_S, "the next login")
    until(lambda: stage.town.connected(stage.shop), BACK_S, "being connected")
    if not fault.cuts:
        return 0.0
    return time.monotonic() - max([begun, *stage.kills[before:]])


def report(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """As plain data, with what it was measured on."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": {
            "cores": psutil.cpu_count(),
            "memory_gb": round(psutil.virtual_memory().total / 1e9),
            "system": f"{platform.system()} {platform.machine()}",
            "python": platform.python_version(),
        },
        "good": all(outcome.good for outcome in outcomes),
        "faults": [asdict(outcome) | {"good": outcome.good} for outcome in outcomes],
    }
