"""``waagent config`` and ``waagent version``."""

from __future__ import annotations

import pytest
from cli_fakes import Run

from waagent.settings import Settings


def test_config_show_hides_secrets(waagent: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAAGENT_DATABASE_URL", "postgresql://u:hunter2@host/db")
    monkeypatch.setenv("OPENAI_API_KEY", "hunter2")
    shown = waagent("config", "show", "--origin")
    assert shown.code == 0
    assert "hunter2" not in shown.out
    assert "environment WAAGENT_DATABASE_URL" in shown.out
    values = waagent("config", "show", "--json").data
    assert values.keys() == Settings.model_fields.keys()
    assert values["openai_api_key"] == {
        "value": "********",
        "origin": "environment OPENAI_API_KEY",
    }
    assert values["followup_after"] == {"value": "24h", "origin": "default"}
    assert values["master_key"] == {"value": None, "origin": "default"}


def test_version(waagent: Run) -> None:
    number = waagent("version", "--json").data["version"]
    assert waagent("version").out == f"waagent {number}\n"
    assert waagent("--version").out == f"waagent {number}\n"
