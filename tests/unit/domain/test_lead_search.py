"""Filters and order of a list of leads."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from waagent.domain.labels import Intent, Sentiment, Status
from waagent.domain.lead_search import LeadFilter, LeadOrder, search
from waagent.domain.leads import Stage
from waagent.domain.views import LeadView

AT = datetime(2026, 11, 22, tzinfo=UTC)
ONE = LeadView(
    id="1",
    conversation_id="c",
    phone=None,
    name="Sari",
    stage=Stage.NEW,
    status=Status.WARM_LEAD,
    intent=Intent.OTHER,
    sentiment=Sentiment.NEUTRAL,
    product=None,
    need=None,
    follow_up_at=None,
    last_message_at=AT,
    unread=0,
    updated_at=AT,
    score=40,
    assignee="Rina",
    tags=("langganan", "vip"),
)
TWO = replace(
    ONE,
    id="2",
    stage=Stage.WON,
    status=Status.CUSTOMER,
    score=70,
    assignee=None,
    tags=(),
    last_message_at=AT - timedelta(hours=1),
)


@pytest.mark.parametrize(
    ("only", "found"),
    [
        (LeadFilter(), "12"),
        (LeadFilter(stage=Stage.WON), "2"),
        (LeadFilter(status=Status.WARM_LEAD), "1"),
        (LeadFilter(tag="VIP"), "1"),
        (LeadFilter(tag="#vip"), "1"),
        (LeadFilter(tag="vi"), ""),
        (LeadFilter(assignee="rina"), "1"),
        (LeadFilter(assignee="-"), "2"),
        (LeadFilter(min_score=41), "2"),
        (LeadFilter(stage=Stage.WON, tag="vip"), ""),
    ],
)
def test_filters(only: LeadFilter, found: str) -> None:
    assert "".join(lead.id for lead in search([ONE, TWO], only, LeadOrder.RECENT)) == found


def test_order() -> None:
    assert [lead.id for lead in search([ONE, TWO], LeadFilter(), LeadOrder.SCORE)] == ["2", "1"]
    same = [replace(TWO, score=40), ONE]
    assert [lead.id for lead in search(same, LeadFilter(), LeadOrder.SCORE)] == ["1", "2"]
