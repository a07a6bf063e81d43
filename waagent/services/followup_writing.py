"""Has a language model write a follow-up in its template's stead: once, kept, and then sent.

The model is asked outside of any transaction. What it says is kept only if it stays within the
template's bounds (:mod:`waagent.domain.drafting`) and the follow-up still waits for it; where not,
the template's own text is sent. Running it again asks nothing and changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from waagent.ai.port import EngineError
from waagent.ai.writing import Brief, Writer, Written
from waagent.domain.drafting import Breach, breach_of
from waagent.domain.followups import SALE_LASTS, Draft
from waagent.domain.labels import Turn
from waagent.domain.messages import Direction
from waagent.domain.templates import rupiah
from waagent.services.ai_usage import Spending, is_used_up, spend
from waagent.services.core import Core, Scope
from waagent.services.followup_facts import DRAFT_COLUMN, Composed, Composer, Facts, rule_for
from waagent.services.followup_shop import read_shop
from waagent.services.understanding import SNIPPET_MESSAGES, SnippetRow

log = structlog.get_logger(__name__)

NO_WRITER = "no_writer"
BUDGET = "budget"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """``composed`` is the template's text; ``price`` what the catalogue says, as it is written."""

    facts: Facts
    composed: Composed
    brief: Brief
    price: str | None
    budget_used_up: bool


class FollowUpWriting:
    """Writes what waits to be written. ``writer`` is None where the settings allow none."""

    def __init__(self, core: Core, writer: Writer | None, spending: Spending) -> None:
        self._core = core
        self._writer = writer
        self._spending = spending

    def write(self, tenant_id: str, follow_up_id: str) -> None:
        """Write a follow-up that waits for it, or say why the template's text is used."""
        with self._core.tenant(tenant_id) as scope:
            task = _task(scope, follow_up_id, self._spending)
        if task is None:
            return
        written, reason = self._ask(task)
        text = None if written is None or reason is not None else written.text
        with self._core.tenant(tenant_id) as scope:
            scope.tx.column("conversations.lock", conversation_ids=[task.facts.conversation_id])
            self._keep(scope, task, written, text, reason)
        log.info(
            "follow_up.drafted",
            action="draft",
            tenant=tenant_id,
            follow_up=follow_up_id,
            refused=reason,
        )

    def _ask(self, task: _Task) -> tuple[Written | None, str | None]:
        """The model's text, and why it is not used, if it is not."""
        if self._writer is None:
            return None, NO_WRITER
        if task.budget_used_up:
            return None, BUDGET
        try:
            written = self._writer.write(task.brief)
        except EngineError as error:
            spent = error.tokens_in + error.tokens_out > 0
            return (_nothing(error) if spent else None), error.reason
        facts = [task.price] if task.price else []
        breach: Breach | None = breach_of(written.text, task.composed.text, facts=facts)
        return written, None if breach is None else breach.value

    def _keep(
        self,
        scope: Scope,
        task: _Task,
        written: Written | None,
        text: str | None,
        reason: str | None,
    ) -> None:
        tokens_in = written.tokens_in if written else 0
        tokens_out = written.tokens_out if written else 0
        cost = spend(scope, tokens_in, tokens_out, self._spending) if written else 0
        kept = scope.tx.run(
            "followups.drafted",
            follow_up_id=task.facts.id,
            draft=(Draft.REFUSED if text is None else Draft.WRITTEN).value,
            text=scope.cipher.encrypt_or_none(text, DRAFT_COLUMN),
            reason=reason,
            model=written.model if written else None,
            tokens_in=tokens_in,
            tokens_out=tokens_out,
            cost_micro_usd=cost,
            template=task.composed.template,
            variant=task.composed.variant,
        )
        if kept:
            scope.changed("follow_up", task.facts.id, task.facts.conversation_id)


def _task(scope: Scope, follow_up_id: str, spending: Spending) -> _Task | None:
    conversation = scope.tx.value("followups.drafting", follow_up_id=follow_up_id)
    if conversation is None:
        return None
    facts = scope.tx.one(Facts, "followups.facts", follow_up_id=follow_up_id, sale_lasts=SALE_LASTS)
    assert facts is not None
    shop = read_shop(scope)
    composed = Composer(scope, shop).from_template(facts, rule_for(facts, shop))
    turns = _turns(scope, str(conversation))
    return _Task(
        facts=facts,
        composed=composed,
        brief=Brief(template=composed.text, product=facts.product, turns=turns),
        price=None if facts.price is None else rupiah(facts.price),
        budget_used_up=is_used_up(scope, spending),
    )


def _turns(scope: Scope, conversation_id: str) -> Sequence[Turn]:
    rows = scope.tx.all(
        SnippetRow,
        "conversations.snippet",
        conversation_id=conversation_id,
        limit=SNIPPET_MESSAGES,
    )
    return [
        Turn(
            "customer" if row.direction == Direction.IN else "business",
            scope.cipher.decrypt(row.body_enc, "messages.body"),
        )
        for row in rows
    ]


def _nothing(error: EngineError) -> Written:
    """What was paid for an answer that cannot be used."""
    return Written(text="", model="", tokens_in=error.tokens_in, tokens_out=error.tokens_out)
