"""Messages that come twice, late, unreadable or under other addresses; sends that are refused."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from sandbox_support import PATIENCE, SHOP, Place, eventually
from typer.testing import CliRunner

from cli.commands.sandbox import app
from waagent.errors import InvalidInputError

pytestmark = pytest.mark.xdist_group("sandbox-delivery")


@pytest.fixture(autouse=True)
def behaving(shared: Place) -> Iterator[None]:
    """No test leaves faults behind."""
    yield
    shared.control.clear_faults()


def test_an_unreadable_message_is_asked_for_and_comes_again(shared: Place) -> None:
    control, shop, phone = shared.control, shared.shop, "6281200000401"
    shared.customer(phone)
    control.fault("undecryptable", account=SHOP, value=1)
    control.fault("resend_delay", account=SHOP, value=0.2)
    control.fault("spoil_resends", account=SHOP, value=1)  # to the second plea, keys are attached
    first = control.send(phone, SHOP, "harga 55rb")
    second = control.send(phone, SHOP, "masih ada?")
    assert shop.wait("undecryptable", id=first)["unavailable"] is False
    shop.wait("message", id=second, text="masih ada?")
    assert first not in [m["id"] for m in shop.all("message")]
    shop.wait("message", id=first, text="harga 55rb")
    assert control.counters(SHOP).retries == 2
    later = control.send(phone, SHOP, "halo?")
    shop.wait("message", id=later, text="halo?")
    shop.send(phone, "ada")
    assert control.recv(phone).text == "ada"


def test_an_unreadable_message_may_never_come(shared: Place) -> None:
    control, shop, phone = shared.control, shared.shop, "6281200000402"
    shared.customer(phone)
    shop.wait("message", id=control.send(phone, SHOP, "halo"))
    control.fault("withhold_resends")
    control.fault("undecryptable", value=1)
    lost = control.send(phone, SHOP, "hilang")
    shop.wait("undecryptable", id=lost)
    shop.wait("message", id=control.send(phone, SHOP, "sampai"))
    eventually(lambda: "retry" in [r.type for r in control.receipts(lost)])
    assert lost not in [m["id"] for m in shop.all("message")]


def test_a_message_without_its_content(shared: Place) -> None:
    control, shop, phone = shared.control, shared.shop, "6281200000403"
    shared.customer(phone)
    control.fault("unavailable")
    hollow = control.send(phone, SHOP, "sekali lihat")
    assert shop.wait("undecryptable", id=hollow)["unavailable"] is True
    shop.wait("message", id=control.send(phone, SHOP, "biasa"), text="biasa")
    eventually(lambda: control.accounts()[0].devices[0].queued == 0)


def test_the_next_messages_come_twice(shared: Place) -> None:
    control, shop, phone = shared.control, shared.shop, "6281200000404"
    shared.customer(phone)
    control.fault("duplicate", account=SHOP, value=2)
    ids = [control.send(phone, SHOP, f"pesan {n}") for n in range(3)]
    shop.wait("message", id=ids[2])
    got = [m["id"] for m in shop.all("message") if m["id"] in ids]
    assert got == [ids[0], ids[0], ids[1], ids[1], ids[2]]


def test_a_message_comes_late(shared: Place) -> None:
    control, phone = shared.control, "6281200000405"
    shared.customer(phone)
    old = control.send(phone, SHOP, "kemarin", age=86_400)
    at_ms = shared.shop.wait("message", id=old)["at"]
    assert time.time() - at_ms / 1000 == pytest.approx(86_400, abs=30)


def test_a_refused_message_reaches_nobody(shared: Place) -> None:
    control, shop, phone = shared.control, shared.shop, "6281200000406"
    shared.customer(phone)
    before = control.counters(SHOP)
    control.fault("ack_error", account=SHOP, value=463, times=1)
    shop.tell("send", to=phone, text="promo")
    assert "463" in shop.wait("send_failed")["error"]
    shop.send(phone, "halo kak")
    assert control.recv(phone).text == "halo kak"
    after = control.counters(SHOP)
    assert (after.refusals, after.acks) == (before.refusals + 1, before.acks + 1)
    assert after.received[phone] == 1
    assert phone not in after.duplicates
    assert [m.text for m in control.inbox(phone)] == ["halo kak"]


def test_a_number_alone_a_lid_alone_and_both(shared: Place) -> None:
    control, shop, phone = shared.control, shared.shop, "6281200000407"
    lid = shared.customer(phone)
    pn = f"{phone}@s.whatsapp.net"
    first = shop.wait("message", id=control.send(phone, SHOP, "satu", addressing="pn"))
    assert (first["chat"], first["sender_alt"].strip("@")) == (pn, "")
    both = shop.wait("message", id=control.send(phone, SHOP, "dua"))
    assert (both["chat"], both["sender_alt"]) == (lid, pn)
    shop.send(phone, "ya?")
    assert control.recv(phone).text == "ya?"
    again = shop.wait("message", id=control.send(phone, SHOP, "tiga", addressing="pn"))
    assert (again["chat"], again["sender_alt"]) == (pn, lid)

    hidden = "6281200000408"
    lid = shared.customer(hidden)
    got = shop.wait("message", id=control.send(hidden, SHOP, "rahasia", addressing="lid_only"))
    assert (got["chat"], got["sender_alt"].strip("@")) == (lid, "")
    with pytest.raises(InvalidInputError):
        control.send(hidden, SHOP, "halo", addressing="email")


def test_typing_is_seen_in_order_with_messages(shared: Place) -> None:
    control, shop, phone = shared.control, shared.shop, "6281200000409"
    shared.customer(phone)
    with control.events() as events:
        shop.tell("typing", to=phone)
        events.wait_for("typing", customer=phone)
        shop.tell("typing", to=phone, state="PAUSED")
        events.wait_for("typing", customer=phone, state="paused")
    sent = shop.send(phone, "ready kak")
    seen = control.chat_states(phone)
    assert [s.state for s in seen] == ["composing", "paused", "message"]
    assert seen[-1].id == sent
    assert [s.at for s in seen] == sorted(s.at for s in seen)
    assert {(s.account, s.device) for s in seen} == {(SHOP, 1)}


def test_a_burst_comes_whole(shared: Place) -> None:
    control, shop = shared.control, shared.shop
    before = control.counters(SHOP)
    ids = control.burst(SHOP, 30, people=3)
    for message in ids:
        shop.wait("message", id=message)
    eventually(lambda: control.accounts()[0].devices[0].queued == 0)
    after = control.counters(SHOP)
    assert after.delivered - before.delivered == len(set(ids)) == 30
    assert after.receipted - before.receipted >= 30
    with pytest.raises(InvalidInputError):
        control.burst(SHOP, 0)


def test_faults_are_cleared_one_by_one(shared: Place) -> None:
    control = shared.control
    control.fault("ack_delay", value=1)
    control.fault("duplicate", account=SHOP)
    control.clear_faults(name="ack_delay")
    assert [(f.name, f.account) for f in control.faults()] == [("duplicate", SHOP)]
    with pytest.raises(InvalidInputError):
        control.clear_faults(name="hujan")
    with pytest.raises(InvalidInputError):
        control.fault("hujan")


def test_the_commands_do_the_same(shared: Place) -> None:
    def waagent(*words: str) -> Any:
        folder = str(shared.sandbox.state_dir)
        done = CliRunner().invoke(app, [*words, "--json", "--dir", folder])
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    phone, control = "6281200000410", shared.control
    shared.customer(phone)
    (fault,) = waagent("fault", "ack_delay", "0.1", "--account", SHOP)
    assert (fault["account"], fault["name"], fault["value"]) == (SHOP, "ack_delay", 0.1)
    assert waagent("faults") == [fault]
    assert waagent("clear-faults", "ack_delay") == []
    said = waagent("send", phone, "kemarin", "--addressing", "lid_only", "--age", "1h")["id"]
    assert shared.shop.wait("message", id=said)["at"] < (time.time() - 3_500) * 1_000
    assert waagent("burst", "2", "--people", "1") == {"messages": 2}
    assert waagent("chat-states", phone) == []
    assert waagent("counters")["logins"] == control.counters(SHOP).logins
    with control.events() as events:
        assert waagent("stream-error", "503") == {"sent": 1}
        assert waagent("drop") == {"dropped": 1}
        events.wait_for("login", timeout=PATIENCE, account=SHOP)
