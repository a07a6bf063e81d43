-- name: media.arrived
-- scope: tenant
-- The files of messages that were just stored; a message has one.
insert into message_media (tenant_id, message_id, session_id, mimetype, file_name_enc, size, ref_enc, state)
select %(tenant_id)s, new.message_id, new.session_id, new.mimetype, new.file_name_enc, new.size, new.ref_enc, new.state
from unnest(%(message_ids)s::uuid[], %(session_ids)s::uuid[], %(mimetypes)s::text[], %(file_names)s::bytea[],
    %(sizes)s::bigint[], %(refs)s::bytea[], %(states)s::text[])
    as new (message_id, session_id, mimetype, file_name_enc, size, ref_enc, state)
on conflict do nothing

-- name: media.put
-- scope: tenant
-- The file of a message of ours.
insert into message_media (tenant_id, message_id, session_id, mimetype, file_name_enc, size, state, blob_enc, path)
select %(tenant_id)s, m.id, m.session_id, %(mimetype)s, %(file_name)s, %(size)s, 'stored', %(blob)s, %(path)s
from messages m where m.tenant_id = %(tenant_id)s and m.id = %(message_id)s

-- name: media.due
-- scope: system
-- Files to be fetched by these sessions, newest first: an old backlog holds up nothing that just came.
select tenant_id::text, message_id::text from message_media
where session_id = any(%(session_ids)s::uuid[]) and state in ('pending', 'no_space') and not_before <= now()
order by created_at desc limit %(limit)s

-- name: media.claim
-- scope: tenant
-- Take one for fetching. Committed before: an attempt that ends the process counts too.
update message_media set attempt = attempt + 1, not_before = now() + %(patience)s::interval, updated_at = now()
where tenant_id = %(tenant_id)s and message_id = %(message_id)s and state in ('pending', 'no_space')
    and not_before <= now()
returning message_id::text, session_id::text, ref_enc, attempt

-- name: media.stored
-- scope: tenant
-- A file that was fetched. None where the message was deleted meanwhile, or another host was faster.
update message_media set state = 'stored', blob_enc = %(blob)s, path = %(path)s, size = %(size)s, ref_enc = null,
    error = null, updated_at = now()
where tenant_id = %(tenant_id)s and message_id = %(message_id)s and state in ('pending', 'no_space')
returning (select m.conversation_id::text from messages m
    where m.tenant_id = %(tenant_id)s and m.id = message_media.message_id)

-- name: media.not_stored
-- scope: tenant
-- An attempt that failed; a lack of space does not count as one.
update message_media set state = %(state)s, error = %(error)s, not_before = now() + %(again_after)s::interval,
    attempt = case when %(state)s = 'no_space' then attempt - 1 else attempt end, updated_at = now()
where tenant_id = %(tenant_id)s and message_id = %(message_id)s and state in ('pending', 'no_space')
returning (select m.conversation_id::text from messages m
    where m.tenant_id = %(tenant_id)s and m.id = message_media.message_id)

-- name: media.get
-- scope: tenant
-- The file of a message, its bytes too where they are in the table.
select mimetype, file_name_enc, size, state, blob_enc, path from message_media
where tenant_id = %(tenant_id)s and message_id = %(message_id)s

-- name: media.of_messages
-- scope: tenant
-- What is known of the files of these messages.
select message_id::text, mimetype, file_name_enc, size, state from message_media
where tenant_id = %(tenant_id)s and message_id = any(%(message_ids)s::uuid[])

-- name: media.remove
-- scope: tenant
-- Forget the file of a deleted message; answers with its place on disk.
delete from message_media where tenant_id = %(tenant_id)s and message_id = %(message_id)s returning path

-- name: media.known_paths
-- scope: tenant
-- Those of these files that belong to a message.
select path from message_media where tenant_id = %(tenant_id)s and path = any(%(paths)s::text[])
