"""Passwords of users: argon2id, by the parameters that argon2-cffi gives by default (RFC 9106)."""

from __future__ import annotations

import unicodedata
from functools import cached_property
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

AT_ONCE = 2
"""Hashes that are computed at a time: each takes 64 MiB and several threads."""


class Passwords:
    """Hashes passwords and compares with hashes. Every call takes tens of milliseconds."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()
        self._room = BoundedSemaphore(AT_ONCE)

    @cached_property
    def _nobody(self) -> str:
        """A hash to compare with where there is no user, so that it takes as long."""
        return self.hash("nobody has this password")

    def hash(self, password: str) -> str:
        """A hash with a salt of its own, in argon2's text form."""
        with self._room:
            return self._hasher.hash(_composed(password))

    def matches(self, known: str | None, password: str) -> bool:
        """Whether ``known`` is of this password. With None it takes as long, and is never so."""
        against = self._nobody if known is None else known
        with self._room:
            try:
                self._hasher.verify(against, _composed(password))
            except (VerificationError, InvalidHashError):
                return False
        return known is not None

    def outdated(self, known: str) -> bool:
        """Whether a hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(known)


def _composed(password: str) -> bytes:
    """The same letters typed on another keyboard are the same password (NFC, as RFC 8265)."""
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
