"""Labels set by hand: what follows from them, and how long they win over the engine."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from shop_support import Customer, Judge, Shop, label

from waagent.domain.corrections import Label
from waagent.domain.followups import FollowUpState
from waagent.domain.labels import Classification, Intent, Sentiment, Status
from waagent.domain.leads import Stage
from waagent.domain.messages import InboundMessage
from waagent.errors import InvalidInputError, NotFoundError
from waagent.services.corrections import Change


@dataclass(frozen=True, slots=True)
class Chat:
    """One conversation; the engine says ``answer`` whenever something comes in."""

    shop: Shop
    session_id: str
    customer: Customer

    def hears(self, *messages: InboundMessage, says: Classification) -> None:
        self.shop.receive(self.session_id, *messages)
        self.shop.judge(says)

    def says(self, text: str, *, answer: Classification) -> None:
        self.hears(self.customer.says(text), says=answer)

    def corrects(self, **labels: object) -> None:
        lead = self.shop.lead()
        change = Change(**labels)  # type: ignore[arg-type]
        self.shop.front.corrections.correct(
            self.shop.tenant, lead.conversation_id, change, actor="cli:sari"
        )

    def standing(self) -> dict[Label, str | None]:
        found = self.shop.front.corrections.list(self.shop.tenant)
        return {one.label: one.corrected for one in found if one.ended_at is None}


@pytest.fixture
def chat(shop: Shop) -> Chat:
    chat = Chat(shop, shop.session(), Customer())
    chat.says("nasi box berapa kak?", answer=label())
    return chat


def follow_up_states(shop: Shop) -> list[FollowUpState]:
    return [one.state for one in shop.front.followups.list(shop.tenant)]


def test_a_correction_shows_at_once_and_has_the_consequences_of_a_label(chat: Chat) -> None:
    shop = chat.shop
    assert follow_up_states(shop) == [FollowUpState.PENDING]
    chat.corrects(status=Status.CUSTOMER, sentiment=Sentiment.POSITIVE, product="Tumpeng")
    lead = shop.lead()
    assert (lead.status, lead.sentiment, lead.product) == (
        Status.CUSTOMER,
        Sentiment.POSITIVE,
        "Tumpeng",
    )
    assert lead.stage is Stage.WON
    assert follow_up_states(shop) == [FollowUpState.CANCELLED]
    insight = shop.front.leads.insight(shop.tenant, lead.conversation_id)
    assert insight is not None
    assert insight.corrected == ("product", "sentiment", "status")
    assert (insight.engine, insight.needs_follow_up) == ("judge", False)
    kept = {one.label: one for one in shop.front.corrections.list(shop.tenant)}
    assert (kept[Label.STATUS].given, kept[Label.STATUS].corrected) == ("warm_lead", "customer")
    assert kept[Label.STATUS].actor == "cli:sari"
    assert kept[Label.STATUS].lead == lead.id


def test_a_follow_up_can_be_unwanted_and_wanted_again(chat: Chat) -> None:
    chat.corrects(needs_follow_up=False)
    assert chat.shop.lead().follow_up_at is None
    chat.corrects(needs_follow_up=True)
    assert chat.shop.lead().follow_up_at is not None
    assert chat.standing() == {Label.NEEDS_FOLLOW_UP: "true"}


def test_thanks_and_the_shop_s_own_words_change_nothing(chat: Chat) -> None:
    chat.corrects(status=Status.HOT_LEAD, intent=Intent.PURCHASE)
    chat.says("oke makasih kak 🙏", answer=label(Status.NEW_LEAD, Intent.OTHER))
    chat.hears(chat.customer.says("siap, ditunggu", from_me=True), says=label(Status.LOST))
    assert (chat.shop.lead().status, chat.shop.lead().intent) == (Status.HOT_LEAD, Intent.PURCHASE)


def test_an_engine_that_repeats_its_mistake_is_overruled_again(chat: Chat) -> None:
    chat.corrects(status=Status.HOT_LEAD, intent=Intent.PURCHASE)
    chat.says("sambalnya pedas ga?", answer=label(intent=Intent.PRODUCT_INFO))
    assert (chat.shop.lead().status, chat.shop.lead().intent) == (
        Status.HOT_LEAD,
        Intent.PRODUCT_INFO,
    )
    assert chat.standing() == {Label.STATUS: "hot_lead"}


def test_a_new_picture_ends_a_correction_for_good(chat: Chat) -> None:
    chat.corrects(status=Status.HOT_LEAD)
    chat.says("ga jadi ya kak, udah beli", answer=label(Status.LOST, Intent.CANCEL))
    assert chat.shop.lead().status is Status.LOST
    chat.says("eh kalau tumpeng berapa?", answer=label())
    assert chat.shop.lead().status is Status.WARM_LEAD
    assert chat.standing() == {}


def test_a_correction_of_a_correction_remembers_what_the_engine_had_said(chat: Chat) -> None:
    chat.corrects(status=Status.HOT_LEAD)
    chat.corrects(status=Status.CUSTOMER)
    newest, *_ = chat.shop.front.corrections.list(chat.shop.tenant)
    assert (newest.given, newest.corrected) == ("warm_lead", "customer")
    assert chat.standing() == {Label.STATUS: "customer"}


def test_a_correction_made_while_the_engine_thinks_wins(shop: Shop) -> None:
    chat = Chat(shop, shop.session(), Customer())
    chat.says("nasi box berapa?", answer=label())
    shop.receive(chat.session_id, chat.customer.says("yang ayam bakar?"))
    judge = Judge(label(), while_asked=lambda: chat.corrects(status=Status.HOT_LEAD))
    shop.understanding(judge).process(shop.id, shop.lead().conversation_id)
    assert shop.lead().status is Status.HOT_LEAD


def test_a_product_of_the_catalogue_is_known_by_its_alias(chat: Chat) -> None:
    shop = chat.shop
    shop.front.catalogue.import_file(shop.tenant, b"name,aliases,price\nNasi Box,nasbok,25000\n")
    chat.corrects(product="NASBOK")
    chat.says("ok kak", answer=label(product="lemper"))
    insight = shop.front.leads.insight(shop.tenant, shop.lead().conversation_id)
    assert insight is not None
    assert (insight.product, insight.price) == ("Nasi Box", 25_000)
    chat.corrects(product="")
    assert shop.lead().product is None


def test_what_cannot_be_corrected_is_told(chat: Chat) -> None:
    with pytest.raises(InvalidInputError, match="no label"):
        chat.corrects()
    with pytest.raises(InvalidInputError, match="120"):
        chat.corrects(product="x" * 121)
    corrections = chat.shop.front.corrections
    nobody = "00000000-0000-0000-0000-000000000000"
    change = Change(status=Status.LOST)
    with pytest.raises(NotFoundError):
        corrections.correct(chat.shop.tenant, nobody, change, actor="x")
    with pytest.raises(NotFoundError):
        corrections.correct_lead(chat.shop.tenant, nobody, change, actor="x")


def test_nothing_is_corrected_before_it_was_labelled(shop: Shop) -> None:
    shop.receive(shop.session(), Customer().says())
    with pytest.raises(NotFoundError, match="labelled"):
        shop.front.corrections.correct_lead(
            shop.tenant, shop.lead().id, Change(status=Status.LOST), actor="x"
        )
