"""Turns what the operating system and the servers say into an EmbeddedError with a next step."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from waagent.embedded import logfiles
from waagent.errors import EmbeddedError

ANOTHER_PLACE = "Free some space, or point WAAGENT_HOME at another disk."
READ_THE_LOG = "The whole story is in {log}."

_FULL = {errno.ENOSPC, errno.EDQUOT}
_REFUSED = {errno.EACCES, errno.EPERM, errno.EROFS}


@contextmanager
def explained(home: Path) -> Iterator[None]:
    """Raise OSError from the block as EmbeddedError that names the path and what to do."""
    try:
        yield
    except OSError as error:
        raise explain(error, home) from error


def explain(error: OSError, home: Path) -> EmbeddedError:
    """The EmbeddedError for an OSError met while working for ``home``."""
    where = error.filename if isinstance(error.filename, str | Path) else home
    if error.errno in _FULL:
        return EmbeddedError(f"No space left for the servers of {home}.", hint=ANOTHER_PLACE)
    if error.errno in _REFUSED:
        return EmbeddedError(
            f"{where} cannot be used: {error.strerror}.",
            hint="Make it yours and writable, or point WAAGENT_HOME at a folder that is.",
        )
    return EmbeddedError(
        f"The embedded servers cannot be set up at {where}: {error.strerror or error}.",
        hint="Check WAAGENT_HOME.",
    )


def start_failure(server: str, reason: str, log: Path) -> EmbeddedError:
    """The EmbeddedError for a server that did not start, with its own reason."""
    full = logfiles.DISK_FULL in reason
    hint = ANOTHER_PLACE if full else READ_THE_LOG.format(log=log)
    return EmbeddedError(f"{server} did not start: {reason}", hint=hint)
