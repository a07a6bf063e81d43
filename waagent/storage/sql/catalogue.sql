-- name: catalogue.list
-- scope: tenant
-- What the shop sells, by name.
select p.id::text, p.name, p.price,
    array(select a.alias from product_aliases a where a.tenant_id = %(tenant_id)s and a.product_id = p.id
        order by a.alias) as aliases
from products p where p.tenant_id = %(tenant_id)s order by lower(p.name)

-- name: catalogue.lock
-- scope: tenant
-- One import at a time in a shop.
select pg_advisory_xact_lock(hashtextextended('catalogue ' || %(tenant_id)s, 0))

-- name: catalogue.version
-- scope: tenant
-- Changes whenever the catalogue or what was learnt of corrections does.
select count(p.id) as products, max(p.updated_at) as changed_at,
    (select h.trained_at from tenant_heads h where h.tenant_id = %(tenant_id)s) as trained_at
from products p where p.tenant_id = %(tenant_id)s

-- name: catalogue.put
-- scope: tenant
-- Add products; one of the same name is replaced.
insert into products as p (tenant_id, name, price)
select %(tenant_id)s, n.name, n.price from unnest(%(names)s::text[], %(prices)s::bigint[]) as n(name, price)
on conflict (tenant_id, lower(name)) do update set name = excluded.name, price = excluded.price,
    updated_at = clock_timestamp()
returning id::text, name

-- name: catalogue.clear_aliases
-- scope: tenant
-- Forget the aliases of products.
delete from product_aliases where tenant_id = %(tenant_id)s and product_id = any(%(product_ids)s::uuid[])

-- name: catalogue.add_aliases
-- scope: tenant
-- Add aliases, each beside its product's id.
insert into product_aliases (tenant_id, alias, product_id)
select %(tenant_id)s, n.alias, n.product_id
from unnest(%(aliases)s::text[], %(product_ids)s::uuid[]) as n(alias, product_id)

-- name: catalogue.remove
-- scope: tenant
-- Remove a product and its aliases; insights keep the name.
delete from products where tenant_id = %(tenant_id)s and lower(name) = lower(%(name)s) returning name
