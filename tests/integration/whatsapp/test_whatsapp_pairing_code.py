"""Linking by a code that the owner types, and by a QR code that WhatsApp wants a passkey for."""

from __future__ import annotations

import re
import time
from contextlib import suppress

import pytest
from conftest import Launch
from whatsapp_harness import Linked, Remote, RunningShop

from waagent.errors import WaagentError
from waagent.sandbox.client import SandboxClient

pytestmark = pytest.mark.xdist_group("whatsapp")


def test_a_number_is_linked_by_a_code_that_is_typed(
    launch: Launch, host: Remote, world: SandboxClient, customer: str
) -> None:
    phone = "6281299000002"
    past = {"text": "masih ada?", "from_me": False, "at": time.time() - 3600}
    chat = {"phone": customer, "name": "Bu Sari", "messages": [past]}
    world.history(phone, name="Dapur Bu Ratna", conversations=[chat])
    with launch() as pairing:
        refused = pairing.refused("pair", key="code", phone="081299000002")
        assert refused["code"] == "invalid_input"
        pairing.do("pair", key="code", phone=phone)
        code = pairing.expect(event="pairing_code")["code"]
        assert re.fullmatch(r"[1-9A-HJ-NP-TV-Z]{4}-[1-9A-HJ-NP-TV-Z]{4}", code)
        account = world.enter_code(code, phone=phone)
        paired = pairing.expect(event="paired")
        assert paired["jid"] == account.jid
        assert account.lid.startswith(paired["lid"])
        pairing.expect(event="session", kind="connected")
        assert pairing.all(event="qr") == []
        assert pairing.do("stop", key="code") is True
        early = pairing.all(event="history", text="masih ada?")

    shop = RunningShop(remote=host, key="by code", linked=Linked(phone=phone, jid=paired["jid"]))
    shop.start()
    shop.expect(event="message", wa_message_id=world.send(customer, phone, "Halo"))
    if not early:  # the phone passes its past on to whichever process is connected by then
        shop.expect(event="history", text="masih ada?")
    assert shop.stop() is True


def test_a_code_that_whatsapp_does_not_give(launch: Launch, world: SandboxClient) -> None:
    world.fault("refuse_link_code", value=429)
    try:
        with launch() as pairing:
            pairing.do("pair", key="code", phone="6281299000003")
            assert pairing.expect(event="pairing_failed")["reason"] == "code_too_often"
    finally:
        world.clear_faults(name="refuse_link_code")


def test_an_account_with_a_passkey_says_so(launch: Launch, world: SandboxClient) -> None:
    world.fault("passkey", value=1)
    with launch() as pairing:
        pairing.do("pair", key="passkey")
        code = pairing.expect(event="qr")["code"]
        with suppress(WaagentError):  # the phone never gets as far as having linked it
            world.scan(code, phone="6281299000004")
        assert pairing.expect(event="pairing_failed")["reason"] == "passkey_required"
