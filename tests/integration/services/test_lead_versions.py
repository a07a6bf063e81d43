"""A lead's version is another one as soon as its card would look different, and only then."""

from __future__ import annotations

from shop_support import Customer, label

from waagent.domain.leads import Stage


def test_every_change_of_a_card_changes_its_version(new_shop):
    shop = new_shop()
    session, customer, other = shop.linked(), Customer(), Customer()
    shop.receive(session, customer.says())
    lead = shop.lead()
    leads, details = shop.front.leads, shop.front.lead_details
    assert leads.versions(shop.tenant).keys() == {lead.id}

    changes = {
        "message": lambda: shop.receive(session, customer.says("jadi ya kak")),
        "insight and follow-up": lambda: shop.judge(label()),
        "stage": lambda: leads.move(shop.tenant, lead.id, Stage.NEGOTIATION),
        "read": lambda: shop.front.messages.mark_read(shop.tenant, lead.conversation_id),
        "tag": lambda: details.tag(shop.tenant, lead.id, add=["vip"], remove=[]),
        "value": lambda: details.set_value(shop.tenant, lead.id, "250000"),
    }
    for what, change in changes.items():
        before = leads.versions(shop.tenant)
        assert leads.versions(shop.tenant) == before
        change()
        assert leads.versions(shop.tenant) != before, what

    before = leads.versions(shop.tenant)
    shop.receive(session, other.says())
    after = leads.versions(shop.tenant)
    assert len(after) == 2
    assert after[lead.id] == before[lead.id]
    assert {view.id for view in leads.list(shop.tenant)} == set(after)
