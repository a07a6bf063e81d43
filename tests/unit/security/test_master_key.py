"""Where the master key comes from, and that it is made only once."""

from __future__ import annotations

import base64
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from waagent.errors import MasterKeyError
from waagent.security.masterkey import master_key, parse_master_key

KEY = base64.b64encode(bytes(range(32))).decode()


def test_the_given_key_wins(tmp_path: Path) -> None:
    (tmp_path / "master.key").write_text("nonsense")
    assert master_key(f" {KEY}\n", tmp_path, may_generate=False) == bytes(range(32))


def test_a_key_is_made_once_and_found_again(tmp_path: Path) -> None:
    home = tmp_path / "new" / "home"
    made = master_key(None, home, may_generate=True)
    assert len(made) == 32
    assert master_key(None, home, may_generate=True) == made
    assert master_key(None, home, may_generate=False) == made
    assert [path.name for path in home.iterdir()] == ["master.key"]


def test_nobody_else_can_read_it(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        master_key(None, tmp_path / "home", may_generate=True)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "home" / "master.key").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "home").stat().st_mode) == 0o700


def test_of_many_first_commands_only_one_makes_it(tmp_path: Path) -> None:
    start = Barrier(8)

    def first_command() -> bytes:
        start.wait()
        return master_key(None, tmp_path, may_generate=True)

    with ThreadPoolExecutor(8) as pool:
        keys = {each.result() for each in [pool.submit(first_command) for _ in range(8)]}
    assert len(keys) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["master.key"]


def test_a_database_of_one_s_own_needs_a_key_of_one_s_own(tmp_path: Path) -> None:
    with pytest.raises(MasterKeyError) as refused:
        master_key(None, tmp_path, may_generate=False)
    assert refused.value.hint
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["", "   ", "abc", "not base64!", KEY[:-4], KEY + KEY, "kunci-ñ"])
def test_a_malformed_key_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(MasterKeyError) as refused:
        parse_master_key(text)
    assert refused.value.hint
    assert not text.strip() or text not in refused.value.message


@pytest.mark.parametrize("content", [b"", b"nonsense", b"\xff\xfe\x00"])
def test_a_broken_key_file_is_not_replaced(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "master.key"
    path.write_bytes(content)
    with pytest.raises(MasterKeyError):
        master_key(None, tmp_path, may_generate=True)
    assert path.read_bytes() == content


def test_a_key_file_that_cannot_be_read_is_an_error_of_ours(tmp_path: Path) -> None:
    (tmp_path / "master.key").mkdir()
    with pytest.raises(MasterKeyError):
        master_key(None, tmp_path, may_generate=True)
