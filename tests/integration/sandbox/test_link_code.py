"""Linking by a code that the owner types, and the ways in which linking fails."""

from __future__ import annotations

import pytest
from sandbox_support import SHOP, Launch

from waagent.errors import InvalidInputError, NotFoundError, RefusedError
from waagent.sandbox.client import SandboxClient


def test_a_typed_code_links(launch: Launch, control: SandboxClient) -> None:
    client = launch()
    client.wait("qr")
    with pytest.raises(NotFoundError):
        control.enter_code("ABCD-1234", phone=SHOP)
    client.tell("pair_phone", phone=SHOP)
    code = client.wait("pairing_code")["code"]
    wrong = code[:-1] + ("2" if code[-1] == "1" else "1")
    with pytest.raises(InvalidInputError):
        control.enter_code("ABC", phone=SHOP)
    with pytest.raises(NotFoundError):
        control.enter_code(code, phone="6281200009002")
    with pytest.raises(RefusedError):
        control.enter_code(wrong, phone=SHOP)
    linked = control.enter_code(code.lower(), phone=SHOP, name="Dapur Bu Ratna")
    assert client.wait("connected")["jid"] == linked.jid
    account = control.accounts()[0]
    assert (account.phone, account.name) == (SHOP, "Dapur Bu Ratna")
    with pytest.raises(NotFoundError):
        control.enter_code(code, phone=SHOP)


def test_ways_in_which_linking_fails(launch: Launch, control: SandboxClient) -> None:
    control.fault("refs", value=1)
    control.fault("refuse_link_code", value=429)
    control.fault("passkey", account=SHOP)
    client = launch()
    code = client.wait("qr")["code"]
    client.tell("pair_phone", phone=SHOP)
    assert "429" in client.wait("pairing_code_refused")["error"]
    with pytest.raises(RefusedError, match="passkey"):
        control.scan(code, phone=SHOP)
    client.wait("login_status", name="passkey-request")
    with pytest.raises(NotFoundError):
        control.scan(code, phone=SHOP)
    assert control.accounts()[0].devices == ()

    control.clear_faults()
    control.fault("pairing_seconds", value=0.5)
    late = launch("late")
    late.wait("qr")
    late.wait("login_status", name="timeout")

    control.clear_faults()
    control.fault("refuse_login", value=405)
    old = launch("old")
    old.wait("login_status", name="err-client-outdated")
