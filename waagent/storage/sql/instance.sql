-- name: instance.claim_whatsapp
-- scope: any
-- Say which WhatsApp this database is for; touches no row where it is for the other one.
update instance set whatsapp = %(whatsapp)s where coalesce(whatsapp, %(whatsapp)s) = %(whatsapp)s

-- name: instance.whatsapp
-- scope: any
-- Which WhatsApp this database is for: live, sandbox, or null before the first pairing.
select whatsapp from instance
