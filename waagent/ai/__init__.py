"""The brain: engines that say what a conversation is about, behind one port.

``build_classifier`` is the way in; it imports only what the chosen engine needs. For users:
docs/reference/ai.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from waagent.errors import ConfigError

if TYPE_CHECKING:
    from waagent.ai.port import Classifier
    from waagent.ai.writing import Writer

ENGINES = ("local", "openai", "cascade", "off")
DEFAULT_MODEL = "gpt-5-mini"
DEFAULT_THRESHOLD = 0.8
"""Of the cascade: ``scripts/evaluate_classifier.py --thresholds`` shows what each would mean."""


def build_classifier(
    engine: str,
    *,
    base_url: str | None,
    api_key: str | None,
    model: str | None,
    threshold: float = DEFAULT_THRESHOLD,
) -> Classifier | None:
    """The engine named, or None for ``off``. A language model has ``local`` behind it.

    Without ``base_url`` the OpenAI cloud is meant and ``api_key`` is required; a server of one's
    own needs no key. ``threshold`` is the confidence from which the cascade trusts ``local``.
    Raises ConfigError for an unknown engine or a missing key, AiError when the local model cannot
    be loaded.
    """
    if engine == "off":
        return None
    if engine not in ENGINES:
        raise ConfigError(
            f"unknown AI engine {engine!r}",
            hint="set WAAGENT_AI_ENGINE to local, openai, cascade or off",
        )
    if engine != "local":
        _check_access(f"the {engine} engine", base_url, api_key)
    from waagent.ai.local import LocalClassifier

    local = LocalClassifier()
    if engine == "local":
        return local
    from waagent.ai.fallback import CascadeClassifier, FallbackClassifier
    from waagent.ai.openai_engine import OpenAiClassifier

    remote = OpenAiClassifier(base_url=base_url, api_key=api_key, model=model or DEFAULT_MODEL)
    if engine == "cascade":
        return CascadeClassifier(local=local, model=remote, threshold=threshold)
    return FallbackClassifier(primary=remote, fallback=local)


def build_writer(
    writer: str, *, base_url: str | None, api_key: str | None, model: str | None
) -> Writer | None:
    """What writes follow-ups in a template's stead: ``openai``, or None for ``off``.

    Raises ConfigError for a missing key.
    """
    if writer == "off":
        return None
    _check_access("the writer of follow-ups", base_url, api_key)
    from waagent.ai.writer import OpenAiWriter

    return OpenAiWriter(base_url=base_url, api_key=api_key, model=model or DEFAULT_MODEL)


def _check_access(what: str, base_url: str | None, api_key: str | None) -> None:
    if not base_url and not api_key:
        raise ConfigError(
            f"{what} needs a key",
            hint="set OPENAI_API_KEY, or OPENAI_BASE_URL for a server of your own",
        )
