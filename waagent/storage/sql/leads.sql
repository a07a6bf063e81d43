-- name: leads.list
-- scope: tenant
-- The board: every lead with its newest insight and its follow-up.
select l.id::text, l.conversation_id::text, c.phone_enc, c.name_enc, l.stage, i.status, i.intent, i.sentiment,
    i.product, i.need_enc, f.due_at as follow_up_at, v.last_message_at, v.unread,
    greatest(l.updated_at, v.last_message_at) as updated_at
from leads l
join conversations v on v.tenant_id = %(tenant_id)s and v.id = l.conversation_id
join contacts c on c.tenant_id = %(tenant_id)s and c.id = l.contact_id
left join customer_insights i on i.tenant_id = %(tenant_id)s and i.id = l.insight_id
left join follow_ups f on f.tenant_id = %(tenant_id)s and f.conversation_id = l.conversation_id
    and f.state in ('pending', 'queued')
where l.tenant_id = %(tenant_id)s and (%(lead_id)s::uuid is null or l.id = %(lead_id)s::uuid)
order by v.last_message_at desc

-- name: leads.open
-- scope: tenant
-- The leads of conversations; made, in the first column, where there is none yet.
insert into leads (tenant_id, conversation_id, contact_id, stage)
select %(tenant_id)s, v.id, v.contact_id, %(stage)s from conversations v
where v.tenant_id = %(tenant_id)s and v.id = any(%(conversation_ids)s::uuid[])
on conflict (conversation_id) do nothing
returning id::text, conversation_id::text

-- name: leads.of_conversation
-- scope: tenant
-- The lead of a conversation, locked.
select id::text, stage, stage_by from leads
where tenant_id = %(tenant_id)s and conversation_id = %(conversation_id)s
for update

-- name: leads.get
-- scope: tenant
-- A lead, locked.
select id::text, stage, stage_by from leads where tenant_id = %(tenant_id)s and id = %(lead_id)s for update

-- name: leads.understood
-- scope: tenant
-- Point a lead to its newest insight.
update leads set insight_id = %(insight_id)s, updated_at = now()
where tenant_id = %(tenant_id)s and id = %(lead_id)s

-- name: leads.move
-- scope: tenant
-- Put a lead into a stage and keep the history.
with moved as (
    update leads set stage = %(to_stage)s, stage_by = %(moved_by)s, updated_at = now()
    where tenant_id = %(tenant_id)s and id = %(lead_id)s returning id
)
insert into lead_stage_history (tenant_id, lead_id, from_stage, to_stage, moved_by)
select %(tenant_id)s, id, %(from_stage)s, %(to_stage)s, %(moved_by)s from moved

-- name: leads.insight
-- scope: tenant
-- The newest insight of a conversation.
select status, intent, sentiment, product, need_enc, needs_follow_up, confidence, engine, model, created_at
from customer_insights
where tenant_id = %(tenant_id)s and conversation_id = %(conversation_id)s
order by message_seq desc limit 1
