"""The whole service at a glance, for its operator. Each server that fails hides its own part only.

Everything is counted across shops by the role that sees no customer's data; what only a shop's own
role may count is asked shop by shop, a little each time.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from waagent.domain.checks import Check, ShopDiagnosis
from waagent.domain.overview import (
    ConnectionOverview,
    DatabaseOverview,
    ErrorOverview,
    Fault,
    HostOverview,
    LeaseOverview,
    Overview,
    ShopOverview,
)
from waagent.domain.periods import period
from waagent.domain.sessions import PARKED
from waagent.domain.views import HostView, Tenant
from waagent.errors import BackendError, NotFoundError
from waagent.queueing.roll import QueueRoll
from waagent.services.core import Core
from waagent.services.doctor import UNOWNED_FOR, Doctor
from waagent.services.doctor_shop import examine_shop
from waagent.services.hosts import HostService

T = TypeVar("T")

ANSWER_WITHIN = "5s"
FIGURES_FOR_S = 30.0
FIGURES_TAKE_S = 1.0
"""A shop's figures are counted anew after so long, and for at most so long in one look."""


@dataclass(frozen=True, slots=True)
class _Leases:
    held: int
    expired: int


@dataclass(frozen=True, slots=True)
class _Connections:
    used: int
    most: int


@dataclass(frozen=True, slots=True)
class _Figures:
    leads: int
    messages_today: int


class OverviewService:
    """Looks, and changes nothing. ``doctor`` makes one that examines this installation."""

    def __init__(self, core: Core, roll: QueueRoll, doctor: Callable[[], Doctor]) -> None:
        self._core = core
        self._hosts = HostService(core)
        self._roll = roll
        self._doctor = doctor
        self._figures: dict[str, tuple[float, _Figures]] = {}

    def look(self) -> Overview:
        """How everything is now. A server that does not answer is a fault of the result."""
        faults: list[Fault] = []
        return Overview(
            database=_tried("postgresql", self._database, faults),
            redis=_tried("redis", self._roll.look, faults),
            faults=tuple(faults),
            at=datetime.now(UTC),
        )

    def verdict(self) -> list[Check]:
        """Every check of ``waagent doctor``. Takes some tenths of a second; raises nothing."""
        return list(self._doctor().examine())

    def shop(self, tenant: Tenant) -> ShopDiagnosis:
        """One shop's verdict and next steps, as ``waagent doctor SHOP``.

        Raises:
            DatabaseError: PostgreSQL cannot be used.
        """
        return examine_shop(self._core, tenant)

    def _database(self) -> DatabaseOverview:
        parked = [state.value for state in PARKED]
        with self._core.operator() as tx:
            tx.value("doctor.limit", most=ANSWER_WITHIN)
            shops = tx.all(ShopOverview, "overview.shops")
            leases = tx.one(_Leases, "overview.leases")
            unowned = tx.value("leases.unowned", parked=parked, since=UNOWNED_FOR)
            errors = tx.one(ErrorOverview, "overview.errors")
            connections = tx.one(_Connections, "doctor.connections")
        assert leases is not None
        assert errors is not None
        assert connections is not None
        return DatabaseOverview(
            shops=self._counted(shops),
            hosts=tuple(HostOverview(host=h, memory_mb=_memory_mb(h)) for h in self._hosts.list()),
            leases=LeaseOverview(held=leases.held, expired=leases.expired, unowned=int(unowned)),
            errors=errors,
            connections=ConnectionOverview(used=connections.used, limit=connections.most),
        )

    def _counted(self, shops: Sequence[ShopOverview]) -> tuple[ShopOverview, ...]:
        """The shops with their figures, of which the oldest are counted anew."""
        began = time.monotonic()
        known = {shop.id: self._figures[shop.id] for shop in shops if shop.id in self._figures}
        for shop in sorted(shops, key=lambda each: known[each.id][0] if each.id in known else 0.0):
            now = time.monotonic()
            at = known[shop.id][0] if shop.id in known else None
            if now - began > FIGURES_TAKE_S or (at is not None and now - at < FIGURES_FOR_S):
                break
            found = self._count(shop)
            if found is not None:
                known[shop.id] = now, found
        self._figures = known
        return tuple(
            replace(
                shop,
                leads=known[shop.id][1].leads,
                messages_today=known[shop.id][1].messages_today,
            )
            if shop.id in known
            else shop
            for shop in shops
        )

    def _count(self, shop: ShopOverview) -> _Figures | None:
        today = datetime.now(UTC).astimezone(ZoneInfo(shop.timezone)).date()
        start = period(today, shop.timezone, first=today, last=today, days=None).start
        try:
            with self._core.tenant(shop.id) as scope:
                return scope.tx.one(_Figures, "overview.shop_figures", start=start)
        except NotFoundError:
            return None  # deleted this moment


def _tried(part: str, look: Callable[[], T], faults: list[Fault]) -> T | None:
    try:
        return look()
    except BackendError as error:
        faults.append(Fault(part=part, message=error.message, hint=error.hint))
        return None


def _memory_mb(host: HostView) -> int | None:
    """Of a process of this machine that lives; None of others."""
    if host.machine != socket.gethostname() or not host.alive:
        return None
    import psutil

    try:
        return int(psutil.Process(host.pid).memory_info().rss) // (1024 * 1024)
    except psutil.Error:
        return None
