-- name: contacts.lock
-- scope: tenant
-- Let one transaction at a time make contacts of a tenant.
select pg_advisory_xact_lock(hashtextextended('contacts ' || %(tenant_id)s, 0))

-- name: contacts.by_aliases
-- scope: tenant
-- The contacts that any of these aliases names.
select a.kind, a.value_index, c.id::text as contact_id, c.name_enc, c.phone_enc, c.created_at,
    exists (select from contact_aliases o where o.tenant_id = %(tenant_id)s and o.contact_id = c.id
        and o.kind = 'lid') as has_lid
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
insert into opt_outs (tenant_id, contact_id, source) values (%(tenant_id)s, %(contact_id)s, %(source)s)
on conflict do nothing

-- name: contacts.opt_in
-- scope: tenant
-- This contact wants messages again.
delete from opt_outs where tenant_id = %(tenant_id)s and contact_id = %(contact_id)s

-- name: contacts.conversations
-- scope: tenant
-- The conversations with a contact, with every number of the shop.
select id::text from conversations where tenant_id = %(tenant_id)s and contact_id = %(contact_id)s order by id

-- name: contacts.opt_out_facts
-- scope: tenant
-- Whether an opt-out can be confirmed, and whether it ever was.
select v.session_id::text, s.paired, v.last_inbound_at, c.name_enc,
    exists (select from outbox o where o.tenant_id = %(tenant_id)s and o.dedupe_key = %(dedupe_key)s) as told
from conversations v
join sessions s on s.tenant_id = %(tenant_id)s and s.id = v.session_id
join contacts c on c.tenant_id = %(tenant_id)s and c.id = v.contact_id
where v.tenant_id = %(tenant_id)s and v.id = %(conversation_id)s

-- name: contacts.opt_out_told
-- scope: tenant
-- By which message it was confirmed.
update opt_outs set confirmed_message_id = %(message_id)s
where tenant_id = %(tenant_id)s and contact_id = %(contact_id)s

-- name: contacts.merge_undone
-- scope: tenant
-- Whether a person has said that these two are not one.
select exists (
    select from contact_merges where tenant_id = %(tenant_id)s and undone_at is not null
        and ((kept_id = %(one)s and merged_id = %(other)s) or (kept_id = %(other)s and merged_id = %(one)s)))

-- name: contacts.list
-- scope: tenant
-- Everybody who wrote to the shop, the newest first; merged ones are part of another.
select c.id::text, c.name_enc, c.phone_enc,
    exists (select from contact_aliases a where a.tenant_id = %(tenant_id)s and a.contact_id = c.id
        and a.kind = 'lid') as has_lid,
    exists (select from opt_outs x where x.tenant_id = %(tenant_id)s and x.contact_id = c.id) as opted_out,
    (select count(*) from contact_merges g where g.tenant_id = %(tenant_id)s and g.kept_id = c.id
        and g.undone_at is null) as merges,
    (select max(v.last_message_at) from conversations v
        where v.tenant_id = %(tenant_id)s and v.contact_id = c.id) as last_message_at
from contacts c
where c.tenant_id = %(tenant_id)s and c.merged_into is null
    and (%(contact_id)s::uuid is null or c.id = %(contact_id)s::uuid)
order by last_message_at desc nulls last, c.created_at
