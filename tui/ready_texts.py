"""The shop's texts, filled in for one customer. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from tui.screens.pick import Choice
from waagent.domain.brain_views import InsightView
from waagent.domain.followup_views import TemplateView
from waagent.domain.templates import names_of, render, rupiah
from waagent.domain.views import LeadView


def ready_texts(
    templates: Sequence[TemplateView], shop: str, lead: LeadView | None, insight: InsightView | None
) -> list[Choice]:
    """Each template to choose from; ``detail`` is the text as it would be sent."""
    address, name = names_of(lead.name if lead else None)
    price = insight.price if insight else None
    values: dict[str, str | None] = {
        "sapaan": address,
        "nama": name,
        "produk": insight.product if insight else None,
        "harga": None if price is None else rupiah(price),
        "toko": shop,
    }
    return [
        Choice(key=each.name, label=each.name, detail=render(each.body, values))
        for each in templates
    ]
