-- name: users.create
-- scope: system
-- A user of the web front; touches no row where the name is taken. A null shop is an operator.
insert into users (id, tenant_id, name_key, name_sealed, password_hash)
values (%(id)s, %(shop)s, %(name_key)s, %(name_sealed)s, %(password_hash)s)
on conflict (name_key) do nothing

-- name: users.list
-- scope: system
-- Users by their age, of one shop or of all.
select u.id::text, u.name_sealed, t.slug as tenant, u.disabled_at is null as enabled, u.created_at, u.last_login_at,
    (select count(*) from user_logins l
        where l.user_id = u.id and l.expires_at > now() and l.seen_at > now() - %(idle)s::interval) as logins
from users u left join tenants t on t.id = u.tenant_id
where %(shop)s::uuid is null or u.tenant_id = %(shop)s
order by u.created_at, u.id

-- name: users.find
-- scope: system
-- A user by the key of the name.
select id::text, tenant_id::text, password_hash, disabled_at is null as enabled from users where name_key = %(name_key)s

-- name: users.set_password
-- scope: system
-- Another password.
update users set password_hash = %(password_hash)s, password_at = now() where id = %(id)s

-- name: users.rehash
-- scope: system
-- The same password, hashed with today's parameters, unless it was changed meanwhile.
update users set password_hash = %(password_hash)s where id = %(id)s and password_hash = %(before)s

-- name: users.enable
-- scope: system
-- They may log in.
update users set disabled_at = null where id = %(id)s

-- name: users.disable
-- scope: system
-- They may not.
update users set disabled_at = coalesce(disabled_at, now()) where id = %(id)s

-- name: users.delete
-- scope: system
-- They are gone, with their logins.
delete from users where id = %(id)s

-- name: users.note
-- scope: system
-- Who did what about whose access.
insert into user_audit (tenant_id, user_id, actor, action) values (%(shop)s, %(id)s, %(actor)s, %(action)s)

-- name: users.end_logins
-- scope: system
-- All logins of a user.
delete from user_logins where user_id = %(id)s

-- name: users.begin_login
-- scope: system
-- A login of a user who may, still with the password that was looked at; nobody's where that has changed.
insert into user_logins (user_id, token_hash, expires_at)
select id, %(token_hash)s, now() + %(lasts)s::interval from users
where id = %(id)s and disabled_at is null and password_hash = %(password_hash)s
returning id::text

-- name: users.logged_in
-- scope: system
-- When a user last logged in.
update users set last_login_at = now() where id = %(id)s

-- name: users.end_login
-- scope: system
-- One login; gives whose it was.
delete from user_logins l using users u where l.token_hash = %(token_hash)s and u.id = l.user_id
returning u.id::text, u.tenant_id::text

-- name: users.visitor
-- scope: system
-- Who is behind a login that still holds, by its token or its id.
select l.id::text as login_id, u.id::text as user_id, u.name_sealed, t.id::text as tenant_id, t.slug, t.name as shop,
    t.timezone
from user_logins l join users u on u.id = l.user_id left join tenants t on t.id = u.tenant_id
where (l.token_hash = %(token_hash)s or l.id = %(login_id)s) and u.disabled_at is null and l.expires_at > now()
    and l.seen_at > now() - %(idle)s::interval

-- name: users.seen
-- scope: system
-- The person behind these logins was active just now.
update user_logins set seen_at = now() where id = any(%(login_ids)s::uuid[])

-- name: users.alive
-- scope: system
-- Which of these logins still hold.
select l.id::text from user_logins l join users u on u.id = l.user_id
where l.id = any(%(login_ids)s::uuid[]) and u.disabled_at is null and l.expires_at > now()
    and l.seen_at > now() - %(idle)s::interval

-- name: users.sweep
-- scope: system
-- Logins that have run out.
delete from user_logins where expires_at <= now() or seen_at <= now() - %(idle)s::interval
