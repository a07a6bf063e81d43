-- name: traffic.visits
-- scope: tenant
-- In how many hours of the last weeks each conversation of a session had a message from its customer, by the hour of
-- the shop's week (0: Monday from midnight), and when the first of them was.
with newest as (
    select m.at, m.conversation_id from messages m
    where m.tenant_id = %(tenant_id)s and m.session_id = %(session_id)s and m.direction = 'in' and m.at > now() - %(learn_from)s::interval
        and m.at <= now()
    order by m.at desc limit %(limit)s
), visits as (
    select distinct date_trunc('hour', n.at at time zone %(timezone)s) as hour, n.conversation_id from newest n
)
select ((extract(isodow from hour) - 1) * 24 + extract(hour from hour))::integer as hour_of_week, count(*)::integer as visits,
    (select min(at) from newest) as since
from visits group by 1

-- name: traffic.zone
-- scope: tenant
-- The shop's zone.
select timezone from tenants where id = %(tenant_id)s
