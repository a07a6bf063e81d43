-- name: conversations.claim_due
-- scope: system
-- Conversations to look at: their quiet period is over, and nobody was asked to, or too long ago.
update conversations set process_queued_at = now()
where id in (
    select id from conversations
    where process_after <= now()
        and (process_queued_at is null or process_queued_at < now() - %(again_after)s::interval)
    order by process_after limit %(limit)s
    for update skip locked)
returning tenant_id::text, id::text

-- name: conversations.lock
-- scope: tenant
-- Whoever writes to a conversation or to what hangs on it comes through here first: so nobody waits
-- in a circle, and the messages of a conversation are committed in the order of their numbers.
select id::text from conversations
where tenant_id = %(tenant_id)s and id = any(%(conversation_ids)s::uuid[]) order by id for update

-- name: conversations.facts
-- scope: tenant
-- What is known of a conversation that is to be judged.
select v.id::text, v.contact_id::text, v.last_message_at, v.last_inbound_at, v.last_outbound_at, v.process_after,
    (select max(m.seq) from messages m where m.tenant_id = %(tenant_id)s and m.conversation_id = v.id) as last_seq,
    (select coalesce(max(i.message_seq), 0) from customer_insights i
        where i.tenant_id = %(tenant_id)s and i.conversation_id = v.id) as judged_seq,
    exists (select from opt_outs x where x.tenant_id = %(tenant_id)s and x.contact_id = v.contact_id) as opted_out,
    (select count(*) from follow_ups g where g.tenant_id = %(tenant_id)s and g.conversation_id = v.id
        and g.state in ('queued', 'sent', 'unknown')
        and g.updated_at > now() - %(sale_lasts)s::interval
        and not exists (select from lead_stage_history h where h.tenant_id = %(tenant_id)s
            and h.lead_id = g.lead_id and h.to_stage in ('won', 'lost') and h.at > g.updated_at)) as sent_for_sale
from conversations v
where v.tenant_id = %(tenant_id)s and v.id = %(conversation_id)s

-- name: conversations.snippet
-- scope: tenant
-- The newest messages that were exchanged, oldest first.
select * from (
    select seq, direction, origin, kind, body_enc from messages
    where tenant_id = %(tenant_id)s and conversation_id = %(conversation_id)s
        and state not in ('failed', 'cancelled')
    order by seq desc limit %(limit)s
) newest order by seq

-- name: conversations.insert_insight
-- scope: tenant
-- Keep a judgement; none where these messages were judged already.
insert into customer_insights (tenant_id, conversation_id, message_seq, status, intent, sentiment, needs_follow_up,
    product, need_enc, confidence, engine, model, prompt_version, tokens_in, tokens_out, latency_ms)
values (%(tenant_id)s, %(conversation_id)s, %(message_seq)s, %(status)s, %(intent)s, %(sentiment)s,
    %(needs_follow_up)s, %(product)s, %(need)s, %(confidence)s, %(engine)s, %(model)s, %(prompt_version)s,
    %(tokens_in)s, %(tokens_out)s, %(latency_ms)s)
on conflict (conversation_id, message_seq) do nothing
returning id::text

-- name: conversations.judged
-- scope: tenant
-- Nothing waits any more, unless something came in while it was judged.
update conversations set process_after = null, process_queued_at = null, waiting_since = null
where tenant_id = %(tenant_id)s and id = %(conversation_id)s and process_after is not distinct from %(seen)s
    and not exists (select from messages m
        where m.tenant_id = %(tenant_id)s and m.conversation_id = %(conversation_id)s and m.seq > %(last_seq)s)

-- name: conversations.mark_read
-- scope: tenant
-- A person has seen it; answers with its lead.
update conversations set unread = 0
where tenant_id = %(tenant_id)s and id = %(conversation_id)s and unread > 0
returning (select l.id::text from leads l
    where l.tenant_id = %(tenant_id)s and l.conversation_id = %(conversation_id)s)
