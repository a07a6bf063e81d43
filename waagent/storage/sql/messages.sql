-- name: messages.upsert_conversations
-- scope: tenant
-- The conversations of these contacts, made where they are not there yet.
insert into conversations (tenant_id, session_id, contact_id, chat_enc, last_message_at)
select %(tenant_id)s, session_id, contact_id, chat_enc, at
from unnest(%(session_ids)s::uuid[], %(contact_ids)s::uuid[], %(chats)s::bytea[], %(ats)s::timestamptz[])
    as new (session_id, contact_id, chat_enc, at)
on conflict (tenant_id, session_id, contact_id) do update set chat_enc = excluded.chat_enc
returning id::text, session_id::text, contact_id::text

-- name: messages.insert_arrived
-- scope: tenant
-- Store what arrived, each once. A stub of a message that could not be decrypted gives way to the message,
-- which gets a number of its own: what was judged up to the stub's has not seen it. (xmax is 0 in a new row.)
insert into messages as m
    (tenant_id, session_id, conversation_id, wa_message_id, direction, origin, kind, body_enc, state, at)
select %(tenant_id)s, session_id, conversation_id, wa_message_id, direction, origin, kind, body_enc, state, at
from unnest(%(session_ids)s::uuid[], %(conversation_ids)s::uuid[], %(wa_message_ids)s::text[],
    %(directions)s::text[], %(origins)s::text[], %(kinds)s::text[], %(bodies)s::bytea[], %(states)s::text[],
    %(ats)s::timestamptz[])
    as new (session_id, conversation_id, wa_message_id, direction, origin, kind, body_enc, state, at)
on conflict (tenant_id, session_id, wa_message_id, from_me) do update
    set kind = excluded.kind, body_enc = excluded.body_enc, stored_at = now(), seq = default
    where m.kind = 'undecryptable' and excluded.kind <> 'undecryptable'
returning m.id::text, m.conversation_id::text, m.direction, m.xmax = 0 as fresh

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
-- The newest messages, oldest first.
select * from (
    select m.id::text, m.conversation_id::text, m.direction, m.origin, m.kind, m.state, m.at, m.seq, m.body_enc,
        c.phone_enc
    from messages m
    join conversations v on v.tenant_id = %(tenant_id)s and v.id = m.conversation_id
    join contacts c on c.tenant_id = %(tenant_id)s and c.id = v.contact_id
    where m.tenant_id = %(tenant_id)s
        and (%(conversation_id)s::uuid is null or m.conversation_id = %(conversation_id)s::uuid)
        and (%(contact_id)s::uuid is null or v.contact_id = %(contact_id)s::uuid)
    order by m.seq desc
    limit %(limit)s
) newest order by seq

-- name: messages.get
-- scope: tenant
-- One message.
select m.id::text, m.conversation_id::text, m.direction, m.origin, m.kind, m.state, m.at, m.seq, m.body_enc, c.phone_enc
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

-- name: messages.insert_outgoing
-- scope: tenant
-- A message of ours that is to be sent.
insert into messages (tenant_id, session_id, conversation_id, direction, origin, kind, body_enc, state, at)
values (%(tenant_id)s, %(session_id)s, %(conversation_id)s, 'out', %(origin)s, 'text', %(body)s, 'queued', now())
returning id::text

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
