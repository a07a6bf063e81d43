"""``waagent ai``: how good the labels are, what they cost, and learning from corrections."""

from __future__ import annotations

import os
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import context, output
from cli.commands.ai_report import record, show
from cli.options import JsonFlag, TenantOption, command_app
from cli.shapes import Shape, local_time, show_list
from waagent.domain.brain_views import CorrectionView, LearntLabel, UsageView
from waagent.domain.labels import Engine
from waagent.errors import InvalidInputError
from waagent.i18n import t

if TYPE_CHECKING:
    from waagent.settings import Settings

app = command_app("How good labels are, what they cost, and learning from corrections.")


def _who(view: CorrectionView, _zone: tzinfo) -> str:
    return " ".join(part for part in (view.name, view.phone) if part) or "?"


def _holds(view: CorrectionView, _zone: tzinfo) -> str:
    return t("yes") if view.ended_at is None else ""


def _cost(view: UsageView, _zone: tzinfo) -> str:
    return "?" if view.cost_usd is None else f"{view.cost_usd:.4f}"


USAGE: Shape[UsageView] = Shape(
    fields=("month", "engine", "calls", "tokens_in", "tokens_out", "cost_usd", "budget"),
    columns=(
        ("col.month", lambda view, _zone: f"{view.month:%Y-%m}"),
        ("col.engine", lambda view, _zone: view.engine),
        ("col.calls", lambda view, _zone: str(view.calls)),
        ("col.tokens_in", lambda view, _zone: str(view.tokens_in)),
        ("col.tokens_out", lambda view, _zone: str(view.tokens_out)),
        ("col.cost_usd", _cost),
        ("col.budget", lambda view, _zone: str(view.budget or "")),
    ),
    empty="empty.ai_usage",
)

CORRECTION: Shape[CorrectionView] = Shape(
    fields=(
        "id",
        "lead",
        "phone",
        "name",
        "label",
        "given",
        "corrected",
        "actor",
        "at",
        "ended_at",
    ),
    columns=(
        ("col.time", lambda view, zone: local_time(view.at, zone)),
        ("col.customer", _who),
        ("col.label", lambda view, _zone: view.label.value),
        ("col.given", lambda view, _zone: view.given or "-"),
        ("col.corrected", lambda view, _zone: view.corrected or "-"),
        ("col.holds", _holds),
        ("col.lead", lambda view, _zone: view.lead),
    ),
    empty="empty.corrections",
)

LEARNT: Shape[LearntLabel] = Shape(
    fields=("label", "corrections", "before", "after", "uncorrected", "kept", "used"),
    columns=(
        ("col.label", lambda view, _zone: view.label.value),
        ("col.corrections", lambda view, _zone: str(view.corrections)),
        ("col.before", lambda view, _zone: f"{view.before:.0%}"),
        ("col.after", lambda view, _zone: f"{view.after:.0%}"),
        ("col.kept", lambda view, _zone: f"{view.kept:.0%}" if view.uncorrected else "-"),
        ("col.used", lambda view, _zone: t("yes") if view.used else ""),
    ),
    empty="empty.corrections",
)


@app.callback()
def group() -> None:
    """How good labels are, what they cost, and learning from corrections."""


@app.command()
def evaluate(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Labelled conversations, JSONL.")],
    engine: Annotated[
        Engine | None, typer.Option(help="Which one. [WAAGENT_AI_ENGINE, else local]")
    ] = None,
    mistakes: Annotated[
        bool, typer.Option("--mistakes", help="List every conversation with a wrong label.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Measure an engine on labelled conversations; needs no database."""
    _one_thread()
    from waagent.ai import build_classifier
    from waagent.ai.evaluation import evaluate as measure
    from waagent.ai.evaluation import read_examples

    settings = context.settings(ai_engine=engine and engine.value)
    chosen = "local" if settings.ai_engine == "off" else settings.ai_engine
    try:
        with file.open("rb") as lines:
            examples = read_examples(lines)
    except OSError as error:
        raise InvalidInputError(
            f"cannot read {file}: {error.strerror}", hint="check the path"
        ) from None
    key = settings.openai_api_key
    classifier = build_classifier(
        chosen,
        base_url=settings.openai_base_url,
        api_key=key.get_secret_value() if key else None,
        model=settings.ai_model,
        threshold=settings.ai_cascade_threshold,
    )
    assert classifier is not None  # "off" is none of the engines
    found = measure(classifier, examples)
    cost = _price(settings, found.tokens_in, found.tokens_out)
    if as_json:
        output.json_document(record(chosen, found, cost, mistakes=mistakes))
    else:
        show(chosen, found, cost, mistakes=mistakes)


def _one_thread() -> None:
    """As in the workers: for short texts more threads only wait for each other."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")


def _price(settings: Settings, tokens_in: int, tokens_out: int) -> float | None:
    from waagent.services.ai_usage import Spending

    if settings.ai_price_in is None and settings.ai_price_out is None:
        return 0.0 if tokens_in + tokens_out == 0 else None
    spending = Spending(price_in=settings.ai_price_in, price_out=settings.ai_price_out)
    return spending.cost_micro_usd(tokens_in, tokens_out) / 1_000_000


@app.command()
def usage(tenant: TenantOption = None, as_json: JsonFlag = False) -> None:
    """Show answers, tokens and costs by month and engine."""
    with context.shop(tenant) as (services, shop):
        found = services.ai_usage.list(shop)
    show_list(USAGE, found, as_json=as_json, zone=shop.timezone)


@app.command()
def corrections(tenant: TenantOption = None, as_json: JsonFlag = False) -> None:
    """List the labels that people set."""
    with context.shop(tenant) as (services, shop):
        found = services.corrections.list(shop)
    show_list(CORRECTION, found, as_json=as_json, zone=shop.timezone)


@app.command()
def learn(tenant: TenantOption = None, as_json: JsonFlag = False) -> None:
    """Learn from a shop's corrections; used only where it is measured to help."""
    _one_thread()
    with context.shop(tenant) as (services, shop):
        learnt = services.learning.learn(shop)
    if as_json:
        document: dict[str, Any] = {"used": learnt.used, "base_version": learnt.base_version}
        output.json_document({**document, "labels": [_label(one) for one in learnt.labels]})
        return
    show_list(LEARNT, learnt.labels, as_json=False)
    if learnt.labels:
        output.line(t("ai.learnt" if learnt.used else "ai.not_learnt"))


def _label(one: LearntLabel) -> dict[str, object]:
    return {field: getattr(one, field) for field in LEARNT.fields}
