"""Curve25519 key pairs and the signatures Signal makes with them (XEdDSA)."""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from pyaileys.crypto.curve25519_signature import curve25519_sign

KEY_TYPE = b"\x05"
"""What Signal puts before a Curve25519 public key."""


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A private key (32 bytes) and its public key (32 bytes)."""

    private: bytes
    public: bytes


def new_key_pair() -> KeyPair:
    """A fresh key pair."""
    return key_pair(X25519PrivateKey.generate().private_bytes_raw())


def key_pair(private: bytes) -> KeyPair:
    """The pair of a stored private key."""
    public = X25519PrivateKey.from_private_bytes(private).public_key()
    return KeyPair(private, public.public_bytes_raw())


def shared_secret(pair: KeyPair, public: bytes) -> bytes:
    """The Diffie-Hellman secret. Raises ValueError when ``public`` is not a usable key."""
    return X25519PrivateKey.from_private_bytes(pair.private).exchange(
        X25519PublicKey.from_public_bytes(public)
    )


def sign(pair: KeyPair, message: bytes) -> bytes:
    """A 64-byte XEdDSA signature."""
    return bytes(curve25519_sign(pair.private, message))
