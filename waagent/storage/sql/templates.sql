-- name: templates.list
-- scope: tenant
-- The shop's wordings, those of one template together, in the order they were added.
select coalesce(p.name, x.name) as template, x.name, x.body
from templates x left join templates p on p.tenant_id = %(tenant_id)s and p.id = x.variant_of
where x.tenant_id = %(tenant_id)s
order by template, x.variant_of is not null, x.created_at, x.name

-- name: templates.add
-- scope: tenant
-- A new template; nothing where the name is taken.
insert into templates (tenant_id, name, body) values (%(tenant_id)s, %(name)s, %(body)s)
on conflict (tenant_id, name) do nothing

-- name: templates.add_variant
-- scope: tenant
-- Another wording of a template.
insert into templates (tenant_id, name, body, variant_of)
select %(tenant_id)s, %(name)s, %(body)s, x.id from templates x
where x.tenant_id = %(tenant_id)s and x.name = %(template)s and x.variant_of is null
on conflict (tenant_id, name) do nothing

-- name: templates.edit
-- scope: tenant
-- Other words.
update templates set body = %(body)s, updated_at = now() where tenant_id = %(tenant_id)s and name = %(name)s

-- name: templates.remove
-- scope: tenant
-- A wording, or a template with all of its wordings.
delete from templates where tenant_id = %(tenant_id)s and name = %(name)s

-- name: templates.used_by
-- scope: tenant
-- How many rules name a template.
select count(*) from follow_up_rules where tenant_id = %(tenant_id)s and template = %(name)s
