-- The brain and the follow-up: the shop's catalogue, corrections and what is learnt of them, token
-- budgets, lead details, follow-up rules and templates, the hold-out.

-- Insights ------------------------------------------------------------------------------------

alter table customer_insights
    add column status_confidence real,
    add column intent_confidence real,
    add column product_id uuid,
    add column fallback_reason text,
    add column cost_micro_usd bigint not null default 0,
    add column corrected text[] not null default '{}';
comment on column customer_insights.corrected is 'the labels here that a person set; what the engine said is in insight_corrections';
comment on column customer_insights.fallback_reason is 'why another engine than the wanted one answered';
comment on column customer_insights.cost_micro_usd is 'by the price settings at the time; 0 for the local engine';

create table products (
    id uuid not null default gen_random_uuid(),
    tenant_id uuid not null references tenants on delete cascade,
    name text not null check (length(name) between 1 and 120),
    price bigint check (price >= 0),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (tenant_id, id)
);
comment on column products.price is 'rupiah';
create unique index products_name on products (tenant_id, lower(name));

create table product_aliases (
    tenant_id uuid not null references tenants on delete cascade,
    alias text not null check (length(alias) between 1 and 120),
    product_id uuid not null,
    primary key (tenant_id, alias),
    foreign key (tenant_id, product_id) references products on delete cascade
);
create index product_aliases_product on product_aliases (tenant_id, product_id);

create table insight_corrections (
    id uuid not null default gen_random_uuid(),
    tenant_id uuid not null references tenants on delete cascade,
    conversation_id uuid not null,
    message_seq bigint not null,
    label text not null check (label in ('status', 'intent', 'sentiment', 'needs_follow_up', 'product')),
    given text,
    corrected text,
    actor text not null,
    at timestamptz not null default now(),
    ended_at timestamptz,
    primary key (tenant_id, id),
    foreign key (tenant_id, conversation_id) references conversations (tenant_id, id) on delete cascade
);
comment on column insight_corrections.message_seq is 'the newest message when it was corrected';
comment on column insight_corrections.given is 'what the engine had said';
comment on column insight_corrections.ended_at is 'since then the engine decides again, or a newer correction; null: it holds';
create index insight_corrections_conversation on insight_corrections (tenant_id, conversation_id, at);

create table tenant_heads (
    tenant_id uuid primary key references tenants on delete cascade,
    weights bytea not null,
    base_version text not null,
    corrections integer not null,
    scores jsonb not null,
    trained_at timestamptz not null default now()
);
comment on column tenant_heads.scores is 'before and after, by label, on corrections held out';

create table ai_usage (
    tenant_id uuid not null references tenants on delete cascade,
    month date not null,
    engine text not null,
    calls integer not null default 0,
    tokens_in bigint not null default 0,
    tokens_out bigint not null default 0,
    cost_micro_usd bigint not null default 0,
    primary key (tenant_id, month, engine)
);

-- Leads ---------------------------------------------------------------------------------------

alter table leads
    add column assignee text,
    add column value bigint check (value >= 0),
    add column closed_at timestamptz;
comment on column leads.value is 'rupiah';

create table lead_notes (
    id uuid not null default gen_random_uuid(),
    tenant_id uuid not null references tenants on delete cascade,
    lead_id uuid not null,
    body_enc bytea not null,
    author text not null,
    at timestamptz not null default now(),
    primary key (tenant_id, id),
    foreign key (tenant_id, lead_id) references leads on delete cascade
);
create index lead_notes_lead on lead_notes (tenant_id, lead_id);

create index leads_created on leads (tenant_id, created_at);

create table lead_tags (
    tenant_id uuid not null references tenants on delete cascade,
    lead_id uuid not null,
    tag text not null check (length(tag) between 1 and 40),
    primary key (tenant_id, lead_id, tag),
    foreign key (tenant_id, lead_id) references leads on delete cascade
);

create table stage_names (
    tenant_id uuid not null references tenants on delete cascade,
    stage text not null,
    name text not null check (length(name) between 1 and 40),
    primary key (tenant_id, stage)
);

-- Follow-ups ----------------------------------------------------------------------------------

create table templates (
    id uuid not null default gen_random_uuid(),
    tenant_id uuid not null references tenants on delete cascade,
    name text not null check (length(name) between 1 and 60),
    body text not null check (length(body) between 1 and 1000),
    variant_of uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (tenant_id, id),
    unique (tenant_id, name),
    foreign key (tenant_id, variant_of) references templates on delete cascade
);

create table follow_up_rules (
    id uuid not null default gen_random_uuid(),
    tenant_id uuid not null references tenants on delete cascade,
    stage text,
    intent text,
    delay interval,
    max_per_sale smallint not null default 1 check (max_per_sale between 0 and 3),
    template text,
    approval boolean not null default false,
    writer text not null default 'template' check (writer in ('template', 'model')),
    created_at timestamptz not null default now(),
    primary key (tenant_id, id),
    unique nulls not distinct (tenant_id, stage, intent)
);
comment on table follow_up_rules is 'null matches any stage or intent; the rule that names more wins; no rule: the built-in one';

alter table follow_ups
    add column template text,
    add column variant text,
    add column intent text,
    add column stage text,
    add column text_enc bytea,
    add column author text check (author in ('template', 'model', 'person')),
    add column draft text check (draft in ('wanted', 'written', 'refused')),
    add column draft_enc bytea,
    add column draft_reason text,
    add column draft_model text,
    add column draft_asked_at timestamptz,
    add column draft_tokens_in integer not null default 0,
    add column draft_tokens_out integer not null default 0,
    add column draft_cost_micro_usd bigint not null default 0,
    add column approval text check (approval in ('wanted', 'given')),
    add column approved_by text,
    add column held_out boolean not null default false,
    add column snoozed_until timestamptz,
    add column again_at timestamptz,
    add column sent_at timestamptz;
grant select (approval, again_at, created_at, draft, draft_asked_at) on follow_ups to waagent_system;
grant update (draft_asked_at) on follow_ups to waagent_system;
create index follow_ups_drafts on follow_ups (created_at) where draft = 'wanted' and state = 'pending';
create index follow_ups_conversation on follow_ups (tenant_id, conversation_id);
create index follow_ups_again on follow_ups (again_at) where again_at is not null;
comment on column follow_ups.text_enc is 'the text as a person approved or wrote it; null: rendered when it is due';
comment on column follow_ups.author is 'who wrote what it went out with, or what a person approved';
comment on column follow_ups.draft is 'whether a language model is to write it, did, or what it wrote is not used (draft_reason)';
comment on column follow_ups.template is 'the template it went out with, as intent and stage were then; null before';
comment on column follow_ups.snoozed_until is 'put off by a person: planning anew does not bring it forward';
comment on column follow_ups.again_at is 'when the sale may have its next one, where the rule allows more than one';
comment on column follow_ups.held_out is 'left out by lot, to measure what follow-ups are worth';

alter table conversations
    add column answered_at timestamptz;
comment on column conversations.answered_at is 'when a person of the shop last wrote: the bot is mute for a while after';

alter table opt_outs
    add column source text not null default 'customer',
    add column confirmed_message_id uuid;
comment on column opt_outs.confirmed_message_id is 'the one message that said so to the customer';

create table tenant_settings (
    tenant_id uuid primary key references tenants on delete cascade,
    follow_ups_paused_until timestamptz,
    hold_out_percent smallint check (hold_out_percent between 0 and 50),
    calendar boolean not null default true
);
comment on column tenant_settings.hold_out_percent is 'follow-ups left out by lot; null: the default';

do $$
declare
    table_name text;
begin
    foreach table_name in array array[
        'products', 'product_aliases', 'insight_corrections', 'tenant_heads', 'ai_usage', 'lead_notes', 'lead_tags',
        'stage_names', 'templates', 'follow_up_rules', 'tenant_settings'
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

create policy scheduling on tenant_settings to waagent_system using (true) with check (true);
grant select (tenant_id, follow_ups_paused_until) on tenant_settings to waagent_system;
