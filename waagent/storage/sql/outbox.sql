-- name: outbox.enqueue
-- scope: tenant
-- Queue a stored message for its session's host; once per dedupe key.
insert into outbox (message_id, tenant_id, session_id, conversation_id, priority, dedupe_key)
values (%(message_id)s, %(tenant_id)s, %(session_id)s, %(conversation_id)s, %(priority)s, %(dedupe_key)s)

-- name: outbox.next
-- scope: system
-- For each of these sessions with nothing under way, the message that is next.
select distinct on (o.session_id) o.session_id::text, o.tenant_id::text, o.message_id::text
from outbox o
where o.session_id = any(%(session_ids)s::uuid[]) and o.state = 'queued' and o.not_before <= now()
order by o.session_id, o.priority, o.created_at

-- name: outbox.claim
-- scope: tenant
-- Take a message for sending, under a lease that is still held. Committed before it is sent.
update outbox o set state = 'sending', attempt = o.attempt + 1, claimed_by = %(owner)s, claimed_epoch = %(epoch)s,
    updated_at = now()
from messages m join conversations v on v.tenant_id = %(tenant_id)s and v.id = m.conversation_id
where o.tenant_id = %(tenant_id)s and o.message_id = %(message_id)s and o.state = 'queued' and m.id = o.message_id
    and m.tenant_id = %(tenant_id)s
    and exists (select from session_leases l where l.tenant_id = %(tenant_id)s and l.session_id = o.session_id
        and l.owner = %(owner)s and l.epoch = %(epoch)s and l.expires_at > now())
returning o.message_id::text, m.conversation_id::text, v.chat_enc, m.body_enc, m.origin, o.attempt

-- name: outbox.finish
-- scope: tenant
-- Write how a send ended. Its message and its follow-up are written in the same transaction.
update outbox set state = %(state)s, error = %(error)s, not_before = coalesce(%(not_before)s, not_before),
    updated_at = now()
where tenant_id = %(tenant_id)s and message_id = %(message_id)s and state = 'sending' and claimed_epoch = %(epoch)s

-- name: outbox.overtaken
-- scope: tenant
-- Whether somebody wrote in the conversation after this follow-up was queued.
select exists (
    select from messages f join messages n on n.tenant_id = %(tenant_id)s
        and n.conversation_id = f.conversation_id and n.seq > f.seq and n.origin <> 'follow_up'
    where f.tenant_id = %(tenant_id)s and f.id = %(message_id)s and f.origin = 'follow_up')

-- name: outbox.message_state
-- scope: tenant
-- The message's side of it; a receipt that came first is not undone.
update messages set state = case when state in ('delivered', 'read') then state else %(state)s end,
    wa_message_id = coalesce(%(wa_message_id)s, wa_message_id), at = coalesce(%(at)s, at)
where tenant_id = %(tenant_id)s and id = %(message_id)s
returning conversation_id::text

-- name: outbox.conversation_sent
-- scope: tenant
-- The conversation's side of a message that went out.
update conversations set last_message_at = greatest(last_message_at, %(at)s),
    last_outbound_at = greatest(last_outbound_at, %(at)s)
where tenant_id = %(tenant_id)s and id = %(conversation_id)s

-- name: outbox.look_again
-- scope: tenant
-- A person answered: the conversation is to be judged anew, after a quiet period.
update conversations set waiting_since = coalesce(waiting_since, now()), unread = 0,
    process_after = now() + %(quiet)s::interval, process_queued_at = null
where tenant_id = %(tenant_id)s and id = %(conversation_id)s

-- name: outbox.uncertain
-- scope: system
-- Messages that were under way when their host went: they may have been sent.
select o.tenant_id::text, o.message_id::text, o.claimed_epoch as epoch
from outbox o left join session_leases l on l.session_id = o.session_id
where o.state = 'sending' and (l.session_id is null or l.owner is null or l.epoch > o.claimed_epoch
    or l.expires_at < now() - %(grace)s::interval)
