"""A fictional service of a few shops, as its operator would see it: for pictures and tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from waagent.domain.checks import Check, Level, NumberDiagnosis, ShopDiagnosis
from waagent.domain.overview import (
    ConnectionOverview,
    DatabaseOverview,
    ErrorOverview,
    Fault,
    HostOverview,
    LeaseOverview,
    Overview,
    QueueOverview,
    RedisOverview,
    ShopOverview,
    WorkerOverview,
)
from waagent.domain.views import HostView, Tenant

CHECKS = (
    Check(name="postgresql", level=Level.OK, text="PostgreSQL menjawab.", ms=3),
    Check(name="redis", level=Level.OK, text="Valkey menjawab.", ms=1),
    Check(
        name="numbers",
        level=Level.WARN,
        text="3 dari 4 nomor tersambung.",
        todo="lihat: waagent doctor toko-baju-ayu",
        ms=2,
    ),
)


def shop(number: int, name: str, **values: object) -> ShopOverview:
    """A shop that is well; ``values`` replace what is usual."""
    base = ShopOverview(
        id=f"t{number}",
        slug=name.lower().replace(" ", "-"),
        name=name,
        timezone="Asia/Jakarta",
        numbers=1,
        connected=1,
        trouble=None,
        unlabelled=0,
        unlabelled_s=None,
        outbox=0,
        outbox_s=None,
        leads=120 + number,
        messages_today=40 * number,
    )
    return replace(base, **values)  # type: ignore[arg-type]


def shops() -> list[ShopOverview]:
    """One in trouble, three that are well."""
    return [
        shop(3, "Toko Baju Ayu", connected=0, trouble="logged_out", outbox=4, outbox_s=2400.0),
        shop(1, "Dapur Bu Rini", unlabelled=2, unlabelled_s=3.0),
        shop(2, "Kopi Senja", outbox=1, outbox_s=0.4),
        shop(4, "Bengkel Jaya Motor Sejahtera Abadi", leads=None, messages_today=None),
    ]


@dataclass(kw_only=True)
class FixtureOverview:
    """The service as of ``now``. ``down`` are the parts that do not answer.

    ``called`` is told of each call first, and may raise.
    """

    now: datetime
    called: Callable[..., None] = lambda *_: None
    shop_list: list[ShopOverview] = field(default_factory=shops)
    hosts: bool = True
    down: tuple[str, ...] = ()

    def look(self) -> Overview:
        self.called("overview.look")
        return Overview(
            at=self.now,
            database=None if "postgresql" in self.down else self._database(),
            redis=None if "redis" in self.down else self._redis(),
            faults=tuple(
                Fault(part=part, message=f"{part} cannot be used", hint="see: waagent status")
                for part in self.down
            ),
        )

    def verdict(self) -> list[Check]:
        self.called("overview.verdict")
        return list(CHECKS)

    def shop(self, tenant: Tenant) -> ShopDiagnosis:
        self.called("overview.shop", tenant.slug)
        number = NumberDiagnosis(
            session="main",
            state="logged_out",
            reason="401",
            level=Level.FAIL,
            text="Perangkat dikeluarkan dari HP toko.",
            todo="tautkan lagi: waagent connect",
            down_since=self.now - timedelta(hours=2),
            last_inbound_at=None,
            facts={},
            findings=(),
        )
        late = Check(name="channels", level=Level.WARN, text="Tidak ada yang diberi tahu.")
        return ShopDiagnosis(numbers=(number,), checks=(late,))

    def _database(self) -> DatabaseOverview:
        return DatabaseOverview(
            shops=tuple(self.shop_list),
            hosts=tuple(self._hosts()) if self.hosts else (),
            leases=LeaseOverview(held=3, expired=0, unowned=0),
            errors=ErrorOverview(notifications=1, sends=2, numbers_away=1),
            connections=ConnectionOverview(used=14, limit=97),
        )

    def _hosts(self) -> list[HostOverview]:
        def host(number: int, sessions: int, memory: int | None, **values: object) -> HostOverview:
            base = HostView(
                id=f"mesin-1-{4000 + number}-ab12cd",
                machine="mesin-1",
                pid=4000 + number,
                sessions=sessions,
                capacity=100,
                draining=False,
                started_at=self.now - timedelta(hours=number),
                seen_at=self.now - timedelta(seconds=number),
                alive=True,
            )
            found = replace(base, **values)  # type: ignore[arg-type]
            return HostOverview(host=found, memory_mb=memory)

        long_ago = self.now - timedelta(minutes=5)
        return [
            host(1, 3, 212),
            host(2, 0, 96, draining=True),
            host(3, 1, None, alive=False, seen_at=long_ago),
        ]

    def _redis(self) -> RedisOverview:
        names = ("sessions", "pairing", "ai", "maintenance", "notify")
        queues = [
            QueueOverview(name=name, length=0, oldest_s=0.0, failed=0, workers=1) for name in names
        ]
        queues[2] = replace(queues[2], length=7, oldest_s=95.0, failed=2)
        queues[4] = replace(queues[4], workers=0)
        return RedisOverview(
            queues=tuple(queues),
            workers=tuple(self._workers()) if self.hosts else (),
            tick_late_s=0.0,
        )

    def _workers(self) -> list[WorkerOverview]:
        return [
            WorkerOverview(
                name=f"worker{number}",
                queues=(queue,),
                machine="mesin-1",
                pid=5000 + number,
                alive=queue != "ai",
                busy=queue == "sessions",
                started_at=self.now - timedelta(hours=3),
                seen_at=self.now - timedelta(seconds=20 * number),
            )
            for number, queue in enumerate(("sessions", "pairing", "ai", "maintenance"), 1)
        ]
