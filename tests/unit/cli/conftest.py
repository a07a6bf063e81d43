"""A run of the command line inside the test's process, over services that only remember."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cli_fakes import FakeServices, Outcome, Run

import cli.context
from cli.main import run as run_cli
from waagent.settings import Settings, env_name


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings of nobody but the test."""
    for name in Settings.model_fields:
        monkeypatch.delenv(env_name(name), raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("WAAGENT_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home"


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> FakeServices:
    """What the commands get instead of the real services."""
    fake = FakeServices(settings=Settings())

    @contextmanager
    def factory(settings: Settings) -> Iterator[FakeServices]:
        fake.settings = settings
        yield fake

    monkeypatch.setattr(cli.context, "services_factory", factory)
    return fake


@pytest.fixture
def waagent(capsys: pytest.CaptureFixture[str]) -> Run:
    """``waagent("lead", "list")`` runs the command line and captures its streams."""

    def run(*arguments: str) -> Outcome:
        capsys.readouterr()
        code = run_cli(list[str](arguments))
        captured = capsys.readouterr()
        return Outcome(code, captured.out, captured.err)

    return run
