"""Folders that nobody else may look into."""

from __future__ import annotations

from pathlib import Path


def private_folder(path: Path) -> Path:
    """Make ``path``, and whatever of its parents is missing, for this user alone (mode 0700).

    ``Path.mkdir(parents=True)`` gives its mode to the last folder only. Folders that exist are left
    as they are. Raises OSError.
    """
    for folder in [*reversed(path.parents), path]:
        if not folder.is_dir():
            folder.mkdir(mode=0o700, exist_ok=True)
    return path
