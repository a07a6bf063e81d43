"""All that a customer can send, and do to it afterwards, arrives; files come by the real way."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from acceptance_driver import Linked, Waagent, eventually

pytestmark = [pytest.mark.xdist_group("acceptance"), pytest.mark.timeout(180)]

CUSTOMER = "6281200002401"
SMALL, LARGE = b"\xff\xd8\xff\xe0 struk", b"%PDF-1.7" + bytes(range(256)) * 3000
ODD = "\u202eterbalik\u202c \u200bnol\u200d 🙏🏽 " + "x" * 60_000


def test_files_quotes_edits_deletions_and_reactions(
    town: Waagent, bakery: Linked, tmp_path: Path
) -> None:
    people, shop = town.people, ("-t", bakery.slug)
    people.customer(CUSTOMER, "Wati")
    asked = people.send_text(CUSTOMER, bakery.phone, "mau 2 roti")
    wrong = people.send_file(CUSTOMER, bakery.phone, SMALL, mimetype="image/jpeg", caption="salah")
    people.send_file(
        CUSTOMER, bakery.phone, LARGE, kind="document", file_name="../../PO 12.pdf",
        mimetype="application/pdf", caption="PO",
    )  # fmt: skip
    people.send_text(CUSTOMER, bakery.phone, ODD)
    people.reply(bakery.phone, CUSTOMER, "siap kak", asked)
    people.edit(CUSTOMER, asked, "mau 3 roti")
    people.react(CUSTOMER, asked, "🙏")
    people.delete(CUSTOMER, wrong)

    def here() -> list[dict[str, Any]] | None:
        rows = [m for m in town.messages(bakery.slug) if m["phone"] == f"+{CUSTOMER}"]
        done = len(rows) == 5 and rows[0]["reactions"] and rows[1]["revoked_at"]
        return rows if done and rows[2]["media"]["state"] == "stored" else None

    order, deleted, document, odd, answer = eventually("all of it is here", here)
    assert (order["text"], order["edited_at"] is not None) == ("mau 3 roti", True)
    assert order["reactions"] == [{"direction": "in", "emoji": "🙏"}]
    assert (deleted["kind"], deleted["text"], deleted["media"]) == ("image", "", None)
    assert (document["kind"], document["text"]) == ("document", "PO")
    assert document["media"]["size"] == len(LARGE)
    assert odd["text"] == ODD
    assert (answer["origin"], answer["quoted"]["id"]) == ("phone", order["id"])
    assert answer["quoted"]["text"] == "mau 3 roti"
    shown = town.run("message", "list", *shop).out
    assert "mau 3 roti" in shown
    assert not {"\u202e", "\u202c"} & set(shown)

    saved = town.json("message", "media", document["id"], *shop, "-o", str(tmp_path / "po.pdf"))
    assert saved["mimetype"] == "application/pdf"
    assert (tmp_path / "po.pdf").read_bytes() == LARGE
    on_disk = [file for file in (town.home / "media").rglob("*") if file.is_file()]
    assert on_disk
    assert all(LARGE[:64] not in file.read_bytes() for file in on_disk)


def test_history_of_a_new_link_is_there_to_read_and_makes_no_lead(town: Waagent) -> None:
    phone, old, known = "6281200002403", "6281200002404", "Pak Joko"
    day = 86_400
    talk = [
        {"text": "bulan lalu pesan 50 box", "at": time.time() - 3 * day},
        {"text": "siap pak", "from_me": True, "at": time.time() - 3 * day + 60},
    ]
    past = [{"phone": old, "name": known, "messages": talk}]
    town.people.history(phone, name="Toko Lama", conversations=past)
    shop = town.link("Toko Lama", phone)
    eventually("the history is here", lambda: len(town.messages(shop.slug)) == 2)
    rows = town.messages(shop.slug)
    assert [(row["text"], row["origin"]) for row in rows] == [
        ("bulan lalu pesan 50 box", "customer"),
        ("siap pak", "phone"),
    ]
    assert town.leads(shop.slug) == {}
    town.people.send(old, phone, "pesan lagi dong, 50 box berapa?")
    lead = eventually("the lead is here", lambda: town.leads(shop.slug).get(f"+{old}"))
    assert lead["unread"] == 1
    assert [row["text"] for row in town.messages(shop.slug)][:2] == [t["text"] for t in talk]
