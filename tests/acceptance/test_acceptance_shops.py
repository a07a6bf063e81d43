"""Two shops in one ``waagent up``: neither sees anything of the other."""

from __future__ import annotations

import pytest
from acceptance_driver import Linked, Waagent, eventually

pytestmark = [pytest.mark.xdist_group("acceptance"), pytest.mark.timeout(180)]

BOTH = "6281300003001"
ONLY_BAKERY = "6281300003002"
OWNER = "6281300003003"


@pytest.fixture(scope="module")
def florist(town: Waagent, bakery: Linked) -> Linked:
    """Another shop; a customer of both, and one of the bakery alone, have written."""
    shop = town.link("Bunga Asri", "6281200002002")
    town.people.customer(BOTH, "Ayu")
    town.people.customer(ONLY_BAKERY, "Tari")
    town.people.send(BOTH, bakery.phone, "kak rotinya masih ada?")
    town.people.send(BOTH, shop.phone, "kak bunga mawarnya berapa sebuket?")
    town.people.send(ONLY_BAKERY, bakery.phone, "pagi kak mau tanya donat berapa ya")
    eventually("it is stored", lambda: texts(town, bakery.slug, "donat"))
    eventually("it is stored", lambda: texts(town, shop.slug, "mawar"))
    return shop


def texts(town: Waagent, slug: str, part: str = "") -> list[str]:
    return [message["text"] for message in town.messages(slug) if part in message["text"]]


def test_lists_are_of_one_shop(town: Waagent, bakery: Linked, florist: Linked) -> None:
    assert texts(town, florist.slug) == ["kak bunga mawarnya berapa sebuket?"]
    assert not texts(town, bakery.slug, "mawar")
    assert set(town.leads(florist.slug)) == {f"+{BOTH}"}
    assert {f"+{BOTH}", f"+{ONLY_BAKERY}"} <= set(town.leads(bakery.slug))
    for shop in (bakery, florist):
        session = town.session(shop.slug)
        assert (session["tenant"], session["phone"]) == (shop.slug, f"+{shop.phone}")
    all_sessions = town.json("session", "list")
    assert {row["tenant"] for row in all_sessions} >= {bakery.slug, florist.slug}
    for up in town.json("followup", "list", "-t", florist.slug):
        assert up["phone"] == f"+{BOTH}"


def test_ids_of_the_other_shop_do_not_exist(town: Waagent, bakery: Linked, florist: Linked) -> None:
    lead = town.leads(bakery.slug)[f"+{BOTH}"]
    moving = town.run("lead", "move", lead["id"], "won", "-t", florist.slug, "--json")
    moving.refused(5)
    assert town.leads(bakery.slug)[f"+{BOTH}"]["stage"] == lead["stage"]
    moved = town.json("lead", "move", lead["id"], "won", "-t", bakery.slug)
    assert moved["stage"] == "won"


def test_a_customer_of_one_shop_is_a_stranger_to_the_other(
    town: Waagent, bakery: Linked, florist: Linked
) -> None:
    number = f"+{ONLY_BAKERY}"
    town.run("message", "list", "--contact", number, "-t", florist.slug, "--json").refused(5)
    sending = town.run("message", "send", number, "Halo kak", "-t", florist.slug, "--json")
    sending.refused(4)


def test_a_reply_leaves_from_the_right_number(
    town: Waagent, bakery: Linked, florist: Linked
) -> None:
    town.json("message", "send", f"+{BOTH}", "Mawar 150rb kak", "-t", florist.slug)
    town.json("message", "send", f"+{BOTH}", "Roti masih ada kak", "-t", bakery.slug)

    def arrived() -> dict[str, str] | None:
        rows = [row for row in town.people.inbox(BOTH) if not row.from_me]
        return {row.text: row.peer for row in rows} if len(rows) == 2 else None

    assert eventually("both replies are there", arrived) == {
        "Mawar 150rb kak": florist.phone,
        "Roti masih ada kak": bakery.phone,
    }


def test_an_owner_hears_by_whatsapp_of_a_number_that_is_away_and_back(
    town: Waagent, bakery: Linked, florist: Linked
) -> None:
    """The bakery's number plays the operator's (WAAGENT_NOTIFY_SESSION)."""
    people = town.people
    people.customer(OWNER, "Bu Asri")
    people.send(OWNER, bakery.phone, "halo, mohon kabari kalau nomor toko saya terputus ya")
    town.json("notify", "add", "pemilik", "--whatsapp", OWNER, "-t", florist.slug)
    eventually("it is stored", lambda: texts(town, bakery.slug, "mohon kabari"))
    people.stream_error(florist.phone, "replaced")
    away = people.recv(OWNER, timeout=30)
    assert (away.peer, away.from_me) == (bakery.phone, False)
    assert away.text.startswith("*Bunga Asri: WhatsApp 0812…02 ")
    for part in ("Penyebab: ", "Yang perlu dilakukan: ", f"waagent connect {florist.slug}"):
        assert part in away.text
    assert town.json_lines("connect", florist.slug)[-1]["event"] == "connected"
    back = people.recv(OWNER, timeout=60)
    assert back.text.startswith("*Bunga Asri: WhatsApp 0812…02 tersambung lagi")
    assert [row.text for row in people.inbox(OWNER) if not row.from_me] == [away.text, back.text]
    log = town.json("notify", "log", "-t", florist.slug)
    assert [row["kind"] for row in log] == ["back", "action"]


def test_a_number_is_logged_out_from_here_and_linked_again_with_all_its_data(
    town: Waagent, bakery: Linked, florist: Linked
) -> None:
    before = texts(town, florist.slug)
    out = ["session", "logout", "main", "-t", florist.slug]
    assert "link" in town.run(*out, "--json").refused(2)
    done = town.json(*out, "--confirm", "main")
    assert (done["state"], done["reason"]) == ("logged_out", "unlinked_here")
    (account,) = (each for each in town.people.accounts() if each.phone == florist.phone)
    assert account.devices == (), "WhatsApp knows it too"
    assert "not linked" in town.run(*out, "--confirm", "main", "--json").refused(4)
    with town.started("connect", florist.slug, "--json", "--timeout", "60") as connecting:
        town.people.scan(connecting.next()["code"], phone=florist.phone)
        assert connecting.end().code == 0
    assert texts(town, florist.slug) == before
    town.people.send(BOTH, florist.phone, "masih ada bunganya kak?")
    eventually("it is stored", lambda: texts(town, florist.slug, "masih ada bunganya"))
    told = [row.text for row in town.people.inbox(OWNER) if not row.from_me]
    assert len(told) == 2, "nobody is told of what was asked for"
