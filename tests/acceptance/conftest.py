"""Homes for the acceptance tests, each in a short folder that is cleared away whatever happens.

``story`` is run by ``up --sandbox``. ``town`` is run by plain ``up`` and told of a WhatsApp server
only by the descriptor in WAAGENT_WHATSAPP_ENDPOINT; that server is a process of the test's own, so
its people can write while nothing of waagent runs.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

pytest.register_assert_rewrite("acceptance_driver", "acceptance_traffic")

from acceptance_driver import Linked, Waagent, new_folder  # noqa: E402
from prepared_commands import COMMANDS  # noqa: E402

from waagent.sandbox import start  # noqa: E402

_HOMES: list[Waagent] = []


@pytest.fixture(scope="session", autouse=True)
def _commands() -> Iterator[None]:
    """The prepared processes end last: clearing homes away runs commands too."""
    yield
    COMMANDS.close()


@pytest.fixture(scope="module")
def story() -> Iterator[Waagent]:
    """Not started yet."""
    yield from _home({"WAAGENT_FOLLOWUP_AFTER": "6s", "WAAGENT_QUIET_PERIOD": "1s"})


@pytest.fixture(scope="session")
def town() -> Iterator[Waagent]:
    """Everything runs; a follow-up would take longer than the tests do."""
    folder = new_folder()
    with start(folder / "whatsapp") as whatsapp:
        settings = {
            "WAAGENT_FOLLOWUP_AFTER": "30m",
            "WAAGENT_QUIET_PERIOD": "1s",
            "WAAGENT_NOTIFY_SESSION": "roti-mekar/main",
        }
        for home in _home(settings, folder, whatsapp.state_dir):
            home.up()
            yield home


@pytest.fixture(scope="session")
def bakery(town: Waagent) -> Linked:
    """A shop in ``town`` with a linked number."""
    return town.link("Roti Mekar", "6281200002001")


@pytest.fixture
def nowhere() -> Iterator[Waagent]:
    """A home that nothing was done in yet."""
    yield from _home({})


def _home(
    settings: dict[str, str], folder: Path | None = None, elsewhere: Path | None = None
) -> Iterator[Waagent]:
    home = Waagent(folder or new_folder(), settings, elsewhere)
    _HOMES.append(home)
    try:
        yield home
    finally:
        home.clear_away()
        _HOMES.remove(home)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.CallInfo[None], None]:
    """Show the ends of the logs with a failure."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    if report.failed:
        report.sections += [(f"logs of {home.home}", home.logs()) for home in _HOMES]
