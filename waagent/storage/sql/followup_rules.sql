-- name: followup_rules.shop
-- scope: tenant
-- What a shop wants of its follow-ups, rules apart.
select t.name, t.timezone, coalesce(s.calendar, true) as calendar, s.follow_ups_paused_until as paused_until,
    s.hold_out_percent
from tenants t
left join tenant_settings s on s.tenant_id = %(tenant_id)s
where t.id = %(tenant_id)s

-- name: followup_rules.list
-- scope: tenant
-- The shop's rules, the one that names most first.
select stage, intent, delay, max_per_sale, template, approval, writer from follow_up_rules
where tenant_id = %(tenant_id)s order by intent nulls last, stage nulls last

-- name: followup_rules.set
-- scope: tenant
-- Make the rule of a stage and an intent, or replace it.
insert into follow_up_rules (tenant_id, stage, intent, delay, max_per_sale, template, approval, writer)
values (%(tenant_id)s, %(stage)s, %(intent)s, %(delay)s, %(most)s, %(template)s, %(approval)s, %(writer)s)
on conflict (tenant_id, stage, intent) do update set delay = excluded.delay,
    max_per_sale = excluded.max_per_sale, template = excluded.template, approval = excluded.approval,
    writer = excluded.writer

-- name: followup_rules.remove
-- scope: tenant
-- Forget the rule of a stage and an intent.
delete from follow_up_rules
where tenant_id = %(tenant_id)s and stage is not distinct from %(stage)s and intent is not distinct from %(intent)s

-- name: followup_rules.pause
-- scope: tenant
-- Let no follow-up go out until then; null: let them go.
insert into tenant_settings (tenant_id, follow_ups_paused_until) values (%(tenant_id)s, %(until)s)
on conflict (tenant_id) do update set follow_ups_paused_until = excluded.follow_ups_paused_until

-- name: followup_rules.set_hold_out
-- scope: tenant
-- The part of the follow-ups that is left out; null: the default.
insert into tenant_settings (tenant_id, hold_out_percent) values (%(tenant_id)s, %(percent)s)
on conflict (tenant_id) do update set hold_out_percent = excluded.hold_out_percent

-- name: followup_rules.set_calendar
-- scope: tenant
-- Whether holidays, Fridays and Ramadan are kept.
insert into tenant_settings (tenant_id, calendar) values (%(tenant_id)s, %(calendar)s)
on conflict (tenant_id) do update set calendar = excluded.calendar
