-- name: followups.planning
-- scope: tenant
-- What is looked at before a follow-up is planned.
select v.last_message_at, v.last_inbound_at, v.answered_at,
    exists (select from opt_outs x where x.tenant_id = %(tenant_id)s and x.contact_id = v.contact_id) as opted_out,
    (select count(*) from follow_ups g where g.tenant_id = %(tenant_id)s and g.conversation_id = v.id
        and (g.state in ('queued', 'sent', 'unknown') or g.held_out)
        and g.updated_at > now() - %(sale_lasts)s::interval
        and not exists (select from lead_stage_history h where h.tenant_id = %(tenant_id)s
            and h.lead_id = g.lead_id and h.to_stage in ('won', 'lost') and h.at > g.updated_at)) as sent_for_sale
from conversations v
where v.tenant_id = %(tenant_id)s and v.id = %(conversation_id)s

-- name: followups.plan
-- scope: tenant
-- Plan the one follow-up of a conversation, or move the one that is planned; not before a person put it off to.
insert into follow_ups (tenant_id, conversation_id, lead_id, due_at, approval, draft)
values (%(tenant_id)s, %(conversation_id)s, %(lead_id)s, %(due_at)s, %(approval)s, %(draft)s)
on conflict (conversation_id) where state in ('pending', 'queued') do update
    set due_at = greatest(excluded.due_at, follow_ups.snoozed_until),
        approval = coalesce(follow_ups.approval, excluded.approval),
        draft = coalesce(follow_ups.draft, excluded.draft), updated_at = now()
    where follow_ups.state = 'pending'
returning id::text

-- name: followups.cancel
-- scope: tenant
-- Cancel what is still to come for these conversations.
update follow_ups set state = 'cancelled', reason = %(reason)s, updated_at = now()
where tenant_id = %(tenant_id)s and conversation_id = any(%(conversation_ids)s::uuid[])
    and (state = 'pending' or (state = 'queued' and exists (
        select from outbox o where o.tenant_id = %(tenant_id)s and o.message_id = follow_ups.message_id
            and o.action = 'send' and o.state in ('queued', 'cancelled'))))
returning id::text, conversation_id::text, message_id::text

-- name: followups.cancel_messages
-- scope: tenant
-- Take back the follow-ups of these conversations that wait in the outbox.
update outbox o set state = 'cancelled', updated_at = now()
from messages m
where o.tenant_id = %(tenant_id)s and o.conversation_id = any(%(conversation_ids)s::uuid[]) and o.state = 'queued'
    and o.action = 'send' and m.tenant_id = %(tenant_id)s and m.id = o.message_id and m.origin = 'follow_up'
returning o.message_id::text

-- name: followups.mark_messages_cancelled
-- scope: tenant
-- The messages of the same.
update messages set state = 'cancelled'
where tenant_id = %(tenant_id)s and id = any(%(message_ids)s::uuid[]) and state = 'queued'

-- name: followups.due
-- scope: system
-- Follow-ups whose time has come, of numbers that are connected: the others would wait in the
-- outbox and go out whenever their number comes back, in the middle of the night perhaps. Those that a
-- person has to approve come when that is not done for so long; none of a shop that paused them.
select f.tenant_id::text, f.id::text from follow_ups f
join conversations v on v.id = f.conversation_id
join sessions s on s.id = v.session_id
where f.state = 'pending' and f.due_at <= now() and (s.state = 'connected' or not s.paired)
    and (f.approval is distinct from 'wanted' or f.due_at <= now() - %(approval_waits)s::interval)
    and not exists (select from tenant_settings p where p.tenant_id = f.tenant_id
        and p.follow_ups_paused_until > now())
order by f.due_at limit %(limit)s

-- name: followups.take
-- scope: tenant
-- Lock a due follow-up with its conversation; absent when another has it, or when a message is just
-- coming in: the next tick sees what it changed.
select f.id::text
from follow_ups f
join conversations v on v.tenant_id = %(tenant_id)s and v.id = f.conversation_id
where f.tenant_id = %(tenant_id)s and f.id = %(follow_up_id)s and f.state = 'pending' and f.due_at <= now()
for update of f, v skip locked

-- name: followups.facts
-- scope: tenant
-- Follow-ups, the next one first, or one of them; with all that is checked before one goes out, and all
-- that its text is made of.
select f.id::text, f.conversation_id::text, f.lead_id::text, f.due_at, f.state, f.reason, f.approval, f.approved_by,
    f.held_out, f.text_enc, f.author, f.draft, f.draft_enc, f.draft_reason, f.template, f.variant, v.session_id::text, v.contact_id::text, c.name_enc, c.phone_enc,
    coalesce(f.stage, l.stage) as stage, coalesce(f.intent, i.intent) as intent,
    coalesce(p.name, i.product) as product, p.price, v.last_inbound_at, v.last_outbound_at, v.answered_at,
    s.paired, s.state = 'connected' as connected, m.body_enc,
    exists (select from opt_outs x where x.tenant_id = %(tenant_id)s and x.contact_id = v.contact_id) as opted_out,
    case when f.state = 'pending' then (
        select count(*) from follow_ups g where g.tenant_id = %(tenant_id)s and g.conversation_id = v.id
            and g.id <> f.id and (g.state in ('queued', 'sent', 'unknown') or g.held_out)
            and g.updated_at > now() - %(sale_lasts)s::interval
            and not exists (select from lead_stage_history h where h.tenant_id = %(tenant_id)s
                and h.lead_id = g.lead_id and h.to_stage in ('won', 'lost') and h.at > g.updated_at))
        else 0 end as sent_for_sale,
    case when f.state = 'pending' then array(
        select u.variant from follow_ups u
        join conversations w on w.tenant_id = %(tenant_id)s and w.id = u.conversation_id
        where u.tenant_id = %(tenant_id)s and w.contact_id = v.contact_id and u.id <> f.id
            and u.state in ('queued', 'sent', 'unknown') and u.variant is not null)
        else '{}' end as used
from follow_ups f
join conversations v on v.tenant_id = %(tenant_id)s and v.id = f.conversation_id
join sessions s on s.tenant_id = %(tenant_id)s and s.id = v.session_id
join contacts c on c.tenant_id = %(tenant_id)s and c.id = v.contact_id
join leads l on l.tenant_id = %(tenant_id)s and l.id = f.lead_id
left join customer_insights i on i.tenant_id = %(tenant_id)s and i.id = l.insight_id
left join products p on p.tenant_id = %(tenant_id)s and p.id = i.product_id
left join messages m on m.tenant_id = %(tenant_id)s and m.id = f.message_id
where f.tenant_id = %(tenant_id)s and (%(follow_up_id)s::uuid is null or f.id = %(follow_up_id)s::uuid)
order by f.state <> 'pending', f.due_at

-- name: followups.postpone
-- scope: tenant
-- Not now.
update follow_ups set due_at = %(due_at)s, updated_at = now()
where tenant_id = %(tenant_id)s and id = %(follow_up_id)s and state = 'pending'

-- name: followups.queued
-- scope: tenant
-- Its message is in the outbox: what it went out with, and when the sale may have its next one.
update follow_ups set state = 'queued', message_id = %(message_id)s, template = %(template)s, variant = %(variant)s,
    author = %(author)s, stage = %(stage)s, intent = %(intent)s, again_at = %(again_at)s, updated_at = now()
where tenant_id = %(tenant_id)s and id = %(follow_up_id)s and state = 'pending'

-- name: followups.skip
-- scope: tenant
-- It is no longer proper.
update follow_ups set state = 'skipped', reason = %(reason)s, updated_at = now()
where tenant_id = %(tenant_id)s and id = %(follow_up_id)s and state = 'pending'

-- name: followups.hold_out
-- scope: tenant
-- Left out by lot, with what it would have gone out with.
update follow_ups set state = 'skipped', reason = 'held_out', held_out = true, template = %(template)s,
    variant = %(variant)s, stage = %(stage)s, intent = %(intent)s, updated_at = now()
where tenant_id = %(tenant_id)s and id = %(follow_up_id)s and state = 'pending'

-- name: followups.ask_approval
-- scope: tenant
-- A person has to agree first.
update follow_ups set approval = 'wanted', updated_at = now()
where tenant_id = %(tenant_id)s and id = %(follow_up_id)s and state = 'pending' and approval is null

-- name: followups.approve
-- scope: tenant
-- A person agreed, to these words. One that is overdue is due now.
update follow_ups set approval = 'given', approved_by = %(actor)s, text_enc = %(text)s, author = %(author)s,
    template = %(template)s, variant = %(variant)s, due_at = greatest(due_at, now()), updated_at = now()
where tenant_id = %(tenant_id)s and id = %(follow_up_id)s and state = 'pending'

-- name: followups.withdraw
-- scope: tenant
-- A person took their approval back.
update follow_ups set approval = %(approval)s, approved_by = null, text_enc = null, author = null,
    template = case when draft_enc is null then null else template end,
    variant = case when draft_enc is null then null else variant end,
    updated_at = now()
where tenant_id = %(tenant_id)s and id = %(follow_up_id)s and state = 'pending' and approval = 'given'

-- name: followups.snooze
-- scope: tenant
-- A person put it off.
update follow_ups set due_at = %(due_at)s, snoozed_until = %(due_at)s, updated_at = now()
where tenant_id = %(tenant_id)s and id = %(follow_up_id)s and state = 'pending'

-- name: followups.answered
-- scope: tenant
-- A person of the shop wrote in these conversations.
update conversations set answered_at = now()
where tenant_id = %(tenant_id)s and id = any(%(conversation_ids)s::uuid[])

-- name: followups.to_repeat
-- scope: system
-- Sent ones after which the sale may have another.
select tenant_id::text, id::text from follow_ups
where state = 'sent' and again_at <= now() order by again_at limit %(limit)s

-- name: followups.repeat
-- scope: tenant
-- Note that the next one was thought of; answers only the first time, and where nobody wrote since.
update follow_ups f set again_at = null
from conversations v, leads l
left join customer_insights i on i.tenant_id = %(tenant_id)s and i.id = l.insight_id
where f.tenant_id = %(tenant_id)s and f.id = %(follow_up_id)s and f.again_at <= now()
    and v.tenant_id = %(tenant_id)s and v.id = f.conversation_id
    and l.tenant_id = %(tenant_id)s and l.id = f.lead_id
returning f.conversation_id::text, f.lead_id::text, l.stage, i.intent,
    coalesce(v.last_inbound_at < f.sent_at, true) and coalesce(v.answered_at < f.sent_at, true) as silent

-- name: followups.conversation
-- scope: tenant
-- Of which conversation one is.
select conversation_id::text from follow_ups where tenant_id = %(tenant_id)s and id = %(follow_up_id)s

-- name: followups.message_ended
-- scope: tenant
-- How its message ended.
update follow_ups set state = %(state)s, reason = %(reason)s, updated_at = now(),
    sent_at = case when %(state)s = 'sent' then now() else sent_at end
where tenant_id = %(tenant_id)s and message_id = %(message_id)s and state in ('queued', 'unknown')
returning id::text

-- name: followups.claim_drafts
-- scope: system
-- Follow-ups that a language model is to write, not asked for just now.
update follow_ups set draft_asked_at = now()
where id in (
    select f.id from follow_ups f
    where f.state = 'pending' and f.draft = 'wanted'
        and (f.draft_asked_at is null or f.draft_asked_at < now() - %(again_after)s::interval)
    order by f.created_at limit %(limit)s for update skip locked)
returning tenant_id::text, id::text

-- name: followups.drafting
-- scope: tenant
-- The conversation of a follow-up that waits for a language model to write it.
select f.conversation_id::text from follow_ups f
where f.tenant_id = %(tenant_id)s and f.id = %(follow_up_id)s and f.state = 'pending' and f.draft = 'wanted'

-- name: followups.drafted
-- scope: tenant
-- What a language model wrote, or why that is not used; once.
update follow_ups set draft = %(draft)s, draft_enc = %(text)s, draft_reason = %(reason)s, draft_model = %(model)s,
    draft_tokens_in = %(tokens_in)s, draft_tokens_out = %(tokens_out)s, draft_cost_micro_usd = %(cost_micro_usd)s,
    template = case when %(text)s::bytea is null then template else %(template)s end,
    variant = case when %(text)s::bytea is null then variant else %(variant)s end, updated_at = now()
where tenant_id = %(tenant_id)s and id = %(follow_up_id)s and state = 'pending' and draft = 'wanted'
    and text_enc is null
