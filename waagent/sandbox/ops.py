"""What can be asked of a running sandbox; the groups of ops are in the ``ops_…`` modules."""

from __future__ import annotations

from typing import Any

import structlog

from waagent.errors import InvalidInputError, WaagentError
from waagent.sandbox.arguments import Arguments, Op, OpGroup, Result
from waagent.sandbox.events import EventBus
from waagent.sandbox.hub import Hub
from waagent.sandbox.media import MediaStore
from waagent.sandbox.ops_content import ContentOps
from waagent.sandbox.ops_history import HistoryOps
from waagent.sandbox.ops_look import LookOps
from waagent.sandbox.ops_people import PeopleOps
from waagent.sandbox.ops_stories import StoryOps
from waagent.sandbox.ops_trouble import TroubleOps
from waagent.sandbox.runner import Runner

log = structlog.get_logger(__name__)


class Operations:
    """All ops but ``events``, which the control interface serves itself; on plain JSON values."""

    def __init__(self, hub: Hub, runner: Runner, media: MediaStore) -> None:
        groups: tuple[OpGroup, ...] = (
            LookOps(hub),
            PeopleOps(hub),
            ContentOps(hub, media),
            HistoryOps(hub),
            TroubleOps(hub),
            StoryOps(hub, runner),
        )
        self._network = hub.network
        self._ops: dict[str, Op] = {
            name: op for group in groups for name, op in group.ops().items()
        }

    @property
    def events(self) -> EventBus:
        """What happens, for the op ``events``."""
        return self._network.events

    async def run(self, request: dict[str, Any]) -> Result:
        """Carry out one request. Raises WaagentError."""
        name = request["op"]
        if name not in self._ops:
            raise InvalidInputError(f"no such op: {name!r}", hint="one of " + ", ".join(self._ops))
        try:
            outcome = self._ops[name](Arguments(request))
            return outcome if isinstance(outcome, dict) else await outcome
        except WaagentError:
            raise
        except Exception:
            log.exception("sandbox.op_failed", action=name)
            raise WaagentError(f"the sandbox failed at {name}", hint="see its log") from None
