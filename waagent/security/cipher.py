"""Encryption of what customers write and who they are.

AES-256-GCM with one data key per tenant, wrapped by the master key. A ciphertext is bound to its
tenant and to the column it stands in, so it can be moved to neither. A blind index (HMAC-SHA256
under a key derived from the data key) lets a phone number be looked up without being stored.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from waagent.errors import MasterKeyError

_VERSION = b"\x01"
_NONCE_BYTES = 12


def _derive(key: bytes, purpose: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=None, info=purpose).derive(key)


def _seal(key: AESGCM, plain: bytes, context: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return _VERSION + nonce + key.encrypt(nonce, plain, context)


def _open(key: AESGCM, sealed: bytes, context: bytes) -> bytes:
    nonce, body = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
    return key.decrypt(nonce, body, context)


def _blind(key: bytes, kind: str, value: str) -> bytes:
    return hmac.new(key, f"{kind}\0{value}".encode(), hashlib.sha256).digest()


class KeyRing:
    """Wraps and unwraps tenants' data keys with the master key."""

    def __init__(self, master_key: bytes) -> None:
        self._key = AESGCM(_derive(master_key, b"waagent wrap"))
        self._user_key = AESGCM(_derive(master_key, b"waagent user"))
        self._user_index_key = _derive(master_key, b"waagent user index")

    def new_data_key(self, tenant_id: UUID) -> bytes:
        """A fresh data key, wrapped for storage."""
        return _seal(self._key, secrets.token_bytes(32), tenant_id.bytes)

    def cipher(self, tenant_id: UUID, wrapped: bytes) -> TenantCipher:
        """The cipher of a tenant.

        Raises:
            MasterKeyError: the data key was wrapped with another master key.
        """
        return TenantCipher(tenant_id, self._unwrap(wrapped, tenant_id.bytes))

    def seal_check(self) -> bytes:
        """A value that only this master key can verify."""
        return _seal(self._key, b"waagent", b"check")

    def verify(self, check: bytes) -> None:
        """Check a value of :meth:`seal_check`.

        Raises:
            MasterKeyError: it was made with another master key.
        """
        self._unwrap(check, b"check")

    def seal_user(self, name: str) -> bytes:
        """Seal the name of a user of the service, who need not be of any tenant."""
        return _seal(self._user_key, name.encode(), b"users.name")

    def open_user(self, sealed: bytes) -> str:
        """Open what :meth:`seal_user` sealed."""
        return _open(self._user_key, sealed, b"users.name").decode()

    def user_index(self, kind: str, value: str) -> bytes:
        """The blind index (32 bytes) of something of a user, by its ``kind``."""
        return _blind(self._user_index_key, kind, value)

    def _unwrap(self, sealed: bytes, context: bytes) -> bytes:
        try:
            return _open(self._key, sealed, context)
        except InvalidTag as error:
            raise MasterKeyError(
                "this master key is not the one the database was written with",
                hint="restore the original WAAGENT_MASTER_KEY, or the master.key of its home",
            ) from error


class TenantCipher:
    """Encrypts and decrypts the fields of one tenant."""

    def __init__(self, tenant_id: UUID, data_key: bytes) -> None:
        self._tenant = tenant_id.bytes
        self._field_key = AESGCM(_derive(data_key, b"waagent field"))
        self._index_key = _derive(data_key, b"waagent index")
        self._file_key = _derive(data_key, b"waagent file")

    def encrypt(self, text: str, column: str) -> bytes:
        """Seal ``text`` for ``column`` (``table.column``)."""
        return self.seal(text.encode(), column)

    def decrypt(self, sealed: bytes, column: str) -> str:
        """Open what :meth:`encrypt` sealed for the same tenant and column.

        Raises:
            cryptography.exceptions.InvalidTag: it was tampered with or moved.
        """
        return self.unseal(sealed, column).decode()

    def seal(self, data: bytes, column: str) -> bytes:
        """:meth:`encrypt` for bytes."""
        return _seal(self._field_key, data, self._context(column))

    def unseal(self, sealed: bytes, column: str) -> bytes:
        """:meth:`decrypt` for bytes."""
        return _open(self._field_key, sealed, self._context(column))

    def file_key(self, salt: bytes, owner: str) -> bytes:
        """The key (32 bytes) of one file: of this tenant, of ``owner``, and of its own ``salt``."""
        return HKDF(hashes.SHA256(), 32, salt, self._context(owner)).derive(self._file_key)

    def encrypt_or_none(self, text: str | None, column: str) -> bytes | None:
        """:meth:`encrypt`, with None for None."""
        return None if text is None else self.encrypt(text, column)

    def decrypt_or_none(self, sealed: bytes | None, column: str) -> str | None:
        """:meth:`decrypt`, with None for None."""
        return None if sealed is None else self.decrypt(sealed, column)

    def index(self, kind: str, value: str) -> bytes:
        """The blind index of ``value`` among values of ``kind``: 32 bytes, equal for equals."""
        return _blind(self._index_key, kind, value)

    def _context(self, column: str) -> bytes:
        return self._tenant + column.encode()
