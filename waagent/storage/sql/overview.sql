-- name: overview.shops
-- scope: system
-- Shops with what waits in each; their numbers are those that were linked and are not suspended.
select t.id::text, t.slug, t.name, t.timezone,
    coalesce(n.numbers, 0) as numbers, coalesce(n.connected, 0) as connected, n.trouble,
    coalesce(c.waiting, 0) as unlabelled, c.late_s as unlabelled_s,
    coalesce(o.waiting, 0) as outbox, o.oldest_s as outbox_s
from tenants t
left join (
    select s.tenant_id, count(*) as numbers, count(*) filter (where s.state = 'connected') as connected,
        (array_agg(s.state order by s.down_since) filter (where s.state <> 'connected'))[1] as trouble
    from sessions s where s.first_paired_at is not null and s.desired = 'connected' group by s.tenant_id
) n on n.tenant_id = t.id
left join (
    select v.tenant_id, count(*) as waiting,
        greatest(extract(epoch from max(now() - v.process_after)), 0)::float8 as late_s
    from conversations v where v.process_after is not null group by v.tenant_id
) c on c.tenant_id = t.id
left join (
    select q.tenant_id, count(*) as waiting,
        greatest(extract(epoch from max(now() - q.not_before)), 0)::float8 as oldest_s
    from outbox q where q.state in ('queued', 'sending') group by q.tenant_id
) o on o.tenant_id = t.id
order by n.trouble is null, t.name, t.slug

-- name: overview.shop_figures
-- scope: tenant
-- How large a shop is, and how busy today.
select (select count(*) from leads l where l.tenant_id = %(tenant_id)s) as leads,
    (select count(*) from conversations v
        join messages m on m.tenant_id = %(tenant_id)s and m.conversation_id = v.id
        where v.tenant_id = %(tenant_id)s and v.last_message_at >= %(start)s and m.at >= %(start)s
            and not m.history) as messages_today

-- name: overview.leases
-- scope: system
-- Leases that somebody has, and those that ran out without being handed over.
select count(*) filter (where l.owner is not null and l.expires_at >= now()) as held,
    count(*) filter (where l.owner is not null and l.expires_at < now()) as expired
from session_leases l

-- name: overview.errors
-- scope: system
-- What failed within a day, and the numbers that are away now.
select
    (select count(*) from notifications n where n.state in ('failed', 'unknown')
        and n.created_at > now() - interval '1 day') as notifications,
    (select count(*) from outbox o where o.state in ('failed', 'unknown')
        and o.created_at > now() - interval '1 day') as sends,
    (select count(*) from sessions s where s.first_paired_at is not null and s.desired = 'connected'
        and s.state <> 'connected') as numbers_away
