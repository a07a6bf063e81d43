"""The handshake against an initiator written here from the Noise specification."""

from __future__ import annotations

import pytest

from waagent.sandbox.keys import KeyPair, new_key_pair, shared_secret
from waagent.sandbox.noise import Cipher, NoiseError, Responder, Transcript

CERTIFICATE = b"a chain"


class Initiator:
    """The client's half of one handshake."""

    def __init__(self, static: KeyPair) -> None:
        self.static = static
        self.ephemeral = new_key_pair()
        self.transcript = Transcript()
        self.transcript.mix_hash(self.ephemeral.public)

    def read_hello(self, ephemeral: bytes, static: bytes, payload: bytes) -> tuple[bytes, bytes]:
        self.server_ephemeral = ephemeral
        self.transcript.mix_hash(ephemeral)
        self.transcript.mix_key(shared_secret(self.ephemeral, ephemeral))
        server = self.transcript.decrypt(static)
        self.transcript.mix_key(shared_secret(self.ephemeral, server))
        return server, self.transcript.decrypt(payload)

    def finish(self, payload: bytes) -> tuple[bytes, bytes]:
        static = self.transcript.encrypt(self.static.public)
        self.transcript.mix_key(shared_secret(self.static, self.server_ephemeral))
        return static, self.transcript.encrypt(payload)


def shake_hands() -> tuple[Initiator, Responder, KeyPair]:
    server = new_key_pair()
    client, responder = Initiator(new_key_pair()), Responder(server, CERTIFICATE)
    hello = responder.hello(client.ephemeral.public)
    assert client.read_hello(*hello) == (server.public, CERTIFICATE)
    return client, responder, server


def test_both_sides_end_with_the_same_keys() -> None:
    client, responder, _ = shake_hands()
    assert responder.finish(*client.finish(b"who I am")) == (client.static.public, b"who I am")
    receive, send = responder.ciphers()
    to_server, to_client = (Cipher(key) for key in client.transcript.split())
    for text in (b"", b"halo", b"x" * 100_000):
        assert receive.decrypt(to_server.encrypt(text)) == text
        assert to_client.decrypt(send.encrypt(text)) == text


def test_a_changed_byte_is_noticed() -> None:
    client, responder, _ = shake_hands()
    static, payload = client.finish(b"who I am")
    with pytest.raises(NoiseError):
        responder.finish(static, payload[:-1] + bytes([payload[-1] ^ 1]))


def test_a_frame_out_of_turn_is_noticed() -> None:
    client, responder, _ = shake_hands()
    responder.finish(*client.finish(b""))
    receive, _ = responder.ciphers()
    to_server = Cipher(client.transcript.split()[0])
    first, second = to_server.encrypt(b"1"), to_server.encrypt(b"2")
    assert receive.decrypt(first) == b"1"
    with pytest.raises(NoiseError):
        receive.decrypt(first)
    with pytest.raises(NoiseError):
        receive.decrypt(second)


@pytest.mark.parametrize("key", [b"", b"\0" * 31, b"\0" * 32])
def test_a_key_that_is_none_is_refused(key: bytes) -> None:
    with pytest.raises(NoiseError):
        Responder(new_key_pair(), CERTIFICATE).hello(key)
