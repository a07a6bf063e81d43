-- name: followups.plan
-- scope: tenant
-- Plan the one follow-up of a conversation, or move the one that is planned.
insert into follow_ups (tenant_id, conversation_id, lead_id, due_at)
values (%(tenant_id)s, %(conversation_id)s, %(lead_id)s, %(due_at)s)
on conflict (conversation_id) where state in ('pending', 'queued') do update
    set due_at = excluded.due_at, updated_at = now() where follow_ups.state = 'pending'
returning id::text

-- name: followups.cancel
-- scope: tenant
-- Cancel what is still to come for these conversations.
update follow_ups set state = 'cancelled', reason = %(reason)s, updated_at = now()
where tenant_id = %(tenant_id)s and conversation_id = any(%(conversation_ids)s::uuid[])
    and (state = 'pending' or (state = 'queued' and exists (
        select from outbox o where o.tenant_id = %(tenant_id)s and o.message_id = follow_ups.message_id
            and o.state in ('queued', 'cancelled'))))
returning id::text, conversation_id::text, message_id::text

-- name: followups.cancel_messages
-- scope: tenant
-- Take back the follow-ups of these conversations that wait in the outbox.
update outbox o set state = 'cancelled', updated_at = now()
from messages m
where o.tenant_id = %(tenant_id)s and o.conversation_id = any(%(conversation_ids)s::uuid[]) and o.state = 'queued'
    and m.tenant_id = %(tenant_id)s and m.id = o.message_id and m.origin = 'follow_up'
returning o.message_id::text

-- name: followups.mark_messages_cancelled
-- scope: tenant
-- The messages of the same.
update messages set state = 'cancelled'
where tenant_id = %(tenant_id)s and id = any(%(message_ids)s::uuid[]) and state = 'queued'

-- name: followups.due
-- scope: system
-- Follow-ups whose time has come, of numbers that are connected: the others would wait in the
-- outbox and go out whenever their number comes back, in the middle of the night perhaps.
select f.tenant_id::text, f.id::text from follow_ups f
join conversations v on v.id = f.conversation_id
join sessions s on s.id = v.session_id
where f.state = 'pending' and f.due_at <= now() and (s.state = 'connected' or not s.paired)
order by f.due_at limit %(limit)s

-- name: followups.take
-- scope: tenant
-- One due follow-up with all that is checked again before it goes out; locked, or absent when another has it,
-- or when a message is just coming in: the next tick sees what it changed.
select f.id::text, f.conversation_id::text, v.session_id::text, v.contact_id::text, c.name_enc, l.stage,
    f.due_at, i.product, i.intent, v.last_inbound_at, v.last_outbound_at, s.paired,
    exists (select from opt_outs x where x.tenant_id = %(tenant_id)s and x.contact_id = v.contact_id) as opted_out,
    (select count(*) from follow_ups g where g.tenant_id = %(tenant_id)s and g.conversation_id = v.id
        and g.id <> f.id and g.state in ('queued', 'sent', 'unknown')
        and g.updated_at > now() - %(sale_lasts)s::interval
        and not exists (select from lead_stage_history h where h.tenant_id = %(tenant_id)s
            and h.lead_id = g.lead_id and h.to_stage in ('won', 'lost') and h.at > g.updated_at)) as sent_for_sale
from follow_ups f
join conversations v on v.tenant_id = %(tenant_id)s and v.id = f.conversation_id
join sessions s on s.tenant_id = %(tenant_id)s and s.id = v.session_id
join contacts c on c.tenant_id = %(tenant_id)s and c.id = v.contact_id
join leads l on l.tenant_id = %(tenant_id)s and l.id = f.lead_id
left join customer_insights i on i.tenant_id = %(tenant_id)s and i.id = l.insight_id
where f.tenant_id = %(tenant_id)s and f.id = %(follow_up_id)s and f.state = 'pending' and f.due_at <= now()
for update of f, v skip locked

-- name: followups.postpone
-- scope: tenant
-- Not now.
update follow_ups set due_at = %(due_at)s, updated_at = now()
where tenant_id = %(tenant_id)s and id = %(follow_up_id)s and state = 'pending'

-- name: followups.queued
-- scope: tenant
-- Its message is in the outbox.
update follow_ups set state = 'queued', message_id = %(message_id)s, updated_at = now()
where tenant_id = %(tenant_id)s and id = %(follow_up_id)s and state = 'pending'

-- name: followups.skip
-- scope: tenant
-- It is no longer proper.
update follow_ups set state = 'skipped', reason = %(reason)s, updated_at = now()
where tenant_id = %(tenant_id)s and id = %(follow_up_id)s and state = 'pending'

-- name: followups.message_ended
-- scope: tenant
-- How its message ended.
update follow_ups set state = %(state)s, reason = %(reason)s, updated_at = now()
where tenant_id = %(tenant_id)s and message_id = %(message_id)s and state = 'queued'
returning id::text

-- name: followups.list
-- scope: tenant
-- All follow-ups, the next one first.
select f.id::text, f.lead_id::text as lead, f.due_at, f.state, f.reason, c.phone_enc, c.name_enc
from follow_ups f
join conversations v on v.tenant_id = %(tenant_id)s and v.id = f.conversation_id
join contacts c on c.tenant_id = %(tenant_id)s and c.id = v.contact_id
where f.tenant_id = %(tenant_id)s
order by f.state <> 'pending', f.due_at
