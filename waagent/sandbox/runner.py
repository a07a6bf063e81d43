"""Plays scenarios: every person at once, each one step after the other."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass, field
from typing import Any

import structlog

from waagent.errors import ConflictError, InvalidInputError, NotFoundError, WaagentError
from waagent.sandbox.accounts import Account
from waagent.sandbox.messages import Messages
from waagent.sandbox.network import Network
from waagent.sandbox.people import Handset
from waagent.sandbox.scenario import Person, Scenario, Step, StepKind

log = structlog.get_logger(__name__)
RUNNING, DONE, TIMED_OUT, FAILED, STOPPED = "running", "done", "timed_out", "failed", "stopped"


@dataclass(slots=True, kw_only=True)
class Part:
    """How far one person of a run has come."""

    person: Person
    handset: Handset
    state: str = RUNNING
    step: int = 0
    seen: int = 0
    """The inbox's last row when the person last took part in the talk."""


@dataclass(slots=True, kw_only=True)
class Run:
    """One playing of a scenario."""

    id: str
    scenario: Scenario
    account: Account
    speed: float
    parts: list[Part]
    state: str = RUNNING
    task: asyncio.Task[None] | None = field(default=None, repr=False)


class Runner:
    """All runs of this sandbox, finished ones too; they do not outlive the process."""

    def __init__(self, network: Network, messages: Messages) -> None:
        self._network = network
        self._messages = messages
        self._runs: dict[str, Run] = {}
        self._numbers = itertools.count(1)

    def start(self, scenario: Scenario, account: Account, speed: float) -> str:
        """Begin to play; the run's id. At speed 2 pauses take half as long; waits do not.

        Raises InvalidInputError for a speed of 0, ConflictError when somebody in it plays already.
        """
        if speed <= 0:
            raise InvalidInputError("the speed must be above 0", hint="1 is as written, 10 is fast")
        self._refuse_busy_people(scenario, account)
        parts = [
            Part(person=person, handset=self._network.ensure_customer(person.phone, person.name))
            for person in scenario.people
        ]
        run_id = f"{scenario.name}-{next(self._numbers)}"
        run = Run(id=run_id, scenario=scenario, account=account, speed=speed, parts=parts)
        self._runs[run.id] = run
        run.task = asyncio.create_task(self._play(run))
        return run.id

    def status(self, run_id: str) -> dict[str, Any]:
        """A run as plain data. Raises NotFoundError."""
        run = self._run(run_id)
        return {
            "run": run.id,
            "scenario": run.scenario.name,
            "account": run.account.phone,
            "state": run.state,
            "people": [
                {
                    "id": part.person.id,
                    "phone": part.person.phone,
                    "name": part.person.name,
                    "state": part.state,
                    "step": part.step,
                    "steps": len(part.person.steps),
                }
                for part in run.parts
            ],
        }

    def stop(self, run_id: str) -> None:
        """Break a run off. Raises NotFoundError."""
        task = self._run(run_id).task
        if task is not None:
            task.cancel()

    async def close(self) -> None:
        """Break all runs off."""
        tasks = [run.task for run in self._runs.values() if run.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _run(self, run_id: str) -> Run:
        if run_id not in self._runs:
            raise NotFoundError(f"no run {run_id!r}", hint="start one with the op `scenario`")
        return self._runs[run_id]

    def _refuse_busy_people(self, scenario: Scenario, account: Account) -> None:
        phones = {person.phone for person in scenario.people}
        for run in self._runs.values():
            busy = {part.person.phone for part in run.parts if part.state == RUNNING}
            if run.state == RUNNING and run.account is account and busy & phones:
                raise ConflictError(
                    f"{run.id} still plays with the same people", hint="wait for it, or stop it"
                )

    async def _play(self, run: Run) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                for part in run.parts:
                    group.create_task(self._play_part(run, part))
            run.state = next((p.state for p in run.parts if p.state != DONE), DONE)
        except* WaagentError as errors:
            run.state = FAILED
            log.warning("sandbox.scenario_failed", action="play", error=str(errors.exceptions[0]))
        except* Exception:
            run.state = FAILED
            log.exception("sandbox.scenario_failed", action="play")
        finally:
            if run.state == RUNNING:
                run.state = STOPPED
            self._network.events.emit(
                "scenario_done",
                run=run.id,
                scenario=run.scenario.name,
                account=run.account.phone,
                state=run.state,
            )

    async def _play_part(self, run: Run, part: Part) -> None:
        for number, step in enumerate(part.person.steps, 1):
            await asyncio.sleep(step.after / run.speed)
            self._network.events.emit(
                "scenario_step",
                run=run.id,
                scenario=run.scenario.name,
                account=run.account.phone,
                person=part.person.id,
                customer=part.person.phone,
                step=number,
                act=str(step.kind),
            )
            if not await self._act(run, part, step):
                part.state = TIMED_OUT
                return
            part.step = number
        part.state = DONE

    async def _act(self, run: Run, part: Part, step: Step) -> bool:
        """Do one step; False when what it waits for did not come."""
        if step.kind is StepKind.PAUSE:
            await asyncio.sleep(step.seconds / run.speed)
        elif step.kind is StepKind.WAIT_FOR_SHOP:
            return await self._wait_for_shop(run, part, step.seconds)
        elif step.kind is StepKind.READ:
            self._read_all(run, part)
        else:
            part.seen = self._network.store.last_in_inbox(part.handset.phone)
            if step.kind is StepKind.SAY:
                await self._messages.customer_says(part.handset, run.account, step.text)
            else:
                await self._messages.owner_says(run.account, part.handset, step.text)
        return True

    async def _wait_for_shop(self, run: Run, part: Part, seconds: float) -> bool:
        """Wait for a message from a linked device since the person last spoke or was answered."""
        found = await part.handset.wait_for(
            lambda: self._network.store.from_device_after(
                part.handset.phone, run.account.phone, part.seen
            ),
            seconds,
        )
        if found is not None:
            part.seen = found
        return found is not None

    def _read_all(self, run: Run, part: Part) -> None:
        for row in self._network.store.inbox(part.handset.phone):
            if row.peer == run.account.phone and not row.from_me and not row.read:
                self._messages.customer_reads(part.handset, row.id)
