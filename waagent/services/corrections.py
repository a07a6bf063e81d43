"""An owner's change of a label: kept, shown at once, and winning over the engine while it holds.

How long a correction holds is a rule of :mod:`waagent.domain.corrections`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from waagent.domain.brain_views import CorrectionView, InsightView
from waagent.domain.catalogue import fold_name
from waagent.domain.corrections import Correction, Label, holds
from waagent.domain.labels import OPEN_SALE, Classification, Intent, Sentiment, Status
from waagent.domain.views import Tenant
from waagent.errors import InvalidInputError, NotFoundError
from waagent.services import insights
from waagent.services.catalogue import products_of
from waagent.services.core import Core, Scope
from waagent.services.ids import require_id
from waagent.services.outcome import Outcome, facts_of, lead_of

MAX_PRODUCT = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Labels to set; None leaves one as it is, an empty ``product`` means none."""

    status: Status | None = None
    intent: Intent | None = None
    sentiment: Sentiment | None = None
    needs_follow_up: bool | None = None
    product: str | None = None


@dataclass(frozen=True, slots=True)
class _Standing:
    id: str
    label: str
    given: str | None
    corrected: str | None
    message_seq: int


@dataclass(frozen=True, slots=True)
class _Row:
    id: str
    lead: str
    phone_enc: bytes | None
    name_enc: bytes | None
    label: str
    given: str | None
    corrected: str | None
    actor: str
    at: datetime
    ended_at: datetime | None


class CorrectionService:
    """Sets labels by hand, and lists what was set."""

    def __init__(self, core: Core, outcome: Outcome) -> None:
        self._core = core
        self._outcome = outcome

    def correct(
        self, tenant: Tenant, conversation_id: str, change: Change, *, actor: str
    ) -> InsightView:
        """Set labels of a conversation's newest insight; the lead moves and its follow-up is
        planned or cancelled as if the engine had said so. Saying what the engine said confirms it.

        Raises:
            InvalidInputError: nothing is changed, or the product's name is too long.
            NotFoundError: there is no such conversation, or nothing has labelled it yet.
        """
        with self._core.tenant(tenant.id) as scope:
            require_id(conversation_id, "conversation")
            scope.tx.column("conversations.lock", conversation_ids=[conversation_id])
            facts, lead = facts_of(scope, conversation_id), lead_of(scope, conversation_id)
            if facts is None or lead is None or facts.last_seq is None:
                raise NotFoundError(
                    f"no conversation {conversation_id}", hint="see: waagent lead list"
                )
            row = insights.newest(scope, conversation_id)
            if row is None:
                raise NotFoundError(
                    "nothing has labelled this conversation yet",
                    hint="labels come some seconds after a message; see WAAGENT_AI_ENGINE",
                )
            said = _classification(row)
            wanted, product_id = _wanted(scope, change)
            self._keep(scope, facts.id, facts.last_seq, said, wanted, actor)
            label = _with(said, wanted, product_id)
            _relabel(scope, row, label, wanted)
            self._outcome.apply(scope, facts, lead, label)
            scope.changed("insight", row.id, facts.id)
            changed = insights.newest(scope, conversation_id)
            assert changed is not None
            return insights.view(scope, changed)

    def correct_lead(
        self, tenant: Tenant, lead_id: str, change: Change, *, actor: str
    ) -> InsightView:
        """The same, by the lead. Raises NotFoundError too where the shop has no such lead."""
        with self._core.tenant(tenant.id) as scope:
            found = scope.tx.value(
                "corrections.conversation_of", lead_id=require_id(lead_id, "lead")
            )
        if found is None:
            raise NotFoundError(f"no lead {lead_id}", hint="see them: waagent lead list")
        return self.correct(tenant, str(found), change, actor=actor)

    def list(self, tenant: Tenant) -> list[CorrectionView]:
        """Every correction of a shop, the newest first."""
        with self._core.tenant(tenant.id) as scope:
            rows = scope.tx.all(_Row, "corrections.list")
            return [_view(scope, row) for row in rows]

    @staticmethod
    def _keep(
        scope: Scope,
        conversation_id: str,
        last_seq: int,
        said: Classification,
        wanted: Mapping[Label, str | None],
        actor: str,
    ) -> None:
        """Write the corrections down; what the engine had said is that of the first of a row."""
        before = {row.label: row for row in _standing(scope, conversation_id)}
        replaced = [before[label].id for label in wanted if label in before]
        scope.tx.run("corrections.finish", ids=replaced)
        for label, value in wanted.items():
            earlier = before.get(label)
            scope.tx.value(
                "corrections.add",
                conversation_id=conversation_id,
                message_seq=last_seq,
                label=label.value,
                given=earlier.given if earlier else value_of(said, label),
                corrected=value,
                actor=actor,
            )


def apply_standing(
    scope: Scope,
    conversation_id: str,
    label: Classification,
    customer_wrote: Callable[[int], bool],
) -> tuple[Classification, list[str]]:
    """The engine's labels under the corrections that hold, and the names of those; others end.

    ``customer_wrote`` says whether something meaningful came after a message's number.
    """
    kept: dict[Label, str | None] = {}
    ended: list[str] = []
    for row in _standing(scope, conversation_id):
        name = Label(row.label)
        correction = Correction(
            label=name, given=row.given, corrected=row.corrected, message_seq=row.message_seq
        )
        said = value_of(label, name)
        if holds(correction, said, customer_wrote=customer_wrote(row.message_seq)):
            kept[name] = row.corrected
        else:
            ended.append(row.id)
    if ended:
        scope.tx.run("corrections.finish", ids=ended)
    if not kept:
        return label, []
    product_id = _product_id(scope, kept.get(Label.PRODUCT))
    return _with(label, kept, product_id), [name.value for name in kept]


def value_of(label: Classification, name: Label) -> str | None:
    """A label as it is kept in a correction."""
    value = getattr(label, name.value)
    return str(value).lower() if isinstance(value, bool) else value and str(value)


def _standing(scope: Scope, conversation_id: str) -> list[_Standing]:
    return scope.tx.all(_Standing, "corrections.standing", conversation_id=conversation_id)


def _wanted(scope: Scope, change: Change) -> tuple[dict[Label, str | None], str | None]:
    """The labels to set as they are kept, and the id of the product."""
    found: dict[Label, str | None] = {}
    for label in Label:
        value = getattr(change, label.value)
        if value is not None:
            found[label] = str(value).lower() if isinstance(value, bool) else str(value)
    if not found:
        raise InvalidInputError(
            "no label is given", hint="such as --status hot_lead; see waagent lead label --help"
        )
    if change.product is None:
        return found, None
    name = " ".join(change.product.split())
    if len(name) > MAX_PRODUCT or not name.isprintable():
        raise InvalidInputError(f"a product's name has at most {MAX_PRODUCT} printable characters")
    matching = _named(scope, name)
    found[Label.PRODUCT] = matching[0] if matching else name or None
    return found, matching[1] if matching else None


def _named(scope: Scope, name: str) -> tuple[str, str | None] | None:
    """The catalogue's product of that name or alias: name and id."""
    wanted = fold_name(name)
    for product in products_of(scope) if wanted else ():
        if wanted in map(fold_name, (product.name, *product.aliases)):
            return product.name, product.id
    return None


def _product_id(scope: Scope, name: str | None) -> str | None:
    found = _named(scope, name) if name else None
    return found[1] if found else None


def _with(
    label: Classification, wanted: Mapping[Label, str | None], product_id: str | None
) -> Classification:
    """``label`` with the given values; only an open sale is followed up, unless that was said."""
    status = Status(wanted.get(Label.STATUS) or label.status)
    follow = label.needs_follow_up and status in OPEN_SALE
    if Label.NEEDS_FOLLOW_UP in wanted:
        follow = wanted[Label.NEEDS_FOLLOW_UP] == "true"
    changed = dataclasses.replace(
        label,
        status=status,
        intent=Intent(wanted.get(Label.INTENT) or label.intent),
        sentiment=Sentiment(wanted.get(Label.SENTIMENT) or label.sentiment),
        needs_follow_up=follow,
    )
    if Label.PRODUCT not in wanted:
        return changed
    return dataclasses.replace(changed, product=wanted[Label.PRODUCT], product_id=product_id)


def _relabel(
    scope: Scope,
    row: insights.InsightRow,
    label: Classification,
    wanted: Mapping[Label, str | None],
) -> None:
    scope.tx.run(
        "conversations.relabel",
        insight_id=row.id,
        status=label.status.value,
        intent=label.intent.value,
        sentiment=label.sentiment.value,
        needs_follow_up=label.needs_follow_up,
        product=label.product,
        product_id=label.product_id,
        corrected=sorted({*row.corrected, *wanted}),
    )


def _classification(row: insights.InsightRow) -> Classification:
    return Classification(
        status=Status(row.status),
        intent=Intent(row.intent),
        sentiment=Sentiment(row.sentiment),
        needs_follow_up=row.needs_follow_up,
        product=row.product,
        product_id=row.product_id,
        need=None,
        confidence=row.confidence,
        engine=row.engine,
        model=row.model,
    )


def _view(scope: Scope, row: _Row) -> CorrectionView:
    return CorrectionView(
        id=row.id,
        lead=row.lead,
        phone=scope.phone(row.phone_enc),
        name=scope.cipher.decrypt_or_none(row.name_enc, "contacts.name"),
        label=Label(row.label),
        given=row.given,
        corrected=row.corrected,
        actor=row.actor,
        at=row.at,
        ended_at=row.ended_at,
    )
