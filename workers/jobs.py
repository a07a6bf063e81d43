"""The short jobs: thin, safe to run twice, with ids for arguments."""

from __future__ import annotations

from functools import cache

from waagent.ai import build_classifier, build_writer
from waagent.bootstrap import follow_up_policy, spending
from waagent.services.followup_writing import FollowUpWriting
from waagent.services.understanding import UnderstandingService
from workers.runtime import services


def tick() -> None:
    """Do what is due."""
    services().ticks.run()


def process_conversation(tenant_id: str, conversation_id: str) -> None:
    """Judge a conversation."""
    _understanding().process(tenant_id, conversation_id)


def write_follow_up(tenant_id: str, follow_up_id: str) -> None:
    """Have a language model write a follow-up."""
    _writing().write(tenant_id, follow_up_id)


@cache
def _writing() -> FollowUpWriting:
    opened = services()
    settings = opened.settings
    key = settings.openai_api_key
    writer = build_writer(
        settings.followup_writer,
        base_url=settings.openai_base_url,
        api_key=key.get_secret_value() if key else None,
        model=settings.ai_model,
    )
    return FollowUpWriting(opened.core, writer, spending(settings))


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
