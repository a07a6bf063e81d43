"""Messages and receipts between people and a real neonize client. One shop for all tests here."""

from __future__ import annotations

import time

import pytest
from sandbox_support import SHOP, Place, eventually

from waagent.errors import ConflictError, NotFoundError, TimedOutError

pytestmark = pytest.mark.xdist_group("sandbox-messages")
DELIVERED, READ = 1, 4  # neonize's numbers for receipt types


def test_messages_pass_both_ways_with_receipts(shared: Place) -> None:
    control, shop, phone = shared.control, shared.shop, "6281200000101"
    sari = shared.customer(phone)
    with control.events() as events:
        said = control.send(phone, SHOP, "Halo kak, paket katering A masih ada?")
        got = shop.wait("message", id=said)
        assert got["text"] == "Halo kak, paket katering A masih ada?"
        assert got["name"] == "Bu Sari"
        assert got["from_me"] is False
        assert (got["sender"], got["chat"]) == (sari, sari)
        assert got["sender_alt"] == f"{phone}@s.whatsapp.net"
        assert events.wait_for("receipt", by="shop", id=said)["device"] == 1

        sent = shop.send(phone, "Masih ada kak, mau berapa box?")
        received = control.recv(phone, timeout=10)
        assert (received.id, received.text) == (sent, "Masih ada kak, mau berapa box?")
        assert (received.peer, received.device, received.from_me) == (SHOP, 1, False)
        assert events.wait_for("shop_said", id=sent)["customer"] == phone
    assert [r.type for r in control.receipts(said)] == ["inactive"]

    shop.wait("receipt", ids=[sent], type=DELIVERED, sender=sari)
    control.read(phone, sent)
    shop.wait("receipt", ids=[sent], type=READ, sender=sari)
    shop.tell("mark_read", chat=sari.partition("@")[0], id=said)
    eventually(lambda: "read" in [r.type for r in control.receipts(said)])

    assert [(m.id, m.from_me) for m in control.inbox(phone)] == [(said, True), (sent, False)]
    on_the_phone = [m for m in control.inbox(SHOP) if m.peer == phone]
    assert [(m.id, m.from_me) for m in on_the_phone] == [(said, False), (sent, True)]


def test_what_the_owner_types_reaches_the_customer_and_the_devices(shared: Place) -> None:
    phone = "6281200000102"
    lid = shared.customer(phone)
    typed = shared.control.owner_send(SHOP, phone, "siap bu, besok kami antar")
    assert shared.control.recv(phone).id == typed
    copy = shared.shop.wait("message", id=typed)
    assert copy["text"] == "siap bu, besok kami antar"
    assert copy["from_me"] is True
    assert copy["chat"] == lid
    assert copy["recipient_alt"] == f"{phone}@s.whatsapp.net"
    assert shared.shop.wait("receipt", ids=[typed])["sender"] == lid


def test_a_dropped_socket_is_reconnected(shared: Place) -> None:
    phone = "6281200000103"
    shared.customer(phone)
    with shared.control.events() as events:
        assert shared.control.drop(SHOP) == 1
        events.wait_for("login", account=SHOP)
    said = shared.control.send(phone, SHOP, "kok putus")
    shared.shop.wait("message", id=said)


def test_only_numbers_in_the_sandbox_are_on_whatsapp(shared: Place) -> None:
    shared.customer("6281200000104")
    shared.shop.tell("is_on_whatsapp", phone="6281200000104")
    assert shared.shop.wait("found")["people"][0][1] is True
    shared.shop.tell("send", to="6281200007777", text="halo")
    assert "no LID found" in shared.shop.wait("send_failed")["error"]


def test_a_shop_is_seen_typing(shared: Place) -> None:
    phone = "6281200000110"
    shared.customer(phone)
    with shared.control.events() as events:
        shared.shop.tell("typing", to=phone)
        typing = events.wait_for("typing", customer=phone)
    assert (typing["account"], typing["state"]) == (SHOP, "composing")


def test_a_message_delivered_twice_has_one_id(shared: Place) -> None:
    phone, shop = "6281200000105", shared.shop
    shared.customer(phone)
    shared.control.fault("duplicate")
    said = shared.control.send(phone, SHOP, "dobel")
    after = shared.control.send(phone, SHOP, "sekali")
    shop.wait("message", id=after)
    ids = [m["id"] for m in shop.all("message") if m["id"] in (said, after)]
    assert ids == [said, said, after]


def test_late_acknowledgements_only_delay(shared: Place) -> None:
    phone = "6281200000106"
    shared.customer(phone)
    shared.control.fault("ack_delay", account=SHOP, value=1)
    before = time.monotonic()
    shared.shop.send(phone, "pelan")
    assert time.monotonic() - before >= 1
    assert shared.control.recv(phone).text == "pelan"
    shared.control.clear_faults()


def test_a_resent_message_is_shown_once(shared: Place) -> None:
    phone, control = "6281200000107", shared.control
    shared.customer(phone)
    control.fault("withhold_acks", account=SHOP)
    shared.shop.tell("send", to=phone, text="cuma sekali")
    first = control.recv(phone)
    assert first.text == "cuma sekali"
    control.clear_faults()
    with control.events() as events:
        control.drop(SHOP)
        events.wait_for("login", account=SHOP)
    shared.shop.wait("sent", id=first.id)
    assert [m.text for m in control.inbox(phone)] == ["cuma sekali"]


def test_both_sides_may_write_first(shared: Place) -> None:
    """Each begins a Signal session without knowing of the other's; both go on working."""
    phone, control, shop = "6281200000108", shared.control, shared.shop
    shared.customer(phone)
    for round_ in range(3):
        shop.tell("send", to=phone, text=f"toko {round_}")
        said = control.send(phone, SHOP, f"pembeli {round_}")
        shop.wait("message", id=said)
        assert control.recv(phone).text == f"toko {round_}"


def test_people_who_do_not_exist_are_named(shared: Place) -> None:
    shared.customer("6281200000109")
    with pytest.raises(NotFoundError, match="6281200007777"):
        shared.control.send("6281200007777", SHOP, "halo")
    with pytest.raises(NotFoundError, match="6281200008888"):
        shared.control.send("6281200000109", "6281200008888", "halo")
    with pytest.raises(ConflictError):
        shared.control.customer(SHOP, "Bukan pembeli")
    with pytest.raises(NotFoundError):
        shared.control.read("6281200000109", "3A00")
    with pytest.raises(TimedOutError):
        shared.control.recv("6281200000109", timeout=0.1)


def test_a_scenario_is_played_to_its_end(shared: Place) -> None:
    control, shop = shared.control, shared.shop
    with control.events() as events:
        run = control.run_scenario("hijab", SHOP, speed=20)
        with pytest.raises(ConflictError):
            control.run_scenario("hijab", SHOP)
        events.wait_for("scenario_step", run=run, person="nisa", act="wait_for_shop")
        shop.wait("message", text="hmm oke aku pikir2 dulu yaa")
        shop.send("6281200000201", "kak, mauve-nya tinggal 2, mau disimpan?")
        assert events.wait_for("scenario_done", run=run)["state"] == "done"
    shop.wait("message", text="eh iya kak lupa 😅 aku jadi deh ambil mauve 2 ya, kirim ke Malang")
    status = control.scenario_status(run)
    assert {p.state for p in status.people} == {"done"}
    answers = [m for m in control.inbox("6281200000201") if not m.from_me]
    assert all(m.read for m in answers)
    with pytest.raises(NotFoundError):
        control.run_scenario("tidak-ada", SHOP)
