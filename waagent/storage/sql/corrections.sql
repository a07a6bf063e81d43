-- name: corrections.add
-- scope: tenant
-- Keep a label that a person gave.
insert into insight_corrections (tenant_id, conversation_id, message_seq, label, given, corrected, actor)
values (%(tenant_id)s, %(conversation_id)s, %(message_seq)s, %(label)s, %(given)s, %(corrected)s, %(actor)s)
returning id::text

-- name: corrections.standing
-- scope: tenant
-- The corrections of a conversation that hold.
select id::text, label, given, corrected, message_seq from insight_corrections
where tenant_id = %(tenant_id)s and conversation_id = %(conversation_id)s and ended_at is null
order by at

-- name: corrections.finish
-- scope: tenant
-- From now on the engine decides again, or another correction.
update insight_corrections set ended_at = now()
where tenant_id = %(tenant_id)s and id = any(%(ids)s::uuid[]) and ended_at is null

-- name: corrections.list
-- scope: tenant
-- All corrections, the newest first.
select x.id::text, l.id::text as lead, c.phone_enc, c.name_enc, x.label, x.given, x.corrected, x.actor, x.at, x.ended_at
from insight_corrections x
join leads l on l.tenant_id = %(tenant_id)s and l.conversation_id = x.conversation_id
join contacts c on c.tenant_id = %(tenant_id)s and c.id = l.contact_id
where x.tenant_id = %(tenant_id)s order by x.at desc, x.label

-- name: corrections.lessons
-- scope: tenant
-- What was corrected, newest first: one row for each conversation and point in it.
select conversation_id::text, message_seq, array_agg(label order by at) as labels,
    array_agg(coalesce(corrected, '') order by at) as corrected
from insight_corrections
where tenant_id = %(tenant_id)s and label <> 'product'
group by conversation_id, message_seq order by max(at) desc limit %(limit)s

-- name: corrections.unquestioned
-- scope: tenant
-- Conversations judged and never corrected, newest first, up to the message that was judged.
select i.conversation_id::text, i.message_seq from customer_insights i
where i.tenant_id = %(tenant_id)s
    and not exists (select from insight_corrections x where x.tenant_id = %(tenant_id)s
        and x.conversation_id = i.conversation_id)
    and not exists (select from customer_insights later where later.tenant_id = %(tenant_id)s
        and later.conversation_id = i.conversation_id and later.message_seq > i.message_seq)
order by i.created_at desc limit %(limit)s

-- name: corrections.snippet
-- scope: tenant
-- The messages up to one of them, oldest first.
select direction, body_enc from (
    select direction, body_enc, seq from messages
    where tenant_id = %(tenant_id)s and conversation_id = %(conversation_id)s and seq <= %(message_seq)s
        and state not in ('failed', 'cancelled') and revoked_at is null
    order by seq desc limit %(limit)s
) newest order by seq

-- name: corrections.keep_head
-- scope: tenant
-- Keep what was learnt of the corrections.
insert into tenant_heads (tenant_id, weights, base_version, corrections, scores)
values (%(tenant_id)s, %(weights)s, %(base_version)s, %(corrections)s, %(scores)s::jsonb)
on conflict (tenant_id) do update set weights = excluded.weights, base_version = excluded.base_version,
    corrections = excluded.corrections, scores = excluded.scores, trained_at = clock_timestamp()

-- name: corrections.drop_head
-- scope: tenant
-- Forget what was learnt.
delete from tenant_heads where tenant_id = %(tenant_id)s

-- name: corrections.head
-- scope: tenant
-- What was learnt.
select weights, base_version, trained_at from tenant_heads where tenant_id = %(tenant_id)s

-- name: corrections.conversation_of
-- scope: tenant
-- The conversation of a lead.
select conversation_id::text from leads where tenant_id = %(tenant_id)s and id = %(lead_id)s
