-- name: tenants.create
-- scope: system
-- Make a tenant with an id and a wrapped data key of the caller's.
insert into tenants (id, slug, name, timezone, data_key)
values (%(id)s, %(slug)s, %(name)s, %(timezone)s, %(data_key)s)
on conflict (slug) do nothing
returning id::text, slug, name, timezone

-- name: tenants.find
-- scope: system
-- A tenant by its slug or its id.
select id::text, slug, name, timezone from tenants where slug = %(ref)s or id::text = %(ref)s

-- name: tenants.list
-- scope: system
-- All tenants of the service.
select id::text, slug, name, timezone from tenants order by slug

-- name: tenants.data_key
-- scope: tenant
-- The wrapped data key.
select data_key from tenants where id = %(tenant_id)s
