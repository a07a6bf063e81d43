"""The demo told line by line: what customers write, what waagent makes of it, what it sends.

Everything told is read back from the running system: the sandbox tells what its people saw, the
change feed what waagent stored.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from cli import output
from waagent.domain.messages import Origin
from waagent.errors import TimedOutError
from waagent.i18n import t

if TYPE_CHECKING:
    from waagent.bootstrap import Services
    from waagent.domain.brain_views import InsightView
    from waagent.domain.views import Change, LeadView, Tenant
    from waagent.sandbox.client import SandboxClient
    from waagent.sandbox.records import Event

LIMIT_S = 75.0
SPEED = 1.5
"""Nobody has to follow it on a screen."""
_WIDTH = 16


def tell(
    services: Services, tenant: Tenant, sandbox: SandboxClient, scenario: str, account: str
) -> None:
    """Run the scenario and tell it to its end.

    Raises TimedOutError if the follow-up and its answer did not come about in time.
    """
    stop = threading.Event()
    told = SimpleQueue[object]()
    with sandbox.events() as events:
        feeds = (iter(events), services.changes.listen(tenant, stop))
        for feed in feeds:
            threading.Thread(target=_pump, args=(feed, told), daemon=True).start()
        sandbox.run_scenario(scenario, account, speed=SPEED)
        try:
            _Story(services, tenant).run(told)
        finally:
            stop.set()


def _pump(feed: Iterator[object], told: SimpleQueue[object]) -> None:
    for each in feed:
        told.put(each)


@dataclass(slots=True)
class _Story:
    services: Services
    tenant: Tenant
    began: float = field(default_factory=time.monotonic)
    insights: int = 0
    moves: int = 0
    stages: dict[str, str] = field(default_factory=dict)
    judged: dict[str, object] = field(default_factory=dict)
    followed_up: set[str] = field(default_factory=set)
    answered: set[str] = field(default_factory=set)
    waiting: set[str] = field(default_factory=set)
    scenario_over: bool = False

    def run(self, told: SimpleQueue[object]) -> None:
        from waagent.sandbox.records import Event

        while not self._complete():
            left = self.began + LIMIT_S - time.monotonic()
            if left <= 0:
                raise TimedOutError("the demo did not come to its end in time")
            try:
                each = told.get(timeout=left)
            except Empty:
                continue
            if isinstance(each, Event):
                self._sandbox(each)
            else:
                self._change(each)  # type: ignore[arg-type]
        output.line(
            t(
                "demo.summary",
                insights=self.insights,
                moves=self.moves,
                answered=len(self.answered),
            )
        )

    def _complete(self) -> bool:
        enough = self.insights >= 2 and self.moves >= 1 and self.answered
        return bool(enough) and self.scenario_over and not self.waiting

    def _sandbox(self, event: Event) -> None:
        name, text = str(event.fields.get("name", "")), str(event.fields.get("text", ""))
        phone = f"+{event.fields.get('customer')}"
        match event.kind:
            case "customer_said":
                self._say(name, text)
                self.waiting.add(phone)
                if phone in self.followed_up:
                    self.answered.add(phone)
                    self._say("", t("demo.answered"))
            case "owner_said":
                self._say(t("demo.owner"), f"→ {name}: {text}")
            case "shop_said" if self._is_follow_up(phone, text):
                self.followed_up.add(phone)
                self._say(t("demo.follow_up"), f"→ {name}: {text}")
            case "scenario_done":
                self.scenario_over = True

    def _is_follow_up(self, phone: str, text: str) -> bool:
        messages = self.services.messages.list(self.tenant, phone=phone)
        return any(m.origin is Origin.FOLLOW_UP and m.text == text for m in messages)

    def _change(self, change: Change) -> None:
        if change.kind != "insight" or change.conversation_id is None:
            return
        insight = self.services.leads.insight(self.tenant, change.conversation_id)
        leads = self.services.leads.list(self.tenant)
        lead = next((x for x in leads if x.conversation_id == change.conversation_id), None)
        if insight is None or lead is None or self.judged.get(lead.id) == insight.created_at:
            return
        self.judged[lead.id] = insight.created_at
        self._insight(lead, insight)
        self._stage(lead)
        self.waiting.discard(lead.phone or "")

    def _insight(self, lead: LeadView, insight: InsightView) -> None:
        self.insights += 1
        labels = (insight.status, insight.intent, insight.product, insight.sentiment)
        shown = " · ".join(label.replace("_", " ") for label in labels if label)
        self._say("", t("demo.insight", name=lead.name or "?", labels=shown))

    def _stage(self, lead: LeadView) -> None:
        before = self.stages.get(lead.id, "new")
        self.stages[lead.id] = lead.stage.value
        if before != lead.stage.value:
            self.moves += 1
            self._say(
                "", t("demo.stage", name=lead.name or "?", before=before, after=lead.stage.value)
            )

    def _say(self, who: str, what: str) -> None:
        seconds = round(time.monotonic() - self.began)
        output.line(f"{seconds // 60}:{seconds % 60:02d}  {who:<{_WIDTH}} {what}")
