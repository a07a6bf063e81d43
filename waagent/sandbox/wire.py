"""What travels inside the Noise channel: length-prefixed frames and WhatsApp's binary nodes.

The token dictionary and the byte-level coding are pyaileys'; this module gives them a typed face.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pyaileys.wabinary import BinaryNode, decode_binary_node, encode_binary_node

MAX_FRAME = (1 << 24) - 1
_LENGTH = 3


class WireError(Exception):
    """The other side sent something that is not a frame or a node."""


@dataclass(frozen=True, slots=True)
class Node:
    """One element: a tag, string attributes, and children, bytes, text or nothing inside."""

    tag: str
    attrs: dict[str, str] = field(default_factory=dict)
    content: tuple[Node, ...] | bytes | str | None = None

    @property
    def children(self) -> tuple[Node, ...]:
        """The child nodes; empty when the content is data."""
        return self.content if isinstance(self.content, tuple) else ()

    def child(self, tag: str) -> Node | None:
        """The first child with this tag."""
        return next((node for node in self.children if node.tag == tag), None)

    def need(self, tag: str) -> Node:
        """The first child with this tag. Raises WireError when there is none."""
        found = self.child(tag)
        if found is None:
            raise WireError(f"<{self.tag}> has no <{tag}>")
        return found

    def data(self) -> bytes:
        """The content as bytes; empty when there is none."""
        if isinstance(self.content, str):
            return self.content.encode()
        return self.content if isinstance(self.content, bytes) else b""

    def number(self) -> int:
        """The content as a big-endian number."""
        return int.from_bytes(self.data(), "big")


def encode(node: Node) -> bytes:
    """The bytes of a node, uncompressed."""
    return bytes(encode_binary_node(_to_binary(node)))


def decode(data: bytes) -> Node:
    """The node in these bytes. Raises WireError."""
    try:
        return _from_binary(decode_binary_node(data))
    except Exception as error:  # the decoder also raises IndexError, zlib.error, UnicodeError
        raise WireError(f"not a node: {error}") from error


def frame(payload: bytes) -> bytes:
    """A payload with its 3-byte length. Raises WireError when it is too long."""
    if len(payload) > MAX_FRAME:
        raise WireError(f"a frame holds {MAX_FRAME} bytes, not {len(payload)}")
    return len(payload).to_bytes(_LENGTH, "big") + payload


class FrameReader:
    """Cuts a byte stream, however it was split on the way, into frames."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> None:
        """Add received bytes."""
        self._buffer += data

    def skip(self, count: int) -> bytes | None:
        """Take this many raw bytes, or None while fewer have arrived."""
        if len(self._buffer) < count:
            return None
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        return taken

    def next(self) -> bytes | None:
        """The next whole frame's payload, or None while it is incomplete."""
        if len(self._buffer) < _LENGTH:
            return None
        end = _LENGTH + int.from_bytes(self._buffer[:_LENGTH], "big")
        if len(self._buffer) < end:
            return None
        taken = bytes(self._buffer[_LENGTH:end])
        del self._buffer[:end]
        return taken


def _to_binary(node: Node) -> BinaryNode:
    content: object = node.content
    if isinstance(node.content, tuple):
        content = [_to_binary(child) for child in node.content]
    return BinaryNode(node.tag, node.attrs, content)


def _from_binary(node: BinaryNode) -> Node:
    content = node.content
    if isinstance(content, list):
        content = tuple(_from_binary(child) for child in content)
    return Node(node.tag, dict(node.attrs), content)
