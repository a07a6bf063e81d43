"""Key bundles as nodes: what a device uploads, and what others fetch to write to it."""

from __future__ import annotations

from waagent.sandbox.keys import KEY_TYPE
from waagent.sandbox.signal import Bundle, SignedKey
from waagent.sandbox.wire import Node

_ID_BYTES = 3
_REGISTRATION_BYTES = 4


def bundle_nodes(bundle: Bundle) -> tuple[Node, ...]:
    """The children of a ``<user>``: registration first, then type, identity and keys."""
    signed = bundle.signed
    nodes = [
        Node("registration", {}, bundle.registration_id.to_bytes(_REGISTRATION_BYTES, "big")),
        Node("type", {}, KEY_TYPE),
        Node("identity", {}, bundle.identity),
        Node(
            "skey", {}, (*_key(signed.id, signed.public), Node("signature", {}, signed.signature))
        ),
    ]
    if bundle.one_time is not None:
        nodes.append(Node("key", {}, _key(*bundle.one_time)))
    return tuple(nodes)


def uploaded_keys(iq: Node) -> tuple[list[tuple[int, bytes]], SignedKey]:
    """The one-time keys and the signed key in an upload. Raises WireError."""
    one_time = [_read_key(node) for node in iq.need("list").children]
    signed = iq.need("skey")
    key_id, public = _read_key(signed)
    signature = signed.need("signature").data()
    return one_time, SignedKey(id=key_id, public=public, signature=signature)


def retry_bundle(receipt: Node) -> Bundle | None:
    """The keys a retry receipt brings; None when it brings none. Raises WireError."""
    keys = receipt.child("keys")
    if keys is None:
        return None
    signed = keys.need("skey")
    key_id, public = _read_key(signed)
    one_time = keys.child("key")
    return Bundle(
        registration_id=receipt.need("registration").number(),
        identity=keys.need("identity").data(),
        signed=SignedKey(id=key_id, public=public, signature=signed.need("signature").data()),
        one_time=_read_key(one_time) if one_time else None,
    )


def _key(key_id: int, public: bytes) -> tuple[Node, Node]:
    return Node("id", {}, key_id.to_bytes(_ID_BYTES, "big")), Node("value", {}, public)


def _read_key(node: Node) -> tuple[int, bytes]:
    return node.need("id").number(), node.need("value").data()
