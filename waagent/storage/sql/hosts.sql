-- name: hosts.beat
-- scope: system
-- A host lives; whether somebody asked it to drain.
insert into hosts as h (id, machine, pid, sessions, capacity, draining)
values (%(owner)s, %(machine)s, %(pid)s, %(sessions)s, %(capacity)s, %(draining)s)
on conflict (id) do update set seen_at = now(), sessions = excluded.sessions, draining = h.draining or excluded.draining
returning draining

-- name: hosts.leave
-- scope: system
-- A host is gone.
delete from hosts where id = %(owner)s

-- name: hosts.prune
-- scope: system
-- Forget hosts that died without a word.
delete from hosts where seen_at < now() - %(silent)s::interval

-- name: hosts.list
-- scope: system
-- The hosts; those that were not heard of lately are dead or out of reach.
select id, machine, pid, sessions, capacity, draining, started_at, seen_at,
    seen_at > now() - %(silent)s::interval as alive
from hosts order by started_at, id

-- name: hosts.with_room
-- scope: system
-- How many hosts could take a session.
select count(*) from hosts where not draining and sessions < capacity and seen_at > now() - %(silent)s::interval

-- name: hosts.drain
-- scope: system
-- Ask a host to hand everything over and end.
update hosts set draining = true where id = %(owner)s
