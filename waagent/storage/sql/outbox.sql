-- name: outbox.insert_message
-- scope: tenant
-- A message of ours that is to be sent.
insert into messages
    (tenant_id, session_id, conversation_id, direction, origin, kind, body_enc, quoted_wa_id, state, at)
values (%(tenant_id)s, %(session_id)s, %(conversation_id)s, 'out', %(origin)s, %(kind)s, %(body)s,
    %(quoted_wa_id)s, 'queued', now())
returning id::text

-- name: outbox.enqueue
-- scope: tenant
-- Queue a stored message for its session's host; once per dedupe key.
insert into outbox (message_id, tenant_id, session_id, conversation_id, priority, dedupe_key, payload_enc)
values (%(message_id)s, %(tenant_id)s, %(session_id)s, %(conversation_id)s, %(priority)s, %(dedupe_key)s,
    %(payload)s)

-- name: outbox.enqueue_action
-- scope: tenant
-- Queue something to be done to a message; once per dedupe key. The answer is the session to wake.
insert into outbox
    (tenant_id, message_id, session_id, conversation_id, priority, dedupe_key, action, payload_enc)
select %(tenant_id)s, m.id, m.session_id, m.conversation_id, 0, %(dedupe_key)s, %(action)s, %(payload)s
from messages m where m.tenant_id = %(tenant_id)s and m.id = %(message_id)s
returning session_id::text

-- name: outbox.next
-- scope: system
-- For each of these sessions what is next: the oldest of each conversation, people before follow-ups.
-- What is held, or being sent, holds up its own conversation only.
select distinct on (o.session_id) o.session_id::text, o.tenant_id::text, o.id::text, o.message_id::text,
    o.conversation_id::text, o.action
from outbox o
where o.session_id = any(%(session_ids)s::uuid[]) and o.state = 'queued' and o.not_before <= now()
    and not exists (select from outbox earlier where earlier.conversation_id = o.conversation_id
        and earlier.state in ('queued', 'sending') and earlier.seq < o.seq)
order by o.session_id, o.priority, o.seq

-- name: outbox.look
-- scope: tenant
-- What its pace depends on, before it is claimed.
select m.origin, m.body_enc, o.payload_enc, v.chat_enc
from outbox o
join messages m on m.tenant_id = %(tenant_id)s and m.id = o.message_id
join conversations v on v.tenant_id = %(tenant_id)s and v.id = o.conversation_id
where o.tenant_id = %(tenant_id)s and o.id = %(id)s and o.state = 'queued'

-- name: outbox.hold
-- scope: tenant
-- Not before then, and why.
update outbox set not_before = %(until)s, held = %(reason)s, updated_at = now()
where tenant_id = %(tenant_id)s and id = %(id)s and state = 'queued'

-- name: outbox.refuse
-- scope: tenant
-- Never to be sent.
update outbox set state = 'failed', error = %(error)s, held = null, updated_at = now()
where tenant_id = %(tenant_id)s and id = %(id)s and state = 'queued'

-- name: outbox.claim
-- scope: tenant
-- Take it for sending, under a lease that is still held. Committed before anything is sent.
update outbox o set state = 'sending', attempt = o.attempt + 1, claimed_by = %(owner)s, claimed_epoch = %(epoch)s,
    held = null, updated_at = now()
from messages m
join conversations v on v.tenant_id = %(tenant_id)s and v.id = m.conversation_id
left join messages q on q.tenant_id = %(tenant_id)s and q.conversation_id = m.conversation_id
    and q.wa_message_id = m.quoted_wa_id
where o.tenant_id = %(tenant_id)s and o.id = %(id)s and o.state = 'queued' and o.not_before <= now()
    and m.id = o.message_id and m.tenant_id = %(tenant_id)s
    and exists (select from session_leases l where l.tenant_id = %(tenant_id)s and l.session_id = o.session_id
        and l.owner = %(owner)s and l.epoch = %(epoch)s and l.expires_at > now())
returning o.action, o.attempt, o.payload_enc, v.chat_enc, m.conversation_id::text, m.origin, m.kind, m.body_enc,
    m.wa_message_id, m.from_me, m.at, m.quoted_wa_id, q.from_me as quoted_from_me, q.body_enc as quoted_body_enc

-- name: outbox.finish
-- scope: tenant
-- Write how it ended. What it was about, and its follow-up, are written in the same transaction.
update outbox set state = %(state)s, error = %(error)s, not_before = coalesce(%(not_before)s, not_before),
    held = %(held)s, updated_at = now()
where tenant_id = %(tenant_id)s and id = %(id)s and state = 'sending' and claimed_epoch = %(epoch)s

-- name: outbox.cancel_actions
-- scope: tenant
-- What waits to be done to a message that was not sent, or of which WhatsApp's id is not known.
update outbox set state = 'cancelled', error = 'message_not_sent', updated_at = now()
where tenant_id = %(tenant_id)s and message_id = %(message_id)s and action <> 'send' and state = 'queued'

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
-- What was under way when its host went: it may have been sent. Its lease is in nobody's or in other hands, or has
-- stood unrenewed for the grace by the asker's own clock (lapsed).
select o.tenant_id::text, o.id::text, o.message_id::text, o.action, o.claimed_epoch as epoch
from outbox o left join session_leases l on l.session_id = o.session_id
where o.state = 'sending' and (l.session_id is null or l.owner is null or l.epoch > o.claimed_epoch
    or (l.expires_at < now() and l.session_id = any(%(lapsed)s::uuid[])))

-- name: outbox.target
-- scope: tenant
-- A message that something is to be done to.
select m.id::text, m.conversation_id::text, m.session_id::text, m.from_me, m.origin, m.kind, m.state, m.at,
    m.wa_message_id, m.revoked_at is not null as revoked, o.state as outbox_state, s.paired
from messages m
join sessions s on s.tenant_id = %(tenant_id)s and s.id = m.session_id
left join outbox o on o.tenant_id = %(tenant_id)s and o.message_id = m.id and o.action = 'send'
where m.tenant_id = %(tenant_id)s and m.id = %(message_id)s

-- name: outbox.lock
-- scope: tenant
-- Let no host claim these while we look at them.
select id::text from outbox where tenant_id = %(tenant_id)s and message_id = %(message_id)s order by seq for update

-- name: outbox.open_action
-- scope: tenant
-- Whether it is to be done already.
select exists (select from outbox where tenant_id = %(tenant_id)s and message_id = %(message_id)s
    and action = %(action)s and state in ('queued', 'sending'))

-- name: outbox.amend
-- scope: tenant
-- Put other words into a message that still waits.
update messages set body_enc = %(body)s where tenant_id = %(tenant_id)s and id = %(message_id)s and state = 'queued'

-- name: outbox.settle
-- scope: tenant
-- Write what a person decided of a message that waits, or that may have been sent.
update outbox set state = %(state)s, error = %(error)s, held = null, attempt = 0, not_before = now(), updated_at = now()
where tenant_id = %(tenant_id)s and message_id = %(message_id)s and action = 'send' and state = %(from_state)s

-- name: outbox.audit
-- scope: tenant
-- Who decided it.
insert into audit_log (tenant_id, actor, action, subject)
values (%(tenant_id)s, %(actor)s, %(action)s, %(message_id)s)

-- name: outbox.audited
-- scope: tenant
-- Whether that was decided of this message before.
select exists (select from audit_log where tenant_id = %(tenant_id)s and action = %(action)s
    and subject = %(message_id)s)
