-- name: leads.list
-- scope: tenant
-- The board: every lead with its newest insight, its follow-up and what people added to it.
select l.id::text, l.conversation_id::text, c.phone_enc, c.name_enc, l.stage, n.name as stage_named, i.status,
    i.intent, i.sentiment, i.product, i.need_enc, f.due_at as follow_up_at, v.last_message_at, v.last_inbound_at,
    v.last_outbound_at, v.unread, l.assignee, l.value, p.price as suggested_value, l.closed_at,
    array(select g.tag from lead_tags g where g.tenant_id = %(tenant_id)s and g.lead_id = l.id order by g.tag) as tags,
    (select count(*) from lead_notes o where o.tenant_id = %(tenant_id)s and o.lead_id = l.id) as notes,
    greatest(l.updated_at, v.last_message_at) as updated_at
from leads l
join conversations v on v.tenant_id = %(tenant_id)s and v.id = l.conversation_id
join contacts c on c.tenant_id = %(tenant_id)s and c.id = l.contact_id
left join stage_names n on n.tenant_id = %(tenant_id)s and n.stage = l.stage
left join customer_insights i on i.tenant_id = %(tenant_id)s and i.id = l.insight_id
left join products p on p.tenant_id = %(tenant_id)s and p.id = i.product_id
left join follow_ups f on f.tenant_id = %(tenant_id)s and f.conversation_id = l.conversation_id
    and f.state in ('pending', 'queued')
where l.tenant_id = %(tenant_id)s and (%(lead_id)s::uuid is null or l.id = %(lead_id)s::uuid)
    and c.merged_into is null
order by v.last_message_at desc

-- name: leads.versions
-- scope: tenant
-- For each lead of the board a number made of the versions of the rows it is drawn from (xmin: the transaction that wrote a row).
select l.id::text, hashtextextended(concat_ws('.', l.xmin, v.xmin, c.xmin, i.xmin, p.xmin, f.xmin), 0) as version
from leads l
join conversations v on v.tenant_id = %(tenant_id)s and v.id = l.conversation_id
join contacts c on c.tenant_id = %(tenant_id)s and c.id = l.contact_id
left join customer_insights i on i.tenant_id = %(tenant_id)s and i.id = l.insight_id
left join products p on p.tenant_id = %(tenant_id)s and p.id = i.product_id
left join follow_ups f on f.tenant_id = %(tenant_id)s and f.conversation_id = l.conversation_id
    and f.state in ('pending', 'queued')
where l.tenant_id = %(tenant_id)s and c.merged_into is null

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
-- The lead of a conversation, locked; none where the conversation became part of another.
select l.id::text, l.stage, l.stage_by from leads l
join contacts c on c.tenant_id = %(tenant_id)s and c.id = l.contact_id
where l.tenant_id = %(tenant_id)s and l.conversation_id = %(conversation_id)s and c.merged_into is null
for update of l

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
-- Put a lead into a stage and keep the history; a closed sale knows since when it is.
with moved as (
    update leads set stage = %(to_stage)s, stage_by = %(moved_by)s, updated_at = now(),
        closed_at = case when %(to_stage)s in ('won', 'lost') then now() end
    where tenant_id = %(tenant_id)s and id = %(lead_id)s returning id
)
insert into lead_stage_history (tenant_id, lead_id, from_stage, to_stage, moved_by)
select %(tenant_id)s, id, %(from_stage)s, %(to_stage)s, %(moved_by)s from moved

-- name: leads.stage_names
-- scope: tenant
-- The stages that the shop calls something of its own.
select stage, name from stage_names where tenant_id = %(tenant_id)s

-- name: leads.rename_stage
-- scope: tenant
-- Call a stage something else.
insert into stage_names (tenant_id, stage, name) values (%(tenant_id)s, %(stage)s, %(name)s)
on conflict (tenant_id, stage) do update set name = excluded.name

-- name: leads.unname_stage
-- scope: tenant
-- Call a stage as everybody does.
delete from stage_names where tenant_id = %(tenant_id)s and stage = %(stage)s

-- name: leads.history
-- scope: tenant
-- The moves of a lead, oldest first.
select at, from_stage, to_stage, moved_by from lead_stage_history
where tenant_id = %(tenant_id)s and lead_id = %(lead_id)s order by id

-- name: leads.set_by
-- scope: tenant
-- Whether a lead's stage counts as set by a person or by a rule.
update leads set stage_by = %(by)s where tenant_id = %(tenant_id)s and id = %(lead_id)s

-- name: leads.assign
-- scope: tenant
-- Give a lead to somebody, or (null) to nobody.
update leads set assignee = %(assignee)s, updated_at = now() where tenant_id = %(tenant_id)s and id = %(lead_id)s

-- name: leads.set_value
-- scope: tenant
-- What the sale is worth in rupiah, or (null) not known.
update leads set value = %(value)s, updated_at = now() where tenant_id = %(tenant_id)s and id = %(lead_id)s

-- name: leads.add_note
-- scope: tenant
-- Note something about a lead.
with touched as (
    update leads set updated_at = now() where tenant_id = %(tenant_id)s and id = %(lead_id)s
)
insert into lead_notes (tenant_id, lead_id, body_enc, author)
values (%(tenant_id)s, %(lead_id)s, %(body)s, %(author)s)

-- name: leads.notes
-- scope: tenant
-- What was noted about a lead, newest first.
select id::text, body_enc, author, at from lead_notes
where tenant_id = %(tenant_id)s and lead_id = %(lead_id)s order by at desc, id

-- name: leads.tag
-- scope: tenant
-- Add tags and take others away.
with gone as (
    delete from lead_tags where tenant_id = %(tenant_id)s and lead_id = %(lead_id)s and tag = any(%(remove)s::text[])
), touched as (
    update leads set updated_at = now() where tenant_id = %(tenant_id)s and id = %(lead_id)s
)
insert into lead_tags (tenant_id, lead_id, tag)
select %(tenant_id)s, %(lead_id)s::uuid, t from unnest(%(add)s::text[]) as t
on conflict do nothing

-- name: leads.follow_ups
-- scope: tenant
-- The follow-ups of a lead, newest first.
select id::text, due_at, state, reason, template, sent_at from follow_ups
where tenant_id = %(tenant_id)s and lead_id = %(lead_id)s order by created_at desc, id
