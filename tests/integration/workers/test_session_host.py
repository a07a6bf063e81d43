"""Session hosts as processes, numbers of a sandbox: every state, and the way out of it."""

from __future__ import annotations

import secrets
import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from host_town import SOON, HostTown, Number, soon
from shop_support import Admin, Customer, Shop

from waagent.bootstrap import HostServices, Services
from waagent.domain.sessions import FREEZE_AFTER_BAN, REPLACED_MOST, SessionState
from waagent.errors import ConflictError, NotFoundError, RefusedError
from waagent.sandbox import start
from waagent.settings import Settings

pytestmark = [pytest.mark.xdist_group("session host"), pytest.mark.timeout(120)]

S = SessionState
HASTY = {
    "probe_least": 0.3,
    "probe_most": 0.5,
    "probe_again": 0.2,
    "probe_timeout": 1.0,
    "silence_least": 1.0,
    "surely_deaf": 0.01,
    "unstored": 2.0,
}
FIRST, SECOND = "6281200007001", "6281200007002"


@pytest.fixture(scope="module")
def town(
    settings: Settings, admin: Admin, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HostTown]:
    folder = tmp_path_factory.mktemp("hosts")
    with start(folder / "whatsapp") as sandbox:
        yield HostTown(settings, sandbox, folder)
    admin.run("update instance set whatsapp = null, outdated_since = null, probe_at = null")


@pytest.fixture(scope="module")
def shop(front: Services, host: HostServices, admin: Admin) -> Iterator[Shop]:
    """One for the whole module: its numbers are linked once."""
    tenant = front.tenants.create(f"Toko Host {secrets.token_hex(4)}", timezone="Asia/Jakarta")
    yield Shop(tenant=tenant, front=front, host=host, admin=admin)
    admin.run("delete from tenants where id = %s", tenant.id)


@pytest.fixture(scope="module")
def numbers(town: HostTown, shop: Shop) -> tuple[Number, Number]:
    return town.link(shop, FIRST), town.link(shop, SECOND, "kedua")


@pytest.fixture(scope="module")
def running(town: HostTown, numbers: tuple[Number, Number]) -> Iterator[None]:
    """A host that is quick to notice things; it drains at the end."""
    with town.host("host-a", **HASTY) as process:
        yield
        process.send_signal(signal.SIGTERM)
        assert process.wait(SOON) == 0, town.log("host-a")


@pytest.fixture
def hosted(
    town: HostTown, numbers: tuple[Number, Number], running: None
) -> Iterator[tuple[Number, Number]]:
    """Both are connected, and what failed before is forgotten."""
    for number in numbers:
        number.is_in(S.CONNECTED)
    yield numbers
    town.people.clear_faults()


def logins(town: HostTown, number: Number) -> int:
    return town.people.counters(number.phone).logins


def attempts(town: HostTown, number: Number) -> int:
    counters = town.people.counters(number.phone)
    return counters.logins + counters.refused_logins


def test_a_deaf_connection_is_made_anew_and_the_others_do_not_notice(
    town: HostTown, hosted: tuple[Number, Number]
) -> None:
    first, second = hosted
    before = logins(town, second)
    town.people.fault("deaf", account=first.phone)
    soon(lambda: ("connecting", "deaf", "restart") in first.events())
    view = first.is_in(S.CONNECTED)
    assert view.down_since is None
    town.people.customer("6281300007001", "Sari")
    town.people.send("6281300007001", first.phone, "halo, masih ada?")
    soon(lambda: [m.text for m in first.shop.messages()] == ["halo, masih ada?"])
    assert logins(town, second) == before
    soon(lambda: first.details().health.forced_reconnects == 1)
    health = first.details().health
    assert health.failed_probes >= 2
    assert health.client_restarts == 1
    soon(lambda: first.details().health.last_inbound_at is not None)
    assert second.details().health.client_restarts == 0


def test_a_busy_number_that_falls_silent_is_connected_anew(
    town: HostTown, hosted: tuple[Number, Number], admin: Admin
) -> None:
    _, quiet = hosted
    shop = quiet.shop
    session_id = shop.session("ramai")
    shop.receive(session_id, *(Customer().says() for _ in range(20)))
    admin.run(
        "insert into messages (tenant_id, session_id, conversation_id, wa_message_id, direction,"
        " origin, kind, body_enc, state, at) select tenant_id, session_id, id,"
        " gen_random_uuid()::text, 'in', 'customer', 'text', (select body_enc from messages"
        " where tenant_id = conversations.tenant_id limit 1),"
        " 'received', now() - make_interval(hours => hour)"
        " from conversations, generate_series(1, 27 * 24) hour where session_id = %s",
        session_id,
    )
    town.people.customer("6281300007005", "Sari")
    busy = town.link(shop, "6281200007005", "ramai")
    town.people.fault("silent", account=busy.phone)  # answers everything, and delivers nothing
    town.people.send("6281300007005", busy.phone, "halo, ada orang?")
    soon(lambda: ("connecting", "silent", "restart") in busy.events())
    soon(lambda: "halo, ada orang?" in [message.text for message in shop.messages()])
    assert busy.details().health.failed_probes == 0, "WhatsApp had answered"
    assert ("connecting", "silent", "restart") not in quiet.events()
    town.people.unlink(busy.phone)
    busy.is_in(S.LOGGED_OUT)


def test_while_postgresql_takes_no_messages_whatsapp_keeps_them(
    town: HostTown, hosted: tuple[Number, Number], admin: Admin
) -> None:
    """A table that is locked for long: what is received then stands in memory alone."""
    _, number = hosted
    town.people.customer("6281300007002", "Budi")
    with admin.connection.transaction():
        admin.run("lock table messages in access exclusive mode")
        town.people.send("6281300007002", number.phone, "ada orang?")
        soon(lambda: town.people.counters(number.phone).open == 0)
        town.people.send("6281300007002", number.phone, "halo?")
        (account,) = (each for each in town.people.accounts() if each.phone == number.phone)
        assert [device.queued for device in account.devices] == [1], "kept by WhatsApp"
    texts = ["ada orang?", "halo?"]
    soon(lambda: [m.text for m in number.shop.messages() if m.text in texts] == texts)
    number.is_in(S.CONNECTED)


def test_a_number_taken_over_is_taken_back_after_a_pause_but_not_for_ever(
    town: HostTown, hosted: tuple[Number, Number]
) -> None:
    second, first = hosted
    for time in range(1, REPLACED_MOST + 1):
        town.people.stream_error(first.phone, "replaced")
        view = first.is_in(S.REPLACED)
        assert view.down_since is not None
        if time < REPLACED_MOST:
            assert view.retry_at is not None
            pause = view.retry_at - datetime.now(UTC)
            assert timedelta(seconds=15) < pause < timedelta(seconds=80)
            soon(lambda: first.view().owner is None)
            first.update("retry_at = now()")
            first.is_in(S.CONNECTED)
    assert first.view().retry_at is None, "now a person has to"
    events = list(first.shop.front.onboarding.connect(first.shop.tenant, session=first.name))
    assert [event.event for event in events] == ["connected"]
    assert second.view().state is S.CONNECTED


def test_a_banned_number_comes_back_when_the_ban_ends_and_asks_nobody_for_a_while(
    town: HostTown, hosted: tuple[Number, Number], host: HostServices
) -> None:
    first, _ = hosted
    town.people.ban(first.phone, code=102, expire=3600)
    view = first.is_in(S.BANNED_UNTIL)
    assert (view.reason, view.freeze_reason) == ("102", "ban")
    assert view.banned_until is not None
    assert view.frozen_until == view.banned_until + FREEZE_AFTER_BAN
    with pytest.raises(RefusedError):
        list(first.shop.front.onboarding.connect(first.shop.tenant))
    before = attempts(town, first)
    town.people.clear_faults()
    assert attempts(town, first) == before, "not tried before it is over"
    first.update("banned_until = now()")
    host.ticks.run()
    assert first.is_in(S.CONNECTED).frozen_until == view.frozen_until


def test_an_outdated_library_is_not_thrown_at_whatsapp_again_and_again(
    town: HostTown, hosted: tuple[Number, Number], admin: Admin
) -> None:
    town.people.fault("refuse_login", value=405)
    town.people.drop()
    for number in hosted:
        assert number.is_in(S.OUTDATED).reason == "405"
        soon(lambda number=number: number.view().owner is None)  # type: ignore[misc]
    before = [attempts(town, number) for number in hosted]
    for number in hosted:
        number.update("retry_at = now()")
    assert hosted[0].shop.host.leases.claim("host-z", 9, []) == [], "no host may"
    admin.run("update instance set probe_at = now()")
    soon(lambda: sum(attempts(town, n) for n in hosted) == sum(before) + 1)
    soon(lambda: admin.value("select probe_at > now() + interval '9 minutes' from instance"))
    soon(lambda: all(number.view().state is S.OUTDATED for number in hosted))
    assert sum(attempts(town, n) for n in hosted) == sum(before) + 1, "one of them, once"
    town.people.clear_faults()
    admin.run("update instance set probe_at = now()")
    for number in hosted:
        number.update("retry_at = now()")
    for number in hosted:
        number.is_in(S.CONNECTED)
    assert admin.value("select outdated_since from instance") is None


def test_a_refused_login_is_tried_again_after_a_pause(
    town: HostTown, hosted: tuple[Number, Number]
) -> None:
    first, second = hosted
    town.people.fault("refuse_login", account=first.phone, value=400)
    town.people.drop(first.phone)
    soon(lambda: ("disconnected", "400", "retry") in first.events())
    soon(lambda: first.view().retry_at is not None)
    town.people.clear_faults()
    first.update("retry_at = now()")
    first.is_in(S.CONNECTED)
    assert second.view().state is S.CONNECTED


def test_a_session_moves_and_a_host_drains_without_being_connected_twice(
    town: HostTown, hosted: tuple[Number, Number], front: Services
) -> None:
    first, second = hosted
    tenant = first.shop.tenant
    with pytest.raises(NotFoundError, match="no host"):
        front.sessions.move(tenant, "main", "host-x", actor="tests")
    with pytest.raises(ConflictError):
        front.sessions.move(tenant, "main", "host-a", actor="tests")
    with town.host("host-b") as other:
        soon(lambda: {each.id for each in front.hosts.list()} >= {"host-a", "host-b"})
        moved = front.sessions.move(tenant, "main", "host-b", actor="tests")
        assert (moved.owner, moved.move_to) == ("host-b", None)
        assert second.view().owner == "host-a"
        assert ("disconnected", "moving", None) in first.events()
        soon(lambda: [h.sessions for h in front.hosts.list() if h.id == "host-b"] == [1])
        assert front.hosts.drain("host-b").draining
        assert other.wait(SOON) == 0
        soon(lambda: first.view().owner == "host-a")
        first.is_in(S.CONNECTED)
    assert [each.id for each in front.hosts.list()] == ["host-a"]
    for number in hosted:
        counters = town.people.counters(number.phone)
        assert (counters.most_open, counters.replaced) == (1, 0)


def test_a_dead_host_is_not_moved_to(
    hosted: tuple[Number, Number], front: Services, admin: Admin
) -> None:
    admin.run(
        "insert into hosts (id, machine, pid, capacity, seen_at)"
        " values ('host-dead', 'm', 1, 9, now() - interval '1 minute')"
    )
    with pytest.raises(RefusedError, match="does not answer") as caught:
        front.sessions.move(hosted[0].shop.tenant, "main", "host-dead", actor="tests")
    assert "host-a" in str(caught.value.hint)
    assert hosted[0].view().move_to is None
    with pytest.raises(RefusedError):
        front.hosts.drain("host-dead")
    front.hosts.prune()
    admin.run("delete from hosts where id = 'host-dead'")


def test_a_number_removed_on_the_phone_is_linked_again_under_the_same_session(
    town: HostTown, hosted: tuple[Number, Number]
) -> None:
    first, _ = hosted
    kept = first.id
    first.update("number_since = '2020-01-01', frozen_until = now() + interval '1 hour'")
    town.people.unlink(first.phone)
    assert first.is_in(S.LOGGED_OUT).reason == "device_removed"
    soon(lambda: first.view().owner is None)
    town.link(first.shop, first.phone)
    assert first.is_in(S.CONNECTED).id == kept
    since = "select number_since::text, frozen_until > now() from sessions where id = %s"
    assert first.shop.admin.rows(since, kept) == [("2020-01-01", True)]
    town.people.unlink(first.phone)
    first.is_in(S.LOGGED_OUT)
    soon(lambda: first.view().owner is None)
    town.link(
        first.shop, "6281200007009", change_number=True
    )  # another number starts from the beginning
    assert first.is_in(S.CONNECTED).phone == "+6281200007009"
    assert first.shop.admin.rows(since, kept) == [(None, None)]
