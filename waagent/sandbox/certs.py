"""What makes a client believe it talks to WhatsApp: a throw-away CA and a Noise root key.

Both live in the state directory and stay the same from run to run, so that a client which trusted
them once needs no new setting. The chain is ``root -> intermediate -> the server's Noise key``.
"""

from __future__ import annotations

import ssl
import time
from dataclasses import dataclass
from pathlib import Path

import trustme
from pyaileys.proto import WAProto_pb2

from waagent.sandbox.files import write_private
from waagent.sandbox.keys import KeyPair, key_pair, new_key_pair, sign
from waagent.sandbox.store import Store

HOSTS = ("web.whatsapp.com", "*.whatsapp.com", "*.whatsapp.net", "*.cdn.whatsapp.net")
_INTERMEDIATE_SERIAL = 1
_ROOT_SERIAL = 0
_BACKDATED = 86_400
_VALID = 10 * 365 * 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class NoiseIdentity:
    """The root public key clients must trust, the server's static key and its certificate chain."""

    root_public: bytes
    static: KeyPair
    chain: bytes


def noise_identity(store: Store) -> NoiseIdentity:
    """The server's Noise identity, made on first use."""
    root, intermediate, static = (
        _stored_pair(store, name) for name in ("noise-root", "noise-intermediate", "noise-static")
    )
    chain = WAProto_pb2.CertChain()
    _certify(chain.intermediate, root, intermediate.public, _INTERMEDIATE_SERIAL, _ROOT_SERIAL)
    _certify(chain.leaf, intermediate, static.public, _INTERMEDIATE_SERIAL + 1, 1)
    return NoiseIdentity(root_public=root.public, static=static, chain=chain.SerializeToString())


def tls_context(state_dir: Path) -> tuple[ssl.SSLContext, Path]:
    """A TLS context that serves WhatsApp's host names, and the CA file that vouches for it."""
    ca_file, key_file = state_dir / "ca.pem", state_dir / "ca-key.pem"
    if ca_file.exists() and key_file.exists():
        authority = trustme.CA.from_pem(ca_file.read_bytes(), key_file.read_bytes())
    else:
        authority = trustme.CA(organization_name="waagent sandbox")
        write_private(key_file, authority.private_key_pem.bytes())
        write_private(ca_file, authority.cert_pem.bytes())
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(*HOSTS).configure_cert(context)
    return context, ca_file


def _stored_pair(store: Store, name: str) -> KeyPair:
    private = store.setting(name)
    if private is not None:
        return key_pair(private)
    pair = new_key_pair()
    store.set_setting(name, pair.private)
    return pair


def _certify(out: object, issuer: KeyPair, subject: bytes, serial: int, issuer_serial: int) -> None:
    now = int(time.time())
    details = WAProto_pb2.CertChain.NoiseCertificate.Details(
        serial=serial,
        issuerSerial=issuer_serial,
        key=subject,
        notBefore=now - _BACKDATED,
        notAfter=now + _VALID,
    ).SerializeToString()
    out.details = details  # type: ignore[attr-defined]
    out.signature = sign(issuer, details)  # type: ignore[attr-defined]
