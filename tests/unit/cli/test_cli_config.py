"""``waagent config`` and ``waagent version``."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from cli_fakes import Run

from waagent.errors import ConfigError
from waagent.glance import SPECS
from waagent.setting_files import write_setting
from waagent.settings import Settings, env_name, is_secret


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


def test_a_setting_is_set_for_good_and_taken_out_again(
    waagent: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "config" / "waagent" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text('# mine\nlog_level = "debug"  # loud\n')
    assert waagent("config", "set", "followup-after", "2h").code == 0
    assert waagent("config", "set", "WAAGENT_TENANT", "kopi-senja").code == 0
    assert waagent("config", "get", "followup_after").out == "2h\n"
    assert waagent("config", "set", "followup_after", "3h", "--json").data == {
        "name": "followup_after",
        "value": "3h",
        "path": str(file),
        "origin": str(file),
    }
    assert file.read_text() == (
        '# mine\nlog_level = "debug"  # loud\nfollowup_after = "3h"\ntenant = "kopi-senja"\n'
    )
    assert file.stat().st_mode & 0o777 == 0o600
    assert waagent("config", "unset", "log_level").code == 0
    assert waagent("config", "get", "log_level", "--json").data == {
        "name": "log_level",
        "value": "info",
        "origin": "default",
    }
    monkeypatch.setenv("WAAGENT_FOLLOWUP_AFTER", "1h")
    outdone = waagent("config", "set", "followup_after", "4h", "--project")
    assert "environment WAAGENT_FOLLOWUP_AFTER" in outdone.err
    assert (tmp_path / "waagent.toml").read_text() == 'followup_after = "4h"\n'
    assert [each["exists"] for each in waagent("config", "path", "--json").data] == [True, True]
    assert str(file) in waagent("config", "path").out


def test_what_cannot_be_set_is_refused_and_nothing_is_written(
    waagent: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = waagent("config", "set", "followup_aftr", "2h", "--json")
    assert (wrong.code, wrong.error["hint"]) == (5, "did you mean 'followup_after'?")
    assert waagent("config", "set", "followup_after", "soon", "--json").error["code"] == "config"
    assert waagent("config", "set", "openai_api_key", "sk-1").code == 2
    assert not (tmp_path / "config").exists()
    key = tmp_path / "key"
    key.write_text("sk-1\n")
    assert waagent("config", "set", "openai_api_key_file", str(key)).code == 0
    assert waagent("config", "get", "openai_api_key").out == "********\n"
    assert waagent("config", "validate", "--json").data == {"valid": True}
    (tmp_path / "waagent.toml").write_text("followup_aftr = 1\n")
    invalid = waagent("config", "validate", "--json")
    assert (invalid.code, invalid.error["hint"]) == (2, "did you mean 'followup_after'?")


def test_a_table_of_another_program_s_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "x.toml"
    file.write_text('region = "SG"\n[other]\nregion = "no"\n')
    with pytest.raises(ConfigError, match="only an editor"):
        write_setting(file, "region", "ID")
    write_setting(file, "tenant", 'a"b')
    assert tomllib.loads(file.read_text())["tenant"] == 'a"b'
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".")] == []


def test_the_look_of_a_completion_knows_its_settings_by_their_names() -> None:
    for name, spec in SPECS.items():
        assert (spec.env, spec.secret) == (env_name(name), is_secret(name))


def test_version(waagent: Run) -> None:
    number = waagent("version", "--json").data["version"]
    assert waagent("version").out == f"waagent {number}\n"
    assert waagent("--version").out == f"waagent {number}\n"
