"""Tokens: counted with the insight, and bounded by the shop's budget."""

from __future__ import annotations

from dataclasses import replace

from shop_support import AT_ONCE, Customer, Judge, Shop, label

from waagent.domain.labels import Classification
from waagent.services.ai_usage import Spending, UsageService
from waagent.services.understanding import UnderstandingService

SPENDING = Spending(price_in=0.25, price_out=2.0, monthly_tokens=250)
ANSWER = replace(label(), engine="openai", tokens_in=100, tokens_out=20)


def understanding(shop: Shop, judge: Judge) -> UnderstandingService:
    return UnderstandingService(shop.host.core, judge, policy=AT_ONCE, spending=SPENDING)


def judged(shop: Shop, answer: Classification, times: int = 1) -> list[bool]:
    """Whether the budget was used up, each time that the engine was asked."""
    judge = Judge(answer)
    service = understanding(shop, judge)
    session_id, customer = shop.session(), Customer()
    for number in range(times):
        shop.receive(session_id, customer.says(f"berapa {number}?"))
        newest, *_ = shop.front.leads.list(shop.tenant)
        service.process(shop.id, newest.conversation_id)
    return [context.budget_used_up for context in judge.shops]


def test_the_budget_is_exceeded_by_no_more_than_one_answer(shop: Shop) -> None:
    assert judged(shop, ANSWER, times=5) == [False, False, False, True, True]


def test_an_insight_says_what_it_cost(shop: Shop) -> None:
    judged(shop, replace(ANSWER, status_confidence=0.9, intent_confidence=0.8))
    found = shop.admin.rows(
        "select engine, tokens_in, tokens_out, cost_micro_usd, status_confidence::numeric(3, 2),"
        " fallback_reason from customer_insights where tenant_id = %s",
        shop.id,
    )
    assert [(*row[:4], float(row[4]), row[5]) for row in found] == [
        ("openai", 100, 20, 65, 0.9, None)
    ]


def test_usage_by_engine(shop: Shop) -> None:
    judged(shop, ANSWER, times=2)
    failed = replace(label(), engine="local", fallback_reason="invalid_answer", tokens_in=10)
    judged(shop, failed)
    judged(shop, replace(label(), engine="local"))
    found = UsageService(shop.host.core, SPENDING).list(shop.tenant)
    assert [
        (v.engine, v.calls, v.tokens_in, v.tokens_out, v.cost_usd, v.budget) for v in found
    ] == [
        ("local", 2, 0, 0, 0.0, None),
        ("openai", 3, 210, 40, 0.000132, 250),
    ]
    assert {view.month.day for view in found} == {1}


def test_without_a_price_the_cost_is_not_known(shop: Shop) -> None:
    judge = Judge(ANSWER)
    shop.receive(shop.session(), Customer().says())
    shop.understanding(judge).process(shop.id, shop.lead().conversation_id)
    (view,) = shop.front.ai_usage.list(shop.tenant)
    assert (view.tokens_in, view.cost_usd, view.budget) == (100, None, None)


def test_last_month_s_tokens_are_forgotten(shop: Shop) -> None:
    judged(shop, ANSWER, times=3)
    shop.admin.run(
        "update ai_usage set month = month - interval '1 month' where tenant_id = %s", shop.id
    )
    assert judged(shop, ANSWER) == [False]


def test_an_answer_that_comes_too_late_is_counted_all_the_same(shop: Shop) -> None:
    """Two runs of one job: one insight, but both have cost tokens."""
    shop.receive(shop.session(), Customer().says())
    conversation_id = shop.lead().conversation_id
    first = understanding(shop, Judge(ANSWER))
    late = Judge(ANSWER, while_asked=lambda: first.process(shop.id, conversation_id))
    understanding(shop, late).process(shop.id, conversation_id)
    assert shop.count("customer_insights") == 1
    (view,) = shop.front.ai_usage.list(shop.tenant)
    assert (view.calls, view.tokens_in) == (2, 200)
