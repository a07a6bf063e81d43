"""The short jobs: thin, safe to run twice, with ids for arguments."""

from __future__ import annotations

from functools import cache

from waagent.ai import build_classifier
from waagent.bootstrap import follow_up_policy, spending
from waagent.services.understanding import UnderstandingService
from workers.runtime import services


def tick() -> None:
    """Do what is due."""
    services().ticks.run()


def process_conversation(tenant_id: str, conversation_id: str) -> None:
    """Judge a conversation."""
    _understanding().process(tenant_id, conversation_id)


@cache
def _understanding() -> UnderstandingService:
    """Loaded once: the worker of the ``ai`` queue does not fork."""
    opened = services()
    settings = opened.settings
    key = settings.openai_api_key
    classifier = build_classifier(
        settings.ai_engine,
        base_url=settings.openai_base_url,
        api_key=key.get_secret_value() if key else None,
        model=settings.ai_model,
        threshold=settings.ai_cascade_threshold,
    )
    return UnderstandingService(
        opened.core,
        classifier,
        policy=follow_up_policy(settings),
        spending=spending(settings),
    )
