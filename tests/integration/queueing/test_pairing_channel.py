"""A pairing's events reach whoever waits for that pairing, in that shop, and nobody else."""

from __future__ import annotations

from itertools import islice
from uuid import uuid4

import pytest
from redis import Redis

from waagent.bootstrap import HostServices
from waagent.domain.views import ConnectEvent
from waagent.queueing.pairing import PairingChannel

pytestmark = pytest.mark.usefixtures("redis_clean")

EVENTS = [
    ConnectEvent(event="qr", code="https://wa.me/settings/linked_devices#2@…", expires_in=20),
    ConnectEvent(event="qr", code="https://wa.me/settings/linked_devices#2@ß", expires_in=20),
    ConnectEvent(event="paired", jid="6281200000001:2@s.whatsapp.net"),
    ConnectEvent(event="connected", phone="+6281200000001", session="main"),
]


@pytest.fixture
def redis(host: HostServices) -> Redis:
    return host.redis


def test_every_event_arrives_in_order_also_for_one_who_comes_late(redis: Redis) -> None:
    tenant, pairing = str(uuid4()), str(uuid4())
    for event in EVENTS[:2]:
        PairingChannel(redis, tenant, pairing).publish(event)
    reading = PairingChannel(redis, tenant, pairing).read(block_ms=20)
    assert list(islice(reading, 2)) == EVENTS[:2]
    assert next(reading) is None
    for event in EVENTS[2:]:
        PairingChannel(redis, tenant, pairing).publish(event)
    assert list(islice(reading, 2)) == EVENTS[2:]


def test_another_shop_or_another_pairing_hears_nothing(redis: Redis) -> None:
    tenant, pairing = str(uuid4()), str(uuid4())
    channel = PairingChannel(redis, tenant, pairing)
    channel.publish(EVENTS[0])
    channel.cancel()
    for other in (
        PairingChannel(redis, str(uuid4()), pairing),
        PairingChannel(redis, tenant, str(uuid4())),
    ):
        assert next(other.read(block_ms=10)) is None
        assert not other.cancelled()
    assert channel.cancelled()


def test_nothing_of_it_stays_for_long(redis: Redis) -> None:
    channel = PairingChannel(redis, str(uuid4()), str(uuid4()))
    channel.publish(EVENTS[0])
    channel.cancel()
    keys = list(redis.scan_iter("*"))
    assert len(keys) == 2
    assert all(0 < redis.ttl(key) <= 900 for key in keys)
