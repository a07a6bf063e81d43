-- name: doctor.limit
-- scope: any
-- Let no question of this transaction take longer.
select set_config('statement_timeout', %(most)s, true)

-- name: doctor.clock
-- scope: any
-- The server's time.
select clock_timestamp()

-- name: doctor.connections
-- scope: any
-- Connections in use, and how many there can be.
select (select sum(numbackends) from pg_stat_database)::integer as used,
    current_setting('max_connections')::integer - current_setting('superuser_reserved_connections')::integer as most

-- name: doctor.roles
-- scope: any
-- Whether waagent's roles could see past row-level security.
select coalesce(bool_or(rolsuper or rolbypassrls), true) from pg_roles where rolname in ('waagent_app', 'waagent_system')

-- name: doctor.outdated
-- scope: any
-- Since when WhatsApp calls the library outdated.
select outdated_since from instance

-- name: doctor.numbers
-- scope: system
-- Numbers that were linked and are not suspended: how many are connected, how many hosts should hold; and the shop
-- of one that is not connected.
select count(*) as wanted, count(*) filter (where s.state = 'connected') as connected,
    count(*) filter (where s.paired and s.state <> all(%(parked)s)) as held,
    (select t.slug from sessions d join tenants t on t.id = d.tenant_id
        where d.first_paired_at is not null and d.desired = 'connected' and d.state <> 'connected'
        order by d.down_since limit 1) as away
from sessions s where s.first_paired_at is not null and s.desired = 'connected'

-- name: doctor.overdue
-- scope: system
-- What should have happened by now: how much of each kind, and for how long the oldest waits. What waits for a
-- number that was away counts from when it came back.
select 'follow_ups' as what, count(*) as waiting,
    extract(epoch from max(now() - greatest(f.due_at, s.connected_at)))::float8 as oldest_s
from follow_ups f
join conversations v on v.id = f.conversation_id
join sessions s on s.id = v.session_id
where f.state = 'pending' and f.due_at <= now() and s.state = 'connected' and f.approval is distinct from 'wanted'
    and not exists (select from tenant_settings p where p.tenant_id = f.tenant_id and p.follow_ups_paused_until > now())
union all
select 'outbox', count(*), extract(epoch from max(now() - greatest(o.not_before, s.connected_at)))::float8
from outbox o join sessions s on s.id = o.session_id
where o.state = 'queued' and o.not_before <= now() and s.state = 'connected'
union all
select 'notifications', count(*), extract(epoch from max(now() - n.not_before))::float8
from notifications n where n.state in ('queued', 'sending') and n.not_before <= now()
union all
select 'labelling', count(*), extract(epoch from max(now() - c.process_after))::float8
from conversations c where c.process_after <= now()

-- name: doctor.shop_numbers
-- scope: tenant
-- The numbers of a shop, with all that tells how they are. The usual silence is the longest one that nine days
-- of ten keep to, of those of four weeks on which somebody wrote; unknown while there are less than seven.
select s.name, s.state, coalesce(s.detail, s.reason) as reason, s.paired, s.down_since, s.connected_at,
    case when s.frozen_until > now() then s.frozen_until end as frozen_until, s.freeze_reason, now() as now,
    l.expires_at > now() as owned,
    h.last_probe_ok, coalesce(h.keepalive_timeouts, 0) as keepalive_timeouts,
    coalesce(h.failed_probes, 0) as failed_probes, coalesce(h.forced_reconnects, 0) as forced_reconnects,
    coalesce(h.client_restarts, 0) as client_restarts, coalesce(h.callback_faults, 0) as callback_faults,
    coalesce(h.disconnects, 0) as disconnects,
    (select count(*) from message_gaps g where g.tenant_id = %(tenant_id)s and g.session_id = s.id
        and g.resolved_at is null and g.noticed_at > now() - interval '7 days') as gaps,
    (select count(*) from messages m where m.tenant_id = %(tenant_id)s and m.session_id = s.id
        and m.state = 'unknown') as unknown_sends,
    (select count(*) from messages m where m.tenant_id = %(tenant_id)s and m.session_id = s.id
        and m.state = 'failed' and m.at > now() - interval '1 day') as failed_sends,
    (select count(*) from outbox o where o.tenant_id = %(tenant_id)s and o.session_id = s.id
        and o.state = 'queued' and o.held is not null) as held,
    (select count(*) from outbox o where o.tenant_id = %(tenant_id)s and o.session_id = s.id
        and o.state in ('queued', 'sending')) as outbox,
    (select extract(epoch from max(now() - greatest(o.not_before, s.connected_at)))::float8 from outbox o
        where o.tenant_id = %(tenant_id)s and o.session_id = s.id and o.state = 'queued'
        and o.not_before <= now()) as waiting_s,
    (select max(m.at) from messages m where m.tenant_id = %(tenant_id)s and m.session_id = s.id
        and m.direction = 'in' and not m.history) as last_inbound_at,
    (select extract(epoch from percentile_disc(0.9) within group (order by longest))::float8 from (
        select max(silence) as longest from (
            select m.at, m.at - lag(m.at) over (order by m.at) as silence from messages m
            where m.tenant_id = %(tenant_id)s and m.session_id = s.id and m.direction = 'in' and not m.history
                and m.at > now() - interval '28 days') arrivals
        group by date_trunc('day', at)) days having count(*) >= 7) as usual_silence_s
from sessions s
left join session_leases l on l.tenant_id = s.tenant_id and l.session_id = s.id
left join session_health h on h.tenant_id = s.tenant_id and h.session_id = s.id
where s.tenant_id = %(tenant_id)s
order by s.created_at

-- name: doctor.shop
-- scope: tenant
-- What concerns all numbers of a shop: who is told when one is away, and what is late.
select (select count(*) from notification_channels n where n.tenant_id = %(tenant_id)s) as channels,
    (select count(*) from notifications n where n.tenant_id = %(tenant_id)s
        and n.state in ('failed', 'unknown') and n.created_at > now() - interval '1 day') as untold,
    (select count(*) from follow_ups f where f.tenant_id = %(tenant_id)s and f.state = 'pending'
        and f.due_at < now() - interval '1 hour' and f.approval is distinct from 'wanted') as late_follow_ups,
    (select count(*) from follow_ups f where f.tenant_id = %(tenant_id)s and f.state = 'pending'
        and f.approval = 'wanted') as to_approve,
    (select max(p.follow_ups_paused_until) from tenant_settings p where p.tenant_id = %(tenant_id)s
        and p.follow_ups_paused_until > now()) as paused_until
