-- name: messages.upsert_conversations
-- scope: tenant
-- The conversations of these contacts, made where they are not there yet. What is new says where to answer.
insert into conversations as c (tenant_id, session_id, contact_id, chat_enc, last_message_at)
select %(tenant_id)s, session_id, contact_id, chat_enc, at
from unnest(%(session_ids)s::uuid[], %(contact_ids)s::uuid[], %(chats)s::bytea[], %(ats)s::timestamptz[])
    as new (session_id, contact_id, chat_enc, at)
on conflict (tenant_id, session_id, contact_id) do update
    set chat_enc = case when %(readdress)s then excluded.chat_enc else c.chat_enc end
returning id::text, session_id::text, contact_id::text

-- name: messages.insert_arrived
-- scope: tenant
-- Store what arrived, each once. A stub of a message that could not be decrypted gives way to the message,
-- which gets a number of its own: what was judged up to the stub's has not seen it. (xmax is 0 in a new row.)
-- History brings numbers along, below those of all that came since; within one, it is in the order it came in. It
-- changes nothing that is there.
insert into messages as m
    (tenant_id, session_id, conversation_id, wa_message_id, direction, origin, kind, body_enc, state, at, quoted_wa_id,
        seq, history)
overriding system value
select %(tenant_id)s, session_id, conversation_id, wa_message_id, direction, origin, kind, body_enc, state, at,
    quoted_wa_id,
    case when seq is null then nextval('messages_seq_seq') else seq + mod(nextval('messages_seq_seq'), 1000000) end,
    seq is not null
from unnest(%(session_ids)s::uuid[], %(conversation_ids)s::uuid[], %(wa_message_ids)s::text[],
    %(directions)s::text[], %(origins)s::text[], %(kinds)s::text[], %(bodies)s::bytea[], %(states)s::text[],
    %(ats)s::timestamptz[], %(quoted_wa_ids)s::text[], %(seqs)s::bigint[])
    as new (session_id, conversation_id, wa_message_id, direction, origin, kind, body_enc, state, at, quoted_wa_id, seq)
on conflict (tenant_id, session_id, wa_message_id, from_me) do update
    set kind = excluded.kind, body_enc = excluded.body_enc, quoted_wa_id = excluded.quoted_wa_id, stored_at = now(),
        seq = default
    where m.kind = 'undecryptable' and m.revoked_at is null and excluded.kind <> 'undecryptable' and not excluded.history
returning m.id::text, m.conversation_id::text, m.session_id::text, m.wa_message_id, m.direction, m.xmax = 0 as fresh

-- name: messages.was_history
-- scope: tenant
-- Make room for messages that are delivered though history brought them before: they are news. Those that were
-- changed since stay as they are.
delete from messages m
using unnest(%(session_ids)s::uuid[], %(wa_message_ids)s::text[], %(directions)s::text[])
    as come (session_id, wa_message_id, direction)
where m.tenant_id = %(tenant_id)s and m.session_id = come.session_id and m.wa_message_id = come.wa_message_id
    and m.from_me = (come.direction = 'out') and m.history and m.edited_at is null and m.revoked_at is null
    and not exists (select from outbox o where o.tenant_id = %(tenant_id)s and o.message_id = m.id)

-- name: messages.history_counts
-- scope: tenant
-- How much history these conversations have.
select conversation_id::text, count(*) as messages from messages
where tenant_id = %(tenant_id)s and conversation_id = any(%(conversation_ids)s::uuid[]) and history
group by conversation_id

-- name: messages.overtaken_by_history
-- scope: tenant
-- Conversations that went on elsewhere since what is known of them.
select c.id::text from conversations c
join unnest(%(ids)s::uuid[], %(inbound_ats)s::timestamptz[], %(outbound_ats)s::timestamptz[])
    as new (id, inbound_at, outbound_at) on new.id = c.id
where c.tenant_id = %(tenant_id)s and c.last_message_at < greatest(new.inbound_at, new.outbound_at)

-- name: messages.touch_history
-- scope: tenant
-- What history says of conversations: who wrote last, and when. Nothing waits for it, and nobody is to read it.
update conversations c set
    last_message_at = greatest(c.last_message_at, new.inbound_at, new.outbound_at),
    last_inbound_at = greatest(c.last_inbound_at, new.inbound_at),
    last_outbound_at = greatest(c.last_outbound_at, new.outbound_at)
from unnest(%(ids)s::uuid[], %(inbound_ats)s::timestamptz[], %(outbound_ats)s::timestamptz[])
    as new (id, inbound_at, outbound_at)
where c.tenant_id = %(tenant_id)s and c.id = new.id

-- name: messages.change_target
-- scope: tenant
-- The message that an edit, a deletion or a reaction is about, in the chat with whoever it came from: whose ids
-- somebody else has learned is not theirs to change. Locked, after its conversation.
select m.id::text, m.conversation_id::text, m.direction, m.kind, m.body_enc, m.history, m.edited_at, m.revoked_at
from conversations v join messages m on m.tenant_id = %(tenant_id)s and m.conversation_id = v.id
where v.tenant_id = %(tenant_id)s and m.session_id = %(session_id)s and m.wa_message_id = %(wa_message_id)s
    and m.from_me = %(from_me)s
    and exists (select from contact_aliases a where a.tenant_id = %(tenant_id)s and a.contact_id = v.contact_id
        and ((a.kind = 'lid' and a.value_index = %(lid)s::bytea)
            or (a.kind = 'phone' and a.value_index = %(phone)s::bytea)))
for update of v, m

-- name: messages.edit
-- scope: tenant
-- Put a new text in place of the old one. It has a number of its own: what was judged has not seen it.
update messages set body_enc = %(body)s, edited_at = %(at)s, revision = nextval('messages_seq_seq'),
    kind = case when kind = 'undecryptable' then 'text' else kind end
where tenant_id = %(tenant_id)s and id = %(message_id)s

-- name: messages.revoke
-- scope: tenant
-- Erase a message that its author deleted.
update messages set body_enc = %(nothing)s, revoked_at = %(at)s where tenant_id = %(tenant_id)s and id = %(message_id)s

-- name: messages.react
-- scope: tenant
-- The newest reaction of one side; one that was taken back stays as an empty one, so that an older cannot return.
insert into message_reactions as r (tenant_id, message_id, by_me, emoji_enc, at)
values (%(tenant_id)s, %(message_id)s, %(by_me)s, %(emoji)s, %(at)s)
on conflict (tenant_id, message_id, by_me) do update set emoji_enc = excluded.emoji_enc, at = excluded.at
    where r.at <= excluded.at

-- name: messages.look_again
-- scope: tenant
-- A customer changed what they wrote: judge the conversation anew, a quiet period later.
update conversations c set
    waiting_since = coalesce(c.waiting_since, now()),
    process_after = least(now() + %(quiet)s::interval, coalesce(c.waiting_since, now()) + %(longest)s::interval),
    process_queued_at = null
where c.tenant_id = %(tenant_id)s and c.id = %(conversation_id)s

-- name: messages.reactions_to
-- scope: tenant
-- The reactions to these messages.
select message_id::text, by_me, emoji_enc from message_reactions
where tenant_id = %(tenant_id)s and message_id = any(%(message_ids)s::uuid[])
order by message_id, by_me

-- name: messages.quoted_by
-- scope: tenant
-- The messages that these answer, where they are known: of the same conversation.
select distinct on (m.id) m.id::text as message_id, q.id::text, q.direction, q.kind, q.body_enc
from messages m
join messages q on q.tenant_id = %(tenant_id)s and q.session_id = m.session_id and q.wa_message_id = m.quoted_wa_id
    and q.conversation_id = m.conversation_id
where m.tenant_id = %(tenant_id)s and m.id = any(%(message_ids)s::uuid[])
order by m.id, q.seq desc

-- name: messages.touch_conversations
-- scope: tenant
-- Count what was stored, and say when to look at the conversation: a quiet period after the newest
-- message, but not for ever while somebody keeps typing.
update conversations c set
    last_message_at = greatest(c.last_message_at, new.at),
    last_inbound_at = case when new.inbound > 0 then greatest(c.last_inbound_at, new.at) else c.last_inbound_at end,
    last_outbound_at = case when new.outbound > 0 then greatest(c.last_outbound_at, new.at) else c.last_outbound_at end,
    unread = case when new.outbound > 0 then 0 else c.unread end + new.unread,
    waiting_since = coalesce(c.waiting_since, now()),
    process_after = least(now() + %(quiet)s::interval, coalesce(c.waiting_since, now()) + %(longest)s::interval),
    process_queued_at = null
from unnest(%(ids)s::uuid[], %(ats)s::timestamptz[], %(inbound)s::integer[], %(outbound)s::integer[],
    %(unread)s::integer[]) as new (id, at, inbound, outbound, unread)
where c.tenant_id = %(tenant_id)s and c.id = new.id

-- name: messages.list
-- scope: tenant
-- The newest messages (before one of them), oldest first.
select * from (
    select m.id::text, m.conversation_id::text, m.direction, m.origin, m.kind, m.state, m.at, m.seq, m.body_enc,
        (select case o.action when 'send' then '' else o.action || ':' end || coalesce(o.held, o.error)
            from outbox o where o.tenant_id = %(tenant_id)s and o.message_id = m.id
                and (o.action = 'send' or o.state <> 'cancelled') order by o.seq desc limit 1) as reason,
        m.quoted_wa_id, m.edited_at, m.revoked_at, c.phone_enc
    from messages m
    join conversations v on v.tenant_id = %(tenant_id)s and v.id = m.conversation_id
    join contacts c on c.tenant_id = %(tenant_id)s and c.id = v.contact_id
    where m.tenant_id = %(tenant_id)s
        and (%(conversation_id)s::uuid is null or m.conversation_id = %(conversation_id)s::uuid)
        and (%(contact_id)s::uuid is null or v.contact_id = %(contact_id)s::uuid)
        and (%(state)s::text is null or m.state = %(state)s::text)
        and (%(before)s::uuid is null or m.seq < (select b.seq from messages b
            where b.tenant_id = %(tenant_id)s and b.id = %(before)s::uuid))
    order by m.seq desc
    limit %(limit)s
) newest order by seq

-- name: messages.get
-- scope: tenant
-- One message.
select m.id::text, m.conversation_id::text, m.direction, m.origin, m.kind, m.state, m.at, m.seq, m.body_enc,
    (select case o.action when 'send' then '' else o.action || ':' end || coalesce(o.held, o.error)
        from outbox o where o.tenant_id = %(tenant_id)s and o.message_id = m.id
            and (o.action = 'send' or o.state <> 'cancelled') order by o.seq desc limit 1) as reason,
    m.quoted_wa_id, m.edited_at, m.revoked_at, c.phone_enc
from messages m
join conversations v on v.tenant_id = %(tenant_id)s and v.id = m.conversation_id
join contacts c on c.tenant_id = %(tenant_id)s and c.id = v.contact_id
where m.tenant_id = %(tenant_id)s and m.id = %(message_id)s

-- name: messages.conversation
-- scope: tenant
-- What a message to a conversation needs to know of it.
select v.id::text, v.session_id::text, v.contact_id::text, v.last_inbound_at, s.paired
from conversations v join sessions s on s.tenant_id = %(tenant_id)s and s.id = v.session_id
where v.tenant_id = %(tenant_id)s and v.id = %(conversation_id)s

-- name: messages.conversation_of_contact
-- scope: tenant
-- The conversation in which a contact wrote last.
select v.id::text from conversations v
where v.tenant_id = %(tenant_id)s and v.contact_id = %(contact_id)s
order by v.last_message_at desc limit 1

-- name: messages.receipts
-- scope: tenant
-- Move messages on by receipts, never back; the answer names those that are known.
update messages m set state = case
        when m.state in ('failed', 'cancelled', 'read') or m.direction = 'in' then m.state
        when receipt.state = 'read' then 'read'
        else 'delivered' end
from unnest(%(wa_message_ids)s::text[], %(states)s::text[]) as receipt (wa_message_id, state)
where m.tenant_id = %(tenant_id)s and m.session_id = %(session_id)s and m.from_me
    and m.wa_message_id = receipt.wa_message_id
returning m.wa_message_id, m.id::text, m.conversation_id::text
