-- name: inbox.list
-- scope: tenant
-- Conversations, newest first, from a place on; each with its newest message, its lead and its newest insight.
select v.id::text, l.id::text as lead_id, c.name_enc, c.phone_enc, s.name as session, v.last_message_at,
    v.last_inbound_at, v.last_outbound_at, v.unread, l.stage, l.assignee, i.status, i.intent, i.sentiment, i.product,
    exists (select from opt_outs x where x.tenant_id = %(tenant_id)s and x.contact_id = c.id) as opted_out,
    m.id::text as message_id, m.direction, m.kind, m.state, m.body_enc, m.at, m.revoked_at
from conversations v
join contacts c on c.tenant_id = %(tenant_id)s and c.id = v.contact_id
join sessions s on s.tenant_id = %(tenant_id)s and s.id = v.session_id
left join leads l on l.tenant_id = %(tenant_id)s and l.conversation_id = v.id
left join customer_insights i on i.tenant_id = %(tenant_id)s and i.id = l.insight_id
left join lateral (
    select n.id, n.direction, n.kind, n.state, n.body_enc, n.at, n.revoked_at from messages n
    where n.tenant_id = %(tenant_id)s and n.conversation_id = v.id order by n.seq desc limit 1
) m on true
where v.tenant_id = %(tenant_id)s and c.merged_into is null
    and (%(ids)s::uuid[] is null or v.id = any(%(ids)s::uuid[]))
    and (%(after_at)s::timestamptz is null
        or (v.last_message_at, v.id) < (%(after_at)s::timestamptz, %(after_id)s::uuid))
    and (not %(unread)s or v.unread > 0)
    and (not %(waiting)s or m.direction = 'in' or (m.state in ('failed', 'cancelled')
        and v.last_inbound_at > coalesce(v.last_outbound_at, '-infinity')))
    and (%(stage)s::text is null or l.stage = %(stage)s::text)
    and (%(session)s::text is null or s.name = %(session)s::text)
order by v.last_message_at desc, v.id desc limit %(limit)s

-- name: inbox.customers
-- scope: tenant
-- Who the newest conversations are with.
select v.id::text, c.name_enc, c.phone_enc from conversations v
join contacts c on c.tenant_id = %(tenant_id)s and c.id = v.contact_id
where v.tenant_id = %(tenant_id)s and c.merged_into is null
order by v.last_message_at desc, v.id desc limit %(limit)s

-- name: inbox.texts
-- scope: tenant
-- Messages before a number, newest first, to be searched.
select id::text, conversation_id::text, direction, seq, at, body_enc from messages
where tenant_id = %(tenant_id)s and (%(before)s::bigint is null or seq < %(before)s::bigint)
order by seq desc limit %(limit)s

-- name: inbox.customers_of
-- scope: tenant
-- Who these conversations are with.
select v.id::text, c.name_enc, c.phone_enc from conversations v
join contacts c on c.tenant_id = %(tenant_id)s and c.id = v.contact_id
where v.tenant_id = %(tenant_id)s and v.id = any(%(ids)s::uuid[])

-- name: inbox.mark_unread
-- scope: tenant
-- A person wants to see it again.
update conversations set unread = 1
where tenant_id = %(tenant_id)s and id = %(conversation_id)s and unread = 0
