-- name: gaps.note
-- scope: tenant
-- Messages that did not arrive whole. One is late only if its session was connected when it was sent: what
-- waited for a number that was away is not.
insert into message_gaps (tenant_id, session_id, conversation_id, wa_message_id, from_me, cause, sent_at, resolved_at)
select %(tenant_id)s, g.session_id, g.conversation_id, g.wa_message_id, g.from_me, g.cause, g.sent_at,
    case when g.cause = 'late' then now() end
from unnest(%(session_ids)s::uuid[], %(conversation_ids)s::uuid[], %(wa_message_ids)s::text[], %(from_mes)s::boolean[],
    %(causes)s::text[], %(sent_ats)s::timestamptz[])
    as g (session_id, conversation_id, wa_message_id, from_me, cause, sent_at)
join sessions s on s.tenant_id = %(tenant_id)s and s.id = g.session_id
where g.cause <> 'late' or s.connected_at < g.sent_at
on conflict (tenant_id, session_id, wa_message_id, from_me) do nothing

-- name: gaps.resolve
-- scope: tenant
-- The message itself has come.
update message_gaps g set resolved_at = now()
from unnest(%(session_ids)s::uuid[], %(wa_message_ids)s::text[], %(from_mes)s::boolean[])
    as come (session_id, wa_message_id, from_me)
where g.tenant_id = %(tenant_id)s and g.session_id = come.session_id and g.wa_message_id = come.wa_message_id
    and g.from_me = come.from_me and g.resolved_at is null

-- name: gaps.days
-- scope: tenant
-- The count of each of the shop's days.
select (g.noticed_at at time zone t.timezone)::date as day, s.name as session,
    count(*) filter (where g.cause = 'undecryptable') as undecryptable,
    count(*) filter (where g.cause = 'unavailable') as unavailable,
    count(*) filter (where g.cause = 'late') as late,
    count(*) filter (where g.resolved_at is not null) as resolved,
    count(*) filter (where g.resolved_at is null) as open
from message_gaps g
join tenants t on t.id = %(tenant_id)s
join sessions s on s.tenant_id = %(tenant_id)s and s.id = g.session_id
where g.tenant_id = %(tenant_id)s
    and (g.noticed_at at time zone t.timezone)::date > (now() at time zone t.timezone)::date - %(days)s::integer
group by 1, 2 order by 1 desc, 2

-- name: gaps.list
-- scope: tenant
-- Each of them, the newest first.
select g.id::text, s.name as session, c.phone_enc, c.name_enc, g.cause, g.sent_at, g.noticed_at, g.resolved_at
from message_gaps g
join tenants t on t.id = %(tenant_id)s
join sessions s on s.tenant_id = %(tenant_id)s and s.id = g.session_id
left join conversations v on v.tenant_id = %(tenant_id)s and v.id = g.conversation_id
left join contacts c on c.tenant_id = %(tenant_id)s and c.id = v.contact_id
where g.tenant_id = %(tenant_id)s
    and (g.noticed_at at time zone t.timezone)::date > (now() at time zone t.timezone)::date - %(days)s::integer
order by g.noticed_at desc
limit %(limit)s
