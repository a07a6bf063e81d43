"""A worker that dies at any step of a follow-up, and is run again: what is sent is counted.

Each step is one transaction. It is cut off after each of its statements in turn, by a database that
goes away, and once more when the commit was answered too late.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from shop_support import AT_ONCE, Customer, Judge, Shop, label

from waagent.domain.followups import FollowUpState, Rule
from waagent.domain.messages import Origin, SentMessage
from waagent.errors import BackendError, DatabaseError
from waagent.services.core import Core, Scope
from waagent.services.followup_desk import FollowUpDesk
from waagent.services.followups import FollowUpService
from waagent.services.outbox import OutboxService
from waagent.services.understanding import UnderstandingService

MOST_STATEMENTS = 40


class _Dying:
    """A transaction whose process dies before its ``left``-th statement from now."""

    def __init__(self, tx: Any, death: Death) -> None:
        self._tx = tx
        self._death = death

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._tx, name)
        if name in ("all", "one", "value", "column", "run", "notify"):
            self._death.step()
        return found


class Death(Core):
    """The database as a process sees it that dies at a certain statement; rolled back like it."""

    def __init__(self, core: Core, statements: int) -> None:
        super().__init__(core.db, core.keys)
        self.left = statements

    def step(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise DatabaseError("the process died here")

    @contextmanager
    def tenant(self, tenant_id: str) -> Iterator[Scope]:  # type: ignore[override]
        with super().tenant(tenant_id) as scope:
            yield Scope(scope.tenant_id, _Dying(scope.tx, self), scope.cipher)  # type: ignore[arg-type]


def dies_everywhere(shop: Shop, step: Callable[[Core], object]) -> int:
    """Run a step, dying at each of its statements; then to its end twice. How often it died."""
    for statements in range(MOST_STATEMENTS):
        core = Death(shop.host.core, statements)
        try:
            step(core)
        except BackendError:
            continue
        step(shop.host.core)
        return statements
    raise AssertionError("it never came to its end")


def test_planning(shop: Shop) -> None:
    session_id = shop.linked()
    shop.connected(session_id)
    shop.receive(session_id, Customer().says())
    conversation = shop.lead().conversation_id

    def judge(core: Core) -> None:
        service = UnderstandingService(core, Judge(label()), policy=AT_ONCE)
        service.process(shop.id, conversation)

    assert dies_everywhere(shop, judge) > 5
    assert shop.count("follow_ups") == 1
    assert shop.count("customer_insights") == 1


def test_dispatching(shop: Shop) -> None:
    session_id = shop.linked()
    shop.due_follow_up(session_id, Customer())
    died = dies_everywhere(shop, lambda core: FollowUpService(core, AT_ONCE).dispatch_due())
    assert died > 5
    assert shop.origins().count(Origin.FOLLOW_UP) == 1
    assert shop.count("outbox") == 1
    assert shop.count("follow_ups", "state = 'queued'") == 1


def test_sending(shop: Shop) -> None:
    """The send itself is in the outbox's tests; here its end is written, and death meets it."""
    session_id = shop.linked()
    shop.due_follow_up(session_id, Customer())
    shop.dispatch()
    lease = shop.lease(session_id)
    (waiting,) = shop.host.outbox.waiting([session_id])
    claim = shop.host.outbox.claim(waiting, "host-1", lease.epoch)
    assert claim is not None
    sent = SentMessage(wa_message_id="A", at=datetime.now(UTC))

    def end(core: Core) -> None:
        OutboxService(core, shop.host.media).sent(claim, sent)

    assert dies_everywhere(shop, end) > 2
    (follow_up,) = shop.front.followups.list(shop.tenant)
    assert follow_up.state is FollowUpState.SENT
    for _ in range(3):
        shop.dispatch()
    assert shop.host.outbox.waiting([session_id]) == []
    assert shop.origins().count(Origin.FOLLOW_UP) == 1


def test_the_second_one(shop: Shop) -> None:
    FollowUpDesk(shop.host.core, AT_ONCE).set_rule(shop.tenant, Rule(most=2), actor="tests")
    session_id = shop.linked()
    shop.due_follow_up(session_id, Customer())
    shop.dispatch()
    lease = shop.lease(session_id)
    (waiting,) = shop.host.outbox.waiting([session_id])
    claim = shop.host.outbox.claim(waiting, "host-1", lease.epoch)
    assert claim is not None
    shop.host.outbox.sent(claim, SentMessage(wa_message_id="A", at=datetime.now(UTC)))
    shop.connected(session_id)
    shop.admin.run("update follow_ups set again_at = now() where tenant_id = %s", shop.id)
    died = dies_everywhere(shop, lambda core: FollowUpService(core, AT_ONCE).dispatch_due())
    assert died > 5
    assert shop.count("follow_ups") == 2
    assert shop.origins().count(Origin.FOLLOW_UP) == 2


def test_leaving_one_out(shop: Shop) -> None:
    shop.due_follow_up(shop.linked(), Customer())
    FollowUpDesk(shop.host.core, AT_ONCE).hold_out(shop.tenant, 50, actor="tests")
    out = "00000000-0000-4000-8000-"
    while not shop.front.followups.list(shop.tenant)[0].held_out:
        shop.admin.run(
            "update follow_ups set id = %s where tenant_id = %s", out + uuid4().hex[:12], shop.id
        )
    dies_everywhere(shop, lambda core: FollowUpService(core, AT_ONCE).dispatch_due())
    assert shop.count("follow_ups", "state = 'skipped' and held_out") == 1
    assert shop.count("outbox") == 0


def test_confirming_an_opt_out(shop: Shop) -> None:
    session_id = shop.linked()
    shop.receive(session_id, Customer().says("STOP"))
    conversation = shop.lead().conversation_id

    def judge(core: Core) -> None:
        UnderstandingService(core, None, policy=AT_ONCE).process(shop.id, conversation)

    assert dies_everywhere(shop, judge) > 5
    assert shop.origins().count(Origin.CONFIRMATION) == 1
    assert shop.count("audit_log", "action = 'contact.opt_out'") == 1
