"""What the front ends are given of engines, the catalogue and corrections; see ``views``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from waagent.domain.catalogue import Refusal
from waagent.domain.corrections import Label
from waagent.domain.labels import Intent, Sentiment, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class InsightView:
    """The newest insight of a conversation.

    ``corrected`` names the labels that a person set; ``fallback_reason`` says why another engine
    than the one wanted answered; ``price`` is the catalogue's, in rupiah.
    """

    status: Status
    intent: Intent
    sentiment: Sentiment
    product: str | None
    need: str | None
    needs_follow_up: bool
    confidence: float
    engine: str
    model: str
    created_at: datetime
    product_id: str | None = None
    price: int | None = None
    status_confidence: float | None = None
    intent_confidence: float | None = None
    fallback_reason: str | None = None
    corrected: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageView:
    """A month of an engine: ``month`` is its first day. ``cost_usd`` is None where no price is set.

    ``calls`` are answers, for ``openai`` also failed ones that cost tokens; ``budget`` are tokens a
    month for the whole shop, None where there is no limit or the engine needs none.
    """

    month: date
    engine: str
    calls: int
    tokens_in: int
    tokens_out: int
    cost_usd: float | None
    budget: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportView:
    """What an import did, or would do: ``imported`` is False where nothing was changed."""

    imported: bool
    dry_run: bool
    added: int
    updated: int
    refused: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionView:
    """A label that a person gave. ``given`` is what the engine had said.

    ``ended_at``: since then the engine decides again, or a newer correction; None while it holds.
    """

    id: str
    lead: str
    phone: str | None
    name: str | None
    label: Label
    given: str | None
    corrected: str | None
    actor: str
    at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LearntLabel:
    """How well one label does on corrections held out, and on labels that nobody corrected.

    ``before`` and ``after`` are shares right of ``corrections``; ``kept`` the share of
    ``uncorrected`` labels that stay as they are. ``used``: it is better than before.
    """

    label: Label
    corrections: int
    before: float
    after: float
    uncorrected: int
    kept: float
    used: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LearntView:
    """What ``waagent ai learn`` found; ``used``: for at least one label."""

    used: bool
    base_version: str
    labels: tuple[LearntLabel, ...]
