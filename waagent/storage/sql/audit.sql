-- name: audit.note
-- scope: tenant
-- Who did what, to what.
insert into audit_log (tenant_id, actor, action, subject)
values (%(tenant_id)s, %(actor)s, %(action)s, %(subject)s)
