-- name: pacing.facts
-- scope: tenant
-- What decides whether a message may go now, besides what was sent.
select s.number_since, s.first_paired_at, s.frozen_until, t.timezone, v.last_inbound_at, v.last_outbound_at,
    exists (select from opt_outs x where x.tenant_id = %(tenant_id)s and x.contact_id = v.contact_id) as opted_out,
    coalesce((select w.calendar from tenant_settings w where w.tenant_id = %(tenant_id)s), true) as calendar
from conversations v
join sessions s on s.tenant_id = %(tenant_id)s and s.id = %(session_id)s
join tenants t on t.id = %(tenant_id)s
where v.tenant_id = %(tenant_id)s and v.id = %(conversation_id)s

-- name: pacing.sent
-- scope: tenant
-- What went out through a session since then, or may have. To whom it was not an answer is guessed on the careful
-- side: the customer wrote nothing in the day before.
select sent.id::text as message_id, sent.conversation_id::text, sent.at,
    sent.origin = 'follow_up' or not exists (
        select from messages i where i.tenant_id = %(tenant_id)s and i.conversation_id = sent.conversation_id
            and i.seq < sent.seq and i.direction = 'in' and i.at > sent.at - %(answers_within)s::interval) as unasked
from (
    select m.id, m.conversation_id, m.origin, m.seq,
        case when m.state in ('sending', 'unknown') then coalesce(o.updated_at, m.at) else m.at end as at
    from messages m
    left join outbox o on o.tenant_id = %(tenant_id)s and o.message_id = m.id and o.action = 'send'
    where m.tenant_id = %(tenant_id)s and m.session_id = %(session_id)s and m.origin in ('human', 'confirmation', 'follow_up')
        and m.state in ('sending', 'sent', 'delivered', 'read', 'unknown')
) sent
where sent.at >= %(since)s

-- name: pacing.session
-- scope: tenant
-- A session by its name or id, as far as its pace goes.
select id::text, name, number_since, first_paired_at, frozen_until, freeze_reason from sessions
where tenant_id = %(tenant_id)s and (name = %(ref)s or id::text = %(ref)s)

-- name: pacing.held
-- scope: tenant
-- What waits in a session's outbox, why and until when.
select held as reason, count(*)::integer as messages, min(not_before) as first, max(not_before) as last
from outbox
where tenant_id = %(tenant_id)s and session_id = %(session_id)s and state = 'queued' and held is not null
    and not_before > %(now)s
group by held order by min(not_before)

-- name: pacing.set_number_since
-- scope: tenant
-- The age of a number, as its owner declares it, and who did.
with declared as (
    update sessions set number_since = %(number_since)s, updated_at = now()
    where tenant_id = %(tenant_id)s and id = %(session_id)s returning id
)
insert into audit_log (tenant_id, actor, action, subject)
select %(tenant_id)s, %(actor)s, 'session.number_since', id::text from declared

-- name: pacing.freezing
-- scope: tenant
-- What a freeze depends on.
select s.number_since, s.first_paired_at, s.frozen_until, s.freeze_reason, t.timezone
from sessions s join tenants t on t.id = %(tenant_id)s
where s.tenant_id = %(tenant_id)s and s.id = %(session_id)s

-- name: pacing.freezes
-- scope: tenant
-- How often a session was frozen for that reason since then.
select count(*) from session_events
where tenant_id = %(tenant_id)s and session_id = %(session_id)s and at > %(since)s and reason = %(reason)s

-- name: pacing.freeze
-- scope: tenant
-- Let nothing but replies go out until then, and note it.
with frozen as (
    update sessions set frozen_until = %(until)s, freeze_reason = %(code)s, updated_at = now()
    where tenant_id = %(tenant_id)s and id = %(session_id)s returning id, state
)
insert into session_events (tenant_id, session_id, state, reason, action)
select %(tenant_id)s, id, state, %(reason)s, 'none' from frozen

-- name: pacing.to_replan
-- scope: system
-- Frozen sessions with a follow-up that is planned for the time of the freeze.
select distinct s.tenant_id::text, s.id::text
from sessions s
join conversations v on v.session_id = s.id
join follow_ups f on f.conversation_id = v.id
where s.frozen_until > %(now)s and f.state = 'pending' and f.due_at < s.frozen_until
limit %(limit)s

-- name: pacing.note_moved
-- scope: tenant
-- Note in a session's events that follow-ups were given other times.
insert into session_events (tenant_id, session_id, state, reason, action)
select %(tenant_id)s, s.id, s.state, %(reason)s, %(action)s from sessions s
where s.tenant_id = %(tenant_id)s and s.id = %(session_id)s

-- name: pacing.moved
-- scope: tenant
-- Those notes, of one freeze.
select action from session_events
where tenant_id = %(tenant_id)s and session_id = %(session_id)s and reason = %(reason)s and action like %(action)s

-- name: pacing.conversations_due
-- scope: tenant
-- The conversations with a follow-up that a freeze would keep from going out when it is due.
select f.conversation_id::text
from follow_ups f join conversations v on v.tenant_id = %(tenant_id)s and v.id = f.conversation_id
where f.tenant_id = %(tenant_id)s and v.session_id = %(session_id)s and f.state in ('pending', 'queued')
    and f.due_at < %(until)s

-- name: pacing.follow_ups_due
-- scope: tenant
-- Those follow-ups, with their message where it waits in the outbox already; the first one first.
select f.id::text, o.id::text as outbox_id
from follow_ups f
left join outbox o on o.tenant_id = %(tenant_id)s and o.message_id = f.message_id and o.state = 'queued'
where f.tenant_id = %(tenant_id)s and f.conversation_id = any(%(conversation_ids)s::uuid[]) and f.due_at < %(until)s
    and (f.state = 'pending' or (f.state = 'queued' and o.id is not null))
order by f.due_at, f.id

-- name: pacing.due_later
-- scope: tenant
-- When the follow-ups of a session are due that a freeze leaves alone.
select f.due_at
from follow_ups f join conversations v on v.tenant_id = %(tenant_id)s and v.id = f.conversation_id
where f.tenant_id = %(tenant_id)s and v.session_id = %(session_id)s and f.state in ('pending', 'queued')
    and f.due_at >= %(until)s

-- name: pacing.move_follow_ups
-- scope: tenant
-- Give follow-ups other times.
update follow_ups f set due_at = new.at, updated_at = now()
from unnest(%(ids)s::uuid[], %(ats)s::timestamptz[]) as new (id, at)
where f.tenant_id = %(tenant_id)s and f.id = new.id

-- name: pacing.move_messages
-- scope: tenant
-- The same for those of them that wait in the outbox.
update outbox o set not_before = new.at, held = 'frozen', updated_at = now()
from unnest(%(ids)s::uuid[], %(ats)s::timestamptz[]) as new (id, at)
where o.tenant_id = %(tenant_id)s and o.id = new.id and o.state = 'queued'
