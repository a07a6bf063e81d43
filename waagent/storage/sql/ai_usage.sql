-- name: ai_usage.add
-- scope: tenant
-- Count an answer in the shop's month.
insert into ai_usage (tenant_id, month, engine, calls, tokens_in, tokens_out, cost_micro_usd)
select %(tenant_id)s, date_trunc('month', now() at time zone t.timezone)::date, %(engine)s, 1, %(tokens_in)s,
    %(tokens_out)s, %(cost_micro_usd)s
from tenants t where t.id = %(tenant_id)s
on conflict (tenant_id, month, engine) do update set calls = ai_usage.calls + 1,
    tokens_in = ai_usage.tokens_in + excluded.tokens_in, tokens_out = ai_usage.tokens_out + excluded.tokens_out,
    cost_micro_usd = ai_usage.cost_micro_usd + excluded.cost_micro_usd

-- name: ai_usage.spent
-- scope: tenant
-- Tokens of the shop's current month.
select coalesce(sum(u.tokens_in + u.tokens_out), 0)::bigint from ai_usage u
join tenants t on t.id = %(tenant_id)s
where u.tenant_id = %(tenant_id)s and u.month = date_trunc('month', now() at time zone t.timezone)::date

-- name: ai_usage.list
-- scope: tenant
-- Every month and engine, the newest first.
select month, engine, calls, tokens_in, tokens_out, cost_micro_usd from ai_usage
where tenant_id = %(tenant_id)s order by month desc, engine
