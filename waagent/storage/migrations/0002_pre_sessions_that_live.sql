-- Sessions that never silently die, and a send path that never doubles: health, moves, owner
-- notifications, pacing, actions on sent messages, media, merged contacts, and the ledger of gaps.

-- Sessions ------------------------------------------------------------------------------------

alter table sessions
    add column detail text,
    add column number_since date,
    add column first_paired_at timestamptz,
    add column connected_at timestamptz,
    add column down_since timestamptz,
    add column retry_at timestamptz,
    add column failures integer not null default 0,
    add column frozen_until timestamptz,
    add column freeze_reason text,
    add column move_to text;
comment on column sessions.detail is 'of the state pairing: qr, code or passkey_required';
comment on column sessions.number_since is 'since when the number is in use on WhatsApp, as its owner declares; decides the warm-up';
comment on column sessions.down_since is 'when it left connected; null while it is connected or was never linked';
comment on column sessions.retry_at is 'no host starts it before then: it failed a moment ago';
comment on column sessions.failures is 'failed or replaced in a row; a connection that lasts resets it';
comment on column sessions.frozen_until is 'until then nothing goes out but replies to whoever wrote last (WhatsApp error 463, a ban that ended)';
comment on column sessions.move_to is 'the host that is to take it over; cleared when a host has it';

-- A number that was logged out stays known, so that linking it again is told from linking another.
alter table sessions drop constraint sessions_tenant_id_phone_index_key;
create unique index sessions_number on sessions (tenant_id, phone_index) where paired;

-- WhatsApp refuses this version of the library (405): see leases.claim.
alter table instance add column outdated_since timestamptz, add column probe_at timestamptz;
comment on column instance.outdated_since is 'since when WhatsApp calls the library outdated; null: it does not';
comment on column instance.probe_at is 'while it does: when one session, of all hosts, may next be tried';

create table session_health (
    session_id uuid primary key,
    tenant_id uuid not null references tenants on delete cascade,
    last_inbound_at timestamptz,
    last_probe_at timestamptz,
    last_probe_ok boolean,
    keepalive_timeouts integer not null default 0,
    failed_probes integer not null default 0,
    forced_reconnects integer not null default 0,
    client_restarts integer not null default 0,
    callback_faults integer not null default 0,
    disconnects integer not null default 0,
    updated_at timestamptz not null default now(),
    foreign key (tenant_id, session_id) references sessions (tenant_id, id) on delete cascade
);

create table session_events (
    id bigint generated always as identity primary key,
    tenant_id uuid not null references tenants on delete cascade,
    session_id uuid not null,
    at timestamptz not null default now(),
    state text not null,
    reason text,
    action text,
    foreign key (tenant_id, session_id) references sessions (tenant_id, id) on delete cascade
);
comment on table session_events is 'every change of state, and what waagent did about it';
create index session_events_session on session_events (tenant_id, session_id, at);

-- Hosts belong to the machine, not to a tenant.
create table hosts (
    id text primary key,
    machine text not null,
    pid integer not null,
    started_at timestamptz not null default now(),
    seen_at timestamptz not null default now(),
    sessions integer not null default 0,
    capacity integer not null,
    draining boolean not null default false
);

-- Notifications -------------------------------------------------------------------------------

create table notification_channels (
    id uuid not null default gen_random_uuid(),
    tenant_id uuid not null references tenants on delete cascade,
    name text not null check (length(name) between 1 and 60),
    kind text not null check (kind in ('email', 'whatsapp', 'apprise')),
    target_enc bytea not null,
    language text not null default 'id' check (language in ('id', 'en')),
    created_at timestamptz not null default now(),
    primary key (tenant_id, id),
    unique (tenant_id, name)
);

create table notifications (
    id uuid not null default gen_random_uuid(),
    tenant_id uuid not null references tenants on delete cascade,
    channel_id uuid not null,
    session_id uuid,
    kind text not null,
    dedupe_key text not null,
    outage timestamptz,
    facts jsonb not null,
    state text not null default 'queued' check (state in ('queued', 'sending', 'sent', 'failed', 'unknown', 'dropped')),
    attempt integer not null default 0,
    not_before timestamptz not null default now(),
    queued_at timestamptz,
    error text,
    created_at timestamptz not null default now(),
    sent_at timestamptz,
    primary key (tenant_id, id),
    unique (tenant_id, channel_id, dedupe_key),
    foreign key (tenant_id, channel_id) references notification_channels on delete cascade,
    foreign key (tenant_id, session_id) references sessions (tenant_id, id) on delete cascade
);
comment on column notifications.facts is 'state, reason and times of what happened; no customer''s text, name or number';
comment on column notifications.outage is 'since when the number was away: ties "back again" to what was told before';
comment on column notifications.not_before is 'while it waits: when to try; while it is under way: when to look what became of it';
comment on column notifications.queued_at is 'when its job was put into the queue, which may have lost it since';
create index notifications_open on notifications (not_before) where state in ('queued', 'sending');
create index notifications_session on notifications (tenant_id, session_id, created_at);

create table session_notices (
    session_id uuid primary key,
    tenant_id uuid not null references tenants on delete cascade,
    state text,
    outage timestamptz,
    frozen_until timestamptz,
    quiet_until timestamptz,
    foreign key (tenant_id, session_id) references sessions (tenant_id, id) on delete cascade
);
comment on table session_notices is 'what its owner was last told of a session: locked while that is decided';
comment on column session_notices.outage is 'the outage that was told and is not over; null: none is';
comment on column session_notices.quiet_until is 'it went up and down too often: no more of that until then';

-- What is sent: messages, and actions on messages that were sent ----------------------------------

alter table messages
    add column quoted_wa_id text,
    add column edited_at timestamptz,
    add column revoked_at timestamptz,
    add column history boolean not null default false,
    add column revision bigint;
comment on column messages.quoted_wa_id is 'WhatsApp''s id of the message of the same chat that this one answers';
comment on column messages.revision is 'the number of its newest edit, from the sequence of seq: what was judged before has not seen it';
comment on column messages.history is 'came with the history of a new pairing: never judged or followed up by itself';
-- What each number hears in which hour of the week: the newest weeks of one session, without its whole table.
create index messages_arrivals on messages (tenant_id, session_id, at desc) include (conversation_id) where direction = 'in';

alter table outbox drop constraint outbox_pkey;
alter table outbox
    add column id uuid not null default gen_random_uuid(),
    add column action text not null default 'send' check (action in ('send', 'edit', 'revoke', 'react')),
    add column payload_enc bytea,
    add column held text,
    add column seq bigint generated always as identity,
    add primary key (tenant_id, id);
comment on column outbox.message_id is 'the message to be sent, or the one an edit, a revocation or a reaction is about';
comment on column outbox.payload_enc is 'the new text of an edit, the emoji of a reaction, a place or a card as JSON';
comment on column outbox.seq is 'the order of queueing: what stands first in a conversation goes first';
comment on column outbox.held is 'why it waits for not_before: a limit, quiet hours, a freeze';
create unique index outbox_send on outbox (tenant_id, message_id) where action = 'send';
create index outbox_message on outbox (tenant_id, message_id);
create index outbox_chat on outbox (conversation_id, seq) where state in ('queued', 'sending');
drop index outbox_open;
create index outbox_open on outbox (session_id, priority, seq) where state in ('queued', 'sending');

create table message_reactions (
    tenant_id uuid not null references tenants on delete cascade,
    message_id uuid not null,
    by_me boolean not null,
    emoji_enc bytea not null,
    at timestamptz not null,
    primary key (tenant_id, message_id, by_me),
    foreign key (tenant_id, message_id) references messages on delete cascade
);

create table message_media (
    tenant_id uuid not null references tenants on delete cascade,
    message_id uuid not null,
    session_id uuid not null,
    mimetype text not null,
    file_name_enc bytea,
    size bigint not null,
    ref_enc bytea,
    state text not null default 'pending'
        check (state in ('pending', 'stored', 'too_large', 'failed', 'expired', 'no_space')),
    blob_enc bytea,
    path text,
    attempt integer not null default 0,
    not_before timestamptz not null default now(),
    error text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (tenant_id, message_id),
    foreign key (tenant_id, message_id) references messages on delete cascade
);
comment on column message_media.ref_enc is 'what the library needs to fetch it: serialized, with its key';
comment on column message_media.blob_enc is 'the file itself when it is small; else path, below the media folder, has it encrypted';
create index message_media_pending on message_media (session_id, created_at) where state in ('pending', 'no_space');
grant usage on sequence messages_seq_seq to waagent_app;

-- Contacts ------------------------------------------------------------------------------------

alter table contacts add column merged_into uuid;
alter table contacts add foreign key (tenant_id, merged_into) references contacts on delete set null (merged_into);

create table contact_merges (
    id uuid not null default gen_random_uuid(),
    tenant_id uuid not null references tenants on delete cascade,
    kept_id uuid not null,
    merged_id uuid not null,
    moved jsonb not null,
    evidence text not null,
    actor text not null,
    at timestamptz not null default now(),
    undone_at timestamptz,
    primary key (tenant_id, id),
    foreign key (tenant_id, kept_id) references contacts on delete cascade,
    foreign key (tenant_id, merged_id) references contacts on delete cascade
);
comment on column contact_merges.moved is 'ids of what moved from the one to the other, so that it can move back';

-- Gaps ----------------------------------------------------------------------------------------

create table message_gaps (
    id uuid not null default gen_random_uuid(),
    tenant_id uuid not null references tenants on delete cascade,
    session_id uuid not null,
    conversation_id uuid,
    wa_message_id text not null,
    from_me boolean not null default false,
    cause text not null check (cause in ('undecryptable', 'unavailable', 'late')),
    sent_at timestamptz not null,
    noticed_at timestamptz not null default now(),
    resolved_at timestamptz,
    primary key (tenant_id, id),
    unique (tenant_id, session_id, wa_message_id, from_me),
    foreign key (tenant_id, session_id) references sessions (tenant_id, id) on delete cascade,
    foreign key (tenant_id, conversation_id) references conversations (tenant_id, id) on delete cascade
);
create index message_gaps_day on message_gaps (tenant_id, noticed_at);

-- Rights --------------------------------------------------------------------------------------

do $$
declare
    table_name text;
begin
    foreach table_name in array array[
        'session_health', 'session_events', 'notification_channels', 'notifications', 'session_notices',
        'message_reactions', 'message_media', 'contact_merges', 'message_gaps'
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

grant select, insert, update, delete on hosts to waagent_system;
grant select on hosts to waagent_app;

create policy scheduling on notifications to waagent_system using (true) with check (true);
grant select (id, tenant_id, channel_id, session_id, kind, state, attempt, not_before, queued_at, created_at)
    on notifications to waagent_system;
grant update (queued_at) on notifications to waagent_system;
create policy scheduling on session_notices to waagent_system using (true) with check (true);
grant select on session_notices to waagent_system;
create policy scheduling on message_media to waagent_system using (true) with check (true);
grant select (message_id, tenant_id, session_id, state, attempt, not_before, size, created_at) on message_media to waagent_system;
create policy scheduling on session_health to waagent_system using (true) with check (true);
grant select, insert, update on session_health to waagent_system;
create policy scheduling on session_events to waagent_system using (true) with check (true);
grant select, insert on session_events to waagent_system;
grant update (outdated_since, probe_at) on instance to waagent_app, waagent_system;
grant select (connected_at, down_since, retry_at, failures, frozen_until, move_to, number_since, first_paired_at, detail)
    on sessions to waagent_system;
grant update (retry_at, failures, move_to, frozen_until, freeze_reason, down_since, detail) on sessions to waagent_system;
grant select (id, action, held, seq) on outbox to waagent_system;
