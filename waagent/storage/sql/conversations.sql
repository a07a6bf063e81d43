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
    (select max(greatest(m.seq, m.revision)) from messages m
        where m.tenant_id = %(tenant_id)s and m.conversation_id = v.id) as last_seq,
    (select coalesce(max(i.message_seq), 0) from customer_insights i
        where i.tenant_id = %(tenant_id)s and i.conversation_id = v.id) as judged_seq
from conversations v
where v.tenant_id = %(tenant_id)s and v.id = %(conversation_id)s

-- name: conversations.snippet
-- scope: tenant
-- The newest messages that were exchanged, oldest first.
select seq, direction, origin, kind, body_enc from (
    select greatest(seq, revision) as seq, direction, origin, kind, body_enc, seq as place from messages
    where tenant_id = %(tenant_id)s and conversation_id = %(conversation_id)s
        and state not in ('failed', 'cancelled') and revoked_at is null
    order by place desc limit %(limit)s
) newest order by place

-- name: conversations.insert_insight
-- scope: tenant
-- Keep a judgement; none where these messages were judged already.
insert into customer_insights (tenant_id, conversation_id, message_seq, status, intent, sentiment, needs_follow_up,
    product, product_id, need_enc, confidence, status_confidence, intent_confidence, engine, model, fallback_reason,
    prompt_version, tokens_in, tokens_out, cost_micro_usd, latency_ms, corrected)
values (%(tenant_id)s, %(conversation_id)s, %(message_seq)s, %(status)s, %(intent)s, %(sentiment)s,
    %(needs_follow_up)s, %(product)s, %(product_id)s, %(need)s, %(confidence)s, %(status_confidence)s,
    %(intent_confidence)s, %(engine)s, %(model)s, %(fallback_reason)s, %(prompt_version)s, %(tokens_in)s,
    %(tokens_out)s, %(cost_micro_usd)s, %(latency_ms)s, %(corrected)s)
on conflict (conversation_id, message_seq) do nothing
returning id::text

-- name: conversations.insight
-- scope: tenant
-- The newest insight of a conversation, with the catalogue's price of its product.
select i.id::text, i.status, i.intent, i.sentiment, i.needs_follow_up, i.product, i.product_id::text, p.price,
    i.need_enc, i.confidence, i.status_confidence, i.intent_confidence, i.engine, i.model, i.fallback_reason,
    i.corrected, i.created_at
from customer_insights i
left join products p on p.tenant_id = %(tenant_id)s and p.id = i.product_id
where i.tenant_id = %(tenant_id)s and i.conversation_id = %(conversation_id)s
order by i.message_seq desc limit 1

-- name: conversations.relabel
-- scope: tenant
-- Put a person's labels into an insight.
update customer_insights set status = %(status)s, intent = %(intent)s, sentiment = %(sentiment)s,
    needs_follow_up = %(needs_follow_up)s, product = %(product)s, product_id = %(product_id)s,
    corrected = %(corrected)s
where tenant_id = %(tenant_id)s and id = %(insight_id)s

-- name: conversations.judged
-- scope: tenant
-- Nothing waits any more, unless something came in while it was judged.
update conversations set process_after = null, process_queued_at = null, waiting_since = null
where tenant_id = %(tenant_id)s and id = %(conversation_id)s and process_after is not distinct from %(seen)s
    and not exists (select from messages m
        where m.tenant_id = %(tenant_id)s and m.conversation_id = %(conversation_id)s
            and greatest(m.seq, m.revision) > %(last_seq)s)

-- name: conversations.mark_read
-- scope: tenant
-- A person has seen it; answers with its lead.
update conversations set unread = 0
where tenant_id = %(tenant_id)s and id = %(conversation_id)s and unread > 0
returning (select l.id::text from leads l
    where l.tenant_id = %(tenant_id)s and l.conversation_id = %(conversation_id)s)
