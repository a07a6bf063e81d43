"""Reports of a large shop: 10,000 leads, 100,000 messages, 3,000 follow-ups, seconds for each."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit

import psycopg

from waagent.bootstrap import Services, open_backend, open_services
from waagent.domain.views import Tenant
from waagent.embedded import remove
from waagent.settings import Settings, load_settings

LEADS = 10_000
MESSAGES_EACH = 10
DAYS = 90
"""All of it came in so many days."""
_MADE = """
with made as (
    insert into contacts (tenant_id, created_at)
    select %(tenant)s, now() - random() * interval '90 days' from generate_series(1, %(leads)s)
    returning id, created_at
), chats as (
    insert into conversations
        (tenant_id, session_id, contact_id, chat_enc, last_message_at, created_at)
    select %(tenant)s, %(session)s, id, '', created_at, created_at from made
    returning id, contact_id, created_at
)
insert into leads (tenant_id, conversation_id, contact_id, stage, created_at, value, closed_at)
select %(tenant)s, id, contact_id, s.stage, created_at, 250000,
    case when s.stage in ('won', 'lost') then now() end
from chats, lateral (select (array['new', 'contacted', 'qualified', 'won', 'lost'])
    [1 + mod(abs(hashtext(chats.id::text)), 5)] as stage) s
"""
_MESSAGES = """
insert into messages
    (tenant_id, session_id, conversation_id, direction, origin, kind, body_enc, state, at)
select %(tenant)s, %(session)s, v.id, d.direction,
    case when d.direction = 'in' then 'customer' else 'human' end, 'text', '',
    case when d.direction = 'in' then 'received' else 'read' end,
    least(now(), v.created_at + n * interval '3 hours')
from conversations v, generate_series(1, %(each)s) n,
    lateral (select case when mod(n, 2) = 1 then 'in' else 'out' end as direction) d
where v.tenant_id = %(tenant)s
"""
_TIMES = """
update conversations v
set last_message_at = m.at, last_inbound_at = m.came, last_outbound_at = m.went
from (select conversation_id, max(at) as at, max(at) filter (where direction = 'in') as came,
    max(at) filter (where direction = 'out') as went from messages group by conversation_id) m
where m.conversation_id = v.id
"""
_MOVES = """
insert into lead_stage_history (tenant_id, lead_id, from_stage, to_stage, moved_by, at)
select %(tenant)s, l.id, 'new', l.stage, 'rule', l.created_at + interval '1 day'
from leads l where l.tenant_id = %(tenant)s and l.stage <> 'new'
"""
_FOLLOW_UPS = """
insert into follow_ups
    (tenant_id, conversation_id, lead_id, due_at, sent_at, state, held_out, template)
select %(tenant)s, l.conversation_id, l.id, l.created_at + interval '1 day',
    case when random() < 0.8 then l.created_at + interval '1 day' end, 'sent', false, 'sopan'
from leads l where l.tenant_id = %(tenant)s limit 3000
"""


def run() -> list[tuple[str, float, str]]:
    """Each report of 90 days, and today; the second time it is asked, as a screen does."""
    with _shop() as (services, tenant):
        reports = services.reports
        days = reports.period(tenant, days=DAYS)
        asked: dict[str, Callable[[], object]] = {
            "today": lambda: reports.today(tenant),
            "funnel": lambda: reports.funnel(tenant, days),
            "leads": lambda: reports.leads(tenant, days),
            "response times": lambda: reports.response_times(tenant, days),
            "follow-ups": lambda: reports.follow_ups(tenant, days),
        }
        return [
            (f"{name}, {LEADS * MESSAGES_EACH} messages (at most 1)", _seconds(ask), "s")
            for name, ask in asked.items()
        ]


def _seconds(ask: Callable[[], object]) -> float:
    ask()
    began = time.perf_counter()
    ask()
    return time.perf_counter() - began


@contextmanager
def _shop() -> Iterator[tuple[Services, Tenant]]:
    home = Path(tempfile.mkdtemp(prefix="waagent-bench-"))
    settings = load_settings(home=home)
    try:
        with open_services(settings) as services:
            tenant = services.tenants.create("Bench")
            _fill(settings, tenant)
            yield services, tenant
    finally:
        remove(home)
        shutil.rmtree(home, ignore_errors=True)


def _fill(settings: Settings, tenant: Tenant) -> None:
    """Straight into the tables, as a superuser: what is measured reads no text of it."""
    with open_backend(settings) as backend:
        parts = urlsplit(backend.database_url)
        password = (settings.home / "secrets" / "postgres.password").read_text().strip()
        url = f"postgresql://postgres:{quote(password)}@{parts.path}?{parts.query}"
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("set search_path to waagent, public")
            made = connection.execute(
                "insert into sessions (tenant_id, name) values (%s, 'main') returning id",
                (tenant.id,),
            ).fetchone()
            assert made is not None
            values = {
                "tenant": tenant.id,
                "session": made[0],
                "leads": LEADS,
                "each": MESSAGES_EACH,
            }
            for statement in (_MADE, _MESSAGES, _TIMES, _MOVES, _FOLLOW_UPS):
                connection.execute(statement, values)
            connection.execute("analyze")
