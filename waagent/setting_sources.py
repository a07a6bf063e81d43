"""Where settings come from: flags, the environment, ``./waagent.toml``, the user's ``config.toml``.

A secret can be given as the name of a file that holds it (``WAAGENT_MASTER_KEY_FILE``, or
``master_key_file`` in a settings file); the plain form wins where one source has both. An empty
environment variable counts as unset. Values are not checked here, only found, with their origins.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from platformdirs import user_config_path

from waagent.errors import ConfigError

PROJECT_FILE = "waagent.toml"
USER_FILE = "config.toml"


@dataclass(frozen=True, slots=True)
class Spec:
    """What a source must know of a setting: its environment variable, and if it is a secret."""

    env: str
    secret: bool


@dataclass(frozen=True, slots=True)
class Value:
    """A value with its origin; ``base`` is the folder that a relative path in it starts from."""

    value: Any
    origin: str
    base: Path | None = None


def gather(overrides: Mapping[str, Any], specs: Mapping[str, Spec]) -> dict[str, Value]:
    """The value that wins, by name, for each setting that any source has.

    ``overrides`` are flags; None is no value. Raises ConfigError for a file that cannot be read,
    is not TOML or names an unknown setting.
    """
    sources = (
        _from_flags(overrides),
        _from_environment(os.environ, specs),
        *(_from_file(path, specs) for path in files()),
    )
    found: dict[str, Value] = {}
    for source in reversed(sources):
        found.update(source)
    return found


def files() -> tuple[Path, Path]:
    """The settings files, the stronger first: of this folder and of this user."""
    return Path(PROJECT_FILE), user_config_path("waagent") / USER_FILE


def peek(specs: Mapping[str, Spec]) -> dict[str, str]:
    """The values of these settings that any source has, as text; whatever else is there is left.

    Raises ConfigError for a file that cannot be read or is not TOML.
    """
    found: dict[str, str] = {}
    for path in reversed(files()):
        table = {name: value for name, value in _read_toml(path).items() if _is_of(name, specs)}
        found |= {name: str(value.value) for name, value in _values(path, table, specs).items()}
    return found | {
        name: str(value.value) for name, value in _from_environment(os.environ, specs).items()
    }


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint for a name that is not known."""
    near = get_close_matches(name, list(known), n=1)
    if near:
        return f"did you mean {near[0]!r}?"
    return "see docs/reference/settings.md for their names"


def _from_flags(overrides: Mapping[str, Any]) -> dict[str, Value]:
    return {
        name: Value(value, f"flag --{name.replace('_', '-')}")
        for name, value in overrides.items()
        if value is not None
    }


def _from_environment(environ: Mapping[str, str], specs: Mapping[str, Spec]) -> dict[str, Value]:
    values = {}
    for name, spec in specs.items():
        variable = f"{spec.env}_FILE"
        if environ.get(spec.env):
            values[name] = Value(environ[spec.env], f"environment {spec.env}")
        elif spec.secret and environ.get(variable):
            secret = _read_secret(Path(environ[variable]), variable)
            values[name] = Value(secret, f"environment {variable}")
    return values


def _from_file(path: Path, specs: Mapping[str, Spec]) -> dict[str, Value]:
    return _values(path, _read_toml(path), specs)


def _is_of(key: str, specs: Mapping[str, Spec]) -> bool:
    return key in specs or key.removesuffix("_file") in specs


def _values(path: Path, table: Mapping[str, Any], specs: Mapping[str, Spec]) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for key, value in table.items():
        name = key.removesuffix("_file")
        if key in specs:
            values[key] = Value(value, str(path), path.parent)
        elif name not in specs or not specs[name].secret:
            raise ConfigError(f"unknown setting {key!r} in {path}", hint=nearest(key, specs))
        elif name not in table:
            secret = _read_secret(path.parent / Path(str(value)).expanduser(), key)
            values[name] = Value(secret, f"{path} ({key})")
    return values


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"{path} is not TOML: {error}", hint='settings are lines such as followup_after = "24h"'
        ) from error


def _read_secret(path: Path, origin: str) -> str:
    try:
        secret = path.expanduser().read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise ConfigError(
            f"cannot read the file {path} named by {origin}: {reason}",
            hint="the file must hold the value and nothing else",
        ) from error
    if not secret:
        raise ConfigError(f"the file {path} named by {origin} is empty")
    return secret
