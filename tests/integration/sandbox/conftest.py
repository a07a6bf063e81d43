"""A sandbox with one linked, connected shop: per test, or one for a whole module.

Pairing makes 812 keys, which takes longest; so one shop is paired once per session, and each test
starts from a copy of both sides' state. That both sides accept it is a test in itself.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sandbox_support import Launch, Neonize, Place, pair

from waagent.sandbox import SandboxProcess, start
from waagent.sandbox.client import SandboxClient


@pytest.fixture(scope="session")
def paired(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the state of a sandbox and of a neonize client linked to SHOP."""
    folder = tmp_path_factory.mktemp("paired")
    with start(folder / "sandbox") as sandbox, Neonize(sandbox, folder, "shop") as shop:
        pair(shop, sandbox.client())
    return folder


@pytest.fixture
def place(paired: Path, tmp_path: Path) -> Iterator[Place]:
    """A sandbox of the test's own; ``place.shop`` is linked to SHOP and connected."""
    yield from _place(paired, tmp_path)


@pytest.fixture(scope="module")
def shared(paired: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The same, for all tests of a module that leave the shop connected."""
    yield from _place(paired, tmp_path_factory.mktemp("shared"))


def _place(paired: Path, folder: Path) -> Iterator[Place]:
    shutil.copytree(paired, folder, dirs_exist_ok=True)
    with start(folder / "sandbox") as sandbox:
        control = sandbox.client()
        jid = control.accounts()[0].devices[0].jid
        place = Place(folder, sandbox, control, Neonize(sandbox, folder, "shop", jid))
        try:
            place.shop.wait("connected")
            yield place
        finally:
            place.close()


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[SandboxProcess]:
    """An empty sandbox."""
    with start(tmp_path / "empty") as running:
        yield running


@pytest.fixture
def control(sandbox: SandboxProcess) -> SandboxClient:
    return sandbox.client()


@pytest.fixture
def launch(sandbox: SandboxProcess, tmp_path: Path) -> Iterator[Launch]:
    """Starts neonize processes that are not linked to anything yet."""
    running: list[Neonize] = []

    def launch(name: str = "fresh") -> Neonize:
        running.append(Neonize(sandbox, tmp_path, name))
        return running[-1]

    yield launch
    for client in running:
        client.close()
