"""The commands and the worker of notifications, as they are run."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

import pytest
from notify_servers import MailServer
from shop_support import Shop, eventually

from cli.main import run
from waagent.settings import Settings

pytestmark = pytest.mark.usefixtures("redis_clean")


@dataclass
class Command:
    """Runs ``waagent notify …`` for a shop."""

    shop: Shop
    capfd: pytest.CaptureFixture[str]

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        code = run(["notify", *arguments, "-t", self.shop.tenant.slug])
        out, err = self.capfd.readouterr()
        return code, out, err

    def json(self, *arguments: str) -> Any:
        code, out, err = self(*arguments, "--json")
        assert code == 0, err
        return json.loads(out)


@pytest.fixture
def environment(settings: Settings, mail: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in settings.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("WAAGENT_SMTP_URL", mail.url)
    monkeypatch.setenv("WAAGENT_MAIL_FROM", "kabar@waagent.test")


@pytest.fixture
def notify(environment: None, shop: Shop, capfd: pytest.CaptureFixture[str]) -> Command:
    return Command(shop, capfd)


def test_add_test_log_and_remove(notify: Command, mail: MailServer) -> None:
    code, out, _ = notify("add", "owner", "--email", "rini@dapur.test", "--language", "en")
    assert (code, out.strip()) == (0, "Saluran owner ditambahkan: r…@dapur.test.")
    (channel,) = notify.json("list")
    assert (channel["kind"], channel["target"], channel["language"]) == (
        "email", "r…@dapur.test", "en",
    )  # fmt: skip
    assert notify("test", "owner")[0] == 0
    assert "a test from waagent" in str(mail.only()["Subject"])
    mail.replies["RCPT"] = "550 no"
    code, out, err = notify("test", "owner", "--json")
    assert (code, out) == (1, "")
    assert "was not sent: smtp_550" in err
    assert '"code": "notification"' in err
    log = notify.json("log")
    assert [(each["state"], each["error"]) for each in log] == [
        ("failed", "smtp_550"),
        ("sent", None),
    ]
    assert notify("log")[0] == 0
    assert notify.json("remove", "owner", "--yes") == {"removed": "owner"}
    assert notify.json("list") == []
    assert notify("remove", "owner", "--yes")[0] == 5


def test_an_apprise_url_from_stdin(notify: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("json://127.0.0.1:9/hush\n"))
    added = notify.json("add", "hook", "--apprise", "-")
    assert added["target"] == "json://…"


@pytest.mark.parametrize("targets", [(), ("--email", "a@b.test", "--whatsapp", "0812-3456-7890")])
def test_exactly_one_target(notify: Command, targets: tuple[str, ...]) -> None:
    code, _, err = notify("add", "owner", *targets)
    assert code == 2
    assert "exactly one target" in err


def test_the_worker_sends_what_a_tick_found(notify: Command, mail: MailServer) -> None:
    shop = notify.shop
    session_id = shop.linked()
    assert notify("add", "owner", "--email", "rini@dapur.test")[0] == 0
    shop.admin.run(
        "update sessions set state = 'logged_out', reason = '401', down_since = now()"
        " where id = %s",
        session_id,
    )
    shop.host.ticks.run()
    worker = subprocess.Popen(
        [sys.executable, "-m", "workers", "run", "notify"],
        env=os.environ,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        eventually(lambda: shop.count("notifications", "state = 'sent'"))
    finally:
        worker.terminate()
        _, logged = worker.communicate(timeout=20)
    assert "Dapur Bu Rini" in str(mail.only()["Subject"])
    assert "notification.ended" in logged
    assert "rini@" not in logged
