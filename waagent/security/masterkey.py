"""Where the master key comes from.

It wraps every tenant's data key, so whoever has it and the database can read everything, and
whoever loses it can read nothing. It is given (``WAAGENT_MASTER_KEY``, or its ``_FILE``), or, for
the embedded database only, made once and kept beside it.
"""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path

from waagent.errors import MasterKeyError
from waagent.folders import private_folder

KEY_BYTES = 32
KEY_FILE = "master.key"
_HINT = (
    'make one with: python -c "import base64,os;print(base64.b64encode(os.urandom(32)).decode())"'
)


def parse_master_key(text: str) -> bytes:
    """The 32 bytes of a base64 key.

    Raises:
        MasterKeyError: it is not base64, or not of 32 bytes.
    """
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except ValueError as error:
        raise MasterKeyError("the master key is not base64", hint=_HINT) from error
    if len(key) != KEY_BYTES:
        raise MasterKeyError(f"the master key has {len(key)} bytes, not {KEY_BYTES}", hint=_HINT)
    return key


def master_key(given: str | None, home: Path, *, may_generate: bool) -> bytes:
    """The master key: the given one, else the one in ``home``, made there when it may be.

    Raises:
        MasterKeyError: none is given and none may be made, or it is malformed or unreadable.
    """
    if given is not None:
        return parse_master_key(given)
    path = home / KEY_FILE
    if path.exists():
        return parse_master_key(_read(path))
    if not may_generate:
        raise MasterKeyError(
            "no master key: set WAAGENT_MASTER_KEY or WAAGENT_MASTER_KEY_FILE", hint=_HINT
        )
    return parse_master_key(_generate(path))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not base64"
        raise MasterKeyError(
            f"the master key in {path} cannot be read: {reason}",
            hint="restore it from a backup: without it nothing stored can be read",
        ) from error


def _generate(path: Path) -> str:
    """Make the file whole or not at all, and let only one of several first commands win."""
    private_folder(path.parent)
    draft = path.with_name(f"master.key.{os.getpid()}.{secrets.token_hex(4)}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode() + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text()
