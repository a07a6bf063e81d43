"""A follow-up with all that is checked before it goes out, and the text that comes of it.

One query and one function, for the preview and for the send: what is shown is what is sent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from waagent.domain.followups import (
    STALE_AFTER,
    Approval,
    Author,
    CancelReason,
    FollowUpFacts,
    Rule,
    reason_against,
)
from waagent.domain.labels import Intent
from waagent.domain.leads import Stage
from waagent.domain.templates import (
    Variant,
    choose_variant,
    names_of,
    render,
    rupiah,
    situation_of,
    usable,
)
from waagent.services.core import Scope
from waagent.services.followup_shop import ShopWishes
from waagent.services.templates import read_templates

TEXT_COLUMN = "follow_ups.text"
DRAFT_COLUMN = "follow_ups.draft"


@dataclass(frozen=True, slots=True)
class Facts:
    """The row. ``stage`` and ``intent`` are those it went out with, or the sale's now."""

    id: str
    conversation_id: str
    lead_id: str
    due_at: datetime
    state: str
    reason: str | None
    approval: str | None
    approved_by: str | None
    held_out: bool
    text_enc: bytes | None
    author: str | None
    draft: str | None
    draft_enc: bytes | None
    draft_reason: str | None
    template: str | None
    variant: str | None
    session_id: str
    contact_id: str
    name_enc: bytes | None
    phone_enc: bytes | None
    stage: str
    intent: str | None
    product: str | None
    price: int | None
    last_inbound_at: datetime | None
    last_outbound_at: datetime | None
    answered_at: datetime | None
    paired: bool
    connected: bool
    body_enc: bytes | None
    opted_out: bool
    sent_for_sale: int
    used: list[str]

    @property
    def known_intent(self) -> Intent | None:
        """The intent as a label."""
        return None if self.intent is None else Intent(self.intent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """A text, who wrote it, and the wording it was made from."""

    text: str
    template: str
    variant: str
    author: Author = Author.TEMPLATE


def rule_for(facts: Facts, shop: ShopWishes) -> Rule:
    """The shop's rule for a follow-up, as things stand."""
    return shop.rule(Stage(facts.stage), facts.known_intent)


def reason_not_to(facts: Facts, rule: Rule) -> CancelReason | None:
    """Why it must not go out, now that it is due, or None."""
    if not facts.paired:
        return CancelReason.UNLINKED
    against = reason_against(
        FollowUpFacts(
            stage=Stage(facts.stage),
            opted_out=facts.opted_out,
            customer_wrote=facts.last_inbound_at is not None,
            sent_for_sale=facts.sent_for_sale,
            most=rule.most,
        )
    )
    if against is None and datetime.now(UTC) - facts.due_at > STALE_AFTER:
        waits = facts.approval == Approval.WANTED
        return CancelReason.NOT_APPROVED if waits else CancelReason.STALE
    return against


class Composer:
    """Makes the texts of one shop's follow-ups."""

    def __init__(self, scope: Scope, shop: ShopWishes) -> None:
        self._scope = scope
        self._shop = shop
        self._templates: Mapping[str, Sequence[Variant]] = read_templates(scope)

    def compose(self, facts: Facts, rule: Rule) -> Composed:
        """The text of a follow-up: what a person agreed to, what a model wrote, or the template's.

        Always the same for the same facts. A rule's template that is gone is as none named.
        """
        return self._stored(facts) or self.from_template(facts, rule)

    def _stored(self, facts: Facts) -> Composed | None:
        if not facts.template or not facts.variant:
            return None
        if facts.text_enc is not None:
            text = self._scope.cipher.decrypt(facts.text_enc, TEXT_COLUMN)
            author = Author(facts.author or Author.TEMPLATE)
        elif facts.draft_enc is not None:
            text = self._scope.cipher.decrypt(facts.draft_enc, DRAFT_COLUMN)
            author = Author.MODEL
        else:
            return None
        return Composed(text=text, template=facts.template, variant=facts.variant, author=author)

    def from_template(self, facts: Facts, rule: Rule) -> Composed:
        """The text that the template gives, whatever else was written."""
        name = rule.template
        if name is None or name not in self._templates:
            name = situation_of(facts.known_intent, facts.product, facts.last_outbound_at).value
        values = self._values(facts)
        variant = choose_variant(
            self._templates[name],
            facts.id,
            used=facts.used,
            known=[name for name, value in values.items() if usable(value)],
        )
        text = render(variant.body, values)
        return Composed(text=text, template=name, variant=variant.name)

    def _values(self, facts: Facts) -> dict[str, str | None]:
        profile = self._scope.cipher.decrypt_or_none(facts.name_enc, "contacts.name")
        address, name = names_of(profile)
        return {
            "sapaan": address,
            "nama": name,
            "produk": facts.product,
            "harga": None if facts.price is None else rupiah(facts.price),
            "toko": self._shop.name,
        }
