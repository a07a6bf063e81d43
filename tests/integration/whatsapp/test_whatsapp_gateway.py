"""The gateway with the real library, against the sandbox: tests move a hosting process."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from conftest import Launch, Link
from whatsapp_harness import Linked, Remote, RunningShop

from waagent.sandbox.client import SandboxClient

pytestmark = pytest.mark.xdist_group("whatsapp")


def test_a_number_is_paired_in_one_process_and_resumed_in_another(
    launch: Launch, host: Remote, world: SandboxClient, customer: str
) -> None:
    phone = "6281299000001"
    with launch() as pairing:
        pairing.do("pair", key="pairing")
        code = pairing.expect(event="qr", expires_in=60)["code"]
        assert code.startswith("https://wa.me/settings/linked_devices#")
        account = world.scan(code, phone=phone, name="Dapur Bu Ratna")
        paired = pairing.expect(event="paired")
        assert paired["jid"] == account.jid
        assert account.lid.startswith(paired["lid"])
        pairing.expect(event="session", kind="connected")
        assert pairing.do("stop", key="pairing") is True

    shop = RunningShop(remote=host, key="resumed", linked=Linked(phone=phone, jid=paired["jid"]))
    shop.start()
    message_id = world.send(customer, phone, "Halo kak, paket katering A masih ada?")
    came = shop.expect(event="message", wa_message_id=message_id)
    assert came["text"] == "Halo kak, paket katering A masih ada?"
    assert (came["kind"], came["from_me"], came["push_name"]) == ("text", False, "Bu Sari")
    assert came["phone"] == customer
    assert came["lid"] != customer
    assert came["chat_jid"] == f"{came['lid']}@lid"
    assert _just_now(came["sent_at"])

    sent = shop.send(came["chat_jid"], "Masih ada, mau berapa box?")
    got = world.recv(customer)
    assert (got.text, got.id) == ("Masih ada, mau berapa box?", sent["wa_message_id"])
    assert _just_now(sent["at"])
    assert shop.stop() is True


def test_receipts_tell_that_a_message_was_delivered_and_read(
    shop: RunningShop, world: SandboxClient, customer: str
) -> None:
    sent = shop.send(f"{customer}@s.whatsapp.net", "Halo")
    delivered = shop.expect(event="receipt", kind="delivered")
    world.read(customer, world.recv(customer).id)
    read = shop.expect(event="receipt", kind="read")
    assert delivered["wa_message_ids"] == read["wa_message_ids"] == [sent["wa_message_id"]]
    assert _just_now(delivered["at"])


def test_what_the_owner_writes_on_the_phone_comes_too(
    shop: RunningShop, world: SandboxClient, customer: str
) -> None:
    message_id = world.owner_send(shop.phone, customer, "Sudah saya kirim ya")
    came = shop.expect(event="message", wa_message_id=message_id)
    assert (came["from_me"], came["text"]) == (True, "Sudah saya kirim ya")
    assert came["phone"] == customer
    assert came["lid"] not in {None, customer}
    assert came["push_name"] is None


def test_a_session_reconnects_by_itself(shop: RunningShop, world: SandboxClient) -> None:
    world.drop(shop.phone)
    shop.expect(event="session", kind="disconnected")
    shop.expect(event="session", kind="connected", count=2)


def test_sessions_are_restarted_and_used_at_once(
    host: Remote, linked: list[Linked], world: SandboxClient, customer: str
) -> None:
    """Without the gate such a process dies within seconds: ``fatal error: concurrent map …``."""
    jids = {number.phone: number.jid for number in linked}
    starts = [host.ask("start", key=key, jid=jid) for key, jid in jids.items()]
    assert [start() for start in starts] == [{"result": None}] * len(jids)
    for key in jids:
        host.expect(event="session", key=key, kind="connected")
    done = host.do("stress", jids=jids, to=f"{customer}@s.whatsapp.net", seconds=8)
    assert done["stopped"] >= 10, done
    assert done["sent"] >= 10, done
    assert done["read"] >= 1000, done
    assert not {"stuck", "SendRefused"} & done.keys(), done
    for key in jids:
        world.send(customer, key, "masih buka?")
    for key in jids:
        host.expect(event="message", key=key, text="masih buka?")
    host.do("close")
    assert host.do("keys") == []
    assert host.do("stuck") is False


def test_stopping_right_after_a_start_leaves_no_zombie(
    shop: RunningShop, world: SandboxClient, customer: str
) -> None:
    """A zombie would stay connected, and acknowledge what nobody then sees."""
    assert shop.stop() is True
    for _ in range(8):
        shop.remote.do("start", key=shop.key, jid=shop.linked.jid)
        assert shop.stop() is True
    accounts = {account.phone: account for account in world.accounts()}
    assert [device.online for device in accounts[shop.phone].devices] == [False]
    message_id = world.send(customer, shop.phone, "Halo?")
    shop.start()
    shop.expect(event="message", wa_message_id=message_id)


def test_what_was_acknowledged_is_delivered_before_a_stop(
    shop: RunningShop, world: SandboxClient, customer: str
) -> None:
    """The library acknowledges as it queues, so a stop must let the queue run dry."""
    shop.remote.do("slow", seconds=0.02)
    before = world.stat().receipts
    texts = [f"pesan {number}" for number in range(80)]
    flood = threading.Thread(
        target=lambda: [world.send(customer, shop.phone, text) for text in texts]
    )
    flood.start()
    shop.expect(event="message", count=10)
    assert shop.stop() is True
    seen = len(shop.all(event="message"))
    flood.join()
    assert seen >= world.stat().receipts - before
    shop.remote.do("slow", seconds=0)
    shop.start()
    for text in texts:
        shop.expect(event="message", text=text)


def test_all_that_waited_is_handed_over_once(
    shop: RunningShop, world: SandboxClient, customer: str
) -> None:
    """How fast is measured by ``waagent bench sessions``."""
    shop.stop()
    texts = [str(number) for number in range(150)]
    for text in texts:
        world.send(customer, shop.phone, text)
    shop.start()
    shop.expect(event="message", count=150)
    assert sorted(e["text"] for e in shop.all(event="message")) == sorted(texts)


def test_one_number_runs_once_in_a_process(shop: RunningShop) -> None:
    jid, host = shop.linked.jid, shop.remote
    assert host.refused("start", key=shop.key, jid=jid)["error"] == "ConflictError"
    assert host.refused("start", key="other", jid=jid)["error"] == "ConflictError"
    assert host.refused("pair", key="third")["error"] == "ConflictError"
    assert host.refused("stop", key="nobody")["error"] == "NotFoundError"
    assert host.do("keys") == [shop.key]


def test_an_unknown_device_is_refused_and_nothing_aborts(shop: RunningShop) -> None:
    """The library itself ends the whole process here: ``nil pointer dereference``, exit 134."""
    host = shop.remote
    gone = host.refused("start", key="gone", jid="6281999999999:3@s.whatsapp.net")
    assert gone["error"] == "NotPairedError"
    assert host.refused("start", key="bad", jid="120363@g.us")["error"] == "InvalidInputError"
    assert host.do("keys") == [shop.key]


def test_a_logout_on_the_phone_ends_the_pairing(
    host: Remote, link: Link, world: SandboxClient, database_url: str
) -> None:
    shop = RunningShop(remote=host, key="unlinked", linked=link())
    shop.start()
    world.unlink(shop.phone)
    assert shop.expect(event="session", kind="logged_out")["code"] in {"device_removed", "401"}
    assert shop.stop() is True
    with psycopg.connect(database_url) as connection:
        sql = "select count(*) from whatsmeow.whatsmeow_device where jid = %s"
        assert connection.execute(sql, (shop.linked.jid,)).fetchone() == (0,)
    again = host.refused("start", key="unlinked", jid=shop.linked.jid)
    assert again["error"] == "NotPairedError"


def test_a_send_that_surely_did_not_go_says_so(shop: RunningShop, customer: str) -> None:
    nobody = {"error": "SendRefused", "code": "not_on_whatsapp", "sure": True}
    assert shop.send_refused("6281888888888@s.whatsapp.net") == nobody
    assert shop.send_refused("120363@g.us")["code"] == "invalid_input"
    assert shop.stop() is True
    stopped = {"error": "NotConnected", "code": None, "sure": True}
    assert shop.send_refused(f"{customer}@s.whatsapp.net") == stopped


def test_a_send_without_an_answer_is_uncertain(
    shop: RunningShop, world: SandboxClient, customer: str
) -> None:
    world.fault("withhold_acks", account=shop.phone)
    to = f"{customer}@s.whatsapp.net"
    waiting = shop.remote.ask("send", key=shop.key, to=to, text="Halo")
    assert world.recv(customer).text == "Halo"
    assert shop.stop() is True
    assert waiting() == {"error": "SendUncertain", "code": None, "sure": False}
    world.clear_faults(shop.phone)


def _just_now(moment: str) -> bool:
    return abs(datetime.now(UTC) - datetime.fromisoformat(moment)) < timedelta(minutes=1)
