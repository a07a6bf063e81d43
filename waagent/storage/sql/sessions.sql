-- name: sessions.list
-- scope: tenant
-- The tenant's sessions with their owner and what waits to be sent.
select s.id::text, t.slug as tenant, s.name, s.phone_enc, s.state, s.reason, s.last_event_at,
    case when l.expires_at > now() then l.owner end as owner,
    (select count(*) from outbox o
        where o.tenant_id = %(tenant_id)s and o.session_id = s.id and o.state in ('queued', 'sending')) as outbox,
    s.detail, s.connected_at, s.down_since, s.retry_at, s.banned_until, s.frozen_until, s.freeze_reason, s.move_to
from sessions s
join tenants t on t.id = s.tenant_id
left join session_leases l on l.tenant_id = s.tenant_id and l.session_id = s.id
where s.tenant_id = %(tenant_id)s
order by s.created_at

-- name: sessions.health
-- scope: tenant
-- What the watchdog counted of a session.
select last_inbound_at, last_probe_at, last_probe_ok, keepalive_timeouts, failed_probes, forced_reconnects,
    client_restarts, callback_faults, disconnects
from session_health where tenant_id = %(tenant_id)s and session_id = %(session_id)s

-- name: sessions.events
-- scope: tenant
-- The newest events of a session, newest first.
select at, state, reason, action from session_events
where tenant_id = %(tenant_id)s and session_id = %(session_id)s order by id desc limit %(limit)s

-- name: sessions.traffic
-- scope: tenant
-- Messages in and out of a session by the hour; old ones that a phone handed over are not traffic. What came in has an
-- index of its own; what went out is found by the conversations that had any.
select date_trunc('hour', a.at, 'UTC') as hour, count(*) filter (where a.received)::integer as received,
    count(*) filter (where not a.received)::integer as sent
from (
    select m.at, true as received from messages m
    where m.tenant_id = %(tenant_id)s and m.session_id = %(session_id)s and m.direction = 'in' and m.at >= %(since)s
        and m.at <= now() and not m.history
    union all
    select m.at, false from conversations v
    join messages m on m.tenant_id = %(tenant_id)s and m.conversation_id = v.id
    where v.tenant_id = %(tenant_id)s and v.session_id = %(session_id)s and v.last_outbound_at >= %(since)s
        and m.direction = 'out' and m.at >= %(since)s and m.at <= now() and not m.history
) a
group by 1

-- name: sessions.states
-- scope: tenant
-- A session's states since then, and the one it was in; oldest first.
select e.at, e.state from session_events e
where e.tenant_id = %(tenant_id)s and e.session_id = %(session_id)s and (e.at >= %(since)s or e.id = (
    select o.id from session_events o where o.tenant_id = %(tenant_id)s and o.session_id = %(session_id)s
        and o.at < %(since)s order by o.at desc, o.id desc limit 1))
order by e.at, e.id

-- name: sessions.prune_events
-- scope: tenant
-- Keep a session's newest events.
delete from session_events where tenant_id = %(tenant_id)s and session_id = %(session_id)s and id <= (
    select id from session_events where tenant_id = %(tenant_id)s and session_id = %(session_id)s
    order by id desc offset %(keep)s limit 1)

-- name: sessions.record_health
-- scope: system
-- Add what hosts counted of their sessions.
insert into session_health as h (session_id, tenant_id, last_inbound_at, last_probe_at, last_probe_ok,
    keepalive_timeouts, failed_probes, forced_reconnects, client_restarts, callback_faults, disconnects)
select s.id, s.tenant_id, max(d.last_inbound_at), max(d.last_probe_at), bool_and(d.last_probe_ok),
    sum(d.keepalive_timeouts), sum(d.failed_probes), sum(d.forced_reconnects), sum(d.client_restarts),
    sum(d.callback_faults), sum(d.disconnects)
from jsonb_to_recordset(%(counted)s::jsonb) as d(session_id uuid, last_inbound_at timestamptz,
    last_probe_at timestamptz, last_probe_ok boolean, keepalive_timeouts integer, failed_probes integer,
    forced_reconnects integer, client_restarts integer, callback_faults integer, disconnects integer)
join sessions s on s.id = d.session_id
group by s.id, s.tenant_id
on conflict (session_id) do update set
    last_inbound_at = greatest(h.last_inbound_at, excluded.last_inbound_at),
    last_probe_at = coalesce(excluded.last_probe_at, h.last_probe_at),
    last_probe_ok = coalesce(excluded.last_probe_ok, h.last_probe_ok),
    keepalive_timeouts = h.keepalive_timeouts + excluded.keepalive_timeouts,
    failed_probes = h.failed_probes + excluded.failed_probes,
    forced_reconnects = h.forced_reconnects + excluded.forced_reconnects,
    client_restarts = h.client_restarts + excluded.client_restarts,
    callback_faults = h.callback_faults + excluded.callback_faults,
    disconnects = h.disconnects + excluded.disconnects,
    updated_at = now()

-- name: sessions.abandoned
-- scope: system
-- Sessions that are said to be connected, and no host keeps: it died. Rows that are being taken are left alone.
with gone as (
    select s.id, s.tenant_id, l.expires_at from sessions s join session_leases l on l.session_id = s.id
    where s.paired and s.state in ('connecting', 'connected', 'degraded')
        and (l.owner is null or (l.expires_at < now() and s.id = any(%(lapsed)s::uuid[])))
    for update of s, l skip locked
), changed as (
    update sessions s set state = 'disconnected', reason = 'no_host', down_since = coalesce(s.down_since, gone.expires_at)
    from gone where s.id = gone.id
)
insert into session_events (tenant_id, session_id, state, reason, action)
select tenant_id, id, 'disconnected', 'no_host', 'retry' from gone
returning tenant_id::text, session_id::text as id

-- name: sessions.move
-- scope: tenant
-- Have another host take a linked session over.
update sessions set move_to = %(move_to)s
where tenant_id = %(tenant_id)s and id = %(session_id)s and paired and desired = 'connected'

-- name: sessions.not_moving
-- scope: tenant
-- The move did not come about: it stays with whoever has it.
update sessions set move_to = null
where tenant_id = %(tenant_id)s and id = %(session_id)s and move_to = %(move_to)s

-- name: sessions.unlink
-- scope: tenant
-- Have the host that connects it take the link off the phone.
update sessions set desired = 'unlinked', move_to = null, updated_at = now()
where tenant_id = %(tenant_id)s and id = %(session_id)s and paired and desired = 'connected'

-- name: sessions.stay_linked
-- scope: tenant
-- That did not come about: it goes on as it was.
update sessions set desired = 'connected'
where tenant_id = %(tenant_id)s and id = %(session_id)s and paired and desired = 'unlinked'

-- name: sessions.ensure
-- scope: tenant
-- The session of that name, made if there is none yet.
insert into sessions (tenant_id, name) values (%(tenant_id)s, %(name)s)
on conflict (tenant_id, name) do update set updated_at = sessions.updated_at
returning id::text, state, paired, phone_index, xmax = 0 as created

-- name: sessions.begin_pairing
-- scope: tenant
-- Take a session for a pairing, unless it is linked or suspended.
with changed as (
    update sessions set state = 'pairing', reason = null, detail = null, pairing_id = %(pairing_id)s, desired = 'connected',
        updated_at = now()
    where tenant_id = %(tenant_id)s and id = %(session_id)s and not paired and state <> 'suspended'
    returning id
)
insert into session_events (tenant_id, session_id, state) select %(tenant_id)s, id, 'pairing' from changed

-- name: sessions.pairing_shows
-- scope: tenant
-- What a pairing has come to: qr or code is on the screen, or passkey_required.
with changed as (
    update sessions set detail = %(detail)s, updated_at = now()
    where tenant_id = %(tenant_id)s and id = %(session_id)s and pairing_id = %(pairing_id)s and state = 'pairing'
        and detail is distinct from %(detail)s
    returning id
)
insert into session_events (tenant_id, session_id, state, reason)
select %(tenant_id)s, id, 'pairing', %(detail)s from changed

-- name: sessions.number_elsewhere
-- scope: tenant
-- Another session of the shop that a number is linked to.
select name from sessions
where tenant_id = %(tenant_id)s and phone_index = %(phone_index)s and paired and id <> %(session_id)s

-- name: sessions.number_before
-- scope: tenant
-- The number a session is or was linked to.
select phone_index from sessions where tenant_id = %(tenant_id)s and id = %(session_id)s

-- name: sessions.current_pairing
-- scope: tenant
-- The pairing a session waits for.
select pairing_id from sessions where tenant_id = %(tenant_id)s and name = %(name)s and state = 'pairing'
    and detail is distinct from 'passkey_required'

-- name: sessions.pairing_is_current
-- scope: tenant
-- Whether a pairing is still the one the session waits for.
select exists (
    select from sessions where tenant_id = %(tenant_id)s and id = %(session_id)s
        and pairing_id = %(pairing_id)s and state = 'pairing')

-- name: sessions.paired
-- scope: tenant
-- Keep what the pairing gave; the hosts take it from here. Another number than before starts from the beginning.
with changed as (
    update sessions set paired = true, state = 'connecting', reason = null, pairing_id = null, jid_enc = %(jid)s,
        lid_enc = %(lid)s, phone_enc = %(phone)s, phone_index = %(phone_index)s, last_event_at = now(), updated_at = now(),
        retry_at = null, failures = 0, banned_until = null, move_to = null, detail = null,
        first_paired_at = case when phone_index = %(phone_index)s then coalesce(first_paired_at, now()) else now() end,
        number_since = case when phone_index = %(phone_index)s then number_since end,
        frozen_until = case when phone_index = %(phone_index)s then frozen_until end,
        freeze_reason = case when phone_index = %(phone_index)s then freeze_reason end
    where tenant_id = %(tenant_id)s and id = %(session_id)s and pairing_id = %(pairing_id)s
    returning id
)
insert into session_events (tenant_id, session_id, state, reason)
select %(tenant_id)s, id, 'connecting', 'linked' from changed

-- name: sessions.pairing_ended
-- scope: tenant
-- Give up a pairing: the session is as if it had not been tried.
with changed as (
    update sessions set state = case when jid_enc is null then 'new' else 'logged_out' end, reason = %(reason)s,
        detail = null, pairing_id = null, updated_at = now()
    where tenant_id = %(tenant_id)s and id = %(session_id)s and pairing_id = %(pairing_id)s and state = 'pairing'
    returning id, state
)
insert into session_events (tenant_id, session_id, state, reason)
select %(tenant_id)s, id, state, %(reason)s from changed

-- name: sessions.forget
-- scope: tenant
-- A session that was made for a pairing which was given up, and never had a number.
delete from sessions where tenant_id = %(tenant_id)s and id = %(session_id)s and state = 'new' and phone_enc is null

-- name: sessions.stale_pairings
-- scope: system
-- Pairings whose process can no longer be alive, and demands for a passkey that were shown long enough.
update sessions set state = case when first_paired_at is null then 'new' else 'logged_out' end,
    reason = case detail when 'passkey_required' then detail else 'pairing_abandoned' end, detail = null,
    pairing_id = null, updated_at = now()
where state = 'pairing' and updated_at < now() - %(older_than)s::interval
returning id::text

-- name: sessions.unpark
-- scope: tenant
-- A person wants a linked number connected again that had been given up; not before its ban ends.
update sessions set state = 'disconnected', reason = null, banned_until = null, desired = 'connected', retry_at = null,
    failures = 0, updated_at = now()
where tenant_id = %(tenant_id)s and id = %(session_id)s and paired
    and (desired <> 'connected' or state = any(%(parked)s) or retry_at is not null) and coalesce(banned_until, '-infinity') <= now()

-- name: sessions.by_name
-- scope: tenant
-- The session of that name.
select id::text from sessions where tenant_id = %(tenant_id)s and name = %(name)s

-- name: sessions.suspend
-- scope: tenant
-- An operator has no host keep it, and nobody link it, until it is resumed.
with changed as (
    update sessions set state = 'suspended', desired = 'stopped', reason = null, detail = null, pairing_id = null,
        retry_at = null, failures = 0, move_to = null, updated_at = now(),
        down_since = case when paired then coalesce(down_since, now()) end
    where tenant_id = %(tenant_id)s and id = %(session_id)s and state <> 'suspended'
    returning id
)
insert into session_events (tenant_id, session_id, state, action) select %(tenant_id)s, id, 'suspended', 'stop' from changed

-- name: sessions.resume
-- scope: tenant
-- It goes on from where its link and its ban are.
with changed as (
    update sessions set desired = 'connected', reason = 'resumed', updated_at = now(), state = case
        when jid_enc is null then 'new' when not paired then 'logged_out' when banned_until > now() then 'banned_until'
        else 'disconnected' end
    where tenant_id = %(tenant_id)s and id = %(session_id)s and state = 'suspended'
    returning id, state
)
insert into session_events (tenant_id, session_id, state, reason)
select %(tenant_id)s, id, state, 'resumed' from changed

-- name: sessions.bans_over
-- scope: system
-- Numbers whose temporary ban has ended.
update sessions set state = 'disconnected', reason = 'ban_over', updated_at = now()
where state = 'banned_until' and banned_until <= now()
returning id::text

-- name: sessions.credentials
-- scope: tenant
-- What a host needs to resume a session.
select jid_enc, state, failures from sessions where tenant_id = %(tenant_id)s and id = %(session_id)s and paired

-- name: sessions.state
-- scope: tenant
-- State and number of a session.
select state, reason, phone_enc from sessions where tenant_id = %(tenant_id)s and id = %(session_id)s

-- name: sessions.set_state
-- scope: tenant
-- Write a state and its event, if the writer still holds the lease it acted under. A ban freezes what is unasked
-- beyond its own end. What a host sees of a session that was suspended a moment ago does not hide that it was.
with changed as (
    update sessions s set state = %(state)s, paired = s.paired and %(state)s <> 'logged_out', reason = %(reason)s,
        banned_until = %(banned_until)s, retry_at = now() + %(retry_after)s::interval, failures = %(failures)s,
        connected_at = case when %(state)s = 'connected' and s.state <> 'degraded' then now() else s.connected_at end,
        down_since = case when %(state)s <> 'connected' then coalesce(s.down_since, now()) end,
        frozen_until = greatest(s.frozen_until, %(banned_until)s::timestamptz + %(freeze)s::interval),
        freeze_reason = case when %(banned_until)s::timestamptz is null then s.freeze_reason else 'ban' end,
        last_event_at = now(), updated_at = now()
    where s.tenant_id = %(tenant_id)s and s.id = %(session_id)s and s.state <> 'suspended' and exists (
        select from session_leases l where l.tenant_id = %(tenant_id)s and l.session_id = s.id
            and l.owner = %(owner)s and l.epoch = %(epoch)s)
    returning s.id
)
insert into session_events (tenant_id, session_id, state, reason, action)
select %(tenant_id)s, id, %(state)s, %(reason)s, %(action)s from changed

-- name: sessions.lasted
-- scope: tenant
-- A connection lasted: the failures before it count no more.
update sessions set failures = 0 where tenant_id = %(tenant_id)s and id = %(session_id)s

-- name: sessions.touch
-- scope: tenant
-- Note that something was heard of the sessions.
update sessions set last_event_at = now() where tenant_id = %(tenant_id)s and id = any(%(session_ids)s::uuid[])
