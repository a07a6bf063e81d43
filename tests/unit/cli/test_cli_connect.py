"""``waagent connect``: its JSON lines, its words without a terminal, how each ending ends it."""

from __future__ import annotations

import pytest
from cli_fakes import FakeServices, Run, connect_events

from cli.context import actor
from waagent.domain.views import ConnectEvent
from waagent.errors import ConflictError, TimedOutError

PAIRED = ConnectEvent(event="paired", jid="6281100000001@s.whatsapp.net")
CONNECTED = ConnectEvent(event="connected", phone="+6281100000001", session="main")


def test_json_lines(waagent: Run, services: FakeServices) -> None:
    services.events = [*connect_events(PAIRED, CONNECTED)]
    done = waagent("connect", "kopi-senja", "--timeout", "30", "--session", "kasir", "--json")
    assert done.code == 0
    assert done.lines == [
        {
            "event": "qr",
            "code": "https://wa.me/settings/linked_devices#2@abc,def,ghi,jkl,1",
            "expires_in": 60,
        },
        {"event": "paired", "jid": "6281100000001@s.whatsapp.net"},
        {"event": "connected", "phone": "+6281100000001", "session": "main"},
    ]
    how = {"phone": None, "change_number": False, "actor": actor()}
    assert services.calls == [("connect", "kopi-senja", "kasir", 30.0, how)]
    assert services.closed


def test_words_where_there_is_no_terminal(waagent: Run, services: FakeServices) -> None:
    services.events = [*connect_events(PAIRED, CONNECTED)]
    done = waagent("connect", "kopi-senja")
    assert done.code == 0
    assert done.out.splitlines() == [
        "Kode QR: https://wa.me/settings/linked_devices#2@abc,def,ghi,jkl,1",
        "Ponsel sudah menautkan. Menyambungkan…",
        "Terhubung sebagai +6281100000001",
    ]
    assert "--json" in done.err


@pytest.mark.parametrize(
    ("last", "code", "slug"),
    [
        (ConnectEvent(event="expired", reason="not_scanned"), 124, "timeout"),
        (ConnectEvent(event="expired", reason="not_connected"), 124, "timeout"),
        (ConnectEvent(event="expired", reason="not_entered"), 124, "timeout"),
        (ConnectEvent(event="expired", reason="not_started"), 124, "timeout"),
        (ConnectEvent(event="refused", reason="banned"), 4, "refused"),
        *[
            (ConnectEvent(event="refused", reason=reason), 4, "refused")
            for reason in ("code_too_often", "another_number", "dead_code", "unreachable")
        ],
    ],
)
def test_endings(
    last: ConnectEvent, code: int, slug: str, waagent: Run, services: FakeServices
) -> None:
    services.events = [*connect_events(last)]
    done = waagent("connect", "kopi-senja", "--json")
    assert done.code == code
    assert done.lines[-1] == {"event": last.event, "reason": last.reason}
    assert done.error["code"] == slug
    assert done.error["hint"]
    assert services.closed


def test_a_code_to_type(waagent: Run, services: FakeServices) -> None:
    code = ConnectEvent(event="code", code="ABCD-1234", expires_in=160)
    services.events = [code, PAIRED, CONNECTED]
    done = waagent("connect", "kopi-senja", "--pair-code", "0811-0000-0001", "--json")
    assert done.code == 0
    assert done.lines[0] == {"event": "code", "code": "ABCD-1234", "expires_in": 160}
    how = {"phone": "0811-0000-0001", "change_number": False, "actor": actor()}
    assert services.calls == [("connect", "kopi-senja", "main", 120, how)]
    services.events = [code, PAIRED, CONNECTED]
    shown = waagent("connect", "kopi-senja", "--pair-code", "0811-0000-0001", "--change-number")
    assert shown.out.splitlines()[0] == "Kode penautan: ABCD-1234"
    assert services.calls[-1][-1]["change_number"] is True


def test_a_passkey_is_explained_to_the_owner(waagent: Run, services: FakeServices) -> None:
    asked = ConnectEvent(event="passkey_required", reason="passkey_required")
    services.events = [*connect_events(asked)]
    done = waagent("connect", "kopi-senja", "--json")
    assert done.code == 4
    assert done.error["code"] == "refused"
    last = done.lines[-1]
    assert last["event"] == last["reason"] == "passkey_required"
    assert "passkey" in last["why"]
    assert "waagent connect kopi-senja" in last["todo"]
    services.events = [*connect_events(asked)]
    assert waagent("connect", "kopi-senja").out.splitlines()[-2:] == [last["why"], last["todo"]]


def test_a_timeout_that_is_raised_is_an_expiry_too(waagent: Run, services: FakeServices) -> None:
    services.events = [*connect_events(TimedOutError("nobody scanned"))]
    done = waagent("connect", "kopi-senja", "--json")
    assert done.code == 124
    assert done.lines[-1] == {"event": "expired", "reason": "timeout"}


def test_already_connected(waagent: Run, services: FakeServices) -> None:
    services.events = [ConflictError("main is connected already")]
    done = waagent("connect", "kopi-senja", "--json")
    assert (done.code, done.out) == (6, "")


def test_an_unknown_shop_or_none(waagent: Run, services: FakeServices) -> None:
    assert waagent("connect", "lain").code == 5
    assert waagent("connect").code == 2
    assert services.calls == []


def test_an_end_without_an_answer_is_no_success(waagent: Run, services: FakeServices) -> None:
    services.events = [*connect_events()]
    assert waagent("connect", "kopi-senja").code == 4
