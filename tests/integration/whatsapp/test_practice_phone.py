"""The board's practice phone, with the real library and the sandbox."""

from __future__ import annotations

from pathlib import Path

from conftest import Launch

from tui.practice import SandboxPhone, practice_phone
from waagent.sandbox import SandboxProcess
from waagent.settings import load_settings


def test_it_scans_with_numbers_of_its_own_and_its_customers_write(
    launch: Launch, sandbox: SandboxProcess
) -> None:
    phone = SandboxPhone(sandbox.state_dir)
    numbers = set()
    for key in ("first", "second"):
        with launch() as shop:
            shop.do("pair", key=key)
            phone.scan(shop.expect(event="qr")["code"], "Kue Latihan")
            number = "+" + str(shop.expect(event="paired")["jid"]).partition(":")[0]
            shop.expect(event="session", kind="connected")
            assert phone.customers(number)
            assert shop.expect(event="message")["text"]
            assert shop.do("stop", key=key) is True
        numbers.add(number)
    assert len(numbers) == 2


def test_there_is_one_only_where_whatsapp_is_the_sandbox(tmp_path: Path) -> None:
    assert practice_phone(load_settings(home=tmp_path)) is None
    assert practice_phone(load_settings(home=tmp_path, sandbox=True)) is not None
