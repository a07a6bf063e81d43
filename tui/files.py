"""Files that the user saves from a conversation, and texts written in their own editor."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

from textual.app import App, SuspendNotSupported

from waagent.errors import ConfigError, WaagentError

_MOST_NAMES = 1000


def save_folder() -> Path:
    """Where files go: ``waagent`` in the folder for downloads."""
    given = os.environ.get("XDG_DOWNLOAD_DIR")
    return (Path(given) if given else Path.home() / "Downloads") / "waagent"


def save(folder: Path, name: str, chunks: Iterable[bytes]) -> Path:
    """Write a file that only its owner can read; one that is there is never replaced.

    Raises WaagentError if it cannot be written; nothing half written stays.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path in _names(folder, name):
            try:
                descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                continue
            with open(descriptor, "wb") as file:
                try:
                    file.writelines(chunks)
                except BaseException:
                    path.unlink()
                    raise
            return path
    except OSError as error:
        raise WaagentError(
            f"the file cannot be saved in {folder}: {error.strerror}",
            hint="set XDG_DOWNLOAD_DIR to a folder of yours",
        ) from error
    raise WaagentError(f"{folder} has too many files called {name}")


def _names(folder: Path, name: str) -> Iterable[Path]:
    """``foto.jpg``, ``foto (2).jpg``, …"""
    path = folder / name
    yield path
    for number in range(2, _MOST_NAMES):
        yield path.with_name(f"{path.stem} ({number}){path.suffix}")


def edit_text(app: App[None], text: str) -> str:
    """``text`` as the user leaves it in ``$VISUAL`` or ``$EDITOR``.

    Raises ConfigError if there is no editor, it fails, or this terminal cannot be lent to one.
    """
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if not editor:
        raise ConfigError("no editor is set", hint="set EDITOR, for example to nano")
    with tempfile.TemporaryDirectory(prefix="waagent-") as folder:
        path = Path(folder) / "pesan.txt"
        path.write_text(text, encoding="utf-8")
        try:
            with app.suspend():
                ended = subprocess.run([*shlex.split(editor), str(path)], check=False)
        except SuspendNotSupported as error:
            raise ConfigError(
                "this terminal cannot be lent to an editor", hint="write in the box instead"
            ) from error
        except (OSError, ValueError) as error:
            raise ConfigError(f"{editor} cannot be run", hint="check EDITOR") from error
        if ended.returncode != 0:
            raise ConfigError(f"{editor} ended with {ended.returncode}", hint="the text is kept")
        return path.read_text(encoding="utf-8", errors="replace").rstrip("\n")
