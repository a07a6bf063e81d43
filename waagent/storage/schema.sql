-- The schema of waagent: what the numbered migrations add up to. Do not edit; see
-- scripts/dump_schema.py. The roles it names belong to the whole server: 0001 makes them.

CREATE SCHEMA waagent;

CREATE FUNCTION waagent.current_tenant() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (NULLIF(current_setting('waagent.tenant_id'::text, true), ''::text))::uuid;

CREATE TABLE waagent.audit_log (
    id bigint NOT NULL,
    tenant_id uuid NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    subject text
);

ALTER TABLE ONLY waagent.audit_log FORCE ROW LEVEL SECURITY;

ALTER TABLE waagent.audit_log ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME waagent.audit_log_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE waagent.contact_aliases (
    tenant_id uuid NOT NULL,
    kind text NOT NULL,
    value_index bytea NOT NULL,
    contact_id uuid NOT NULL,
    CONSTRAINT contact_aliases_kind_check CHECK ((kind = ANY (ARRAY['lid'::text, 'phone'::text])))
);

ALTER TABLE ONLY waagent.contact_aliases FORCE ROW LEVEL SECURITY;

CREATE TABLE waagent.contacts (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    tenant_id uuid NOT NULL,
    name_enc bytea,
    phone_enc bytea,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY waagent.contacts FORCE ROW LEVEL SECURITY;

CREATE TABLE waagent.conversations (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    tenant_id uuid NOT NULL,
    session_id uuid NOT NULL,
    contact_id uuid NOT NULL,
    chat_enc bytea NOT NULL,
    last_message_at timestamp with time zone NOT NULL,
    last_inbound_at timestamp with time zone,
    last_outbound_at timestamp with time zone,
    unread integer DEFAULT 0 NOT NULL,
    waiting_since timestamp with time zone,
    process_after timestamp with time zone,
    process_queued_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY waagent.conversations FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN waagent.conversations.waiting_since IS 'when the oldest message arrived that no insight covers; null: none waits';

COMMENT ON COLUMN waagent.conversations.process_after IS 'when to classify: the quiet period after the newest message';

CREATE TABLE waagent.customer_insights (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    tenant_id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    message_seq bigint NOT NULL,
    status text NOT NULL,
    intent text NOT NULL,
    sentiment text NOT NULL,
    needs_follow_up boolean NOT NULL,
    product text,
    need_enc bytea,
    confidence real NOT NULL,
    engine text NOT NULL,
    model text NOT NULL,
    prompt_version text,
    tokens_in integer DEFAULT 0 NOT NULL,
    tokens_out integer DEFAULT 0 NOT NULL,
    latency_ms integer DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY waagent.customer_insights FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN waagent.customer_insights.message_seq IS 'the newest message it looked at: the same messages are never judged twice';

CREATE TABLE waagent.follow_ups (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    tenant_id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    lead_id uuid NOT NULL,
    due_at timestamp with time zone NOT NULL,
    state text DEFAULT 'pending'::text NOT NULL,
    reason text,
    message_id uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY waagent.follow_ups FORCE ROW LEVEL SECURITY;

CREATE TABLE waagent.instance (
    only_one boolean DEFAULT true NOT NULL,
    key_check bytea NOT NULL,
    whatsapp text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT instance_only_one_check CHECK (only_one),
    CONSTRAINT instance_whatsapp_check CHECK ((whatsapp = ANY (ARRAY['live'::text, 'sandbox'::text])))
);

COMMENT ON COLUMN waagent.instance.whatsapp IS 'set by the first pairing: a database of real numbers is never used with a sandbox, or the other way round';

CREATE TABLE waagent.lead_stage_history (
    id bigint NOT NULL,
    tenant_id uuid NOT NULL,
    lead_id uuid NOT NULL,
    from_stage text,
    to_stage text NOT NULL,
    moved_by text NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT lead_stage_history_moved_by_check CHECK ((moved_by = ANY (ARRAY['rule'::text, 'human'::text])))
);

ALTER TABLE ONLY waagent.lead_stage_history FORCE ROW LEVEL SECURITY;

ALTER TABLE waagent.lead_stage_history ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME waagent.lead_stage_history_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE waagent.leads (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    tenant_id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    contact_id uuid NOT NULL,
    stage text NOT NULL,
    stage_by text DEFAULT 'rule'::text NOT NULL,
    insight_id uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT leads_stage_by_check CHECK ((stage_by = ANY (ARRAY['rule'::text, 'human'::text])))
);

ALTER TABLE ONLY waagent.leads FORCE ROW LEVEL SECURITY;

CREATE TABLE waagent.messages (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    seq bigint NOT NULL,
    tenant_id uuid NOT NULL,
    session_id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    wa_message_id text,
    direction text NOT NULL,
    origin text NOT NULL,
    kind text NOT NULL,
    body_enc bytea NOT NULL,
    state text NOT NULL,
    at timestamp with time zone NOT NULL,
    stored_at timestamp with time zone DEFAULT now() NOT NULL,
    from_me boolean GENERATED ALWAYS AS ((direction = 'out'::text)) STORED,
    CONSTRAINT messages_direction_check CHECK ((direction = ANY (ARRAY['in'::text, 'out'::text])))
);

ALTER TABLE ONLY waagent.messages FORCE ROW LEVEL SECURITY;

ALTER TABLE waagent.messages ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME waagent.messages_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE waagent.opt_outs (
    tenant_id uuid NOT NULL,
    contact_id uuid NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY waagent.opt_outs FORCE ROW LEVEL SECURITY;

CREATE TABLE waagent.outbox (
    message_id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    session_id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    priority smallint NOT NULL,
    dedupe_key text NOT NULL,
    state text DEFAULT 'queued'::text NOT NULL,
    not_before timestamp with time zone DEFAULT now() NOT NULL,
    attempt integer DEFAULT 0 NOT NULL,
    claimed_by text,
    claimed_epoch bigint,
    error text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT outbox_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'sending'::text, 'sent'::text, 'failed'::text, 'unknown'::text, 'cancelled'::text])))
);

ALTER TABLE ONLY waagent.outbox FORCE ROW LEVEL SECURITY;

CREATE TABLE waagent.schema_migrations (
    version integer NOT NULL,
    name text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE waagent.session_leases (
    session_id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    owner text,
    epoch bigint NOT NULL,
    expires_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY waagent.session_leases FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN waagent.session_leases.epoch IS 'grows by one with every new owner: the fencing number';

CREATE TABLE waagent.sessions (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    tenant_id uuid NOT NULL,
    name text NOT NULL,
    desired text DEFAULT 'connected'::text NOT NULL,
    state text DEFAULT 'new'::text NOT NULL,
    reason text,
    paired boolean DEFAULT false NOT NULL,
    jid_enc bytea,
    lid_enc bytea,
    phone_enc bytea,
    phone_index bytea,
    pairing_id uuid,
    banned_until timestamp with time zone,
    last_event_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT sessions_desired_check CHECK ((desired = ANY (ARRAY['connected'::text, 'stopped'::text]))),
    CONSTRAINT sessions_name_check CHECK (((length(name) >= 1) AND (length(name) <= 60)))
);

ALTER TABLE ONLY waagent.sessions FORCE ROW LEVEL SECURITY;

CREATE TABLE waagent.tenants (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    slug text NOT NULL,
    name text NOT NULL,
    timezone text DEFAULT 'Asia/Jakarta'::text NOT NULL,
    data_key bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT tenants_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
    CONSTRAINT tenants_slug_check CHECK (((slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'::text) AND (length(slug) <= 60)))
);

ALTER TABLE ONLY waagent.tenants FORCE ROW LEVEL SECURITY;

ALTER TABLE ONLY waagent.audit_log
    ADD CONSTRAINT audit_log_pkey PRIMARY KEY (id);

ALTER TABLE ONLY waagent.contact_aliases
    ADD CONSTRAINT contact_aliases_pkey PRIMARY KEY (tenant_id, kind, value_index);

ALTER TABLE ONLY waagent.contacts
    ADD CONSTRAINT contacts_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY waagent.conversations
    ADD CONSTRAINT conversations_pkey PRIMARY KEY (id);

ALTER TABLE ONLY waagent.conversations
    ADD CONSTRAINT conversations_tenant_id_id_key UNIQUE (tenant_id, id);

ALTER TABLE ONLY waagent.conversations
    ADD CONSTRAINT conversations_tenant_id_session_id_contact_id_key UNIQUE (tenant_id, session_id, contact_id);

ALTER TABLE ONLY waagent.customer_insights
    ADD CONSTRAINT customer_insights_conversation_id_message_seq_key UNIQUE (conversation_id, message_seq);

ALTER TABLE ONLY waagent.customer_insights
    ADD CONSTRAINT customer_insights_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY waagent.follow_ups
    ADD CONSTRAINT follow_ups_pkey PRIMARY KEY (id);

ALTER TABLE ONLY waagent.instance
    ADD CONSTRAINT instance_pkey PRIMARY KEY (only_one);

ALTER TABLE ONLY waagent.lead_stage_history
    ADD CONSTRAINT lead_stage_history_pkey PRIMARY KEY (id);

ALTER TABLE ONLY waagent.leads
    ADD CONSTRAINT leads_conversation_id_key UNIQUE (conversation_id);

ALTER TABLE ONLY waagent.leads
    ADD CONSTRAINT leads_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY waagent.messages
    ADD CONSTRAINT messages_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY waagent.messages
    ADD CONSTRAINT messages_tenant_id_session_id_wa_message_id_from_me_key UNIQUE (tenant_id, session_id, wa_message_id, from_me);

ALTER TABLE ONLY waagent.opt_outs
    ADD CONSTRAINT opt_outs_pkey PRIMARY KEY (tenant_id, contact_id);

ALTER TABLE ONLY waagent.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (message_id);

ALTER TABLE ONLY waagent.outbox
    ADD CONSTRAINT outbox_tenant_id_dedupe_key_key UNIQUE (tenant_id, dedupe_key);

ALTER TABLE ONLY waagent.schema_migrations
    ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (version);

ALTER TABLE ONLY waagent.session_leases
    ADD CONSTRAINT session_leases_pkey PRIMARY KEY (session_id);

ALTER TABLE ONLY waagent.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY waagent.sessions
    ADD CONSTRAINT sessions_tenant_id_id_key UNIQUE (tenant_id, id);

ALTER TABLE ONLY waagent.sessions
    ADD CONSTRAINT sessions_tenant_id_name_key UNIQUE (tenant_id, name);

ALTER TABLE ONLY waagent.sessions
    ADD CONSTRAINT sessions_tenant_id_phone_index_key UNIQUE (tenant_id, phone_index);

ALTER TABLE ONLY waagent.tenants
    ADD CONSTRAINT tenants_pkey PRIMARY KEY (id);

ALTER TABLE ONLY waagent.tenants
    ADD CONSTRAINT tenants_slug_key UNIQUE (slug);

CREATE INDEX contact_aliases_contact ON waagent.contact_aliases USING btree (tenant_id, contact_id);

CREATE INDEX conversations_contact ON waagent.conversations USING btree (tenant_id, contact_id);

CREATE INDEX conversations_due ON waagent.conversations USING btree (process_after) WHERE (process_after IS NOT NULL);

CREATE INDEX follow_ups_due ON waagent.follow_ups USING btree (due_at) WHERE (state = 'pending'::text);

CREATE INDEX follow_ups_message ON waagent.follow_ups USING btree (tenant_id, message_id);

CREATE UNIQUE INDEX follow_ups_open ON waagent.follow_ups USING btree (conversation_id) WHERE (state = ANY (ARRAY['pending'::text, 'queued'::text]));

CREATE INDEX lead_stage_history_lead ON waagent.lead_stage_history USING btree (tenant_id, lead_id);

CREATE INDEX leads_tenant ON waagent.leads USING btree (tenant_id, stage);

CREATE INDEX messages_conversation ON waagent.messages USING btree (conversation_id, seq);

CREATE INDEX outbox_open ON waagent.outbox USING btree (session_id, priority, created_at) WHERE (state = ANY (ARRAY['queued'::text, 'sending'::text]));

ALTER TABLE ONLY waagent.audit_log
    ADD CONSTRAINT audit_log_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES waagent.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.contact_aliases
    ADD CONSTRAINT contact_aliases_tenant_id_contact_id_fkey FOREIGN KEY (tenant_id, contact_id) REFERENCES waagent.contacts(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.contact_aliases
    ADD CONSTRAINT contact_aliases_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES waagent.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.contacts
    ADD CONSTRAINT contacts_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES waagent.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.conversations
    ADD CONSTRAINT conversations_tenant_id_contact_id_fkey FOREIGN KEY (tenant_id, contact_id) REFERENCES waagent.contacts(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.conversations
    ADD CONSTRAINT conversations_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES waagent.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.conversations
    ADD CONSTRAINT conversations_tenant_id_session_id_fkey FOREIGN KEY (tenant_id, session_id) REFERENCES waagent.sessions(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.customer_insights
    ADD CONSTRAINT customer_insights_tenant_id_conversation_id_fkey FOREIGN KEY (tenant_id, conversation_id) REFERENCES waagent.conversations(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.customer_insights
    ADD CONSTRAINT customer_insights_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES waagent.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.follow_ups
    ADD CONSTRAINT follow_ups_tenant_id_conversation_id_fkey FOREIGN KEY (tenant_id, conversation_id) REFERENCES waagent.conversations(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.follow_ups
    ADD CONSTRAINT follow_ups_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES waagent.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.follow_ups
    ADD CONSTRAINT follow_ups_tenant_id_lead_id_fkey FOREIGN KEY (tenant_id, lead_id) REFERENCES waagent.leads(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.follow_ups
    ADD CONSTRAINT follow_ups_tenant_id_message_id_fkey FOREIGN KEY (tenant_id, message_id) REFERENCES waagent.messages(tenant_id, id);

ALTER TABLE ONLY waagent.lead_stage_history
    ADD CONSTRAINT lead_stage_history_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES waagent.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.lead_stage_history
    ADD CONSTRAINT lead_stage_history_tenant_id_lead_id_fkey FOREIGN KEY (tenant_id, lead_id) REFERENCES waagent.leads(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.leads
    ADD CONSTRAINT leads_tenant_id_contact_id_fkey FOREIGN KEY (tenant_id, contact_id) REFERENCES waagent.contacts(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.leads
    ADD CONSTRAINT leads_tenant_id_conversation_id_fkey FOREIGN KEY (tenant_id, conversation_id) REFERENCES waagent.conversations(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.leads
    ADD CONSTRAINT leads_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES waagent.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.leads
    ADD CONSTRAINT leads_tenant_id_insight_id_fkey FOREIGN KEY (tenant_id, insight_id) REFERENCES waagent.customer_insights(tenant_id, id);

ALTER TABLE ONLY waagent.messages
    ADD CONSTRAINT messages_tenant_id_conversation_id_fkey FOREIGN KEY (tenant_id, conversation_id) REFERENCES waagent.conversations(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.messages
    ADD CONSTRAINT messages_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES waagent.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.messages
    ADD CONSTRAINT messages_tenant_id_session_id_fkey FOREIGN KEY (tenant_id, session_id) REFERENCES waagent.sessions(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.opt_outs
    ADD CONSTRAINT opt_outs_tenant_id_contact_id_fkey FOREIGN KEY (tenant_id, contact_id) REFERENCES waagent.contacts(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.opt_outs
    ADD CONSTRAINT opt_outs_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES waagent.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.outbox
    ADD CONSTRAINT outbox_tenant_id_conversation_id_fkey FOREIGN KEY (tenant_id, conversation_id) REFERENCES waagent.conversations(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.outbox
    ADD CONSTRAINT outbox_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES waagent.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.outbox
    ADD CONSTRAINT outbox_tenant_id_message_id_fkey FOREIGN KEY (tenant_id, message_id) REFERENCES waagent.messages(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.outbox
    ADD CONSTRAINT outbox_tenant_id_session_id_fkey FOREIGN KEY (tenant_id, session_id) REFERENCES waagent.sessions(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.session_leases
    ADD CONSTRAINT session_leases_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES waagent.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.session_leases
    ADD CONSTRAINT session_leases_tenant_id_session_id_fkey FOREIGN KEY (tenant_id, session_id) REFERENCES waagent.sessions(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.sessions
    ADD CONSTRAINT sessions_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES waagent.tenants(id) ON DELETE CASCADE;

ALTER TABLE waagent.audit_log ENABLE ROW LEVEL SECURITY;

ALTER TABLE waagent.contact_aliases ENABLE ROW LEVEL SECURITY;

ALTER TABLE waagent.contacts ENABLE ROW LEVEL SECURITY;

ALTER TABLE waagent.conversations ENABLE ROW LEVEL SECURITY;

ALTER TABLE waagent.customer_insights ENABLE ROW LEVEL SECURITY;

CREATE POLICY directory ON waagent.tenants TO waagent_system USING (true) WITH CHECK (true);

ALTER TABLE waagent.follow_ups ENABLE ROW LEVEL SECURITY;

ALTER TABLE waagent.lead_stage_history ENABLE ROW LEVEL SECURITY;

ALTER TABLE waagent.leads ENABLE ROW LEVEL SECURITY;

ALTER TABLE waagent.messages ENABLE ROW LEVEL SECURITY;

ALTER TABLE waagent.opt_outs ENABLE ROW LEVEL SECURITY;

ALTER TABLE waagent.outbox ENABLE ROW LEVEL SECURITY;

CREATE POLICY scheduling ON waagent.conversations TO waagent_system USING (true) WITH CHECK (true);

CREATE POLICY scheduling ON waagent.follow_ups TO waagent_system USING (true) WITH CHECK (true);

CREATE POLICY scheduling ON waagent.outbox TO waagent_system USING (true) WITH CHECK (true);

CREATE POLICY scheduling ON waagent.session_leases TO waagent_system USING (true) WITH CHECK (true);

CREATE POLICY scheduling ON waagent.sessions TO waagent_system USING (true) WITH CHECK (true);

ALTER TABLE waagent.session_leases ENABLE ROW LEVEL SECURITY;

ALTER TABLE waagent.sessions ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant ON waagent.audit_log TO waagent_app USING ((tenant_id = waagent.current_tenant())) WITH CHECK ((tenant_id = waagent.current_tenant()));

CREATE POLICY tenant ON waagent.contact_aliases TO waagent_app USING ((tenant_id = waagent.current_tenant())) WITH CHECK ((tenant_id = waagent.current_tenant()));

CREATE POLICY tenant ON waagent.contacts TO waagent_app USING ((tenant_id = waagent.current_tenant())) WITH CHECK ((tenant_id = waagent.current_tenant()));

CREATE POLICY tenant ON waagent.conversations TO waagent_app USING ((tenant_id = waagent.current_tenant())) WITH CHECK ((tenant_id = waagent.current_tenant()));

CREATE POLICY tenant ON waagent.customer_insights TO waagent_app USING ((tenant_id = waagent.current_tenant())) WITH CHECK ((tenant_id = waagent.current_tenant()));

CREATE POLICY tenant ON waagent.follow_ups TO waagent_app USING ((tenant_id = waagent.current_tenant())) WITH CHECK ((tenant_id = waagent.current_tenant()));

CREATE POLICY tenant ON waagent.lead_stage_history TO waagent_app USING ((tenant_id = waagent.current_tenant())) WITH CHECK ((tenant_id = waagent.current_tenant()));

CREATE POLICY tenant ON waagent.leads TO waagent_app USING ((tenant_id = waagent.current_tenant())) WITH CHECK ((tenant_id = waagent.current_tenant()));

CREATE POLICY tenant ON waagent.messages TO waagent_app USING ((tenant_id = waagent.current_tenant())) WITH CHECK ((tenant_id = waagent.current_tenant()));

CREATE POLICY tenant ON waagent.opt_outs TO waagent_app USING ((tenant_id = waagent.current_tenant())) WITH CHECK ((tenant_id = waagent.current_tenant()));

CREATE POLICY tenant ON waagent.outbox TO waagent_app USING ((tenant_id = waagent.current_tenant())) WITH CHECK ((tenant_id = waagent.current_tenant()));

CREATE POLICY tenant ON waagent.session_leases TO waagent_app USING ((tenant_id = waagent.current_tenant())) WITH CHECK ((tenant_id = waagent.current_tenant()));

CREATE POLICY tenant ON waagent.sessions TO waagent_app USING ((tenant_id = waagent.current_tenant())) WITH CHECK ((tenant_id = waagent.current_tenant()));

CREATE POLICY tenant ON waagent.tenants TO waagent_app USING ((id = waagent.current_tenant())) WITH CHECK ((id = waagent.current_tenant()));

ALTER TABLE waagent.tenants ENABLE ROW LEVEL SECURITY;

GRANT USAGE ON SCHEMA waagent TO waagent_app;
GRANT USAGE ON SCHEMA waagent TO waagent_system;

GRANT ALL ON FUNCTION waagent.current_tenant() TO waagent_app;
GRANT ALL ON FUNCTION waagent.current_tenant() TO waagent_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE waagent.audit_log TO waagent_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE waagent.contact_aliases TO waagent_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE waagent.contacts TO waagent_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE waagent.conversations TO waagent_app;

GRANT SELECT(id) ON TABLE waagent.conversations TO waagent_system;

GRANT SELECT(tenant_id) ON TABLE waagent.conversations TO waagent_system;

GRANT SELECT(session_id) ON TABLE waagent.conversations TO waagent_system;

GRANT SELECT(process_after) ON TABLE waagent.conversations TO waagent_system;

GRANT SELECT(process_queued_at),UPDATE(process_queued_at) ON TABLE waagent.conversations TO waagent_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE waagent.customer_insights TO waagent_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE waagent.follow_ups TO waagent_app;

GRANT SELECT(id) ON TABLE waagent.follow_ups TO waagent_system;

GRANT SELECT(tenant_id) ON TABLE waagent.follow_ups TO waagent_system;

GRANT SELECT(conversation_id) ON TABLE waagent.follow_ups TO waagent_system;

GRANT SELECT(due_at) ON TABLE waagent.follow_ups TO waagent_system;

GRANT SELECT(state) ON TABLE waagent.follow_ups TO waagent_system;

GRANT SELECT ON TABLE waagent.instance TO waagent_app;
GRANT SELECT ON TABLE waagent.instance TO waagent_system;

GRANT UPDATE(whatsapp) ON TABLE waagent.instance TO waagent_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE waagent.lead_stage_history TO waagent_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE waagent.leads TO waagent_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE waagent.messages TO waagent_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE waagent.opt_outs TO waagent_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE waagent.outbox TO waagent_app;

GRANT SELECT(message_id) ON TABLE waagent.outbox TO waagent_system;

GRANT SELECT(tenant_id) ON TABLE waagent.outbox TO waagent_system;

GRANT SELECT(session_id) ON TABLE waagent.outbox TO waagent_system;

GRANT SELECT(conversation_id) ON TABLE waagent.outbox TO waagent_system;

GRANT SELECT(priority) ON TABLE waagent.outbox TO waagent_system;

GRANT SELECT(state) ON TABLE waagent.outbox TO waagent_system;

GRANT SELECT(not_before) ON TABLE waagent.outbox TO waagent_system;

GRANT SELECT(claimed_epoch) ON TABLE waagent.outbox TO waagent_system;

GRANT SELECT(created_at) ON TABLE waagent.outbox TO waagent_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE waagent.session_leases TO waagent_app;
GRANT SELECT,INSERT,UPDATE ON TABLE waagent.session_leases TO waagent_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE waagent.sessions TO waagent_app;

GRANT SELECT(id) ON TABLE waagent.sessions TO waagent_system;

GRANT SELECT(tenant_id) ON TABLE waagent.sessions TO waagent_system;

GRANT SELECT(name) ON TABLE waagent.sessions TO waagent_system;

GRANT SELECT(desired) ON TABLE waagent.sessions TO waagent_system;

GRANT SELECT(state),UPDATE(state) ON TABLE waagent.sessions TO waagent_system;

GRANT SELECT(reason),UPDATE(reason) ON TABLE waagent.sessions TO waagent_system;

GRANT SELECT(paired) ON TABLE waagent.sessions TO waagent_system;

GRANT SELECT(pairing_id),UPDATE(pairing_id) ON TABLE waagent.sessions TO waagent_system;

GRANT SELECT(banned_until) ON TABLE waagent.sessions TO waagent_system;

GRANT SELECT(last_event_at) ON TABLE waagent.sessions TO waagent_system;

GRANT SELECT(updated_at),UPDATE(updated_at) ON TABLE waagent.sessions TO waagent_system;

GRANT SELECT ON TABLE waagent.tenants TO waagent_app;
GRANT SELECT,INSERT ON TABLE waagent.tenants TO waagent_system;
