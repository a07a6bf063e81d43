"""What customers saw a shop do, from the nodes its devices send."""

from __future__ import annotations

from pathlib import Path

import pytest

from waagent.sandbox.accounts import LinkedDevice
from waagent.sandbox.chat_states import ChatStates
from waagent.sandbox.network import Network
from waagent.sandbox.store import DeviceRow, Store
from waagent.sandbox.wire import Node

SARI, SHOP = "6281200000101", "6281200009001"


@pytest.fixture
def network(tmp_path: Path) -> Network:
    return Network(Store(tmp_path / "sandbox.db"))


@pytest.fixture
def device(network: Network) -> LinkedDevice:
    network.ensure_account(SHOP, "Toko")
    return network.add_device(
        DeviceRow(
            account=SHOP,
            number=1,
            noise_key=b"n" * 32,
            identity=b"i" * 32,
            registration_id=1,
            signed_id=1,
            signed_key=b"s" * 32,
            signed_signature=b"g" * 64,
            linked_at=0,
        )
    )


def test_a_recording_is_told_from_typing(network: Network, device: LinkedDevice) -> None:
    sari, states = network.ensure_customer(SARI, "Bu Sari"), ChatStates(network)
    states.typing(
        device, Node("chatstate", {"to": sari.lid}, (Node("composing", {"media": "audio"}),))
    )
    states.typing(device, Node("chatstate", {"to": sari.lid}, (Node("paused"),)))
    states.typing(device, Node("chatstate", {"to": "1@lid"}, (Node("composing"),)))
    assert [state.state for state in states.of(SARI)] == ["recording", "paused"]


def test_presence_is_told(network: Network, device: LinkedDevice) -> None:
    with network.events.subscribe() as events:
        ChatStates(network).presence(device, Node("presence", {"type": "unavailable"}))
        event = events.get_nowait()
    assert (event["event"], event["account"], event["state"]) == ("presence", SHOP, "unavailable")
