"""Files too large for a column: encrypted on disk, below the media folder, one for each message.

A file is its salt and then chunks, each sealed with AES-256-GCM under a key that only this file
has. A chunk's nonce is its number and whether it is the last one, so chunks can be neither swapped
nor cut off. One is written under another name first: what has its final name is whole.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from waagent.security.cipher import TenantCipher

CHUNK = 256 * 1024
_SALT = 16
_TAG = 16
_UNFINISHED = ".part"


class MediaFiles:
    """The media folder, of mode 0700. Paths are relative to it; ``owner`` is the message's id."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, tenant_id: str, cipher: TenantCipher, owner: str, data: bytes) -> str:
        """Store ``data``; its path. Raises OSError, and leaves nothing behind then."""
        name = f"{UUID(tenant_id).hex}/{secrets.token_hex(16)}"
        target = self._folder / name
        part = target.with_name(target.name + _UNFINISHED)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        target.parent.mkdir(mode=0o700, exist_ok=True)
        salt = secrets.token_bytes(_SALT)
        try:
            with open(part, "xb", opener=_private) as file:
                file.write(salt)
                for chunk in _sealed(AESGCM(cipher.file_key(salt, owner)), data):
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            part.rename(target)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        _sync_folder(target.parent)
        return name

    def chunks(self, cipher: TenantCipher, owner: str, path: str) -> Iterator[bytes]:
        """What is in a file, in order.

        Raises:
            OSError: it cannot be read.
            cryptography.exceptions.InvalidTag: it was changed, cut off, or is another message's.
        """
        with open(self._folder / path, "rb") as file:
            key = AESGCM(cipher.file_key(file.read(_SALT), owner))
            number, chunk = 0, file.read(CHUNK + _TAG)
            while True:
                following = file.read(CHUNK + _TAG)
                yield key.decrypt(_nonce(number, last=not following), chunk, None)
                if not following:
                    return
                number, chunk = number + 1, following

    def remove(self, path: str) -> None:
        """Delete a file, if it is there."""
        (self._folder / path).unlink(missing_ok=True)

    def tenants(self) -> list[str]:
        """The ids of the tenants that have files."""
        if not self._folder.is_dir():
            return []
        return [str(UUID(folder.name)) for folder in self._folder.iterdir() if _is_id(folder.name)]

    def older(self, tenant_id: str, age: timedelta) -> list[str]:
        """The paths of a tenant's files, unfinished ones too, that were not touched for ``age``."""
        before = time.time() - age.total_seconds()
        folder = self._folder / UUID(tenant_id).hex
        found = []
        for file in folder.iterdir():
            try:
                if file.stat().st_mtime < before:
                    found.append(f"{folder.name}/{file.name}")
            except FileNotFoundError:
                continue  # another host swept it
        return found


def _sealed(key: AESGCM, data: bytes) -> Iterator[bytes]:
    view = memoryview(data)
    starts = range(0, max(len(view), 1), CHUNK)
    for number, start in enumerate(starts):
        nonce = _nonce(number, last=start == starts[-1])
        yield key.encrypt(nonce, bytes(view[start : start + CHUNK]), None)


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11) + bytes([last])


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _sync_folder(folder: Path) -> None:
    """The new name is on disk too."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _is_id(name: str) -> bool:
    try:
        UUID(name)
    except ValueError:
        return False
    return True
