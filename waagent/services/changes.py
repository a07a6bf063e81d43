"""What changes in a shop, as it happens: PostgreSQL's LISTEN on the shop's own channel."""

from __future__ import annotations

import json
from collections.abc import Iterator
from threading import Event

from waagent.domain.views import Change, Tenant
from waagent.services.core import change_channel
from waagent.storage.feed import notifications

_POLL_S = 1.0


class ChangeFeed:
    """Follows one shop's changes on a direct connection."""

    def __init__(self, database_url: str) -> None:
        self._url = database_url

    def listen(self, tenant: Tenant, stop: Event) -> Iterator[Change]:
        """Every change from now on; ends within a second of ``stop`` being set.

        Raises:
            DatabaseError: the connection was lost. Changes in between are missed: read anew.
        """
        for payload in notifications(self._url, change_channel(tenant.id), stop, _POLL_S):
            if payload is not None:
                yield Change(**json.loads(payload))
