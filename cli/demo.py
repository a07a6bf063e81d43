"""``waagent up --sandbox --demo``: a shop, its customers and the board, in a home of its own.

Everything is real but the people: the sandbox stands in for WhatsApp, a scenario for customers. The
home is a temporary one that is removed at the end, so every run begins with an empty board.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from cli import context, launch, output, supervisor
from waagent.domain.followups import Rule
from waagent.domain.labels import Intent
from waagent.errors import BackendError
from waagent.i18n import t
from waagent.settings import Settings

if TYPE_CHECKING:
    from waagent.bootstrap import Services
    from waagent.domain.views import Tenant
    from waagent.sandbox.client import SandboxClient

SCENARIO = "demo"
SHOP = "Kue Bu Rina"
SHOP_PHONE = "6281200009001"
FOLLOWUP_AFTER = timedelta(seconds=8)
QUIET_PERIOD = timedelta(seconds=2)
START_TIMEOUT_S = 120.0
CONNECT_TIMEOUT_S = 60.0


def run() -> int:
    """Show the board on a terminal, tell the story elsewhere; the exit code.

    Raises WaagentError when something does not start, or the story does not end well.
    """
    with _home() as home:
        settings = context.settings(
            sandbox=True,
            home=home,
            followup_after=FOLLOWUP_AFTER,
            quiet_period=QUIET_PERIOD,
            pacing="off",
        )
        output.line(t("demo.starting"))
        running = supervisor.start(settings, ["--sandbox", "--json"], START_TIMEOUT_S)
        try:
            return _play(settings)
        finally:
            output.line(t("demo.stopping"))
            supervisor.stop(running, START_TIMEOUT_S)


@contextmanager
def _home() -> Iterator[Path]:
    from waagent.embedded import remove

    home = Path(tempfile.mkdtemp(prefix="waagent-demo-"))
    try:
        yield home
    finally:
        remove(home)
        shutil.rmtree(home, ignore_errors=True)


def _play(settings: Settings) -> int:
    from waagent.sandbox.client import SandboxClient

    sandbox = SandboxClient(settings.sandbox_dir)
    with context.services_factory(settings) as services:
        tenant = services.tenants.create(SHOP)
        _link(services, tenant, sandbox)
        if output.is_terminal() and sys.stdin.isatty() and sys.stderr.isatty():
            _ask_before_some(services, tenant)
            sandbox.run_scenario(SCENARIO, SHOP_PHONE)
            return _board(settings, tenant)
        from cli.demo_story import tell

        tell(services, tenant, sandbox, SCENARIO, SHOP_PHONE)
        return 0


def _link(services: Services, tenant: Tenant, sandbox: SandboxClient) -> None:
    """Pair as an owner would: show the code, scan it with the shop's phone."""
    for event in services.onboarding.connect(tenant, timeout_s=CONNECT_TIMEOUT_S):
        if event.event == "qr" and event.code is not None:
            # The scan returns once the phone is linked, which the pairing must be able to report.
            threading.Thread(
                target=sandbox.scan,
                args=(event.code,),
                kwargs={"phone": SHOP_PHONE, "name": SHOP},
                daemon=True,
            ).start()
        elif event.event == "connected":
            output.line(t("demo.connected", shop=SHOP, phone=event.phone or ""))
            return
        elif event.event != "paired":
            raise BackendError(f"the demo shop could not be linked: {event.reason}")


def _ask_before_some(services: Services, tenant: Tenant) -> None:
    """One kind of follow-up waits for a person, so that the board has something to agree to."""
    rule = Rule(intent=Intent.PRODUCT_INFO, approval=True)
    services.follow_up_desk.set_rule(tenant, rule, actor="demo")


def _board(settings: Settings, tenant: Tenant) -> int:
    environment = {**launch.environment(settings), "WAAGENT_TENANT": tenant.slug}
    return subprocess.run(launch.command("tui", []), env=environment, check=False).returncode
