"""What a pairing tells whoever waits for it: a Redis stream of its own, scoped to its tenant.

QR codes live here for minutes and nowhere else; they are never stored or logged.
"""

from __future__ import annotations

import json
from collections.abc import Generator
from dataclasses import asdict
from typing import Any

from redis import Redis

from waagent.domain.views import ConnectEvent
from waagent.queueing.connection import translated

_TTL_S = 900


class PairingChannel:
    """One pairing's events, written by its worker and read by ``waagent connect``."""

    def __init__(self, redis: Redis, tenant_id: str, pairing_id: str) -> None:
        self._redis = redis
        self._key = f"waagent:{tenant_id}:pairing:{pairing_id}"

    def publish(self, event: ConnectEvent) -> None:
        """Add an event."""
        line = json.dumps({k: v for k, v in asdict(event).items() if v is not None})
        with translated():
            self._redis.xadd(self._key, {"event": line})
            self._redis.expire(self._key, _TTL_S)

    def cancel(self) -> None:
        """Tell the worker that nobody waits any more."""
        with translated():
            self._redis.set(f"{self._key}:cancelled", 1, ex=_TTL_S)

    def cancelled(self) -> bool:
        """Whether somebody did."""
        with translated():
            return bool(self._redis.exists(f"{self._key}:cancelled"))

    def latest_code(self) -> str | None:
        """The newest QR code, or None before the first."""
        with translated():
            newest: Any = self._redis.xrevrange(self._key, count=20)
        events = (json.loads(fields[b"event"]) for _, fields in newest)
        return next((event["code"] for event in events if event["event"] == "qr"), None)

    def read(self, block_ms: int) -> Generator[ConnectEvent | None]:
        """Every event from the first on; None whenever ``block_ms`` passed without one."""
        last = b"0"
        while True:
            with translated():
                answer = self._redis.xread({self._key: last}, block=block_ms, count=20)
            if not answer:
                yield None
                continue
            for entry_id, fields in _entries(answer):
                last = entry_id
                yield ConnectEvent(**json.loads(fields[b"event"]))


def _entries(answer: object) -> list[tuple[bytes, dict[bytes, bytes]]]:
    """The entries of one stream, in RESP2's form (a list of pairs) or RESP3's (a mapping)."""
    if isinstance(answer, dict):
        found = next(iter(answer.values()))
        return [entry for batch in found for entry in batch]
    assert isinstance(answer, list)
    entries: list[tuple[bytes, dict[bytes, bytes]]] = answer[0][1]
    return entries
