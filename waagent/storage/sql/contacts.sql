-- name: contacts.lock
-- scope: tenant
-- Let one transaction at a time make contacts of a tenant.
select pg_advisory_xact_lock(hashtextextended('contacts ' || %(tenant_id)s, 0))

-- name: contacts.by_aliases
-- scope: tenant
-- The contacts that any of these aliases names.
select a.kind, a.value_index, c.id::text as contact_id, c.name_enc, c.phone_enc
from unnest(%(kinds)s::text[], %(indexes)s::bytea[]) as wanted (kind, value_index)
join contact_aliases a on a.tenant_id = %(tenant_id)s and a.kind = wanted.kind and a.value_index = wanted.value_index
join contacts c on c.tenant_id = %(tenant_id)s and c.id = a.contact_id

-- name: contacts.create
-- scope: tenant
-- Make a contact.
insert into contacts (id, tenant_id, name_enc, phone_enc) values (%(id)s, %(tenant_id)s, %(name)s, %(phone)s)

-- name: contacts.add_alias
-- scope: tenant
-- Learn that a contact is also known by this.
insert into contact_aliases (tenant_id, kind, value_index, contact_id)
values (%(tenant_id)s, %(kind)s, %(value_index)s, %(contact_id)s)
on conflict do nothing

-- name: contacts.learn
-- scope: tenant
-- Keep a newer name, or a number that was not known.
update contacts set name_enc = coalesce(%(name)s, name_enc), phone_enc = coalesce(%(phone)s, phone_enc),
    updated_at = now()
where tenant_id = %(tenant_id)s and id = %(id)s

-- name: contacts.opt_out
-- scope: tenant
-- Never write to this contact unasked again.
insert into opt_outs (tenant_id, contact_id) values (%(tenant_id)s, %(contact_id)s) on conflict do nothing
