-- name: merging.contact
-- scope: tenant
-- A contact that is not part of another.
select id::text, name_enc, phone_enc from contacts
where tenant_id = %(tenant_id)s and id = %(contact_id)s and merged_into is null
for update

-- name: merging.conversations
-- scope: tenant
-- The conversations of two contacts.
select id::text, session_id::text, contact_id::text from conversations
where tenant_id = %(tenant_id)s and contact_id in (%(one)s, %(other)s)

-- name: merging.move_aliases
-- scope: tenant
-- Everything one contact is known by becomes the other's.
update contact_aliases set contact_id = %(to_id)s where tenant_id = %(tenant_id)s and contact_id = %(from_id)s
returning kind || ':' || encode(value_index, 'hex')

-- name: merging.return_aliases
-- scope: tenant
-- Those become the first one's again.
update contact_aliases set contact_id = %(to_id)s
where tenant_id = %(tenant_id)s and contact_id = %(from_id)s
    and kind || ':' || encode(value_index, 'hex') = any(%(aliases)s::text[])

-- name: merging.set_contact
-- scope: tenant
-- Name and number of a contact.
update contacts set name_enc = %(name)s, phone_enc = %(phone)s, updated_at = now()
where tenant_id = %(tenant_id)s and id = %(contact_id)s

-- name: merging.set_merged
-- scope: tenant
-- Make a contact part of another, or (null) one of its own again.
update contacts set merged_into = %(into)s, updated_at = now()
where tenant_id = %(tenant_id)s and id = %(contact_id)s

-- name: merging.copy_opt_out
-- scope: tenant
-- Whoever opted out under one name has under both.
insert into opt_outs (tenant_id, contact_id, at)
select %(tenant_id)s, %(to_id)s, at from opt_outs where tenant_id = %(tenant_id)s and contact_id = %(from_id)s
on conflict do nothing

-- name: merging.drop_opt_out
-- scope: tenant
-- An opt-out that came with a merge goes with it.
delete from opt_outs where tenant_id = %(tenant_id)s and contact_id = %(contact_id)s

-- name: merging.point
-- scope: tenant
-- Give a whole conversation and its lead to another contact.
with lead as (
    update leads set contact_id = %(contact_id)s
    where tenant_id = %(tenant_id)s and conversation_id = %(conversation_id)s
)
update conversations set contact_id = %(contact_id)s where tenant_id = %(tenant_id)s and id = %(conversation_id)s

-- name: merging.move_messages
-- scope: tenant
-- Messages of one conversation into another: all, or those named.
update messages set conversation_id = %(to_id)s
where tenant_id = %(tenant_id)s and conversation_id = %(from_id)s
    and (%(ids)s::uuid[] is null or id = any(%(ids)s::uuid[]))
returning id::text

-- name: merging.move_insights
-- scope: tenant
-- The same for insights.
update customer_insights set conversation_id = %(to_id)s
where tenant_id = %(tenant_id)s and conversation_id = %(from_id)s
    and (%(ids)s::uuid[] is null or id = any(%(ids)s::uuid[]))
returning id::text

-- name: merging.move_corrections
-- scope: tenant
-- The same for labels that people set.
update insight_corrections set conversation_id = %(to_id)s
where tenant_id = %(tenant_id)s and conversation_id = %(from_id)s
    and (%(ids)s::uuid[] is null or id = any(%(ids)s::uuid[]))
returning id::text

-- name: merging.move_outbox
-- scope: tenant
-- The same for what waits to be sent.
update outbox set conversation_id = %(to_id)s
where tenant_id = %(tenant_id)s and conversation_id = %(from_id)s
    and (%(ids)s::uuid[] is null or id = any(%(ids)s::uuid[]))
returning id::text

-- name: merging.move_gaps
-- scope: tenant
-- The same for the ledger of gaps.
update message_gaps set conversation_id = %(to_id)s
where tenant_id = %(tenant_id)s and conversation_id = %(from_id)s
    and (%(ids)s::uuid[] is null or id = any(%(ids)s::uuid[]))
returning id::text

-- name: merging.move_follow_ups
-- scope: tenant
-- The same for follow-ups, with the lead they are for; open ones were cancelled before.
update follow_ups f set conversation_id = %(to_id)s, lead_id = l.id
from leads l
where f.tenant_id = %(tenant_id)s and f.conversation_id = %(from_id)s and f.state not in ('pending', 'queued')
    and l.tenant_id = %(tenant_id)s and l.conversation_id = %(to_id)s
    and (%(ids)s::uuid[] is null or f.id = any(%(ids)s::uuid[]))
returning f.id::text

-- name: merging.lead
-- scope: tenant
-- The lead of a conversation, whoever it is part of.
select id::text, stage, stage_by, assignee, value from leads
where tenant_id = %(tenant_id)s and conversation_id = %(conversation_id)s
for update

-- name: merging.take_unread
-- scope: tenant
-- What was unread in one conversation is in the other.
with emptied as (
    update conversations set process_after = null, process_queued_at = null, waiting_since = null, unread = 0
    where tenant_id = %(tenant_id)s and id = %(from_id)s
)
update conversations v set unread = v.unread + f.unread from conversations f
where v.tenant_id = %(tenant_id)s and v.id = %(to_id)s and f.tenant_id = %(tenant_id)s and f.id = %(from_id)s

-- name: merging.recount
-- scope: tenant
-- Times of conversations anew from their messages; those that have any are judged anew.
update conversations v set
    last_message_at = coalesce(m.last, v.last_message_at), last_inbound_at = m.inbound, last_outbound_at = m.outbound,
    waiting_since = case when m.last is not null then coalesce(v.waiting_since, now()) end,
    process_after = case when m.last is not null then now() end, process_queued_at = null
from (
    select w.id, max(n.at) as last, max(n.at) filter (where n.direction = 'in') as inbound,
        max(n.at) filter (where n.direction = 'out' and n.state in ('sent', 'delivered', 'read')) as outbound
    from unnest(%(ids)s::uuid[]) as w (id)
    left join messages n on n.tenant_id = %(tenant_id)s and n.conversation_id = w.id
    group by w.id
) m
where v.tenant_id = %(tenant_id)s and v.id = m.id

-- name: merging.record
-- scope: tenant
-- Keep what was moved.
insert into contact_merges (tenant_id, kept_id, merged_id, moved, evidence, actor)
values (%(tenant_id)s, %(kept_id)s, %(merged_id)s, %(moved)s::jsonb, %(evidence)s, %(actor)s)
returning id::text

-- name: merging.get
-- scope: tenant
-- A merge that is in force, locked.
select id::text, kept_id::text, merged_id::text, moved::text from contact_merges
where tenant_id = %(tenant_id)s and id = %(merge_id)s and undone_at is null
for update

-- name: merging.later
-- scope: tenant
-- Whether either of them was merged again since.
select exists (
    select from contact_merges later join contact_merges this on this.tenant_id = %(tenant_id)s
        and this.id = %(merge_id)s
    where later.tenant_id = %(tenant_id)s and later.undone_at is null and later.at > this.at
        and (later.merged_id = this.kept_id or later.kept_id = this.kept_id))

-- name: merging.undone
-- scope: tenant
-- Note that it was undone.
update contact_merges set undone_at = now() where tenant_id = %(tenant_id)s and id = %(merge_id)s

-- name: merging.list
-- scope: tenant
-- All merges, the newest first.
select g.id::text, g.kept_id::text, g.merged_id::text, k.name_enc as kept_name, k.phone_enc as kept_phone,
    m.name_enc as merged_name, m.phone_enc as merged_phone, g.evidence, g.actor, g.at, g.undone_at
from contact_merges g
join contacts k on k.tenant_id = %(tenant_id)s and k.id = g.kept_id
join contacts m on m.tenant_id = %(tenant_id)s and m.id = g.merged_id
where g.tenant_id = %(tenant_id)s
order by g.at desc

-- name: merging.audit
-- scope: tenant
-- Who did what.
insert into audit_log (tenant_id, actor, action, subject) values (%(tenant_id)s, %(actor)s, %(action)s, %(subject)s)

-- name: merging.move_notes
-- scope: tenant
-- Notes of one lead to another: all, or those named.
update lead_notes set lead_id = %(to_id)s
where tenant_id = %(tenant_id)s and lead_id = %(from_id)s
    and (%(ids)s::uuid[] is null or id = any(%(ids)s::uuid[]))
returning id::text

-- name: merging.copy_tags
-- scope: tenant
-- Tags of one lead that the other lacks.
insert into lead_tags (tenant_id, lead_id, tag)
select %(tenant_id)s, %(to_id)s, tag from lead_tags where tenant_id = %(tenant_id)s and lead_id = %(from_id)s
on conflict do nothing
returning tag

-- name: merging.drop_tags
-- scope: tenant
-- Those that came with a merge.
delete from lead_tags where tenant_id = %(tenant_id)s and lead_id = %(lead_id)s and tag = any(%(tags)s::text[])

-- name: merging.set_details
-- scope: tenant
-- Whose lead it is, and what it is worth.
update leads set assignee = %(assignee)s, value = %(value)s, updated_at = now()
where tenant_id = %(tenant_id)s and id = %(lead_id)s
