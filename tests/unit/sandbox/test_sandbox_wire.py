"""Frames and nodes."""

from __future__ import annotations

import pytest

from waagent.sandbox.wire import FrameReader, Node, WireError, decode, encode, frame

PAYLOADS = [b"a", b"", b"b" * 300, b"c" * 70_000]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 4096, 1_000_000])
def test_frames_survive_any_splitting(size: int) -> None:
    stream = b"".join(map(frame, PAYLOADS))
    reader, got = FrameReader(), []
    for begin in range(0, len(stream), size):
        reader.feed(stream[begin : begin + size])
        while (payload := reader.next()) is not None:
            got.append(payload)
    assert got == PAYLOADS


def test_opening_bytes_are_taken_before_frames() -> None:
    reader = FrameReader()
    reader.feed(b"WA\x06")
    assert reader.skip(4) is None
    reader.feed(b"\x03" + frame(b"x"))
    assert (reader.skip(4), reader.next()) == (b"WA\x06\x03", b"x")


def test_a_frame_too_long_is_refused() -> None:
    with pytest.raises(WireError):
        frame(b"x" * (1 << 24))


@pytest.mark.parametrize(
    "node",
    [
        Node("iq", {"from": "@s.whatsapp.net", "type": "result", "id": "12.3-4"}),
        Node("message", {"from": "123456789012345:7@lid", "notify": "Bu Sari 🌷"}),
        Node("list", {}, tuple(Node("key", {}, bytes([n, 255])) for n in range(3))),
        Node("enc", {"v": "2", "type": "pkmsg"}, b"\0" * 1000),
        Node("receipt", {"id": "3EB0ABCDEF", "to": "6281200000001@s.whatsapp.net"}),
    ],
)
def test_nodes_survive_coding(node: Node) -> None:
    assert decode(encode(node)) == node


@pytest.mark.parametrize("data", [b"", b"\0", b"\0\xf8", b"\x02nonsense", b"\0\xf8\x02\xfc\xff"])
def test_what_is_no_node_is_refused(data: bytes) -> None:
    with pytest.raises(WireError):
        decode(data)


def test_a_missing_child_is_named() -> None:
    with pytest.raises(WireError, match="<iq> has no <list>"):
        Node("iq").need("list")
