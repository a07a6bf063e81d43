-- name: leases.claim
-- scope: system
-- Take sessions nobody keeps, each with a greater epoch than any owner before. A lease that ran out
-- is left alone for the grace, in which its last owner stops by itself.
with free as (
    select s.id, s.tenant_id from sessions s left join session_leases l on l.session_id = s.id
    where s.paired and s.desired = 'connected' and s.state <> all(%(parked)s)
        and (l.session_id is null or l.owner is null or l.expires_at < now() - %(grace)s::interval)
        and s.id <> all(%(except_ids)s::uuid[])
    order by s.updated_at
    limit %(capacity)s
    for update of s skip locked
)
insert into session_leases as l (session_id, tenant_id, owner, epoch, expires_at)
select id, tenant_id, %(owner)s, 1, now() + %(ttl)s::interval from free
on conflict (session_id) do update
    set owner = excluded.owner, epoch = l.epoch + 1, expires_at = excluded.expires_at
    where l.owner is null or l.expires_at < now() - %(grace)s::interval
returning session_id::text, tenant_id::text, epoch

-- name: leases.renew
-- scope: system
-- Keep what one has; a lease that is missing from the answer is lost.
update session_leases set expires_at = now() + %(ttl)s::interval
where owner = %(owner)s and session_id = any(%(session_ids)s::uuid[])
returning session_id::text, epoch

-- name: leases.release
-- scope: system
-- Hand sessions over at once.
update session_leases set owner = null, expires_at = now()
where owner = %(owner)s and session_id = any(%(session_ids)s::uuid[])

-- name: leases.undesired
-- scope: system
-- Which of these should not be connected any more.
select id::text from sessions
where id = any(%(session_ids)s::uuid[]) and (desired <> 'connected' or not paired or state = any(%(parked)s))

-- name: leases.unowned
-- scope: system
-- How many sessions should be connected and have had no owner for a while.
select count(*) from sessions s left join session_leases l on l.session_id = s.id
where s.paired and s.desired = 'connected' and s.state <> all(%(parked)s)
    and (l.session_id is null or l.owner is null or l.expires_at < now())
    and s.updated_at <= now() - %(since)s::interval

-- name: leases.take
-- scope: tenant
-- Take a session that is being linked, so that no host does before its pairing is over.
insert into session_leases as l (session_id, tenant_id, owner, epoch, expires_at)
values (%(session_id)s, %(tenant_id)s, %(owner)s, 1, now() + %(ttl)s::interval)
on conflict (session_id) do update
    set owner = excluded.owner, epoch = l.epoch + 1, expires_at = excluded.expires_at
    where l.owner is null or l.expires_at < now()
returning epoch
