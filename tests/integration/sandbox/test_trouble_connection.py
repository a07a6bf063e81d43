"""Connections that are refused, broken, banned or deaf, as a real neonize client sees them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sandbox_support import PATIENCE, SHOP, Neonize, Place, eventually

from waagent.errors import InvalidInputError, NotFoundError

pytestmark = pytest.mark.xdist_group("sandbox-trouble")
BANNED, LOCKED, OUTDATED, GONE = 402, 403, 405, 406


@pytest.fixture
def shop(shared: Place) -> Iterator[Neonize]:
    """The shop's client, connected; the test may leave it in any state but unlinked."""
    control = shared.control
    control.clear_faults()
    if not control.accounts()[0].devices[0].online:
        shared.shop.close()
        shared.shop = Neonize(shared.sandbox, shared.folder, "shop", shared.jid)
    eventually(lambda: control.accounts()[0].devices[0].online)
    yield shared.shop
    control.clear_faults()


def said(shared: Place, phone: str, text: str = "halo") -> str:
    shared.customer(phone)
    return shared.control.send(phone, SHOP, text)


def test_a_ban_names_its_code_and_length_and_lifts_itself(shared: Place, shop: Neonize) -> None:
    control = shared.control
    assert control.ban(SHOP, code=104, expire=600) == 1
    told = shop.wait("banned")
    assert told["code"] == 4  # the library counts its names of 101, 102 …
    assert 590 <= told["expire"] <= 600
    (fault,) = control.faults()
    assert (fault.name, fault.account, fault.value, fault.code) == (
        "refuse_login",
        SHOP,
        BANNED,
        104,
    )
    assert control.counters(SHOP).refused_logins == 1
    control.ban(SHOP, expire=0.01)
    eventually(lambda: control.faults() == [])


@pytest.mark.parametrize(("reason", "event"), [(OUTDATED, "outdated"), (409, "connect_failure")])
def test_a_refused_login_tells_why(shared: Place, shop: Neonize, reason: int, event: str) -> None:
    shared.control.fault("refuse_login", account=SHOP, value=reason)
    shared.control.drop(SHOP)
    shop.wait(event)


@pytest.mark.parametrize("reason", [LOCKED, GONE])
def test_a_locked_or_banned_number_loses_its_link(place: Place, reason: int) -> None:
    place.control.fault("refuse_login", account=SHOP, value=reason)
    place.control.drop(SHOP)
    place.shop.wait("logged_out")


def test_a_server_that_is_busy_is_tried_again(shared: Place, shop: Neonize) -> None:
    control = shared.control
    before = control.counters(SHOP)
    control.fault("refuse_login", account=SHOP, value=500, times=1)
    control.fault("hang_up_at_once")
    with control.events() as events:
        control.drop(SHOP)
        assert events.wait_for("login_refused", account=SHOP)["reason"] == 500
        events.wait_for("login", timeout=PATIENCE, account=SHOP)
    after = control.counters(SHOP)
    assert after.refused_logins == before.refused_logins + 1
    assert [fault.name for fault in control.faults()] == ["hang_up_at_once"]


@pytest.mark.parametrize("kind", ["503", "516"])
def test_a_stream_error_reconnects(shared: Place, shop: Neonize, kind: str) -> None:
    control = shared.control
    if kind == "503":  # hung up at once, the library may not get to tell of the other
        control.fault("hang_up_at_once")
    with control.events() as events:
        assert control.stream_error(SHOP, kind) == 1
        events.wait_for("login", timeout=PATIENCE, account=SHOP)
    if kind == "516":
        shop.wait("stream_error", code="516")
    counted = control.counters(SHOP)
    assert (counted.open, counted.most_open, counted.replaced) == (1, 1, 0)


def test_a_replaced_connection_stays_away(shared: Place, shop: Neonize) -> None:
    assert shared.control.stream_error(SHOP, "replaced") == 1
    shop.wait("replaced")
    eventually(lambda: shared.control.counters(SHOP).open == 0)


def test_stream_errors_that_do_not_exist(shared: Place, shop: Neonize) -> None:
    for kind in ("hujan", "7", "1000"):
        with pytest.raises(InvalidInputError):
            shared.control.stream_error(SHOP, kind)
    with pytest.raises(NotFoundError):
        shared.control.stream_error("6281200008888", "503")


def test_a_deaf_socket_holds_everything_until_it_hears_again(shared: Place, shop: Neonize) -> None:
    control, phone = shared.control, "6281200000301"
    first = said(shared, phone)
    shop.wait("message", id=first)
    eventually(lambda: control.accounts()[0].devices[0].queued == 0)
    control.fault("deaf", account=SHOP)
    held = control.send(phone, SHOP, "ada orang?")
    shop.tell("typing", to=phone)
    with pytest.raises(AssertionError):
        shop.wait("message", timeout=0.7, id=held)
    device = control.accounts()[0].devices[0]
    assert (device.online, device.queued) == (True, 1)
    assert control.chat_states(phone) == []
    control.clear_faults()
    shop.wait("message", id=held)


def test_a_silent_socket_answers_but_delivers_nothing(shared: Place, shop: Neonize) -> None:
    control, phone = shared.control, "6281200000303"
    shared.customer(phone)
    control.fault("silent", account=SHOP)
    held = control.send(phone, SHOP, "halo?")
    shop.tell("is_on_whatsapp", phone=phone)
    shop.wait("found")
    assert held not in [m["id"] for m in shop.all("message")]
    with control.events() as events:
        control.drop(SHOP)
        events.wait_for("login", account=SHOP)
    shop.wait("message", id=held)


def test_a_server_that_does_not_answer_logins(shared: Place, shop: Neonize) -> None:
    control = shared.control
    control.fault("deaf", account=SHOP, value=2)
    before = control.counters(SHOP).logins
    with control.events() as events:
        control.drop(SHOP)
        events.wait_for("disconnect", account=SHOP)
        eventually(lambda: control.stat().connections == 1)
        assert control.counters(SHOP).logins == before
        control.clear_faults()
        events.wait_for("login", account=SHOP)


def test_a_new_connection_of_a_deaf_one_works(shared: Place, shop: Neonize) -> None:
    control, phone = shared.control, "6281200000302"
    control.fault("deaf", account=SHOP)
    held = said(shared, phone)
    before = control.counters(SHOP).logins
    newer = shared.launch("shop", shared.jid)
    newer.wait("message", id=held)
    counted = control.counters(SHOP)
    assert (counted.logins, counted.most_open) == (before + 1, 2)
    assert counted.replaced >= 1
    newer.close()
    shop.close()
    eventually(lambda: control.counters(SHOP).open == 0)
