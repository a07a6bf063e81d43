"""Ops that play scenarios."""

from __future__ import annotations

import asyncio
from pathlib import Path

from waagent.sandbox.arguments import Arguments, Op, Result
from waagent.sandbox.hub import Hub
from waagent.sandbox.runner import Runner
from waagent.sandbox.scenario import Scenario, load_scenario


class StoryOps:
    """Starting a story, watching it, breaking it off."""

    def __init__(self, hub: Hub, runner: Runner) -> None:
        self._network = hub.network
        self._runner = runner

    def ops(self) -> dict[str, Op]:
        """Each op by its name."""
        return {
            "scenario": self._scenario,
            "scenario_status": self._scenario_status,
            "scenario_stop": self._scenario_stop,
        }

    async def _scenario(self, args: Arguments) -> Result:
        account = self._network.account(args.phone("account"))
        scenario = await asyncio.to_thread(_load, args)
        return {"run": self._runner.start(scenario, account, args.number("speed", 1.0))}

    def _scenario_status(self, args: Arguments) -> Result:
        return self._runner.status(args.text("run"))

    def _scenario_stop(self, args: Arguments) -> Result:
        self._runner.stop(args.text("run"))
        return {}


def _load(args: Arguments) -> Scenario:
    path = args.text("path", "")
    return load_scenario(Path(path) if path else args.text("name"))
