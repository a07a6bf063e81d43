"""Linking, unlinking, going away and coming back, with real neonize clients."""

from __future__ import annotations

import pytest
from sandbox_support import SARI, SHOP, Launch, Place, eventually, pair

from waagent.errors import ConflictError, InvalidInputError, NotFoundError, RefusedError
from waagent.sandbox import SandboxProcess, start
from waagent.sandbox.client import SandboxClient


def test_a_code_is_scanned_once_and_must_be_the_clients(
    launch: Launch, control: SandboxClient
) -> None:
    client = launch()
    code = client.wait("qr")["code"]
    control.customer(SARI, "Bu Sari")
    with pytest.raises(InvalidInputError):
        control.scan("bukan kode", phone=SHOP)
    with pytest.raises(RefusedError):
        control.scan(code.partition(",")[0] + ",QUJD,QUJD,QUJD,1", phone=SHOP)
    with pytest.raises(ConflictError):
        control.scan(code, phone=SARI)
    with control.events() as events:
        control.scan(code, phone=SHOP, name="Dapur Bu Ratna")
        kinds = [next(events).kind for _ in range(3)]
    assert kinds == ["scan", "paired", "login"]
    with pytest.raises(NotFoundError):
        control.scan(code, phone=SHOP)
    client.wait("connected")
    assert control.accounts()[0].name == "Dapur Bu Ratna"


def test_closing_right_after_515_leaves_a_linked_device(
    launch: Launch, control: SandboxClient
) -> None:
    control.fault("close_after_515")
    client = launch()
    assert control.scan(client.wait("qr")["code"], phone=SHOP).device == 1
    assert [d.number for d in control.accounts()[0].devices] == [1]


def test_a_second_device_sees_what_the_first_sends(place: Place) -> None:
    sari, control, shop = place.customer(), place.control, place.shop
    control.send(SARI, SHOP, "halo")
    shop.send(SARI, "halo juga")
    second = place.launch("second")
    assert pair(second, control).partition("@")[0] == f"{SHOP}:2"
    said = control.send(SARI, SHOP, "masih buka?")
    shop.wait("message", id=said)
    second.wait("message", id=said)
    sent = shop.send(SARI, "buka sampai jam 9")
    copy = second.wait("message", id=sent)
    assert (copy["from_me"], copy["chat"], copy["text"]) == (True, sari, "buka sampai jam 9")
    answered = second.send(SARI, "monggo mampir")
    assert shop.wait("message", id=answered)["from_me"] is True
    for client in (shop, second):
        lines = client.log_path.read_text().splitlines()
        assert [line for line in lines if "whatsmeow" in line and "WARN" in line] == []


def test_what_came_while_offline_is_delivered_once(place: Place) -> None:
    place.customer()
    control = place.control
    first = control.send(SARI, SHOP, "satu")
    place.shop.wait("message", id=first)
    eventually(lambda: control.accounts()[0].devices[0].queued == 0)
    place.shop.close()
    eventually(lambda: control.stat().online == 0)
    texts = [f"pesan {n}" for n in range(5)]
    ids = [control.send(SARI, SHOP, text) for text in texts]
    assert control.accounts()[0].devices[0].queued == len(ids)

    back = place.launch("shop", place.jid)
    back.wait("offline_done")
    back.wait("message", id=ids[-1])
    assert [m["text"] for m in back.all("message")] == texts
    eventually(lambda: control.accounts()[0].devices[0].queued == 0)


def test_a_killed_sandbox_needs_no_new_code(place: Place) -> None:
    place.customer()
    control, jid = place.control, place.jid
    control.send(SARI, SHOP, "halo")
    place.shop.send(SARI, "halo juga")
    place.shop.close()
    eventually(lambda: control.stat().online == 0)
    waiting = control.send(SARI, SHOP, "masih ada?")
    place.sandbox.kill()
    with start(place.folder / "sandbox") as again:
        assert control.recv(SARI).text == "halo juga"
        back = place.launch("shop", jid, at=again)
        back.wait("message", id=waiting)
        back.send(SARI, "masih")
        assert control.recv(SARI).text == "masih"


def test_a_device_of_another_server_is_refused(place: Place, sandbox: SandboxProcess) -> None:
    jid = place.jid
    place.shop.close()
    place.launch("shop", jid, at=sandbox).wait("logged_out")


def test_an_unlinked_device_is_told_so(place: Place) -> None:
    assert place.control.unlink(SHOP) == 1
    place.shop.wait("logged_out")
    assert place.control.accounts()[0].devices == ()


def test_a_client_can_log_out(place: Place) -> None:
    with place.control.events() as events:
        place.shop.tell("logout")
        events.wait_for("logout", account=SHOP)
    assert place.control.stat().devices == 0


def test_the_newer_of_two_connections_stays(place: Place) -> None:
    newer = place.launch("shop", place.jid)
    place.shop.wait("replaced")
    newer.wait("connected")
    assert place.control.stat().online == 1


def test_a_refused_login_logs_the_client_out(place: Place) -> None:
    place.control.fault("refuse_login", account=SHOP, value=401)
    place.control.drop(SHOP)
    place.shop.wait("logged_out")


def test_a_client_that_lost_its_sessions_is_understood_again(place: Place) -> None:
    """The database is set back, as by a restored backup: both sides must ask for messages anew."""
    place.customer()
    control = place.control
    place.shop.close()
    eventually(lambda: control.stat().online == 0)
    saved = {f: f.read_bytes() for f in place.folder.glob("shop.db*")}
    ahead = place.launch("shop", place.jid)
    ahead.wait("connected")
    for n in range(3):
        said = control.send(SARI, SHOP, f"halo {n}")
        ahead.wait("message", id=said)
        ahead.send(SARI, f"ya {n}")
    eventually(lambda: control.accounts()[0].devices[0].queued == 0)
    ahead.close()
    for stale in place.folder.glob("shop.db*"):
        stale.unlink()
    for path, content in saved.items():
        path.write_bytes(content)
    back = place.launch("shop", place.jid)
    back.wait("connected")
    said = control.send(SARI, SHOP, "masih kenal?")
    back.wait("message", id=said, text="masih kenal?")
    back.send(SARI, "masih")
    eventually(lambda: control.inbox(SARI)[-1].text == "masih")
