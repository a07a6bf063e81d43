"""Files in messages: what the servers hold encrypted, and what telephones hold readable.

Both are kept by hash under the state directory and read and written in pieces, so that a file of
the largest size never is in memory. The encryption is WhatsApp's: a random key is stretched by HKDF
into IV, AES-CBC key and MAC key; the first ten bytes of the MAC follow the ciphertext.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.padding import PKCS7

from waagent.errors import InvalidInputError, NotFoundError
from waagent.sandbox.content import Kind, Sealed
from waagent.sandbox.files import private_dir

MAX_FILE = 100 * 1024 * 1024
"""The largest file, in bytes, before encryption."""
MAX_ENCRYPTED = MAX_FILE + 64
HOSTS = ("mmg.whatsapp.net", "media-cgk2-1.cdn.whatsapp.net")
HISTORY = "history"
_INFO: dict[str, bytes] = {
    Kind.IMAGE: b"WhatsApp Image Keys",
    Kind.STICKER: b"WhatsApp Image Keys",
    Kind.VIDEO: b"WhatsApp Video Keys",
    Kind.AUDIO: b"WhatsApp Audio Keys",
    Kind.DOCUMENT: b"WhatsApp Document Keys",
    HISTORY: b"WhatsApp History Keys",
}
_BLOCK = 16
_MAC = 10
_CHUNK = 1 << 18


class MediaError(Exception):
    """A telephone cannot open a file. The text says why."""


class MediaStore:
    """The files of one sandbox. Its methods block: call them in a thread."""

    def __init__(self, state_dir: Path) -> None:
        self.servers = state_dir / "media"
        """Encrypted files, by the hexadecimal SHA-256 of what they hold."""
        self.telephones = state_dir / "files"
        """Readable files, likewise."""
        for folder in (self.servers, self.telephones):
            private_dir(folder)

    def encrypted(self, sha256_hex: str) -> Path:
        """Where the servers keep, or would keep, this encrypted file."""
        return self.servers / f"{sha256_hex}.enc"

    def readable(self, sha256_hex: str) -> Path:
        """Where telephones keep, or would keep, this file."""
        return self.telephones / sha256_hex

    def seal(self, source: Path, kind: str, account: str) -> Sealed:
        """Encrypt a file and put it on the servers, in an account's name.

        Raises NotFoundError, and InvalidInputError for an empty or too large file.
        """
        key = secrets.token_bytes(32)
        with _opened(source) as file, new_file(self.telephones) as (kept, keep):
            size, sha256 = _copy(file, kept)
            readable = self.readable(sha256.hex())
            keep(readable)
        with readable.open("rb") as file, new_file(self.servers) as (out, keep):
            encrypted_sha256 = _encrypt(file, out, key, kind)
            keep(self.encrypted(encrypted_sha256.hex()))
        path = direct_path(account, encrypted_sha256)
        return Sealed(
            direct_path=path,
            url=f"https://{HOSTS[0]}{path}",
            key=key,
            sha256=sha256,
            encrypted_sha256=encrypted_sha256,
            size=size,
        )

    def open(self, sealed: Sealed, kind: str) -> None:
        """Fetch, check and decrypt a file, as a telephone does. Raises MediaError."""
        path = self.encrypted(sealed.encrypted_sha256.hex())
        if name_in_path(sealed.direct_path) != sealed.encrypted_sha256.hex() or not path.exists():
            raise MediaError("it is not on the servers")
        with path.open("rb") as file, new_file(self.telephones) as (out, keep):
            sha256, size = _decrypt(file, out, sealed, kind)
            if sha256 != sealed.sha256 or size != sealed.size:
                raise MediaError("its hash or its size is not what the message says")
            keep(self.readable(sha256.hex()))


@contextmanager
def new_file(folder: Path) -> Iterator[tuple[BinaryIO, Callable[[Path], None]]]:
    """A file to write to, and what gives it its name; it vanishes unless that was called."""
    handle, name = tempfile.mkstemp(dir=folder, prefix=".new-")
    temporary = Path(name)
    with os.fdopen(handle, "w+b") as file:

        def keep(target: Path) -> None:
            file.flush()
            temporary.replace(target)

        try:
            yield file, keep
        finally:
            temporary.unlink(missing_ok=True)


def direct_path(account: str, encrypted_sha256: bytes) -> str:
    """The path of an encrypted file on the media hosts."""
    return f"/v/t62.7118-24/{account}/{encrypted_sha256.hex()}.enc?ccb=11-4&oh=01&oe=7FFFFFFF"


def name_in_path(path: str) -> str:
    """The hexadecimal hash in a direct path; "" when there is none."""
    name, dot, _ = path.partition("?")[0].rpartition("/")[2].partition(".enc")
    return name if dot and len(name) == 64 and set(name) <= set("0123456789abcdef") else ""


def account_in_path(path: str) -> str:
    """The account number in a direct path."""
    return path.partition("?")[0].rpartition("/")[0].rpartition("/")[2]


def token_of(encrypted_sha256: bytes) -> str:
    """What an upload is named by."""
    return base64.urlsafe_b64encode(encrypted_sha256).decode()


def _opened(source: Path) -> BinaryIO:
    try:
        size = source.stat().st_size
        if not 0 < size <= MAX_FILE:
            raise InvalidInputError(
                f"{source} has {size} bytes", hint=f"a file has 1 to {MAX_FILE} bytes"
            )
        return source.open("rb")
    except OSError as error:
        raise NotFoundError(f"cannot read {source}: {error.strerror}") from None


def _copy(source: BinaryIO, target: BinaryIO) -> tuple[int, bytes]:
    """Copy all; the size and the hash."""
    digest = hashlib.sha256()
    while chunk := source.read(_CHUNK):
        _put(target, digest, chunk)
    return target.tell(), digest.digest()


def _keys(key: bytes, kind: str) -> tuple[bytes, bytes, bytes]:
    """The IV, the cipher key and the MAC key."""
    hkdf = HKDF(algorithm=hashes.SHA256(), length=112, salt=None, info=_INFO[kind])
    stretched = hkdf.derive(key)
    return stretched[:16], stretched[16:48], stretched[48:80]


def _encrypt(source: BinaryIO, target: BinaryIO, key: bytes, kind: str) -> bytes:
    """Write ciphertext and MAC; the hash of both."""
    iv, cipher_key, mac_key = _keys(key, kind)
    cipher, padder = Cipher(AES(cipher_key), CBC(iv)).encryptor(), PKCS7(8 * _BLOCK).padder()
    mac, digest = hmac.new(mac_key, iv, hashlib.sha256), hashlib.sha256()

    def put(data: bytes) -> None:
        mac.update(data)
        digest.update(data)
        target.write(data)

    while chunk := source.read(_CHUNK):
        put(cipher.update(padder.update(chunk)))
    put(cipher.update(padder.finalize()) + cipher.finalize())
    tag = mac.digest()[:_MAC]
    digest.update(tag)
    target.write(tag)
    return digest.digest()


def _decrypt(source: BinaryIO, target: BinaryIO, sealed: Sealed, kind: str) -> tuple[bytes, int]:
    """Write the plaintext; its hash and size. Raises MediaError."""
    iv, cipher_key, mac_key = _keys(sealed.key, kind)
    size = max(0, source.seek(0, os.SEEK_END) - _MAC)
    mac, digest = hmac.new(mac_key, iv, hashlib.sha256), hashlib.sha256()
    for chunk in _pieces(source, size):
        mac.update(chunk)
    if source.read() != mac.digest()[:_MAC]:
        raise MediaError("its MAC is wrong: it was changed, or the key is of another file")
    cipher, unpadder = Cipher(AES(cipher_key), CBC(iv)).decryptor(), PKCS7(8 * _BLOCK).unpadder()
    try:
        for chunk in _pieces(source, size):
            _put(target, digest, unpadder.update(cipher.update(chunk)))
        _put(target, digest, unpadder.update(cipher.finalize()) + unpadder.finalize())
    except ValueError:
        raise MediaError("it is not properly padded") from None
    return digest.digest(), target.tell()


def _pieces(source: BinaryIO, size: int) -> Iterator[bytes]:
    """The first ``size`` bytes of a file."""
    source.seek(0)
    while chunk := source.read(min(_CHUNK, size)):
        size -= len(chunk)
        yield chunk


def _put(target: BinaryIO, digest: hashlib._Hash, data: bytes) -> None:
    digest.update(data)
    target.write(data)
