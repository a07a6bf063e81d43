-- The schema of waagent: what the numbered migrations add up to. Do not edit; see
-- scripts/dump_schema.py. The roles it names belong to the whole server: 0001 makes them.

CREATE SCHEMA waagent;

CREATE FUNCTION waagent.current_tenant() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (NULLIF(current_setting('waagent.tenant_id'::text, true), ''::text))::uuid;

CREATE TABLE waagent.ai_usage (
    tenant_id uuid NOT NULL,
    month date NOT NULL,
    engine text NOT NULL,
    calls integer DEFAULT 0 NOT NULL,
    tokens_in bigint DEFAULT 0 NOT NULL,
    tokens_out bigint DEFAULT 0 NOT NULL,
    cost_micro_usd bigint DEFAULT 0 NOT NULL
);

ALTER TABLE ONLY waagent.ai_usage FORCE ROW LEVEL SECURITY;

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

CREATE TABLE waagent.contact_merges (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    tenant_id uuid NOT NULL,
    kept_id uuid NOT NULL,
    merged_id uuid NOT NULL,
    moved jsonb NOT NULL,
    evidence text NOT NULL,
    actor text NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    undone_at timestamp with time zone
);

ALTER TABLE ONLY waagent.contact_merges FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN waagent.contact_merges.moved IS 'ids of what moved from the one to the other, so that it can move back';

CREATE TABLE waagent.contacts (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    tenant_id uuid NOT NULL,
    name_enc bytea,
    phone_enc bytea,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    merged_into uuid
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
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    answered_at timestamp with time zone
);

ALTER TABLE ONLY waagent.conversations FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN waagent.conversations.waiting_since IS 'when the oldest message arrived that no insight covers; null: none waits';

COMMENT ON COLUMN waagent.conversations.process_after IS 'when to classify: the quiet period after the newest message';

COMMENT ON COLUMN waagent.conversations.answered_at IS 'when a person of the shop last wrote: the bot is mute for a while after';

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
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    status_confidence real,
    intent_confidence real,
    product_id uuid,
    fallback_reason text,
    cost_micro_usd bigint DEFAULT 0 NOT NULL,
    corrected text[] DEFAULT '{}'::text[] NOT NULL
);

ALTER TABLE ONLY waagent.customer_insights FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN waagent.customer_insights.message_seq IS 'the newest message it looked at: the same messages are never judged twice';

COMMENT ON COLUMN waagent.customer_insights.fallback_reason IS 'why another engine than the wanted one answered';

COMMENT ON COLUMN waagent.customer_insights.cost_micro_usd IS 'by the price settings at the time; 0 for the local engine';

COMMENT ON COLUMN waagent.customer_insights.corrected IS 'the labels here that a person set; what the engine said is in insight_corrections';

CREATE TABLE waagent.follow_up_rules (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    tenant_id uuid NOT NULL,
    stage text,
    intent text,
    delay interval,
    max_per_sale smallint DEFAULT 1 NOT NULL,
    template text,
    approval boolean DEFAULT false NOT NULL,
    writer text DEFAULT 'template'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT follow_up_rules_max_per_sale_check CHECK (((max_per_sale >= 0) AND (max_per_sale <= 3))),
    CONSTRAINT follow_up_rules_writer_check CHECK ((writer = ANY (ARRAY['template'::text, 'model'::text])))
);

ALTER TABLE ONLY waagent.follow_up_rules FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE waagent.follow_up_rules IS 'null matches any stage or intent; the rule that names more wins; no rule: the built-in one';

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
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    template text,
    variant text,
    intent text,
    stage text,
    text_enc bytea,
    author text,
    draft text,
    draft_enc bytea,
    draft_reason text,
    draft_model text,
    draft_asked_at timestamp with time zone,
    draft_tokens_in integer DEFAULT 0 NOT NULL,
    draft_tokens_out integer DEFAULT 0 NOT NULL,
    draft_cost_micro_usd bigint DEFAULT 0 NOT NULL,
    approval text,
    approved_by text,
    held_out boolean DEFAULT false NOT NULL,
    snoozed_until timestamp with time zone,
    again_at timestamp with time zone,
    sent_at timestamp with time zone,
    CONSTRAINT follow_ups_approval_check CHECK ((approval = ANY (ARRAY['wanted'::text, 'given'::text]))),
    CONSTRAINT follow_ups_author_check CHECK ((author = ANY (ARRAY['template'::text, 'model'::text, 'person'::text]))),
    CONSTRAINT follow_ups_draft_check CHECK ((draft = ANY (ARRAY['wanted'::text, 'written'::text, 'refused'::text])))
);

ALTER TABLE ONLY waagent.follow_ups FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN waagent.follow_ups.template IS 'the template it went out with, as intent and stage were then; null before';

COMMENT ON COLUMN waagent.follow_ups.text_enc IS 'the text as a person approved or wrote it; null: rendered when it is due';

COMMENT ON COLUMN waagent.follow_ups.author IS 'who wrote what it went out with, or what a person approved';

COMMENT ON COLUMN waagent.follow_ups.draft IS 'whether a language model is to write it, did, or what it wrote is not used (draft_reason)';

COMMENT ON COLUMN waagent.follow_ups.held_out IS 'left out by lot, to measure what follow-ups are worth';

COMMENT ON COLUMN waagent.follow_ups.snoozed_until IS 'put off by a person: planning anew does not bring it forward';

COMMENT ON COLUMN waagent.follow_ups.again_at IS 'when the sale may have its next one, where the rule allows more than one';

CREATE TABLE waagent.hosts (
    id text NOT NULL,
    machine text NOT NULL,
    pid integer NOT NULL,
    started_at timestamp with time zone DEFAULT now() NOT NULL,
    seen_at timestamp with time zone DEFAULT now() NOT NULL,
    sessions integer DEFAULT 0 NOT NULL,
    capacity integer NOT NULL,
    draining boolean DEFAULT false NOT NULL
);

CREATE TABLE waagent.insight_corrections (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    tenant_id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    message_seq bigint NOT NULL,
    label text NOT NULL,
    given text,
    corrected text,
    actor text NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT insight_corrections_label_check CHECK ((label = ANY (ARRAY['status'::text, 'intent'::text, 'sentiment'::text, 'needs_follow_up'::text, 'product'::text])))
);

ALTER TABLE ONLY waagent.insight_corrections FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN waagent.insight_corrections.message_seq IS 'the newest message when it was corrected';

COMMENT ON COLUMN waagent.insight_corrections.given IS 'what the engine had said';

COMMENT ON COLUMN waagent.insight_corrections.ended_at IS 'since then the engine decides again, or a newer correction; null: it holds';

CREATE TABLE waagent.instance (
    only_one boolean DEFAULT true NOT NULL,
    key_check bytea NOT NULL,
    whatsapp text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    outdated_since timestamp with time zone,
    probe_at timestamp with time zone,
    CONSTRAINT instance_only_one_check CHECK (only_one),
    CONSTRAINT instance_whatsapp_check CHECK ((whatsapp = ANY (ARRAY['live'::text, 'sandbox'::text])))
);

COMMENT ON COLUMN waagent.instance.whatsapp IS 'set by the first pairing: a database of real numbers is never used with a sandbox, or the other way round';

COMMENT ON COLUMN waagent.instance.outdated_since IS 'since when WhatsApp calls the library outdated; null: it does not';

COMMENT ON COLUMN waagent.instance.probe_at IS 'while it does: when one session, of all hosts, may next be tried';

CREATE TABLE waagent.lead_notes (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    tenant_id uuid NOT NULL,
    lead_id uuid NOT NULL,
    body_enc bytea NOT NULL,
    author text NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY waagent.lead_notes FORCE ROW LEVEL SECURITY;

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

CREATE TABLE waagent.lead_tags (
    tenant_id uuid NOT NULL,
    lead_id uuid NOT NULL,
    tag text NOT NULL,
    CONSTRAINT lead_tags_tag_check CHECK (((length(tag) >= 1) AND (length(tag) <= 40)))
);

ALTER TABLE ONLY waagent.lead_tags FORCE ROW LEVEL SECURITY;

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
    assignee text,
    value bigint,
    closed_at timestamp with time zone,
    CONSTRAINT leads_stage_by_check CHECK ((stage_by = ANY (ARRAY['rule'::text, 'human'::text]))),
    CONSTRAINT leads_value_check CHECK ((value >= 0))
);

ALTER TABLE ONLY waagent.leads FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN waagent.leads.value IS 'rupiah';

CREATE TABLE waagent.message_gaps (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    tenant_id uuid NOT NULL,
    session_id uuid NOT NULL,
    conversation_id uuid,
    wa_message_id text NOT NULL,
    from_me boolean DEFAULT false NOT NULL,
    cause text NOT NULL,
    sent_at timestamp with time zone NOT NULL,
    noticed_at timestamp with time zone DEFAULT now() NOT NULL,
    resolved_at timestamp with time zone,
    CONSTRAINT message_gaps_cause_check CHECK ((cause = ANY (ARRAY['undecryptable'::text, 'unavailable'::text, 'late'::text])))
);

ALTER TABLE ONLY waagent.message_gaps FORCE ROW LEVEL SECURITY;

CREATE TABLE waagent.message_media (
    tenant_id uuid NOT NULL,
    message_id uuid NOT NULL,
    session_id uuid NOT NULL,
    mimetype text NOT NULL,
    file_name_enc bytea,
    size bigint NOT NULL,
    ref_enc bytea,
    state text DEFAULT 'pending'::text NOT NULL,
    blob_enc bytea,
    path text,
    attempt integer DEFAULT 0 NOT NULL,
    not_before timestamp with time zone DEFAULT now() NOT NULL,
    error text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT message_media_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'stored'::text, 'too_large'::text, 'failed'::text, 'expired'::text, 'no_space'::text])))
);

ALTER TABLE ONLY waagent.message_media FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN waagent.message_media.ref_enc IS 'what the library needs to fetch it: serialized, with its key';

COMMENT ON COLUMN waagent.message_media.blob_enc IS 'the file itself when it is small; else path, below the media folder, has it encrypted';

CREATE TABLE waagent.message_reactions (
    tenant_id uuid NOT NULL,
    message_id uuid NOT NULL,
    by_me boolean NOT NULL,
    emoji_enc bytea NOT NULL,
    at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY waagent.message_reactions FORCE ROW LEVEL SECURITY;

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
    quoted_wa_id text,
    edited_at timestamp with time zone,
    revoked_at timestamp with time zone,
    history boolean DEFAULT false NOT NULL,
    revision bigint,
    CONSTRAINT messages_direction_check CHECK ((direction = ANY (ARRAY['in'::text, 'out'::text])))
);

ALTER TABLE ONLY waagent.messages FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN waagent.messages.quoted_wa_id IS 'WhatsApp''s id of the message of the same chat that this one answers';

COMMENT ON COLUMN waagent.messages.history IS 'came with the history of a new pairing: never judged or followed up by itself';

COMMENT ON COLUMN waagent.messages.revision IS 'the number of its newest edit, from the sequence of seq: what was judged before has not seen it';

ALTER TABLE waagent.messages ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME waagent.messages_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE waagent.notification_channels (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    tenant_id uuid NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    target_enc bytea NOT NULL,
    language text DEFAULT 'id'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT notification_channels_kind_check CHECK ((kind = ANY (ARRAY['email'::text, 'whatsapp'::text, 'apprise'::text]))),
    CONSTRAINT notification_channels_language_check CHECK ((language = ANY (ARRAY['id'::text, 'en'::text]))),
    CONSTRAINT notification_channels_name_check CHECK (((length(name) >= 1) AND (length(name) <= 60)))
);

ALTER TABLE ONLY waagent.notification_channels FORCE ROW LEVEL SECURITY;

CREATE TABLE waagent.notifications (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    tenant_id uuid NOT NULL,
    channel_id uuid NOT NULL,
    session_id uuid,
    kind text NOT NULL,
    dedupe_key text NOT NULL,
    outage timestamp with time zone,
    facts jsonb NOT NULL,
    state text DEFAULT 'queued'::text NOT NULL,
    attempt integer DEFAULT 0 NOT NULL,
    not_before timestamp with time zone DEFAULT now() NOT NULL,
    queued_at timestamp with time zone,
    error text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    sent_at timestamp with time zone,
    CONSTRAINT notifications_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'sending'::text, 'sent'::text, 'failed'::text, 'unknown'::text, 'dropped'::text])))
);

ALTER TABLE ONLY waagent.notifications FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN waagent.notifications.outage IS 'since when the number was away: ties "back again" to what was told before';

COMMENT ON COLUMN waagent.notifications.facts IS 'state, reason and times of what happened; no customer''s text, name or number';

COMMENT ON COLUMN waagent.notifications.not_before IS 'while it waits: when to try; while it is under way: when to look what became of it';

COMMENT ON COLUMN waagent.notifications.queued_at IS 'when its job was put into the queue, which may have lost it since';

CREATE TABLE waagent.opt_outs (
    tenant_id uuid NOT NULL,
    contact_id uuid NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    source text DEFAULT 'customer'::text NOT NULL,
    confirmed_message_id uuid
);

ALTER TABLE ONLY waagent.opt_outs FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN waagent.opt_outs.confirmed_message_id IS 'the one message that said so to the customer';

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
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    action text DEFAULT 'send'::text NOT NULL,
    payload_enc bytea,
    held text,
    seq bigint NOT NULL,
    CONSTRAINT outbox_action_check CHECK ((action = ANY (ARRAY['send'::text, 'edit'::text, 'revoke'::text, 'react'::text]))),
    CONSTRAINT outbox_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'sending'::text, 'sent'::text, 'failed'::text, 'unknown'::text, 'cancelled'::text])))
);

ALTER TABLE ONLY waagent.outbox FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN waagent.outbox.message_id IS 'the message to be sent, or the one an edit, a revocation or a reaction is about';

COMMENT ON COLUMN waagent.outbox.payload_enc IS 'the new text of an edit, the emoji of a reaction, a place or a card as JSON';

COMMENT ON COLUMN waagent.outbox.held IS 'why it waits for not_before: a limit, quiet hours, a freeze';

COMMENT ON COLUMN waagent.outbox.seq IS 'the order of queueing: what stands first in a conversation goes first';

ALTER TABLE waagent.outbox ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME waagent.outbox_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE waagent.product_aliases (
    tenant_id uuid NOT NULL,
    alias text NOT NULL,
    product_id uuid NOT NULL,
    CONSTRAINT product_aliases_alias_check CHECK (((length(alias) >= 1) AND (length(alias) <= 120)))
);

ALTER TABLE ONLY waagent.product_aliases FORCE ROW LEVEL SECURITY;

CREATE TABLE waagent.products (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    tenant_id uuid NOT NULL,
    name text NOT NULL,
    price bigint,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT products_name_check CHECK (((length(name) >= 1) AND (length(name) <= 120))),
    CONSTRAINT products_price_check CHECK ((price >= 0))
);

ALTER TABLE ONLY waagent.products FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN waagent.products.price IS 'rupiah';

CREATE TABLE waagent.schema_migrations (
    version integer NOT NULL,
    name text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE waagent.session_events (
    id bigint NOT NULL,
    tenant_id uuid NOT NULL,
    session_id uuid NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    state text NOT NULL,
    reason text,
    action text
);

ALTER TABLE ONLY waagent.session_events FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE waagent.session_events IS 'every change of state, and what waagent did about it';

ALTER TABLE waagent.session_events ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME waagent.session_events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE waagent.session_health (
    session_id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    last_inbound_at timestamp with time zone,
    last_probe_at timestamp with time zone,
    last_probe_ok boolean,
    keepalive_timeouts integer DEFAULT 0 NOT NULL,
    failed_probes integer DEFAULT 0 NOT NULL,
    forced_reconnects integer DEFAULT 0 NOT NULL,
    client_restarts integer DEFAULT 0 NOT NULL,
    callback_faults integer DEFAULT 0 NOT NULL,
    disconnects integer DEFAULT 0 NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY waagent.session_health FORCE ROW LEVEL SECURITY;

CREATE TABLE waagent.session_leases (
    session_id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    owner text,
    epoch bigint NOT NULL,
    expires_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY waagent.session_leases FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN waagent.session_leases.epoch IS 'grows by one with every new owner: the fencing number';

CREATE TABLE waagent.session_notices (
    session_id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    state text,
    outage timestamp with time zone,
    frozen_until timestamp with time zone,
    quiet_until timestamp with time zone
);

ALTER TABLE ONLY waagent.session_notices FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE waagent.session_notices IS 'what its owner was last told of a session: locked while that is decided';

COMMENT ON COLUMN waagent.session_notices.outage IS 'the outage that was told and is not over; null: none is';

COMMENT ON COLUMN waagent.session_notices.quiet_until IS 'it went up and down too often: no more of that until then';

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
    detail text,
    number_since date,
    first_paired_at timestamp with time zone,
    connected_at timestamp with time zone,
    down_since timestamp with time zone,
    retry_at timestamp with time zone,
    failures integer DEFAULT 0 NOT NULL,
    frozen_until timestamp with time zone,
    freeze_reason text,
    move_to text,
    CONSTRAINT sessions_desired_check CHECK ((desired = ANY (ARRAY['connected'::text, 'stopped'::text, 'unlinked'::text]))),
    CONSTRAINT sessions_name_check CHECK (((length(name) >= 1) AND (length(name) <= 60)))
);

ALTER TABLE ONLY waagent.sessions FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN waagent.sessions.detail IS 'of the state pairing: qr, code or passkey_required';

COMMENT ON COLUMN waagent.sessions.number_since IS 'since when the number is in use on WhatsApp, as its owner declares; decides the warm-up';

COMMENT ON COLUMN waagent.sessions.down_since IS 'when it left connected; null while it is connected or was never linked';

COMMENT ON COLUMN waagent.sessions.retry_at IS 'no host starts it before then: it failed a moment ago';

COMMENT ON COLUMN waagent.sessions.failures IS 'failed or replaced in a row; a connection that lasts resets it';

COMMENT ON COLUMN waagent.sessions.frozen_until IS 'until then nothing goes out but replies to whoever wrote last (WhatsApp error 463, a ban that ended)';

COMMENT ON COLUMN waagent.sessions.move_to IS 'the host that is to take it over; cleared when a host has it';

CREATE TABLE waagent.stage_names (
    tenant_id uuid NOT NULL,
    stage text NOT NULL,
    name text NOT NULL,
    CONSTRAINT stage_names_name_check CHECK (((length(name) >= 1) AND (length(name) <= 40)))
);

ALTER TABLE ONLY waagent.stage_names FORCE ROW LEVEL SECURITY;

CREATE TABLE waagent.templates (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    tenant_id uuid NOT NULL,
    name text NOT NULL,
    body text NOT NULL,
    variant_of uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT templates_body_check CHECK (((length(body) >= 1) AND (length(body) <= 1000))),
    CONSTRAINT templates_name_check CHECK (((length(name) >= 1) AND (length(name) <= 60)))
);

ALTER TABLE ONLY waagent.templates FORCE ROW LEVEL SECURITY;

CREATE TABLE waagent.tenant_heads (
    tenant_id uuid NOT NULL,
    weights bytea NOT NULL,
    base_version text NOT NULL,
    corrections integer NOT NULL,
    scores jsonb NOT NULL,
    trained_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY waagent.tenant_heads FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN waagent.tenant_heads.scores IS 'before and after, by label, on corrections held out';

CREATE TABLE waagent.tenant_settings (
    tenant_id uuid NOT NULL,
    follow_ups_paused_until timestamp with time zone,
    hold_out_percent smallint,
    calendar boolean DEFAULT true NOT NULL,
    CONSTRAINT tenant_settings_hold_out_percent_check CHECK (((hold_out_percent >= 0) AND (hold_out_percent <= 50)))
);

ALTER TABLE ONLY waagent.tenant_settings FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN waagent.tenant_settings.hold_out_percent IS 'follow-ups left out by lot; null: the default';

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

CREATE TABLE waagent.user_audit (
    id bigint NOT NULL,
    tenant_id uuid,
    user_id uuid NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    actor text NOT NULL,
    action text NOT NULL
);

ALTER TABLE ONLY waagent.user_audit FORCE ROW LEVEL SECURITY;

ALTER TABLE waagent.user_audit ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME waagent.user_audit_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE waagent.user_logins (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    seen_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT user_logins_token_hash_check CHECK ((length(token_hash) = 32))
);

ALTER TABLE ONLY waagent.user_logins FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN waagent.user_logins.token_hash IS 'SHA-256 of the cookie: the table alone opens no login';

CREATE TABLE waagent.users (
    id uuid NOT NULL,
    tenant_id uuid,
    name_key bytea NOT NULL,
    name_sealed bytea NOT NULL,
    password_hash text NOT NULL,
    disabled_at timestamp with time zone,
    password_at timestamp with time zone DEFAULT now() NOT NULL,
    last_login_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT users_name_key_check CHECK ((length(name_key) = 32)),
    CONSTRAINT users_password_hash_check CHECK ((password_hash ~~ '$argon2id$%'::text))
);

ALTER TABLE ONLY waagent.users FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN waagent.users.tenant_id IS 'the shop they may see; null: an operator, who sees all';

ALTER TABLE ONLY waagent.ai_usage
    ADD CONSTRAINT ai_usage_pkey PRIMARY KEY (tenant_id, month, engine);

ALTER TABLE ONLY waagent.audit_log
    ADD CONSTRAINT audit_log_pkey PRIMARY KEY (id);

ALTER TABLE ONLY waagent.contact_aliases
    ADD CONSTRAINT contact_aliases_pkey PRIMARY KEY (tenant_id, kind, value_index);

ALTER TABLE ONLY waagent.contact_merges
    ADD CONSTRAINT contact_merges_pkey PRIMARY KEY (tenant_id, id);

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

ALTER TABLE ONLY waagent.follow_up_rules
    ADD CONSTRAINT follow_up_rules_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY waagent.follow_up_rules
    ADD CONSTRAINT follow_up_rules_tenant_id_stage_intent_key UNIQUE NULLS NOT DISTINCT (tenant_id, stage, intent);

ALTER TABLE ONLY waagent.follow_ups
    ADD CONSTRAINT follow_ups_pkey PRIMARY KEY (id);

ALTER TABLE ONLY waagent.hosts
    ADD CONSTRAINT hosts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY waagent.insight_corrections
    ADD CONSTRAINT insight_corrections_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY waagent.instance
    ADD CONSTRAINT instance_pkey PRIMARY KEY (only_one);

ALTER TABLE ONLY waagent.lead_notes
    ADD CONSTRAINT lead_notes_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY waagent.lead_stage_history
    ADD CONSTRAINT lead_stage_history_pkey PRIMARY KEY (id);

ALTER TABLE ONLY waagent.lead_tags
    ADD CONSTRAINT lead_tags_pkey PRIMARY KEY (tenant_id, lead_id, tag);

ALTER TABLE ONLY waagent.leads
    ADD CONSTRAINT leads_conversation_id_key UNIQUE (conversation_id);

ALTER TABLE ONLY waagent.leads
    ADD CONSTRAINT leads_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY waagent.message_gaps
    ADD CONSTRAINT message_gaps_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY waagent.message_gaps
    ADD CONSTRAINT message_gaps_tenant_id_session_id_wa_message_id_from_me_key UNIQUE (tenant_id, session_id, wa_message_id, from_me);

ALTER TABLE ONLY waagent.message_media
    ADD CONSTRAINT message_media_pkey PRIMARY KEY (tenant_id, message_id);

ALTER TABLE ONLY waagent.message_reactions
    ADD CONSTRAINT message_reactions_pkey PRIMARY KEY (tenant_id, message_id, by_me);

ALTER TABLE ONLY waagent.messages
    ADD CONSTRAINT messages_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY waagent.messages
    ADD CONSTRAINT messages_tenant_id_session_id_wa_message_id_from_me_key UNIQUE (tenant_id, session_id, wa_message_id, from_me);

ALTER TABLE ONLY waagent.notification_channels
    ADD CONSTRAINT notification_channels_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY waagent.notification_channels
    ADD CONSTRAINT notification_channels_tenant_id_name_key UNIQUE (tenant_id, name);

ALTER TABLE ONLY waagent.notifications
    ADD CONSTRAINT notifications_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY waagent.notifications
    ADD CONSTRAINT notifications_tenant_id_channel_id_dedupe_key_key UNIQUE (tenant_id, channel_id, dedupe_key);

ALTER TABLE ONLY waagent.opt_outs
    ADD CONSTRAINT opt_outs_pkey PRIMARY KEY (tenant_id, contact_id);

ALTER TABLE ONLY waagent.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY waagent.outbox
    ADD CONSTRAINT outbox_tenant_id_dedupe_key_key UNIQUE (tenant_id, dedupe_key);

ALTER TABLE ONLY waagent.product_aliases
    ADD CONSTRAINT product_aliases_pkey PRIMARY KEY (tenant_id, alias);

ALTER TABLE ONLY waagent.products
    ADD CONSTRAINT products_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY waagent.schema_migrations
    ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (version);

ALTER TABLE ONLY waagent.session_events
    ADD CONSTRAINT session_events_pkey PRIMARY KEY (id);

ALTER TABLE ONLY waagent.session_health
    ADD CONSTRAINT session_health_pkey PRIMARY KEY (session_id);

ALTER TABLE ONLY waagent.session_leases
    ADD CONSTRAINT session_leases_pkey PRIMARY KEY (session_id);

ALTER TABLE ONLY waagent.session_notices
    ADD CONSTRAINT session_notices_pkey PRIMARY KEY (session_id);

ALTER TABLE ONLY waagent.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY waagent.sessions
    ADD CONSTRAINT sessions_tenant_id_id_key UNIQUE (tenant_id, id);

ALTER TABLE ONLY waagent.sessions
    ADD CONSTRAINT sessions_tenant_id_name_key UNIQUE (tenant_id, name);

ALTER TABLE ONLY waagent.stage_names
    ADD CONSTRAINT stage_names_pkey PRIMARY KEY (tenant_id, stage);

ALTER TABLE ONLY waagent.templates
    ADD CONSTRAINT templates_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY waagent.templates
    ADD CONSTRAINT templates_tenant_id_name_key UNIQUE (tenant_id, name);

ALTER TABLE ONLY waagent.tenant_heads
    ADD CONSTRAINT tenant_heads_pkey PRIMARY KEY (tenant_id);

ALTER TABLE ONLY waagent.tenant_settings
    ADD CONSTRAINT tenant_settings_pkey PRIMARY KEY (tenant_id);

ALTER TABLE ONLY waagent.tenants
    ADD CONSTRAINT tenants_pkey PRIMARY KEY (id);

ALTER TABLE ONLY waagent.tenants
    ADD CONSTRAINT tenants_slug_key UNIQUE (slug);

ALTER TABLE ONLY waagent.user_audit
    ADD CONSTRAINT user_audit_pkey PRIMARY KEY (id);

ALTER TABLE ONLY waagent.user_logins
    ADD CONSTRAINT user_logins_pkey PRIMARY KEY (id);

ALTER TABLE ONLY waagent.user_logins
    ADD CONSTRAINT user_logins_token_hash_key UNIQUE (token_hash);

ALTER TABLE ONLY waagent.users
    ADD CONSTRAINT users_name_key_key UNIQUE (name_key);

ALTER TABLE ONLY waagent.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);

CREATE INDEX contact_aliases_contact ON waagent.contact_aliases USING btree (tenant_id, contact_id);

CREATE INDEX conversations_contact ON waagent.conversations USING btree (tenant_id, contact_id);

CREATE INDEX conversations_due ON waagent.conversations USING btree (process_after) WHERE (process_after IS NOT NULL);

CREATE INDEX conversations_newest ON waagent.conversations USING btree (tenant_id, last_message_at, id);

CREATE INDEX follow_ups_again ON waagent.follow_ups USING btree (again_at) WHERE (again_at IS NOT NULL);

CREATE INDEX follow_ups_conversation ON waagent.follow_ups USING btree (tenant_id, conversation_id);

CREATE INDEX follow_ups_drafts ON waagent.follow_ups USING btree (created_at) WHERE ((draft = 'wanted'::text) AND (state = 'pending'::text));

CREATE INDEX follow_ups_due ON waagent.follow_ups USING btree (due_at) WHERE (state = 'pending'::text);

CREATE INDEX follow_ups_message ON waagent.follow_ups USING btree (tenant_id, message_id);

CREATE UNIQUE INDEX follow_ups_open ON waagent.follow_ups USING btree (conversation_id) WHERE (state = ANY (ARRAY['pending'::text, 'queued'::text]));

CREATE INDEX insight_corrections_conversation ON waagent.insight_corrections USING btree (tenant_id, conversation_id, at);

CREATE INDEX lead_notes_lead ON waagent.lead_notes USING btree (tenant_id, lead_id);

CREATE INDEX lead_stage_history_lead ON waagent.lead_stage_history USING btree (tenant_id, lead_id);

CREATE INDEX leads_created ON waagent.leads USING btree (tenant_id, created_at);

CREATE INDEX leads_tenant ON waagent.leads USING btree (tenant_id, stage);

CREATE INDEX message_gaps_day ON waagent.message_gaps USING btree (tenant_id, noticed_at);

CREATE INDEX message_media_pending ON waagent.message_media USING btree (session_id, created_at) WHERE (state = ANY (ARRAY['pending'::text, 'no_space'::text]));

CREATE INDEX messages_arrivals ON waagent.messages USING btree (tenant_id, session_id, at DESC) INCLUDE (conversation_id) WHERE (direction = 'in'::text);

CREATE INDEX messages_conversation ON waagent.messages USING btree (conversation_id, seq);

CREATE INDEX messages_newest ON waagent.messages USING btree (tenant_id, seq);

CREATE INDEX notifications_open ON waagent.notifications USING btree (not_before) WHERE (state = ANY (ARRAY['queued'::text, 'sending'::text]));

CREATE INDEX notifications_session ON waagent.notifications USING btree (tenant_id, session_id, created_at);

CREATE INDEX outbox_chat ON waagent.outbox USING btree (conversation_id, seq) WHERE (state = ANY (ARRAY['queued'::text, 'sending'::text]));

CREATE INDEX outbox_message ON waagent.outbox USING btree (tenant_id, message_id);

CREATE INDEX outbox_open ON waagent.outbox USING btree (session_id, priority, seq) WHERE (state = ANY (ARRAY['queued'::text, 'sending'::text]));

CREATE UNIQUE INDEX outbox_send ON waagent.outbox USING btree (tenant_id, message_id) WHERE (action = 'send'::text);

CREATE INDEX product_aliases_product ON waagent.product_aliases USING btree (tenant_id, product_id);

CREATE UNIQUE INDEX products_name ON waagent.products USING btree (tenant_id, lower(name));

CREATE INDEX session_events_session ON waagent.session_events USING btree (tenant_id, session_id, at);

CREATE UNIQUE INDEX sessions_number ON waagent.sessions USING btree (tenant_id, phone_index) WHERE paired;

CREATE INDEX user_audit_user ON waagent.user_audit USING btree (user_id, at);

CREATE INDEX user_logins_user ON waagent.user_logins USING btree (user_id);

CREATE INDEX users_tenant ON waagent.users USING btree (tenant_id);

ALTER TABLE ONLY waagent.ai_usage
    ADD CONSTRAINT ai_usage_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES waagent.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.audit_log
    ADD CONSTRAINT audit_log_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES waagent.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.contact_aliases
    ADD CONSTRAINT contact_aliases_tenant_id_contact_id_fkey FOREIGN KEY (tenant_id, contact_id) REFERENCES waagent.contacts(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.contact_aliases
    ADD CONSTRAINT contact_aliases_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES waagent.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.contact_merges
    ADD CONSTRAINT contact_merges_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES waagent.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.contact_merges
    ADD CONSTRAINT contact_merges_tenant_id_kept_id_fkey FOREIGN KEY (tenant_id, kept_id) REFERENCES waagent.contacts(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.contact_merges
    ADD CONSTRAINT contact_merges_tenant_id_merged_id_fkey FOREIGN KEY (tenant_id, merged_id) REFERENCES waagent.contacts(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.contacts
    ADD CONSTRAINT contacts_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES waagent.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.contacts
    ADD CONSTRAINT contacts_tenant_id_merged_into_fkey FOREIGN KEY (tenant_id, merged_into) REFERENCES waagent.contacts(tenant_id, id) ON DELETE SET NULL (merged_into);

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

ALTER TABLE ONLY waagent.follow_up_rules
    ADD CONSTRAINT follow_up_rules_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES waagent.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.follow_ups
    ADD CONSTRAINT follow_ups_tenant_id_conversation_id_fkey FOREIGN KEY (tenant_id, conversation_id) REFERENCES waagent.conversations(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.follow_ups
    ADD CONSTRAINT follow_ups_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES waagent.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.follow_ups
    ADD CONSTRAINT follow_ups_tenant_id_lead_id_fkey FOREIGN KEY (tenant_id, lead_id) REFERENCES waagent.leads(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.follow_ups
    ADD CONSTRAINT follow_ups_tenant_id_message_id_fkey FOREIGN KEY (tenant_id, message_id) REFERENCES waagent.messages(tenant_id, id);

ALTER TABLE ONLY waagent.insight_corrections
    ADD CONSTRAINT insight_corrections_tenant_id_conversation_id_fkey FOREIGN KEY (tenant_id, conversation_id) REFERENCES waagent.conversations(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.insight_corrections
    ADD CONSTRAINT insight_corrections_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES waagent.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.lead_notes
    ADD CONSTRAINT lead_notes_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES waagent.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.lead_notes
    ADD CONSTRAINT lead_notes_tenant_id_lead_id_fkey FOREIGN KEY (tenant_id, lead_id) REFERENCES waagent.leads(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.lead_stage_history
    ADD CONSTRAINT lead_stage_history_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES waagent.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.lead_stage_history
    ADD CONSTRAINT lead_stage_history_tenant_id_lead_id_fkey FOREIGN KEY (tenant_id, lead_id) REFERENCES waagent.leads(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.lead_tags
    ADD CONSTRAINT lead_tags_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES waagent.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.lead_tags
    ADD CONSTRAINT lead_tags_tenant_id_lead_id_fkey FOREIGN KEY (tenant_id, lead_id) REFERENCES waagent.leads(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.leads
    ADD CONSTRAINT leads_tenant_id_contact_id_fkey FOREIGN KEY (tenant_id, contact_id) REFERENCES waagent.contacts(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.leads
    ADD CONSTRAINT leads_tenant_id_conversation_id_fkey FOREIGN KEY (tenant_id, conversation_id) REFERENCES waagent.conversations(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.leads
    ADD CONSTRAINT leads_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES waagent.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.leads
    ADD CONSTRAINT leads_tenant_id_insight_id_fkey FOREIGN KEY (tenant_id, insight_id) REFERENCES waagent.customer_insights(tenant_id, id);

ALTER TABLE ONLY waagent.message_gaps
    ADD CONSTRAINT message_gaps_tenant_id_conversation_id_fkey FOREIGN KEY (tenant_id, conversation_id) REFERENCES waagent.conversations(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.message_gaps
    ADD CONSTRAINT message_gaps_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES waagent.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.message_gaps
    ADD CONSTRAINT message_gaps_tenant_id_session_id_fkey FOREIGN KEY (tenant_id, session_id) REFERENCES waagent.sessions(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.message_media
    ADD CONSTRAINT message_media_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES waagent.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.message_media
    ADD CONSTRAINT message_media_tenant_id_message_id_fkey FOREIGN KEY (tenant_id, message_id) REFERENCES waagent.messages(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.message_reactions
    ADD CONSTRAINT message_reactions_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES waagent.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.message_reactions
    ADD CONSTRAINT message_reactions_tenant_id_message_id_fkey FOREIGN KEY (tenant_id, message_id) REFERENCES waagent.messages(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.messages
    ADD CONSTRAINT messages_tenant_id_conversation_id_fkey FOREIGN KEY (tenant_id, conversation_id) REFERENCES waagent.conversations(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.messages
    ADD CONSTRAINT messages_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES waagent.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.messages
    ADD CONSTRAINT messages_tenant_id_session_id_fkey FOREIGN KEY (tenant_id, session_id) REFERENCES waagent.sessions(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.notification_channels
    ADD CONSTRAINT notification_channels_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES waagent.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.notifications
    ADD CONSTRAINT notifications_tenant_id_channel_id_fkey FOREIGN KEY (tenant_id, channel_id) REFERENCES waagent.notification_channels(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.notifications
    ADD CONSTRAINT notifications_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES waagent.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.notifications
    ADD CONSTRAINT notifications_tenant_id_session_id_fkey FOREIGN KEY (tenant_id, session_id) REFERENCES waagent.sessions(tenant_id, id) ON DELETE CASCADE;

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

ALTER TABLE ONLY waagent.product_aliases
    ADD CONSTRAINT product_aliases_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES waagent.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.product_aliases
    ADD CONSTRAINT product_aliases_tenant_id_product_id_fkey FOREIGN KEY (tenant_id, product_id) REFERENCES waagent.products(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.products
    ADD CONSTRAINT products_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES waagent.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.session_events
    ADD CONSTRAINT session_events_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES waagent.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.session_events
    ADD CONSTRAINT session_events_tenant_id_session_id_fkey FOREIGN KEY (tenant_id, session_id) REFERENCES waagent.sessions(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.session_health
    ADD CONSTRAINT session_health_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES waagent.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.session_health
    ADD CONSTRAINT session_health_tenant_id_session_id_fkey FOREIGN KEY (tenant_id, session_id) REFERENCES waagent.sessions(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.session_leases
    ADD CONSTRAINT session_leases_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES waagent.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.session_leases
    ADD CONSTRAINT session_leases_tenant_id_session_id_fkey FOREIGN KEY (tenant_id, session_id) REFERENCES waagent.sessions(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.session_notices
    ADD CONSTRAINT session_notices_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES waagent.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.session_notices
    ADD CONSTRAINT session_notices_tenant_id_session_id_fkey FOREIGN KEY (tenant_id, session_id) REFERENCES waagent.sessions(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.sessions
    ADD CONSTRAINT sessions_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES waagent.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.stage_names
    ADD CONSTRAINT stage_names_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES waagent.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.templates
    ADD CONSTRAINT templates_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES waagent.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.templates
    ADD CONSTRAINT templates_tenant_id_variant_of_fkey FOREIGN KEY (tenant_id, variant_of) REFERENCES waagent.templates(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.tenant_heads
    ADD CONSTRAINT tenant_heads_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES waagent.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.tenant_settings
    ADD CONSTRAINT tenant_settings_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES waagent.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.user_audit
    ADD CONSTRAINT user_audit_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES waagent.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.user_logins
    ADD CONSTRAINT user_logins_user_id_fkey FOREIGN KEY (user_id) REFERENCES waagent.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY waagent.users
    ADD CONSTRAINT users_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES waagent.tenants(id) ON DELETE CASCADE;

CREATE POLICY access ON waagent.user_audit TO waagent_system USING (true) WITH CHECK (true);

CREATE POLICY access ON waagent.user_logins TO waagent_system USING (true) WITH CHECK (true);

CREATE POLICY access ON waagent.users TO waagent_system USING (true) WITH CHECK (true);

ALTER TABLE waagent.ai_usage ENABLE ROW LEVEL SECURITY;

ALTER TABLE waagent.audit_log ENABLE ROW LEVEL SECURITY;

ALTER TABLE waagent.contact_aliases ENABLE ROW LEVEL SECURITY;

ALTER TABLE waagent.contact_merges ENABLE ROW LEVEL SECURITY;

ALTER TABLE waagent.contacts ENABLE ROW LEVEL SECURITY;

ALTER TABLE waagent.conversations ENABLE ROW LEVEL SECURITY;

ALTER TABLE waagent.customer_insights ENABLE ROW LEVEL SECURITY;

CREATE POLICY directory ON waagent.tenants TO waagent_system USING (true) WITH CHECK (true);

ALTER TABLE waagent.follow_up_rules ENABLE ROW LEVEL SECURITY;

ALTER TABLE waagent.follow_ups ENABLE ROW LEVEL SECURITY;

ALTER TABLE waagent.insight_corrections ENABLE ROW LEVEL SECURITY;

ALTER TABLE waagent.lead_notes ENABLE ROW LEVEL SECURITY;

ALTER TABLE waagent.lead_stage_history ENABLE ROW LEVEL SECURITY;

ALTER TABLE waagent.lead_tags ENABLE ROW LEVEL SECURITY;

ALTER TABLE waagent.leads ENABLE ROW LEVEL SECURITY;

ALTER TABLE waagent.message_gaps ENABLE ROW LEVEL SECURITY;

ALTER TABLE waagent.message_media ENABLE ROW LEVEL SECURITY;

ALTER TABLE waagent.message_reactions ENABLE ROW LEVEL SECURITY;

ALTER TABLE waagent.messages ENABLE ROW LEVEL SECURITY;

ALTER TABLE waagent.notification_channels ENABLE ROW LEVEL SECURITY;

ALTER TABLE waagent.notifications ENABLE ROW LEVEL SECURITY;

ALTER TABLE waagent.opt_outs ENABLE ROW LEVEL SECURITY;

ALTER TABLE waagent.outbox ENABLE ROW LEVEL SECURITY;

ALTER TABLE waagent.product_aliases ENABLE ROW LEVEL SECURITY;

ALTER TABLE waagent.products ENABLE ROW LEVEL SECURITY;

CREATE POLICY scheduling ON waagent.conversations TO waagent_system USING (true) WITH CHECK (true);

CREATE POLICY scheduling ON waagent.follow_ups TO waagent_system USING (true) WITH CHECK (true);

CREATE POLICY scheduling ON waagent.message_media TO waagent_system USING (true) WITH CHECK (true);

CREATE POLICY scheduling ON waagent.notifications TO waagent_system USING (true) WITH CHECK (true);

CREATE POLICY scheduling ON waagent.outbox TO waagent_system USING (true) WITH CHECK (true);

CREATE POLICY scheduling ON waagent.session_events TO waagent_system USING (true) WITH CHECK (true);

CREATE POLICY scheduling ON waagent.session_health TO waagent_system USING (true) WITH CHECK (true);

CREATE POLICY scheduling ON waagent.session_leases TO waagent_system USING (true) WITH CHECK (true);

CREATE POLICY scheduling ON waagent.session_notices TO waagent_system USING (true) WITH CHECK (true);

CREATE POLICY scheduling ON waagent.sessions TO waagent_system USING (true) WITH CHECK (true);

CREATE POLICY scheduling ON waagent.tenant_settings TO waagent_system USING (true) WITH CHECK (true);

ALTER TABLE waagent.session_events ENABLE ROW LEVEL SECURITY;

ALTER TABLE waagent.session_health ENABLE ROW LEVEL SECURITY;

ALTER TABLE waagent.session_leases ENABLE ROW LEVEL SECURITY;

ALTER TABLE waagent.session_notices ENABLE ROW LEVEL SECURITY;

ALTER TABLE waagent.sessions ENABLE ROW LEVEL SECURITY;

ALTER TABLE waagent.stage_names ENABLE ROW LEVEL SECURITY;

ALTER TABLE waagent.templates ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant ON waagent.ai_usage TO waagent_app USING ((tenant_id = waagent.current_tenant())) WITH CHECK ((tenant_id = waagent.current_tenant()));

CREATE POLICY tenant ON waagent.audit_log TO waagent_app USING ((tenant_id = waagent.current_tenant())) WITH CHECK ((tenant_id = waagent.current_tenant()));

CREATE POLICY tenant ON waagent.contact_aliases TO waagent_app USING ((tenant_id = waagent.current_tenant())) WITH CHECK ((tenant_id = waagent.current_tenant()));

CREATE POLICY tenant ON waagent.contact_merges TO waagent_app USING ((tenant_id = waagent.current_tenant())) WITH CHECK ((tenant_id = waagent.current_tenant()));

CREATE POLICY tenant ON waagent.contacts TO waagent_app USING ((tenant_id = waagent.current_tenant())) WITH CHECK ((tenant_id = waagent.current_tenant()));

CREATE POLICY tenant ON waagent.conversations TO waagent_app USING ((tenant_id = waagent.current_tenant())) WITH CHECK ((tenant_id = waagent.current_tenant()));

CREATE POLICY tenant ON waagent.customer_insights TO waagent_app USING ((tenant_id = waagent.current_tenant())) WITH CHECK ((tenant_id = waagent.current_tenant()));

CREATE POLICY tenant ON waagent.follow_up_rules TO waagent_app USING ((tenant_id = waagent.current_tenant())) WITH CHECK ((tenant_id = waagent.current_tenant()));

CREATE POLICY tenant ON waagent.follow_ups TO waagent_app USING ((tenant_id = waagent.current_tenant())) WITH CHECK ((tenant_id = waagent.current_tenant()));

CREATE POLICY tenant ON waagent.insight_corrections TO waagent_app USING ((tenant_id = waagent.current_tenant())) WITH CHECK ((tenant_id = waagent.current_tenant()));

CREATE POLICY tenant ON waagent.lead_notes TO waagent_app USING ((tenant_id = waagent.current_tenant())) WITH CHECK ((tenant_id = waagent.current_tenant()));

CREATE POLICY tenant ON waagent.lead_stage_history TO waagent_app USING ((tenant_id = waagent.current_tenant())) WITH CHECK ((tenant_id = waagent.current_tenant()));

CREATE POLICY tenant ON waagent.lead_tags TO waagent_app USING ((tenant_id = waagent.current_tenant())) WITH CHECK ((tenant_id = waagent.current_tenant()));

CREATE POLICY tenant ON waagent.leads TO waagent_app USING ((tenant_id = waagent.current_tenant())) WITH CHECK ((tenant_id = waagent.current_tenant()));

CREATE POLICY tenant ON waagent.message_gaps TO waagent_app USING ((tenant_id = waagent.current_tenant())) WITH CHECK ((tenant_id = waagent.current_tenant()));

CREATE POLICY tenant ON waagent.message_media TO waagent_app USING ((tenant_id = waagent.current_tenant())) WITH CHECK ((tenant_id = waagent.current_tenant()));

CREATE POLICY tenant ON waagent.message_reactions TO waagent_app USING ((tenant_id = waagent.current_tenant())) WITH CHECK ((tenant_id = waagent.current_tenant()));

CREATE POLICY tenant ON waagent.messages TO waagent_app USING ((tenant_id = waagent.current_tenant())) WITH CHECK ((tenant_id = waagent.current_tenant()));

CREATE POLICY tenant ON waagent.notification_channels TO waagent_app USING ((tenant_id = waagent.current_tenant())) WITH CHECK ((tenant_id = waagent.current_tenant()));

CREATE POLICY tenant ON waagent.notifications TO waagent_app USING ((tenant_id = waagent.current_tenant())) WITH CHECK ((tenant_id = waagent.current_tenant()));

CREATE POLICY tenant ON waagent.opt_outs TO waagent_app USING ((tenant_id = waagent.current_tenant())) WITH CHECK ((tenant_id = waagent.current_tenant()));

CREATE POLICY tenant ON waagent.outbox TO waagent_app USING ((tenant_id = waagent.current_tenant())) WITH CHECK ((tenant_id = waagent.current_tenant()));

CREATE POLICY tenant ON waagent.product_aliases TO waagent_app USING ((tenant_id = waagent.current_tenant())) WITH CHECK ((tenant_id = waagent.current_tenant()));

CREATE POLICY tenant ON waagent.products TO waagent_app USING ((tenant_id = waagent.current_tenant())) WITH CHECK ((tenant_id = waagent.current_tenant()));

CREATE POLICY tenant ON waagent.session_events TO waagent_app USING ((tenant_id = waagent.current_tenant())) WITH CHECK ((tenant_id = waagent.current_tenant()));

CREATE POLICY tenant ON waagent.session_health TO waagent_app USING ((tenant_id = waagent.current_tenant())) WITH CHECK ((tenant_id = waagent.current_tenant()));

CREATE POLICY tenant ON waagent.session_leases TO waagent_app USING ((tenant_id = waagent.current_tenant())) WITH CHECK ((tenant_id = waagent.current_tenant()));

CREATE POLICY tenant ON waagent.session_notices TO waagent_app USING ((tenant_id = waagent.current_tenant())) WITH CHECK ((tenant_id = waagent.current_tenant()));

CREATE POLICY tenant ON waagent.sessions TO waagent_app USING ((tenant_id = waagent.current_tenant())) WITH CHECK ((tenant_id = waagent.current_tenant()));

CREATE POLICY tenant ON waagent.stage_names TO waagent_app USING ((tenant_id = waagent.current_tenant())) WITH CHECK ((tenant_id = waagent.current_tenant()));

CREATE POLICY tenant ON waagent.templates TO waagent_app USING ((tenant_id = waagent.current_tenant())) WITH CHECK ((tenant_id = waagent.current_tenant()));

CREATE POLICY tenant ON waagent.tenant_heads TO waagent_app USING ((tenant_id = waagent.current_tenant())) WITH CHECK ((tenant_id = waagent.current_tenant()));

CREATE POLICY tenant ON waagent.tenant_settings TO waagent_app USING ((tenant_id = waagent.current_tenant())) WITH CHECK ((tenant_id = waagent.current_tenant()));

CREATE POLICY tenant ON waagent.tenants TO waagent_app USING ((id = waagent.current_tenant())) WITH CHECK ((id = waagent.current_tenant()));

ALTER TABLE waagent.tenant_heads ENABLE ROW LEVEL SECURITY;

ALTER TABLE waagent.tenant_settings ENABLE ROW LEVEL SECURITY;

ALTER TABLE waagent.tenants ENABLE ROW LEVEL SECURITY;

ALTER TABLE waagent.user_audit ENABLE ROW LEVEL SECURITY;

ALTER TABLE waagent.user_logins ENABLE ROW LEVEL SECURITY;

ALTER TABLE waagent.users ENABLE ROW LEVEL SECURITY;

GRANT USAGE ON SCHEMA waagent TO waagent_app;
GRANT USAGE ON SCHEMA waagent TO waagent_system;

GRANT ALL ON FUNCTION waagent.current_tenant() TO waagent_app;
GRANT ALL ON FUNCTION waagent.current_tenant() TO waagent_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE waagent.ai_usage TO waagent_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE waagent.audit_log TO waagent_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE waagent.contact_aliases TO waagent_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE waagent.contact_merges TO waagent_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE waagent.contacts TO waagent_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE waagent.conversations TO waagent_app;

GRANT SELECT(id) ON TABLE waagent.conversations TO waagent_system;

GRANT SELECT(tenant_id) ON TABLE waagent.conversations TO waagent_system;

GRANT SELECT(session_id) ON TABLE waagent.conversations TO waagent_system;

GRANT SELECT(process_after) ON TABLE waagent.conversations TO waagent_system;

GRANT SELECT(process_queued_at),UPDATE(process_queued_at) ON TABLE waagent.conversations TO waagent_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE waagent.customer_insights TO waagent_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE waagent.follow_up_rules TO waagent_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE waagent.follow_ups TO waagent_app;

GRANT SELECT(id) ON TABLE waagent.follow_ups TO waagent_system;

GRANT SELECT(tenant_id) ON TABLE waagent.follow_ups TO waagent_system;

GRANT SELECT(conversation_id) ON TABLE waagent.follow_ups TO waagent_system;

GRANT SELECT(due_at) ON TABLE waagent.follow_ups TO waagent_system;

GRANT SELECT(state) ON TABLE waagent.follow_ups TO waagent_system;

GRANT SELECT(created_at) ON TABLE waagent.follow_ups TO waagent_system;

GRANT SELECT(draft) ON TABLE waagent.follow_ups TO waagent_system;

GRANT SELECT(draft_asked_at),UPDATE(draft_asked_at) ON TABLE waagent.follow_ups TO waagent_system;

GRANT SELECT(approval) ON TABLE waagent.follow_ups TO waagent_system;

GRANT SELECT(again_at) ON TABLE waagent.follow_ups TO waagent_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE waagent.hosts TO waagent_system;
GRANT SELECT ON TABLE waagent.hosts TO waagent_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE waagent.insight_corrections TO waagent_app;

GRANT SELECT ON TABLE waagent.instance TO waagent_app;
GRANT SELECT ON TABLE waagent.instance TO waagent_system;

GRANT UPDATE(whatsapp) ON TABLE waagent.instance TO waagent_app;

GRANT UPDATE(outdated_since) ON TABLE waagent.instance TO waagent_app;
GRANT UPDATE(outdated_since) ON TABLE waagent.instance TO waagent_system;

GRANT UPDATE(probe_at) ON TABLE waagent.instance TO waagent_app;
GRANT UPDATE(probe_at) ON TABLE waagent.instance TO waagent_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE waagent.lead_notes TO waagent_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE waagent.lead_stage_history TO waagent_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE waagent.lead_tags TO waagent_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE waagent.leads TO waagent_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE waagent.message_gaps TO waagent_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE waagent.message_media TO waagent_app;

GRANT SELECT(tenant_id) ON TABLE waagent.message_media TO waagent_system;

GRANT SELECT(message_id) ON TABLE waagent.message_media TO waagent_system;

GRANT SELECT(session_id) ON TABLE waagent.message_media TO waagent_system;

GRANT SELECT(size) ON TABLE waagent.message_media TO waagent_system;

GRANT SELECT(state) ON TABLE waagent.message_media TO waagent_system;

GRANT SELECT(attempt) ON TABLE waagent.message_media TO waagent_system;

GRANT SELECT(not_before) ON TABLE waagent.message_media TO waagent_system;

GRANT SELECT(created_at) ON TABLE waagent.message_media TO waagent_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE waagent.message_reactions TO waagent_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE waagent.messages TO waagent_app;

GRANT USAGE ON SEQUENCE waagent.messages_seq_seq TO waagent_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE waagent.notification_channels TO waagent_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE waagent.notifications TO waagent_app;

GRANT SELECT(id) ON TABLE waagent.notifications TO waagent_system;

GRANT SELECT(tenant_id) ON TABLE waagent.notifications TO waagent_system;

GRANT SELECT(channel_id) ON TABLE waagent.notifications TO waagent_system;

GRANT SELECT(session_id) ON TABLE waagent.notifications TO waagent_system;

GRANT SELECT(kind) ON TABLE waagent.notifications TO waagent_system;

GRANT SELECT(state) ON TABLE waagent.notifications TO waagent_system;

GRANT SELECT(attempt) ON TABLE waagent.notifications TO waagent_system;

GRANT SELECT(not_before) ON TABLE waagent.notifications TO waagent_system;

GRANT SELECT(queued_at),UPDATE(queued_at) ON TABLE waagent.notifications TO waagent_system;

GRANT SELECT(created_at) ON TABLE waagent.notifications TO waagent_system;

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

GRANT SELECT(id) ON TABLE waagent.outbox TO waagent_system;

GRANT SELECT(action) ON TABLE waagent.outbox TO waagent_system;

GRANT SELECT(held) ON TABLE waagent.outbox TO waagent_system;

GRANT SELECT(seq) ON TABLE waagent.outbox TO waagent_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE waagent.product_aliases TO waagent_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE waagent.products TO waagent_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE waagent.session_events TO waagent_app;
GRANT SELECT,INSERT ON TABLE waagent.session_events TO waagent_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE waagent.session_health TO waagent_app;
GRANT SELECT,INSERT,UPDATE ON TABLE waagent.session_health TO waagent_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE waagent.session_leases TO waagent_app;
GRANT SELECT,INSERT,UPDATE ON TABLE waagent.session_leases TO waagent_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE waagent.session_notices TO waagent_app;
GRANT SELECT ON TABLE waagent.session_notices TO waagent_system;

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

GRANT SELECT(detail),UPDATE(detail) ON TABLE waagent.sessions TO waagent_system;

GRANT SELECT(number_since) ON TABLE waagent.sessions TO waagent_system;

GRANT SELECT(first_paired_at) ON TABLE waagent.sessions TO waagent_system;

GRANT SELECT(connected_at) ON TABLE waagent.sessions TO waagent_system;

GRANT SELECT(down_since),UPDATE(down_since) ON TABLE waagent.sessions TO waagent_system;

GRANT SELECT(retry_at),UPDATE(retry_at) ON TABLE waagent.sessions TO waagent_system;

GRANT SELECT(failures),UPDATE(failures) ON TABLE waagent.sessions TO waagent_system;

GRANT SELECT(frozen_until),UPDATE(frozen_until) ON TABLE waagent.sessions TO waagent_system;

GRANT UPDATE(freeze_reason) ON TABLE waagent.sessions TO waagent_system;

GRANT SELECT(move_to),UPDATE(move_to) ON TABLE waagent.sessions TO waagent_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE waagent.stage_names TO waagent_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE waagent.templates TO waagent_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE waagent.tenant_heads TO waagent_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE waagent.tenant_settings TO waagent_app;

GRANT SELECT(tenant_id) ON TABLE waagent.tenant_settings TO waagent_system;

GRANT SELECT(follow_ups_paused_until) ON TABLE waagent.tenant_settings TO waagent_system;

GRANT SELECT ON TABLE waagent.tenants TO waagent_app;
GRANT SELECT,INSERT ON TABLE waagent.tenants TO waagent_system;

GRANT INSERT ON TABLE waagent.user_audit TO waagent_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE waagent.user_logins TO waagent_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE waagent.users TO waagent_system;
