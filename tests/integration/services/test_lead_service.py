"""Leads on a real database: what people add, how it is undone, and whose it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from shop_support import Customer, Shop, label

from waagent.domain.labels import Intent, Status
from waagent.domain.leads import Stage
from waagent.domain.views import LeadView
from waagent.errors import ConflictError, InvalidInputError, NotFoundError


@pytest.fixture
def lead(shop: Shop) -> LeadView:
    """A customer who asked for a price."""
    shop.receive(shop.linked(), Customer().says())
    shop.judge(label())
    return shop.lead()


def by(shop: Shop) -> str:
    return str(shop.column("select stage_by from leads where tenant_id = %s")[0])


def test_the_score_follows_the_labels(shop: Shop, lead: LeadView) -> None:
    assert lead.score == 40 + 15 + 10, "warm, asks the price, waits for us"
    shop.receive(shop.session(), Customer(name="Budi").says())
    (new,) = [each for each in shop.front.leads.list(shop.tenant) if each.name == "Budi"]
    assert new.score == 20 + 10, "not judged yet"
    shop.front.leads.move(shop.tenant, lead.id, Stage.WON)
    assert shop.front.leads.get(shop.tenant, lead.id).score == 0


def test_the_score_decays_as_time_passes(shop: Shop, lead: LeadView) -> None:
    shop.admin.run(
        "update conversations set last_inbound_at = now() - interval '8 days' where id = %s",
        lead.conversation_id,
    )
    assert shop.front.leads.get(shop.tenant, lead.id).score == round(65 / 2)


def test_assignee_value_and_tags(shop: Shop, lead: LeadView) -> None:
    details = shop.front.lead_details
    details.assign(shop.tenant, lead.id, " Mbak  Rina ")
    details.set_value(shop.tenant, lead.id, "1,5jt")
    details.tag(shop.tenant, lead.id, add=["VIP", "#langganan", "vip"], remove=["lama"])
    found = shop.front.leads.get(shop.tenant, lead.id)
    assert (found.assignee, found.value, found.tags) == (
        "Mbak Rina",
        1_500_000,
        ("langganan", "vip"),
    )
    assert found.updated_at > lead.updated_at, "or the board would not show it"
    details.assign(shop.tenant, lead.id, "-")
    details.set_value(shop.tenant, lead.id, "-")
    details.tag(shop.tenant, lead.id, add=[], remove=["VIP"])
    found = shop.front.leads.get(shop.tenant, lead.id)
    assert (found.assignee, found.value, found.tags) == (None, None, ("langganan",))


@pytest.mark.parametrize("tag", ["", "dua kata", "a" * 41, "-", "a\x00b", "'; drop"])
def test_what_is_no_tag(shop: Shop, lead: LeadView, tag: str) -> None:
    with pytest.raises(InvalidInputError):
        shop.front.lead_details.tag(shop.tenant, lead.id, add=[tag], remove=[])


def test_bad_input_changes_nothing(shop: Shop, lead: LeadView) -> None:
    details, tenant = shop.front.lead_details, shop.tenant
    attempts: list[Callable[[], object]] = [
        lambda: details.tag(tenant, lead.id, add=["a"], remove=["A"]),
        lambda: details.tag(tenant, lead.id, add=[f"t{n}" for n in range(21)], remove=[]),
        lambda: details.set_value(tenant, lead.id, "1,500"),
        lambda: details.assign(tenant, lead.id, "x" * 61),
        lambda: details.add_note(tenant, lead.id, "  ", author="tests"),
        lambda: details.add_note(tenant, lead.id, "x" * 2001, author="tests"),
    ]
    for attempt in attempts:
        with pytest.raises(InvalidInputError):
            attempt()
    assert replace(shop.lead(), score=0) == replace(lead, score=0)


def test_notes_are_kept_encrypted_and_come_newest_first(shop: Shop, lead: LeadView) -> None:
    for text in ("minta antar sore", "alergi kacang"):
        shop.front.lead_details.add_note(shop.tenant, lead.id, text, author="cli:rina")
    notes = shop.front.lead_details.notes(shop.tenant, lead.id)
    assert [(note.text, note.author) for note in notes] == [
        ("alergi kacang", "cli:rina"),
        ("minta antar sore", "cli:rina"),
    ]
    assert shop.front.leads.get(shop.tenant, lead.id).notes == 2
    stored = shop.column("select body_enc from lead_notes where tenant_id = %s")
    assert not [body for body in stored if b"kacang" in body or b"antar" in body]


def test_a_move_and_its_undo(shop: Shop, lead: LeadView) -> None:
    details = shop.front.lead_details
    won = shop.front.leads.move(shop.tenant, lead.id, Stage.WON)
    assert won.closed_at is not None
    assert won.follow_up_at is None, "nobody who has bought is followed up"
    back = details.undo(shop.tenant, lead.id)
    assert (back.stage, back.closed_at, by(shop)) == (Stage.QUALIFIED, None, "rule")
    again = details.undo(shop.tenant, lead.id)
    assert (again.stage, by(shop)) == (Stage.WON, "human"), "the undo is undone"
    moves = details.history(shop.tenant, lead.id)
    assert [(move.before, move.after, move.moved_by) for move in moves] == [
        (Stage.NEW, Stage.QUALIFIED, "rule"),
        (Stage.QUALIFIED, Stage.WON, "human"),
        (Stage.WON, Stage.QUALIFIED, "human"),
        (Stage.QUALIFIED, Stage.WON, "human"),
    ]


def test_undoing_what_a_rule_did_is_a_person_s_word(shop: Shop, lead: LeadView) -> None:
    assert shop.front.lead_details.undo(shop.tenant, lead.id).stage is Stage.NEW
    assert by(shop) == "human"


def test_a_lead_that_was_never_moved_has_nothing_to_undo(shop: Shop) -> None:
    shop.receive(shop.linked(), Customer().says())
    with pytest.raises(ConflictError, match="never moved"):
        shop.front.lead_details.undo(shop.tenant, shop.lead().id)


@pytest.mark.parametrize(
    ("by_hand", "status", "stage"),
    [
        (Stage.NEGOTIATION, Status.NEW_LEAD, Stage.NEGOTIATION),
        (Stage.NEGOTIATION, Status.WARM_LEAD, Stage.NEGOTIATION),
        (Stage.NEGOTIATION, Status.LOST, Stage.NEGOTIATION),
        (Stage.NEGOTIATION, Status.CUSTOMER, Stage.WON),
        (Stage.LOST, Status.HOT_LEAD, Stage.LOST),
        (Stage.WON, Status.LOST, Stage.WON),
    ],
)
def test_no_judgement_moves_a_lead_back_over_a_person_s_move(
    shop: Shop, lead: LeadView, by_hand: Stage, status: Status, stage: Stage
) -> None:
    shop.front.leads.move(shop.tenant, lead.id, by_hand)
    (session_id,) = shop.column("select id::text from sessions where tenant_id = %s")
    phone = (lead.phone or "").lstrip("+")
    lids = shop.count("contacts")
    shop.receive(session_id, Customer(phone=phone, lid=None).says("lanjut kak"))
    assert shop.count("contacts") == lids, "the same customer"
    shop.judge(label(status, Intent.OTHER))
    assert shop.lead().stage is stage


def test_stages_by_the_shop_s_own_names(shop: Shop, lead: LeadView) -> None:
    leads = shop.front.leads
    assert [view.name for view in leads.stages(shop.tenant)][2] == "Tertarik"
    leads.rename_stages(shop.tenant, {Stage.QUALIFIED: " Tawar-menawar "})
    assert shop.lead().stage_name == "Tawar-menawar"
    assert [view.stage for view in leads.stages(shop.tenant) if view.renamed] == [Stage.QUALIFIED]
    for names in ({Stage.NEW: "tawar-menawar"}, {Stage.NEW: "Batal"}):
        with pytest.raises(ConflictError):
            leads.rename_stages(shop.tenant, names)
    with pytest.raises(InvalidInputError):
        leads.rename_stages(shop.tenant, {Stage.NEW: "x" * 41})
    leads.rename_stages(shop.tenant, {Stage.QUALIFIED: ""})
    assert not [view for view in leads.stages(shop.tenant) if view.renamed]


def test_everything_of_a_lead(shop: Shop, lead: LeadView) -> None:
    shop.front.lead_details.add_note(shop.tenant, lead.id, "catatan", author="tests")
    shown = shop.front.lead_details.show(shop.tenant, lead.id)
    assert shown.lead.id == lead.id
    assert shown.insight is not None
    assert [len(part) for part in (shown.history, shown.notes, shown.follow_ups)] == [1, 1, 1]


def test_the_catalogue_s_price_is_suggested(shop: Shop, lead: LeadView) -> None:
    product = shop.admin.value(
        "insert into products (tenant_id, name, price) values (%s, 'Nasi box', 25000) returning id",
        shop.id,
    )
    shop.admin.run(
        "update customer_insights set product_id = %s where tenant_id = %s", product, shop.id
    )
    found = shop.lead()
    assert (found.suggested_value, found.value) == (25_000, None)


def test_nobody_else_s_lead(shop: Shop, lead: LeadView, new_shop: Callable[..., Shop]) -> None:
    other, details = new_shop("Toko Lain"), shop.front.lead_details
    attempts: list[Callable[[], object]] = [
        lambda: details.show(other.tenant, lead.id),
        lambda: details.undo(other.tenant, lead.id),
        lambda: details.history(other.tenant, lead.id),
        lambda: details.notes(other.tenant, lead.id),
        lambda: details.assign(other.tenant, lead.id, "Rina"),
        lambda: details.set_value(other.tenant, lead.id, "1jt"),
        lambda: details.tag(other.tenant, lead.id, add=["vip"], remove=[]),
        lambda: details.add_note(other.tenant, lead.id, "x", author="tests"),
    ]
    for attempt in attempts:
        with pytest.raises(NotFoundError):
            attempt()
    assert shop.lead().tags == ()
