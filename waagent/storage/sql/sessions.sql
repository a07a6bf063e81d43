-- name: sessions.list
-- scope: tenant
-- The tenant's sessions with their owner and what waits to be sent.
select s.id::text, t.slug as tenant, s.name, s.phone_enc, s.state, s.reason, s.last_event_at,
    case when l.expires_at > now() then l.owner end as owner,
    (select count(*) from outbox o
        where o.tenant_id = %(tenant_id)s and o.session_id = s.id and o.state in ('queued', 'sending')) as outbox
from sessions s
join tenants t on t.id = s.tenant_id
left join session_leases l on l.tenant_id = s.tenant_id and l.session_id = s.id
where s.tenant_id = %(tenant_id)s
order by s.created_at

-- name: sessions.ensure
-- scope: tenant
-- The session of that name, made if there is none yet.
insert into sessions (tenant_id, name) values (%(tenant_id)s, %(name)s)
on conflict (tenant_id, name) do update set updated_at = sessions.updated_at
returning id::text, state, paired, desired

-- name: sessions.begin_pairing
-- scope: tenant
-- Take a session for a pairing, unless it is linked.
update sessions set state = 'pairing', reason = null, pairing_id = %(pairing_id)s, desired = 'connected',
    updated_at = now()
where tenant_id = %(tenant_id)s and id = %(session_id)s and not paired

-- name: sessions.current_pairing
-- scope: tenant
-- The pairing a session waits for.
select pairing_id from sessions where tenant_id = %(tenant_id)s and name = %(name)s and state = 'pairing'

-- name: sessions.pairing_is_current
-- scope: tenant
-- Whether a pairing is still the one the session waits for.
select exists (
    select from sessions where tenant_id = %(tenant_id)s and id = %(session_id)s
        and pairing_id = %(pairing_id)s and state = 'pairing')

-- name: sessions.paired
-- scope: tenant
-- Keep what the pairing gave; the hosts take it from here.
update sessions set paired = true, state = 'connecting', reason = null, pairing_id = null, jid_enc = %(jid)s,
    lid_enc = %(lid)s, phone_enc = %(phone)s, phone_index = %(phone_index)s, last_event_at = now(), updated_at = now()
where tenant_id = %(tenant_id)s and id = %(session_id)s and pairing_id = %(pairing_id)s

-- name: sessions.pairing_ended
-- scope: tenant
-- Give up a pairing: the session is as if it had not been tried.
update sessions set state = case when jid_enc is null then 'new' else 'logged_out' end, reason = %(reason)s,
    pairing_id = null, updated_at = now()
where tenant_id = %(tenant_id)s and id = %(session_id)s and pairing_id = %(pairing_id)s and state = 'pairing'

-- name: sessions.stale_pairings
-- scope: system
-- Pairings whose process can no longer be alive.
update sessions set state = 'new', reason = 'pairing_abandoned', pairing_id = null, updated_at = now()
where state = 'pairing' and updated_at < now() - %(older_than)s::interval
returning id::text

-- name: sessions.unpark
-- scope: tenant
-- A person wants a linked number connected again that had been given up; not before its ban ends.
update sessions set state = 'disconnected', reason = null, banned_until = null, desired = 'connected', updated_at = now()
where tenant_id = %(tenant_id)s and id = %(session_id)s and paired
    and (desired = 'stopped' or state = any(%(parked)s)) and coalesce(banned_until, '-infinity') <= now()

-- name: sessions.bans_over
-- scope: system
-- Numbers whose temporary ban has ended.
update sessions set state = 'disconnected', reason = 'ban_over', updated_at = now()
where state = 'banned_until' and banned_until <= now()
returning id::text

-- name: sessions.credentials
-- scope: tenant
-- What a host needs to resume a session.
select jid_enc, state, desired from sessions where tenant_id = %(tenant_id)s and id = %(session_id)s and paired

-- name: sessions.state
-- scope: tenant
-- State and number of a session.
select state, reason, phone_enc from sessions where tenant_id = %(tenant_id)s and id = %(session_id)s

-- name: sessions.set_state
-- scope: tenant
-- Write a state, if the writer still holds the lease it acted under.
update sessions s set state = %(state)s, paired = s.paired and %(state)s <> 'logged_out', reason = %(reason)s,
    phone_index = case when %(state)s <> 'logged_out' then s.phone_index end, banned_until = %(banned_until)s,
    last_event_at = now(), updated_at = now()
where s.tenant_id = %(tenant_id)s and s.id = %(session_id)s and exists (
    select from session_leases l where l.tenant_id = %(tenant_id)s and l.session_id = s.id
        and l.owner = %(owner)s and l.epoch = %(epoch)s)

-- name: sessions.touch
-- scope: tenant
-- Note that something was heard of the sessions.
update sessions set last_event_at = now() where tenant_id = %(tenant_id)s and id = any(%(session_ids)s::uuid[])
