"""What is usual for a number: learnt from the times of its messages, never from what they say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from waagent.domain.traffic import LEARN_FROM, Rhythm, rhythm
from waagent.services.core import Core

MOST_MESSAGES = 50_000
"""Read at most for one number, the newest; read from an index alone."""


@dataclass(frozen=True, slots=True)
class _Visits:
    hour_of_week: int
    visits: int
    since: datetime


class TrafficService:
    """For the hosts' watchdogs."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def usual(self, tenant_id: str, session_id: str) -> Rhythm | None:
        """What a session usually hears in a week; None where too little is known of it.

        Raises:
            BackendError: PostgreSQL cannot be used.
        """
        with self._core.tenant(tenant_id) as scope:
            zone = scope.tx.value("traffic.zone")
            if zone is None:
                return None
            found = scope.tx.all(
                _Visits,
                "traffic.visits",
                session_id=session_id,
                timezone=zone,
                learn_from=LEARN_FROM,
                limit=MOST_MESSAGES,
            )
        return rhythm(
            {each.hour_of_week: each.visits for each in found},
            since=min((each.since for each in found), default=None),
            now=datetime.now(UTC),
            zone=ZoneInfo(zone),
        )
