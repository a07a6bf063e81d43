"""What engines are told of a shop: its catalogue, what was learnt of corrections, its budget.

Catalogues and learnt weights stay in memory and are read again only when they changed.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime

import structlog

from waagent.ai.catalogue import Catalogue
from waagent.ai.port import ShopContext
from waagent.ai.tenant_head import TenantHead, from_bytes
from waagent.errors import AiError
from waagent.services.ai_usage import Spending, is_used_up
from waagent.services.catalogue import products_of
from waagent.services.core import Scope

log = structlog.get_logger(__name__)

MAX_SHOPS = 200


@dataclass(frozen=True, slots=True)
class _Version:
    products: int
    changed_at: datetime | None
    trained_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Head:
    weights: bytes
    base_version: str
    trained_at: datetime


@dataclass(frozen=True, slots=True)
class _Known:
    version: _Version
    catalogue: Catalogue
    head: TenantHead | None


class ShopKnowledge:
    """The shops this process was last asked about."""

    def __init__(self, spending: Spending) -> None:
        self._spending = spending
        self._shops: OrderedDict[str, _Known] = OrderedDict()

    def of(self, scope: Scope) -> ShopContext:
        """What is known now of the scope's shop."""
        version = scope.tx.one(_Version, "catalogue.version")
        assert version is not None  # it counts
        known = self._shops.get(scope.tenant_id)
        if known is None or known.version != version:
            known = _Known(version, Catalogue(products_of(scope)), _head(scope))
            self._shops[scope.tenant_id] = known
        self._shops.move_to_end(scope.tenant_id)
        if len(self._shops) > MAX_SHOPS:
            self._shops.popitem(last=False)
        return ShopContext(
            catalogue=known.catalogue,
            head=known.head,
            budget_used_up=is_used_up(scope, self._spending),
        )


def _head(scope: Scope) -> TenantHead | None:
    row = scope.tx.one(_Head, "corrections.head")
    if row is None:
        return None
    name = f"{row.trained_at:%Y%m%d%H%M%S}"
    try:
        return from_bytes(bytes(row.weights), base_version=row.base_version, name=name)
    except AiError:
        log.warning("ai.head_unreadable", action="load", tenant=scope.tenant_id)
        return None
