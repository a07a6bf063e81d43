-- name: glance.tenants
-- scope: system
-- What a shell may offer for a tenant.
select slug as value, name as about from tenants order by slug limit 200

-- name: glance.hosts
-- scope: system
-- What a shell may offer for a host.
select id as value, machine as about from hosts order by started_at, id limit 200

-- name: glance.sessions
-- scope: tenant
-- What a shell may offer for a session.
select name as value, state as about from sessions where tenant_id = %(tenant_id)s order by name limit 200

-- name: glance.templates
-- scope: tenant
-- What a shell may offer for a template.
select name as value, '' as about from templates where tenant_id = %(tenant_id)s order by name limit 200

-- name: glance.channels
-- scope: tenant
-- What a shell may offer for a channel.
select name as value, kind as about from notification_channels where tenant_id = %(tenant_id)s order by name limit 200

-- name: glance.leads
-- scope: tenant
-- What a shell may offer for a lead: those who wrote last.
select l.id::text, c.name_enc, l.stage as about
from leads l
join conversations v on v.tenant_id = %(tenant_id)s and v.id = l.conversation_id
join contacts c on c.tenant_id = %(tenant_id)s and c.id = l.contact_id
where l.tenant_id = %(tenant_id)s and l.id::text like %(begins)s
order by v.last_message_at desc limit %(limit)s

-- name: glance.follow_ups
-- scope: tenant
-- What a shell may offer for a follow-up: the next of those to come.
select f.id::text, c.name_enc, f.state as about
from follow_ups f
join conversations v on v.tenant_id = %(tenant_id)s and v.id = f.conversation_id
join contacts c on c.tenant_id = %(tenant_id)s and c.id = v.contact_id
where f.tenant_id = %(tenant_id)s and f.state in ('pending', 'queued') and f.id::text like %(begins)s
order by f.due_at limit %(limit)s
