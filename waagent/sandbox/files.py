"""Files only their owner may read, written so that nobody ever sees half of one."""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from waagent.errors import ConfigError, ConflictError


def private_dir(path: Path) -> None:
    """Make a directory with mode 0700, or close an existing one. Raises ConfigError."""
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.chmod(0o700)
    except OSError as error:
        raise ConfigError(
            f"cannot use {path} for the sandbox: {error.strerror}",
            hint="name a directory that you may write to",
        ) from None


def write_private(path: Path, data: bytes) -> None:
    """Replace a file in one step, mode 0600."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def directory_lock(path: Path) -> Iterator[None]:
    """Hold a state directory for one process. Raises ConflictError when another has it."""
    with (path / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise ConflictError(
                f"a sandbox already runs in {path}",
                hint="use that one, stop it, or name another state directory",
            ) from None
        yield
