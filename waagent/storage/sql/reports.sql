-- name: reports.follow_ups
-- scope: tenant
-- Follow-ups of a period that were sent, or left out by lot when they came due, and what came of them in time.
-- A sale that was closed by mistake, and opened again by hand, was not closed.
select f.at, f.held_out, f.template,
    exists (select from messages m where m.tenant_id = %(tenant_id)s and m.conversation_id = f.conversation_id
        and m.direction = 'in' and m.at > f.at and m.at <= f.at + %(reply_within)s::interval) as replied,
    exists (select from lead_stage_history h where h.tenant_id = %(tenant_id)s and h.lead_id = f.lead_id
        and h.to_stage = 'won' and h.at > f.at and h.at <= f.at + %(closed_within)s::interval
        and not exists (select from lead_stage_history u where u.tenant_id = %(tenant_id)s and u.lead_id = h.lead_id
            and u.id > h.id and u.moved_by = 'human' and u.from_stage = 'won' and u.to_stage = h.from_stage)
    ) as closed,
    l.value
from (
    select g.conversation_id, g.lead_id, g.held_out, g.template, coalesce(g.sent_at, g.due_at) as at
    from follow_ups g where g.tenant_id = %(tenant_id)s
        and (g.sent_at is not null or (g.held_out and g.state = 'skipped'))
) f
join leads l on l.tenant_id = %(tenant_id)s and l.id = f.lead_id
where f.at >= %(start)s and f.at < %(end)s

-- name: reports.new_leads
-- scope: tenant
-- Leads that came in a period, with their newest labels.
select l.created_at as at, i.status, i.intent, i.product from leads l
join contacts c on c.tenant_id = %(tenant_id)s and c.id = l.contact_id
left join customer_insights i on i.tenant_id = %(tenant_id)s and i.id = l.insight_id
where l.tenant_id = %(tenant_id)s and l.created_at >= %(start)s and l.created_at < %(end)s
    and c.merged_into is null

-- name: reports.questions
-- scope: tenant
-- When customers wrote in a period after the shop had written last, and when it next did. A follow-up is no answer.
select t.at as asked_at, t.answered_at from (
    select w.direction, w.at, lead(w.at) over (partition by w.conversation_id order by w.at, w.seq) as answered_at
    from (
        select m.conversation_id, m.direction, m.at, m.seq,
            lag(m.direction) over (partition by m.conversation_id order by m.at, m.seq) as before
        from conversations v
        join messages m on m.tenant_id = %(tenant_id)s and m.conversation_id = v.id
        where v.tenant_id = %(tenant_id)s and v.last_message_at >= %(start)s
            and (m.direction = 'in'
                or (m.origin <> 'follow_up' and m.state in ('sent', 'delivered', 'read')))
    ) w
    where w.before is distinct from w.direction
) t
where t.direction = 'in' and t.at >= %(start)s and t.at < %(end)s

-- name: reports.journeys
-- scope: tenant
-- Leads that came in a period, a row for each of their moves and one for those without any.
select l.id::text, l.created_at as began_at, l.stage, h.at, h.from_stage, h.to_stage, h.moved_by from leads l
join contacts c on c.tenant_id = %(tenant_id)s and c.id = l.contact_id
left join lead_stage_history h on h.tenant_id = %(tenant_id)s and h.lead_id = l.id
where l.tenant_id = %(tenant_id)s and l.created_at >= %(start)s and l.created_at < %(end)s
    and c.merged_into is null
order by l.id, h.id

-- name: reports.today
-- scope: tenant
-- A day's figures, and what waits now: chats in which the customer wrote last. History that came with a pairing is no
-- message of the day.
with exchanged as (
    select m.direction, count(*) as messages from conversations v
    join messages m on m.tenant_id = %(tenant_id)s and m.conversation_id = v.id
    where v.tenant_id = %(tenant_id)s and v.last_message_at >= %(start)s
        and m.at >= %(start)s and m.at < %(end)s and not m.history
        and (m.direction = 'in' or m.state in ('sent', 'delivered', 'read'))
    group by m.direction
), unanswered as (
    select count(*) as chats, min(v.last_inbound_at) as since from conversations v
    where v.tenant_id = %(tenant_id)s and v.last_inbound_at > now() - %(waiting_for)s::interval
        and v.last_inbound_at > coalesce(v.last_outbound_at, '-infinity')
), sold as (
    select count(*) as sales, coalesce(sum(l.value), 0)::bigint as value, count(l.value) as valued from leads l
    where l.tenant_id = %(tenant_id)s and l.stage = 'won' and l.closed_at >= %(start)s and l.closed_at < %(end)s
)
select
    (select count(*) from leads l join contacts c on c.tenant_id = %(tenant_id)s and c.id = l.contact_id
        where l.tenant_id = %(tenant_id)s and l.created_at >= %(start)s and l.created_at < %(end)s
            and c.merged_into is null) as new_customers,
    coalesce((select e.messages from exchanged e where e.direction = 'in'), 0) as messages_in,
    coalesce((select e.messages from exchanged e where e.direction = 'out'), 0) as messages_out,
    u.chats as waiting, extract(epoch from now() - u.since)::float8 as longest_waiting,
    (select count(*) from follow_ups f where f.tenant_id = %(tenant_id)s
        and f.sent_at >= %(start)s and f.sent_at < %(end)s) as follow_ups_sent,
    (select count(*) from follow_ups f where f.tenant_id = %(tenant_id)s
        and f.state in ('pending', 'queued') and f.due_at < %(end)s) as follow_ups_due,
    s.sales as won, s.value as won_value, s.valued as won_valued, now() as at
from unanswered u, sold s
