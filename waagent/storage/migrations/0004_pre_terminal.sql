-- The terminal and its web front.

-- Users of the web front ------------------------------------------------------------------------
--
-- No rows of a shop's: they say who may see which. Only waagent_system reaches them, so a process that
-- works for one shop sees none. Names are sealed with, and found by keys derived from, the master key.

create table users (
    id uuid primary key,
    tenant_id uuid references tenants on delete cascade,
    name_key bytea not null unique check (length(name_key) = 32),
    name_sealed bytea not null,
    password_hash text not null check (password_hash like '$argon2id$%'),
    disabled_at timestamptz,
    password_at timestamptz not null default now(),
    last_login_at timestamptz,
    created_at timestamptz not null default now()
);
comment on column users.tenant_id is 'the shop they may see; null: an operator, who sees all';
create index users_tenant on users (tenant_id);

create table user_logins (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null references users on delete cascade,
    token_hash bytea not null unique check (length(token_hash) = 32),
    created_at timestamptz not null default now(),
    seen_at timestamptz not null default now(),
    expires_at timestamptz not null
);
comment on column user_logins.token_hash is 'SHA-256 of the cookie: the table alone opens no login';
create index user_logins_user on user_logins (user_id);

-- Kept when the user is deleted.
create table user_audit (
    id bigint generated always as identity primary key,
    tenant_id uuid references tenants on delete cascade,
    user_id uuid not null,
    at timestamptz not null default now(),
    actor text not null,
    action text not null
);
create index user_audit_user on user_audit (user_id, at);

do $$
declare
    table_name text;
begin
    foreach table_name in array array['users', 'user_logins', 'user_audit'] loop
        execute format('alter table %I enable row level security', table_name);
        execute format('alter table %I force row level security', table_name);
        execute format('create policy access on %I to waagent_system using (true) with check (true)', table_name);
    end loop;
end
$$;
grant select, insert, update, delete on users, user_logins to waagent_system;
grant insert on user_audit to waagent_system;

-- The inbox -----------------------------------------------------------------------------------

-- Conversations are listed, and messages searched, a page at a time, newest first.
create index conversations_newest on conversations (tenant_id, last_message_at, id);
create index messages_newest on messages (tenant_id, seq);
