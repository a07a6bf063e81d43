-- The first schema: tenants, sessions, conversations, insights, leads, follow-ups, the outbox.
--
-- Roles. waagent_app works for one tenant at a time: row-level security lets it see the rows of the
-- tenant in the setting waagent.tenant_id and no others. waagent_system schedules work for all
-- tenants: it sees ids, states and times, and no column that holds a text, a name or a number.
-- Neither can log in or bypass row-level security; transactions switch to them with "set local role".
-- The login role may switch to them but inherits nothing (which takes PostgreSQL 16): policies are
-- for the members of a role too, so it would see every tenant's rows by merely being connected.
--
-- Foreign keys name the tenant as well: they look past row-level security, and a row must not point
-- into another tenant.

create schema if not exists whatsmeow;

do $$
declare
    role_name text;
begin
    foreach role_name in array array['waagent_app', 'waagent_system'] loop
        begin
            execute format('create role %I nologin nosuperuser nobypassrls', role_name);
        exception
            when duplicate_object or unique_violation then null;
        end;
        execute format('grant %I to %I with inherit false, set true', role_name, current_user);
    end loop;
end
$$;

create function current_tenant() returns uuid
    language sql stable parallel safe
    return nullif(current_setting('waagent.tenant_id', true), '')::uuid;

-- What holds for the whole database: one row.
create table instance (
    only_one boolean primary key default true check (only_one),
    key_check bytea not null,
    whatsapp text check (whatsapp in ('live', 'sandbox')),
    created_at timestamptz not null default now()
);
comment on column instance.whatsapp is
    'set by the first pairing: a database of real numbers is never used with a sandbox, or the other way round';

create table tenants (
    id uuid primary key default gen_random_uuid(),
    slug text not null unique check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) <= 60),
    name text not null check (length(name) between 1 and 200),
    timezone text not null default 'Asia/Jakarta',
    data_key bytea not null,
    created_at timestamptz not null default now()
);

create table sessions (
    id uuid primary key default gen_random_uuid(),
    tenant_id uuid not null references tenants on delete cascade,
    name text not null check (length(name) between 1 and 60),
    desired text not null default 'connected' check (desired in ('connected', 'stopped', 'unlinked')),
    state text not null default 'new',
    reason text,
    paired boolean not null default false,
    jid_enc bytea,
    lid_enc bytea,
    phone_enc bytea,
    phone_index bytea,
    pairing_id uuid,
    banned_until timestamptz,
    last_event_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (tenant_id, id),
    unique (tenant_id, name),
    unique (tenant_id, phone_index)
);

create table session_leases (
    session_id uuid primary key,
    tenant_id uuid not null references tenants on delete cascade,
    owner text,
    epoch bigint not null,
    expires_at timestamptz not null,
    foreign key (tenant_id, session_id) references sessions (tenant_id, id) on delete cascade
);
comment on column session_leases.epoch is 'grows by one with every new owner: the fencing number';

create table contacts (
    id uuid not null default gen_random_uuid(),
    tenant_id uuid not null references tenants on delete cascade,
    name_enc bytea,
    phone_enc bytea,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (tenant_id, id)
);

create table contact_aliases (
    tenant_id uuid not null references tenants on delete cascade,
    kind text not null check (kind in ('lid', 'phone')),
    value_index bytea not null,
    contact_id uuid not null,
    primary key (tenant_id, kind, value_index),
    foreign key (tenant_id, contact_id) references contacts on delete cascade
);
create index contact_aliases_contact on contact_aliases (tenant_id, contact_id);

create table conversations (
    id uuid primary key default gen_random_uuid(),
    tenant_id uuid not null references tenants on delete cascade,
    session_id uuid not null,
    contact_id uuid not null,
    chat_enc bytea not null,
    last_message_at timestamptz not null,
    last_inbound_at timestamptz,
    last_outbound_at timestamptz,
    unread integer not null default 0,
    waiting_since timestamptz,
    process_after timestamptz,
    process_queued_at timestamptz,
    created_at timestamptz not null default now(),
    unique (tenant_id, id),
    unique (tenant_id, session_id, contact_id),
    foreign key (tenant_id, session_id) references sessions (tenant_id, id) on delete cascade,
    foreign key (tenant_id, contact_id) references contacts on delete cascade
);
comment on column conversations.waiting_since is 'when the oldest message arrived that no insight covers; null: none waits';
comment on column conversations.process_after is 'when to classify: the quiet period after the newest message';
create index conversations_due on conversations (process_after) where process_after is not null;
create index conversations_contact on conversations (tenant_id, contact_id);

create table messages (
    id uuid not null default gen_random_uuid(),
    seq bigint generated always as identity,
    tenant_id uuid not null references tenants on delete cascade,
    session_id uuid not null,
    conversation_id uuid not null,
    wa_message_id text,
    direction text not null check (direction in ('in', 'out')),
    origin text not null,
    kind text not null,
    body_enc bytea not null,
    state text not null,
    at timestamptz not null,
    stored_at timestamptz not null default now(),
    -- A boolean beside the direction, since WhatsApp's ids are unique per sender only.
    from_me boolean generated always as (direction = 'out') stored,
    primary key (tenant_id, id),
    unique (tenant_id, session_id, wa_message_id, from_me),
    foreign key (tenant_id, session_id) references sessions (tenant_id, id) on delete cascade,
    foreign key (tenant_id, conversation_id) references conversations (tenant_id, id) on delete cascade
);
create index messages_conversation on messages (conversation_id, seq);

create table outbox (
    message_id uuid primary key,
    tenant_id uuid not null references tenants on delete cascade,
    session_id uuid not null,
    conversation_id uuid not null,
    priority smallint not null,
    dedupe_key text not null,
    state text not null default 'queued' check (state in ('queued', 'sending', 'sent', 'failed', 'unknown', 'cancelled')),
    not_before timestamptz not null default now(),
    attempt integer not null default 0,
    claimed_by text,
    claimed_epoch bigint,
    error text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (tenant_id, dedupe_key),
    foreign key (tenant_id, message_id) references messages on delete cascade,
    foreign key (tenant_id, session_id) references sessions (tenant_id, id) on delete cascade,
    foreign key (tenant_id, conversation_id) references conversations (tenant_id, id) on delete cascade
);
create index outbox_open on outbox (session_id, priority, created_at) where state in ('queued', 'sending');

create table customer_insights (
    id uuid not null default gen_random_uuid(),
    tenant_id uuid not null references tenants on delete cascade,
    conversation_id uuid not null,
    message_seq bigint not null,
    status text not null,
    intent text not null,
    sentiment text not null,
    needs_follow_up boolean not null,
    product text,
    need_enc bytea,
    confidence real not null,
    engine text not null,
    model text not null,
    prompt_version text,
    tokens_in integer not null default 0,
    tokens_out integer not null default 0,
    latency_ms integer not null default 0,
    created_at timestamptz not null default now(),
    primary key (tenant_id, id),
    unique (conversation_id, message_seq),
    foreign key (tenant_id, conversation_id) references conversations (tenant_id, id) on delete cascade
);
comment on column customer_insights.message_seq is 'the newest message it looked at: the same messages are never judged twice';

create table leads (
    id uuid not null default gen_random_uuid(),
    tenant_id uuid not null references tenants on delete cascade,
    conversation_id uuid not null unique,
    contact_id uuid not null,
    stage text not null,
    stage_by text not null default 'rule' check (stage_by in ('rule', 'human')),
    insight_id uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (tenant_id, id),
    foreign key (tenant_id, conversation_id) references conversations (tenant_id, id) on delete cascade,
    foreign key (tenant_id, contact_id) references contacts on delete cascade,
    foreign key (tenant_id, insight_id) references customer_insights
);
create index leads_tenant on leads (tenant_id, stage);

create table lead_stage_history (
    id bigint generated always as identity primary key,
    tenant_id uuid not null references tenants on delete cascade,
    lead_id uuid not null,
    from_stage text,
    to_stage text not null,
    moved_by text not null check (moved_by in ('rule', 'human')),
    at timestamptz not null default now(),
    foreign key (tenant_id, lead_id) references leads on delete cascade
);
create index lead_stage_history_lead on lead_stage_history (tenant_id, lead_id);

create table follow_ups (
    id uuid primary key default gen_random_uuid(),
    tenant_id uuid not null references tenants on delete cascade,
    conversation_id uuid not null,
    lead_id uuid not null,
    due_at timestamptz not null,
    state text not null default 'pending',
    reason text,
    message_id uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    foreign key (tenant_id, conversation_id) references conversations (tenant_id, id) on delete cascade,
    foreign key (tenant_id, lead_id) references leads on delete cascade,
    foreign key (tenant_id, message_id) references messages
);
-- At most one that is still to come for a conversation.
create unique index follow_ups_open on follow_ups (conversation_id) where state in ('pending', 'queued');
create index follow_ups_due on follow_ups (due_at) where state = 'pending';
create index follow_ups_message on follow_ups (tenant_id, message_id);

create table opt_outs (
    tenant_id uuid not null references tenants on delete cascade,
    contact_id uuid not null,
    at timestamptz not null default now(),
    primary key (tenant_id, contact_id),
    foreign key (tenant_id, contact_id) references contacts on delete cascade
);

create table audit_log (
    id bigint generated always as identity primary key,
    tenant_id uuid not null references tenants on delete cascade,
    at timestamptz not null default now(),
    actor text not null,
    action text not null,
    subject text
);

do $$
declare
    table_name text;
begin
    foreach table_name in array array[
        'sessions', 'session_leases', 'contacts', 'contact_aliases', 'conversations', 'messages', 'outbox',
        'customer_insights', 'leads', 'lead_stage_history', 'follow_ups', 'opt_outs', 'audit_log'
    ] loop
        execute format('alter table %I enable row level security', table_name);
        execute format('alter table %I force row level security', table_name);
        execute format(
            'create policy tenant on %I to waagent_app '
            'using (tenant_id = current_tenant()) with check (tenant_id = current_tenant())',
            table_name
        );
        execute format('grant select, insert, update, delete on %I to waagent_app', table_name);
    end loop;
end
$$;

alter table tenants enable row level security;
alter table tenants force row level security;
create policy tenant on tenants to waagent_app using (id = current_tenant()) with check (id = current_tenant());
create policy directory on tenants to waagent_system using (true) with check (true);
grant select on tenants to waagent_app;
grant select, insert on tenants to waagent_system;
grant select on instance to waagent_app, waagent_system;
grant update (whatsapp) on instance to waagent_app;

-- What scheduling may see and touch across tenants.
create policy scheduling on sessions to waagent_system using (true) with check (true);
create policy scheduling on session_leases to waagent_system using (true) with check (true);
create policy scheduling on conversations to waagent_system using (true) with check (true);
create policy scheduling on outbox to waagent_system using (true) with check (true);
create policy scheduling on follow_ups to waagent_system using (true) with check (true);
grant select (id, tenant_id, name, desired, state, reason, paired, pairing_id, banned_until, last_event_at, updated_at)
    on sessions to waagent_system;
grant update (state, reason, pairing_id, updated_at) on sessions to waagent_system;
grant select, insert, update on session_leases to waagent_system;
grant select (id, tenant_id, session_id, process_after, process_queued_at) on conversations to waagent_system;
grant update (process_queued_at) on conversations to waagent_system;
grant select (message_id, tenant_id, session_id, conversation_id, priority, state, not_before, claimed_epoch, created_at)
    on outbox to waagent_system;
grant select (id, tenant_id, conversation_id, due_at, state) on follow_ups to waagent_system;

grant usage on schema waagent to waagent_app, waagent_system;
grant execute on function current_tenant() to waagent_app, waagent_system;
