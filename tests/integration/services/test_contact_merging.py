"""One person met under two names: merged by a message that names both, by hand, and undone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from shop_support import Customer, Shop, label

from waagent.domain.leads import Stage
from waagent.errors import ConflictError, InvalidInputError, NotFoundError


def halves(customer: Customer) -> tuple[Customer, Customer]:
    """The same person as known by LID alone, and by number alone."""
    return (
        Customer(name=customer.name, phone=None, lid=customer.lid),
        Customer(name=None, phone=customer.phone, lid=None),
    )


@pytest.fixture
def session_id(shop: Shop) -> str:
    return shop.linked()


@pytest.fixture
def sari() -> Customer:
    return Customer(name="Sari Wulandari")


def texts(shop: Shop, conversation_id: str) -> list[str]:
    found = shop.front.messages.list(shop.tenant, conversation_id=conversation_id)
    return [message.text for message in found]


def test_a_message_that_names_both_makes_one_of_two(
    shop: Shop, session_id: str, sari: Customer
) -> None:
    by_lid, by_phone = halves(sari)
    shop.receive(session_id, by_lid.says("halo"))
    shop.receive(session_id, by_phone.says("ada brownies?"))
    assert len(shop.front.leads.list(shop.tenant)) == 2
    shop.receive(session_id, sari.says("yang cokelat kak"))
    lead = shop.lead()
    assert (lead.name, lead.phone) == ("Sari Wulandari", f"+{sari.phone}")
    assert texts(shop, lead.conversation_id) == ["halo", "ada brownies?", "yang cokelat kak"]
    (contact,) = shop.front.contacts.list(shop.tenant)
    assert contact.merges == 1
    (merge,) = shop.front.contacts.merges(shop.tenant)
    assert (merge.evidence, merge.actor) == ("message", "rule")
    assert shop.count("audit_log", "action = 'contact.merged'") == 1
    # and later messages under either name go to the same conversation
    shop.receive(session_id, by_phone.says("jadi ya"), by_lid.says("transfer ke mana?"))
    assert len(texts(shop, shop.lead().conversation_id)) == 5


def test_in_one_batch(shop: Shop, session_id: str, sari: Customer) -> None:
    by_lid, by_phone = halves(sari)
    shop.receive(session_id, by_lid.says("satu"), by_phone.says("dua"), sari.says("tiga"))
    assert texts(shop, shop.lead().conversation_id) == ["satu", "dua", "tiga"]


def test_a_sale_is_not_followed_up_twice(shop: Shop, session_id: str, sari: Customer) -> None:
    by_lid, by_phone = halves(sari)
    shop.connected(session_id)
    long_ago = datetime.now(UTC) - timedelta(days=2)
    shop.receive(session_id, by_lid.says("berapa?", at=long_ago))
    shop.judge(label())
    assert shop.dispatch() == 1
    shop.admin.run("update outbox set state = 'sent' where tenant_id = %s", shop.id)
    shop.admin.run("update follow_ups set state = 'sent' where tenant_id = %s", shop.id)
    shop.receive(session_id, by_phone.says("harga berapa?", at=long_ago))
    shop.receive(session_id, sari.says("masih ada?", at=long_ago + timedelta(minutes=1)))
    shop.judge(label())
    assert shop.count("follow_ups", "state = 'pending'") == 0
    assert shop.dispatch() == 0


def test_the_lead_is_as_far_as_the_further_of_the_two(
    shop: Shop, session_id: str, sari: Customer
) -> None:
    by_lid, by_phone = halves(sari)
    shop.receive(session_id, by_lid.says())
    first = shop.lead()
    shop.receive(session_id, by_phone.says())
    (other,) = [lead for lead in shop.front.leads.list(shop.tenant) if lead.id != first.id]
    shop.front.leads.move(shop.tenant, other.id, Stage.NEGOTIATION)
    shop.receive(session_id, sari.says())
    assert shop.lead().stage is Stage.NEGOTIATION
    (merge,) = shop.front.contacts.merges(shop.tenant)
    shop.front.contacts.undo(shop.tenant, merge.id, actor="tests")
    stages = {lead.id: lead.stage for lead in shop.front.leads.list(shop.tenant)}
    assert stages == {first.id: Stage.NEW, other.id: Stage.NEGOTIATION}


def test_what_people_kept_of_a_lead_moves_and_comes_back(
    shop: Shop, session_id: str, sari: Customer
) -> None:
    by_lid, by_phone = halves(sari)
    shop.receive(session_id, by_lid.says())
    first = shop.lead()
    shop.receive(session_id, by_phone.says())
    (other,) = [lead for lead in shop.front.leads.list(shop.tenant) if lead.id != first.id]
    details = shop.front.lead_details
    details.add_note(shop.tenant, other.id, "suka cokelat", author="Rina")
    details.tag(shop.tenant, other.id, add=["langganan"], remove=[])
    details.assign(shop.tenant, other.id, "Rina")
    shop.receive(session_id, sari.says())
    kept = shop.lead()
    assert (kept.id, kept.assignee, kept.tags) == (first.id, "Rina", ("langganan",))
    assert [note.text for note in details.notes(shop.tenant, kept.id)] == ["suka cokelat"]
    (merge,) = shop.front.contacts.merges(shop.tenant)
    shop.front.contacts.undo(shop.tenant, merge.id, actor="tests")
    found = {lead.id: lead for lead in shop.front.leads.list(shop.tenant)}
    assert (found[first.id].assignee, found[first.id].tags, found[first.id].notes) == (None, (), 0)
    assert (found[other.id].assignee, found[other.id].notes) == ("Rina", 1)


def test_undo_gives_everything_back_and_keeps_what_came_since(
    shop: Shop, session_id: str, sari: Customer
) -> None:
    by_lid, by_phone = halves(sari)
    shop.receive(session_id, by_lid.says("dari lid"))
    shop.receive(session_id, by_phone.says("dari nomor"))
    shop.receive(session_id, sari.says("dari keduanya"))
    kept = shop.lead().conversation_id
    (merge,) = shop.front.contacts.merges(shop.tenant)
    shop.front.contacts.undo(shop.tenant, merge.id, actor="tests")
    leads = {lead.conversation_id: lead for lead in shop.front.leads.list(shop.tenant)}
    assert texts(shop, kept) == ["dari lid", "dari keduanya"]
    (other,) = set(leads) - {kept}
    assert texts(shop, other) == ["dari nomor"]
    assert leads[other].phone == f"+{sari.phone}"
    with pytest.raises(NotFoundError):
        shop.front.contacts.undo(shop.tenant, merge.id, actor="tests")
    # a message that names both does not merge again what a person has parted
    shop.receive(session_id, sari.says("lagi"))
    assert len(shop.front.leads.list(shop.tenant)) == 2
    assert texts(shop, kept)[-1] == "lagi"


def test_two_lids_of_one_number_stay_two(shop: Shop, session_id: str, sari: Customer) -> None:
    shop.receive(session_id, sari.says("pemilik lama"))
    newcomer = Customer(name="Orang baru", phone=None)
    shop.receive(session_id, newcomer.says("halo"))
    both = Customer(name="Orang baru", phone=sari.phone, lid=newcomer.lid)
    shop.receive(session_id, both.says("nomor ini sekarang saya"))
    assert len(shop.front.leads.list(shop.tenant)) == 2
    assert shop.front.contacts.merges(shop.tenant) == []


def test_conversations_on_two_numbers_of_the_shop_stay_apart(shop: Shop, sari: Customer) -> None:
    by_lid, by_phone = halves(sari)
    first, second = shop.linked("satu"), shop.linked("dua")
    shop.receive(first, by_lid.says("ke satu"))
    shop.receive(second, by_phone.says("ke dua"))
    shop.receive(first, sari.says("ke satu lagi"))
    assert len(shop.front.contacts.list(shop.tenant)) == 1
    chats = {tuple(texts(shop, e.conversation_id)) for e in shop.front.leads.list(shop.tenant)}
    assert chats == {("ke satu", "ke satu lagi"), ("ke dua",)}
    (merge,) = shop.front.contacts.merges(shop.tenant)
    shop.front.contacts.undo(shop.tenant, merge.id, actor="tests")
    assert len(shop.front.contacts.list(shop.tenant)) == 2
    phones = {lead.phone for lead in shop.front.leads.list(shop.tenant)}
    assert f"+{sari.phone}" in phones


def test_an_opt_out_counts_for_both(shop: Shop, session_id: str, sari: Customer) -> None:
    by_lid, by_phone = halves(sari)
    shop.receive(session_id, by_lid.says("STOP"))
    shop.judge(label())
    shop.receive(session_id, by_phone.says("berapa?"))
    shop.receive(session_id, sari.says("berapa ya?"))
    (contact,) = shop.front.contacts.list(shop.tenant)
    assert contact.opted_out


def test_by_hand(shop: Shop, session_id: str) -> None:
    ani, budi = Customer(name="Ani"), Customer(name="Budi")
    shop.receive(session_id, ani.says("a"), budi.says("b"))
    book = shop.front.contacts
    with pytest.raises(InvalidInputError):
        book.merge(shop.tenant, f"+{ani.phone}", str(ani.phone), actor="tests")
    with pytest.raises(NotFoundError):
        book.merge(shop.tenant, f"+{ani.phone}", "+6281299999999", actor="tests")
    merge_id = book.merge(shop.tenant, f"+{ani.phone}", f"+{budi.phone}", actor="tests")
    assert [contact.name for contact in book.list(shop.tenant)] == ["Ani"]
    # the number that was merged leads to the same contact
    assert book.get(shop.tenant, f"+{budi.phone}").name == "Ani"
    citra = Customer(name="Citra")
    shop.receive(session_id, citra.says("c"))
    later = book.merge(shop.tenant, f"+{citra.phone}", f"+{ani.phone}", actor="tests")
    with pytest.raises(ConflictError):
        book.undo(shop.tenant, merge_id, actor="tests")
    book.undo(shop.tenant, later, actor="tests")
    book.undo(shop.tenant, merge_id, actor="tests")
    assert sorted(str(c.name) for c in book.list(shop.tenant)) == ["Ani", "Budi", "Citra"]


def test_another_shop_s_contacts_do_not_exist(shop: Shop, session_id: str, new_shop) -> None:  # type: ignore[no-untyped-def]
    other = new_shop("Toko Pak Budi")
    ani, budi = Customer(name="Ani"), Customer(name="Budi")
    shop.receive(session_id, ani.says("a"), budi.says("b"))
    merge_id = shop.front.contacts.merge(
        shop.tenant, f"+{ani.phone}", f"+{budi.phone}", actor="tests"
    )
    (contact,) = shop.front.contacts.list(shop.tenant)
    assert other.front.contacts.list(other.tenant) == []
    for attempt in (
        lambda: other.front.contacts.get(other.tenant, contact.id),
        lambda: other.front.contacts.undo(other.tenant, merge_id, actor="tests"),
    ):
        with pytest.raises(NotFoundError):
            attempt()
