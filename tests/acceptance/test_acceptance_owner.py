"""The owner answers on the phone: waagent sees it, keeps it, and holds its tongue."""

from __future__ import annotations

from typing import Any

import pytest
from acceptance_driver import Linked, Waagent, eventually

pytestmark = [pytest.mark.xdist_group("acceptance"), pytest.mark.timeout(180)]

CUSTOMER = "6281300002001"
ANSWER = "Brownies kukus 55rb kak, mau diambil jam berapa? sudah kami siapkan ya"


def test_the_owners_answer_on_the_phone_counts(town: Waagent, bakery: Linked) -> None:
    town.people.customer(CUSTOMER, "Mbak Dewi")
    town.people.send(CUSTOMER, bakery.phone, "pagi kak, brownies kukus yg besar brp ya harganya?")
    pending = eventually("a follow-up is planned", lambda: follow_ups(town, bakery, "pending"))
    before = town.leads(bakery.slug)[f"+{CUSTOMER}"]
    assert (before["status"], before["unread"]) == ("warm_lead", 1)
    assert before["follow_up_at"] == pending[0]["due_at"]

    town.people.owner_send(bakery.phone, CUSTOMER, ANSWER)

    cancelled = eventually("it is cancelled", lambda: follow_ups(town, bakery, "cancelled"))
    assert [(up["id"], up["reason"]) for up in cancelled] == [
        (pending[0]["id"], "business_replied")
    ]
    chat = town.json("message", "list", "--contact", f"+{CUSTOMER}", "-t", bakery.slug)
    asked, answered = chat
    assert (asked["direction"], asked["origin"]) == ("in", "customer")
    assert (answered["direction"], answered["origin"]) == ("out", "phone")
    assert (answered["text"], answered["phone"]) == (ANSWER, f"+{CUSTOMER}")

    def judged_anew() -> dict[str, Any] | None:
        lead = town.leads(bakery.slug)[f"+{CUSTOMER}"]
        return lead if lead["updated_at"] > before["updated_at"] and lead["follow_up_at"] else None

    after = eventually("the lead is judged anew", judged_anew)
    assert after["unread"] == 0
    assert after["follow_up_at"] > pending[0]["due_at"]


def follow_ups(town: Waagent, shop: Linked, state: str) -> list[dict[str, Any]]:
    found = town.json("followup", "list", "-t", shop.slug)
    return [up for up in found if up["phone"] == f"+{CUSTOMER}" and up["state"] == state]
