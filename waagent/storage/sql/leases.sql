-- name: leases.claim
-- scope: system
-- Take sessions nobody keeps, each with a greater epoch than any owner before. A lease that ran out
-- is taken only if the host has seen it so for the grace, in which its last owner stops by itself
-- (lapsed). One that is being moved is for its new host alone, while that host lives. While WhatsApp calls the library outdated, all hosts
-- together take one session now and then: the row of instance lets one of them through.
with free as (
    select s.id, s.tenant_id from sessions s left join session_leases l on l.session_id = s.id
    where s.paired and s.desired <> 'stopped' and (s.state <> all(%(parked)s) or s.retry_at is not null)
        and coalesce(s.retry_at, '-infinity') <= now()
        and (l.session_id is null or l.owner is null or (l.expires_at < now() and s.id = any(%(lapsed)s::uuid[])))
        and (s.move_to is null or s.move_to = %(owner)s or not exists (
            select from hosts h where h.id = s.move_to and not h.draining and h.seen_at > now() - %(silent)s::interval))
        and s.id <> all(%(except_ids)s::uuid[])
    order by s.move_to is null, s.updated_at
    limit %(capacity)s
    for update of s skip locked
), probe as (
    update instance set probe_at = now() + %(probe_every)s::interval
    where outdated_since is not null and probe_at <= now() and exists (select from free)
    returning true
), allowed as (
    select id, tenant_id from free
    limit case when (select outdated_since is null from instance) then null when exists (select from probe) then 1 else 0 end
), moved as (
    update sessions s set move_to = null from allowed where s.id = allowed.id and s.move_to is not null
)
insert into session_leases as l (session_id, tenant_id, owner, epoch, expires_at)
select id, tenant_id, %(owner)s, 1, now() + %(ttl)s::interval from allowed
on conflict (session_id) do update
    set owner = excluded.owner, epoch = l.epoch + 1, expires_at = excluded.expires_at
    where l.owner is null or (l.expires_at < now() and l.session_id = any(%(lapsed)s::uuid[]))
returning session_id::text, tenant_id::text, epoch

-- name: leases.expired
-- scope: system
-- Leases that ran out, by PostgreSQL's clock, and were not handed over.
select session_id::text, epoch, expires_at from session_leases where owner is not null and expires_at < now()

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

-- name: leases.release_all
-- scope: system
-- Hand over everything that an owner has, which keeps nothing connected any more.
update session_leases set owner = null, expires_at = now() where owner = %(owner)s

-- name: leases.undesired
-- scope: system
-- Which of these should not be connected here any more, and whether another host is to have them, or WhatsApp is to
-- be told first that this device is linked no more.
select id::text as session_id, paired and desired = 'connected' and state <> all(%(parked)s) as moving,
    state = any(%(parked)s) as parked, paired and desired = 'unlinked' and state <> all(%(parked)s) as unlink
from sessions
where id = any(%(session_ids)s::uuid[]) and (desired <> 'connected' or not paired or state = any(%(parked)s)
    or move_to <> %(owner)s)

-- name: leases.unowned
-- scope: system
-- How many sessions could be connected now and have had no owner for a while.
select count(*) from sessions s left join session_leases l on l.session_id = s.id
where s.paired and s.desired <> 'stopped' and (s.state <> all(%(parked)s) or s.retry_at is not null)
    and coalesce(s.retry_at, '-infinity') <= now()
    and (l.session_id is null or l.owner is null or l.expires_at < now())
    and s.updated_at <= now() - %(since)s::interval
    and (select outdated_since is null or probe_at <= now() from instance)

-- name: leases.outdated
-- scope: any
-- WhatsApp calls the library outdated: no host starts more than a session now and then.
update instance set outdated_since = coalesce(outdated_since, now()), probe_at = now() + %(probe_every)s::interval

-- name: leases.not_outdated
-- scope: any
-- A number has logged in, so WhatsApp takes the library again.
update instance set outdated_since = null, probe_at = null where outdated_since is not null

-- name: leases.probe_now
-- scope: any
-- A person asks: one session may be tried at once, however outdated the library was.
update instance set probe_at = now() where outdated_since is not null

-- name: leases.take
-- scope: tenant
-- Take a session that is being linked, so that no host does before its pairing is over.
insert into session_leases as l (session_id, tenant_id, owner, epoch, expires_at)
values (%(session_id)s, %(tenant_id)s, %(owner)s, 1, now() + %(ttl)s::interval)
on conflict (session_id) do update
    set owner = excluded.owner, epoch = l.epoch + 1, expires_at = excluded.expires_at
    where l.owner is null or l.expires_at < now()
returning epoch
