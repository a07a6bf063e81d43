-- name: exchange.leads
-- scope: tenant
-- The leads after this one in the order they came, with what is known of each.
select l.id::text, l.created_at, c.name_enc, c.phone_enc, l.stage, n.name as stage_named, i.status, i.intent,
    i.sentiment, coalesce(p.name, i.product) as product, i.need_enc, l.value, l.assignee, l.closed_at,
    array(select g.tag from lead_tags g where g.tenant_id = %(tenant_id)s and g.lead_id = l.id order by g.tag) as tags,
    v.last_message_at, f.due_at as follow_up_at
from leads l
join conversations v on v.tenant_id = %(tenant_id)s and v.id = l.conversation_id
join contacts c on c.tenant_id = %(tenant_id)s and c.id = l.contact_id
left join stage_names n on n.tenant_id = %(tenant_id)s and n.stage = l.stage
left join customer_insights i on i.tenant_id = %(tenant_id)s and i.id = l.insight_id
left join products p on p.tenant_id = %(tenant_id)s and p.id = i.product_id
left join follow_ups f on f.tenant_id = %(tenant_id)s and f.conversation_id = l.conversation_id
    and f.state in ('pending', 'queued')
where l.tenant_id = %(tenant_id)s and c.merged_into is null
    and (%(after_id)s::uuid is null or (l.created_at, l.id) > (%(after_at)s::timestamptz, %(after_id)s::uuid))
order by l.created_at, l.id limit %(limit)s

-- name: exchange.messages
-- scope: tenant
-- The messages after this one, in their order.
select m.id::text, m.seq, m.conversation_id::text, m.at, m.direction, m.origin, c.name_enc, c.phone_enc, m.kind,
    m.body_enc, m.state, m.edited_at, m.revoked_at, d.file_name_enc, d.mimetype
from messages m
join conversations v on v.tenant_id = %(tenant_id)s and v.id = m.conversation_id
join contacts c on c.tenant_id = %(tenant_id)s and c.id = v.contact_id
left join message_media d on d.tenant_id = %(tenant_id)s and d.message_id = m.id
where m.tenant_id = %(tenant_id)s and m.seq > %(after)s
order by m.seq limit %(limit)s

-- name: exchange.contacts
-- scope: tenant
-- The contacts after this one in the order they came; merged ones are part of another.
select c.id::text, c.created_at, c.name_enc, c.phone_enc,
    exists (select from opt_outs x where x.tenant_id = %(tenant_id)s and x.contact_id = c.id) as opted_out,
    (select max(v.last_message_at) from conversations v
        where v.tenant_id = %(tenant_id)s and v.contact_id = c.id) as last_message_at
from contacts c
where c.tenant_id = %(tenant_id)s and c.merged_into is null
    and (%(after_id)s::uuid is null or (c.created_at, c.id) > (%(after_at)s::timestamptz, %(after_id)s::uuid))
order by c.created_at, c.id limit %(limit)s

-- name: exchange.counts
-- scope: tenant
-- How much there is to export.
select (select count(*) from leads l where l.tenant_id = %(tenant_id)s) as leads,
    (select count(*) from messages m where m.tenant_id = %(tenant_id)s) as messages,
    (select count(*) from contacts c where c.tenant_id = %(tenant_id)s and c.merged_into is null) as contacts

-- name: exchange.known_numbers
-- scope: tenant
-- How many of these numbers the shop knows already.
select count(*) from contact_aliases
where tenant_id = %(tenant_id)s and kind = 'phone' and value_index = any(%(indexes)s::bytea[])
