-- name: notifications.news
-- scope: system
-- Sessions of which there may be something to tell; waagent.domain.notifications decides.
select s.id::text as session_id, s.tenant_id::text
from sessions s left join session_notices n on n.session_id = s.id
where s.desired = 'connected' and ((
        (coalesce(n.quiet_until, '-infinity') <= now() or s.state = any(%(final)s)) and (
            (s.state = any(%(urgent)s) or (s.state = 'pairing' and s.detail = %(passkey)s))
                and (n.state is distinct from s.state or s.down_since > coalesce(n.outage, '-infinity'))
            or s.state = any(%(away)s) and s.down_since <= now() - %(grace)s::interval
                and s.down_since > coalesce(n.outage, '-infinity')
            or s.state = 'connected' and s.down_since is null and n.outage is not null))
    or (s.state = 'connected' and s.frozen_until > now() and coalesce(n.frozen_until, '-infinity') <= now()))
limit %(limit)s

-- name: notifications.remember
-- scope: tenant
-- A row to lock while it is decided what to tell.
insert into session_notices (tenant_id, session_id) values (%(tenant_id)s, %(session_id)s) on conflict do nothing

-- name: notifications.known
-- scope: tenant
-- The session, and what its owner was told of it. Locked: only one tick decides.
select s.state, s.reason, s.detail, s.desired = 'connected' as wanted, s.down_since, s.banned_until, s.frozen_until,
    s.freeze_reason, n.state as told_state, n.outage, n.frozen_until as told_frozen_until, n.quiet_until, now() as now,
    (select count(distinct m.dedupe_key) from notifications m
        where m.tenant_id = %(tenant_id)s and m.session_id = s.id and m.kind in ('down', 'action', 'back')
        and m.created_at > now() - %(quiet)s::interval) as lately
from session_notices n join sessions s on s.tenant_id = %(tenant_id)s and s.id = n.session_id
where n.tenant_id = %(tenant_id)s and n.session_id = %(session_id)s
for update of n

-- name: notifications.told
-- scope: tenant
-- Note what was told.
update session_notices set state = %(state)s, outage = %(outage)s, frozen_until = %(frozen_until)s,
    quiet_until = %(quiet_until)s
where tenant_id = %(tenant_id)s and session_id = %(session_id)s

-- name: notifications.write
-- scope: tenant
-- One notification for each channel, once; or for those that were, or may have been, told that the number is away.
insert into notifications (tenant_id, channel_id, session_id, kind, dedupe_key, outage, facts)
select %(tenant_id)s, c.id, %(session_id)s, %(kind)s, %(dedupe_key)s, %(outage)s, %(facts)s::jsonb
from notification_channels c where c.tenant_id = %(tenant_id)s and (not %(only_told)s or exists (
    select from notifications m where m.tenant_id = %(tenant_id)s and m.channel_id = c.id
        and m.session_id = %(session_id)s and m.outage >= %(outage)s and m.kind in ('down', 'action', 'flapping')
        and m.state in ('sending', 'sent', 'unknown')))
on conflict (tenant_id, channel_id, dedupe_key) do nothing

-- name: notifications.drop_overtaken
-- scope: tenant
-- The number is back before its owner could be told that it was away.
update notifications set state = 'dropped'
where tenant_id = %(tenant_id)s and session_id = %(session_id)s and state = 'queued'
    and kind in ('down', 'action', 'flapping')

-- name: notifications.claim_due
-- scope: system
-- What is to be sent, or looked after, and was not queued, or too long ago.
update notifications set queued_at = now()
where id in (
    select id from notifications
    where state in ('queued', 'sending') and not_before <= now()
        and (queued_at is null or queued_at < now() - %(again_after)s::interval)
    order by not_before limit %(limit)s
    for update skip locked)
returning tenant_id::text, id::text

-- name: notifications.old
-- scope: system
-- The shops that have notifications which ended long ago.
select distinct tenant_id::text from notifications
where created_at < now() - %(keep)s::interval and state not in ('queued', 'sending')

-- name: notifications.prune
-- scope: tenant
-- Forget what ended long ago; not what an outage that still lasts will be compared with.
delete from notifications where tenant_id = %(tenant_id)s and id in (
    select m.id from notifications m
    left join session_notices n on n.tenant_id = %(tenant_id)s and n.session_id = m.session_id
    where m.tenant_id = %(tenant_id)s and m.created_at < now() - %(keep)s::interval
        and m.state not in ('queued', 'sending') and (n.outage is null or m.outage is null or m.outage < n.outage)
    limit %(limit)s)

-- name: notifications.take
-- scope: tenant
-- A notification whose time has come and that nobody has in hand. Those of a number go out in their order.
select n.id::text, n.channel_id::text, n.session_id::text, n.kind, n.outage, n.facts, n.state, n.attempt, n.created_at,
    c.kind as channel, c.target_enc, c.language
from notifications n join notification_channels c on c.tenant_id = %(tenant_id)s and c.id = n.channel_id
where n.tenant_id = %(tenant_id)s and n.id = %(notification_id)s and n.state in ('queued', 'sending')
    and n.not_before <= now()
    and not exists (select from notifications m where m.tenant_id = %(tenant_id)s and m.channel_id = n.channel_id
        and m.session_id = n.session_id and m.state in ('queued', 'sending') and m.created_at < n.created_at)
for update of n skip locked

-- name: notifications.was_told
-- scope: tenant
-- Whether a channel was, or may have been, told that the number is away.
select exists (select from notifications m where m.tenant_id = %(tenant_id)s and m.channel_id = %(channel_id)s
    and m.session_id = %(session_id)s and m.outage >= %(outage)s and m.kind in ('down', 'action', 'flapping')
    and m.state in ('sent', 'unknown'))

-- name: notifications.begin
-- scope: tenant
-- It is being sent; whoever finds it so after that time knows that it was cut short.
update notifications set state = 'sending', attempt = %(attempt)s, not_before = now() + %(within)s::interval,
    queued_at = null
where tenant_id = %(tenant_id)s and id = %(notification_id)s

-- name: notifications.finish
-- scope: tenant
-- How it ended, or when to go on with it. What was given up as unknown may still turn out well.
update notifications set state = %(state)s, error = %(error)s, not_before = now() + %(later)s::interval,
    queued_at = null, sent_at = case when %(state)s = 'sent' then now() end
where tenant_id = %(tenant_id)s and id = %(notification_id)s and state in ('sending', 'unknown')
    and attempt = %(attempt)s

-- name: notifications.settle
-- scope: tenant
-- The end of one that is not, or not any more, sent.
update notifications set state = %(state)s, error = %(error)s, queued_at = null
where tenant_id = %(tenant_id)s and id = %(notification_id)s

-- name: notifications.about
-- scope: tenant
-- The shop, and the number that a notification is about, if it is about one.
select t.slug, t.name as shop, t.timezone, s.name as session, s.phone_enc
from tenants t left join sessions s on s.tenant_id = %(tenant_id)s and s.id = %(session_id)s::uuid
where t.id = %(tenant_id)s

-- name: notifications.add_channel
-- scope: tenant
-- A channel.
insert into notification_channels (tenant_id, name, kind, target_enc, language)
values (%(tenant_id)s, %(name)s, %(kind)s, %(target)s, %(language)s)
returning id::text, name, kind, target_enc, language, created_at

-- name: notifications.channels
-- scope: tenant
-- The channels of a shop.
select id::text, name, kind, target_enc, language, created_at from notification_channels
where tenant_id = %(tenant_id)s order by name

-- name: notifications.remove_channel
-- scope: tenant
-- Remove a channel, with what was sent through it.
delete from notification_channels where tenant_id = %(tenant_id)s and name = %(name)s

-- name: notifications.write_test
-- scope: tenant
-- A test, already in hand: no worker takes it while it is being sent.
insert into notifications (tenant_id, channel_id, kind, dedupe_key, facts, state, attempt, not_before)
select %(tenant_id)s, c.id, 'test', %(dedupe_key)s, '{}', 'sending', 1, now() + %(within)s::interval
from notification_channels c where c.tenant_id = %(tenant_id)s and c.name = %(name)s
returning id::text

-- name: notifications.test
-- scope: tenant
-- A test that is in hand.
select n.id::text, n.channel_id::text, n.session_id::text, n.kind, n.outage, n.facts, n.state, n.attempt, n.created_at,
    c.kind as channel, c.target_enc, c.language
from notifications n join notification_channels c on c.tenant_id = %(tenant_id)s and c.id = n.channel_id
where n.tenant_id = %(tenant_id)s and n.id = %(notification_id)s

-- name: notifications.log
-- scope: tenant
-- The newest notifications.
select n.id::text, c.name as channel, c.kind as channel_kind, n.kind, s.name as session, n.state, n.error, n.attempt,
    n.created_at, n.sent_at
from notifications n join notification_channels c on c.tenant_id = %(tenant_id)s and c.id = n.channel_id
left join sessions s on s.tenant_id = %(tenant_id)s and s.id = n.session_id
where n.tenant_id = %(tenant_id)s
order by n.created_at desc limit %(limit)s

-- name: notifications.line
-- scope: tenant
-- The operator's session that notifications go out through.
select id::text from sessions where tenant_id = %(tenant_id)s and name = %(name)s

-- name: notifications.line_conversation
-- scope: tenant
-- Where an owner wrote to the operator's number: nobody else gets a message from it.
select id::text from conversations
where tenant_id = %(tenant_id)s and session_id = %(session_id)s and contact_id = %(contact_id)s
    and last_inbound_at is not null

-- name: notifications.line_state
-- scope: tenant
-- What became of a notification in the operator's outbox.
select state from outbox where tenant_id = %(tenant_id)s and dedupe_key = %(dedupe_key)s

-- name: notifications.line_withdraw
-- scope: tenant
-- Take a notification back that the operator's number could not send in time.
with gone as (
    update outbox set state = 'cancelled', error = 'too_late', updated_at = now()
    where tenant_id = %(tenant_id)s and dedupe_key = %(dedupe_key)s and state = 'queued'
    returning message_id)
update messages m set state = 'cancelled' from gone where m.tenant_id = %(tenant_id)s and m.id = gone.message_id
