"""Writing a settings file: one setting set or taken out, all else left as it stands."""

from __future__ import annotations

import json
import os
import re
import tomllib
from contextlib import suppress
from pathlib import Path

from waagent.errors import ConfigError
from waagent.folders import private_folder

_TABLE = re.compile(r"\s*\[")


def write_setting(path: Path, name: str, value: str | None) -> None:
    """Give ``name`` this value in a TOML file, or take it out with None; others and comments stay.

    The file is made for this user only, and is there whole or as it was.

    Raises:
        ConfigError: the file is not TOML, or cannot be read or written.
    """
    try:
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        after = _changed(before, name, value)
        known = tomllib.loads(before)
        if tomllib.loads(after) != _wanted(known, name, value):
            raise ConfigError(
                f"{name} stands in {path} in a way that only an editor can change",
                hint="write it on one line of its own, before any [table]",
            )
        if not path.parent.exists():
            private_folder(path.parent)
        _replace(path, after)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not TOML: {error}") from error
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {error.strerror}") from error


def _wanted(known: dict[str, object], name: str, value: str | None) -> dict[str, object]:
    rest = {key: each for key, each in known.items() if key != name}
    return rest if value is None else {**rest, name: value}


def _changed(text: str, name: str, value: str | None) -> str:
    lines = text.splitlines()
    own = re.compile(rf"\s*{re.escape(name)}\s*=")
    kept = [line for line in lines if not own.match(line)]
    if value is not None:
        at = next((number for number, line in enumerate(lines) if own.match(line)), None)
        if at is None:
            at = next((n for n, line in enumerate(kept) if _TABLE.match(line)), len(kept))
        kept.insert(at, f"{name} = {json.dumps(value)}")
    return "".join(f"{line}\n" for line in kept)


def _replace(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as opened:
            opened.write(text)
        draft.replace(path)
    finally:
        with suppress(OSError):
            draft.unlink()
