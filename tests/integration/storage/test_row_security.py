"""One tenant never sees or touches another's rows, whatever a query forgets.

The tables are read from the catalogue, so a table that is added without a policy fails here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import Connection, sql
from psycopg.errors import InsufficientPrivilege
from shop_support import Admin, Customer, Shop, label

from waagent.embedded import Backend

USERS = {"users", "user_logins", "user_audit"}
"""Who may see which tenant: for the system role alone, the app role reaches none of it."""
NOT_TENANTS = {"hosts", "instance", "schema_migrations", *USERS}
"""Tables that hold nothing of any tenant."""
DERIVED = {"messages": {"from_me"}}

# A row of the shop in the tables that the story of ``full`` leaves empty.
_MESSAGE = "from (select * from messages where tenant_id = %s limit 1) m"
_SESSION = "from (select * from sessions where tenant_id = %s limit 1) s"
OTHER_ROWS = (
    f"insert into session_health (session_id, tenant_id) select s.id, s.tenant_id {_SESSION}",
    "insert into session_events (session_id, tenant_id, state)"
    f" select s.id, s.tenant_id, 'connected' {_SESSION}",
    "insert into notification_channels (tenant_id, name, kind, target_enc)"
    " values (%s, 'owner', 'email', 'x')",
    "insert into notifications (tenant_id, channel_id, kind, dedupe_key, facts)"
    " select tenant_id, id, 'test', 'x', '{}' from notification_channels where tenant_id = %s",
    f"insert into session_notices (session_id, tenant_id) select s.id, s.tenant_id {_SESSION}",
    "insert into message_reactions (tenant_id, message_id, by_me, emoji_enc, at)"
    f" select m.tenant_id, m.id, false, 'x', now() {_MESSAGE}",
    "insert into message_media (tenant_id, message_id, session_id, mimetype, size)"
    f" select m.tenant_id, m.id, m.session_id, 'image/jpeg', 1 {_MESSAGE}",
    "insert into contact_merges (tenant_id, kept_id, merged_id, moved, evidence, actor)"
    " select tenant_id, id, id, '{}', 'x', 'tests' from contacts where tenant_id = %s limit 1",
    "insert into message_gaps (tenant_id, session_id, wa_message_id, cause, sent_at)"
    f" select m.tenant_id, m.session_id, 'gap', 'late', now() {_MESSAGE}",
    "insert into products (tenant_id, name) values (%s, 'Brownies')",
    "insert into product_aliases (tenant_id, alias, product_id)"
    " select tenant_id, 'bronis', id from products where tenant_id = %s",
    "insert into insight_corrections (tenant_id, conversation_id, message_seq, label, actor)"
    f" select m.tenant_id, m.conversation_id, 1, 'status', 'tests' {_MESSAGE}",
    "insert into tenant_heads (tenant_id, weights, base_version, corrections, scores)"
    " values (%s, 'x', 'x', 0, '{}')",
    "insert into ai_usage (tenant_id, month, engine) values (%s, '2026-11-01', 'openai')",
    "insert into lead_notes (tenant_id, lead_id, body_enc, author)"
    " select tenant_id, id, 'x', 'tests' from leads where tenant_id = %s",
    "insert into lead_tags (tenant_id, lead_id, tag)"
    " select tenant_id, id, 'vip' from leads where tenant_id = %s",
    "insert into stage_names (tenant_id, stage, name) values (%s, 'new', 'Baru')",
    "insert into templates (tenant_id, name, body) values (%s, 'sopan', 'Halo')",
    "insert into follow_up_rules (tenant_id) values (%s)",
    "insert into tenant_settings (tenant_id) values (%s)",
)

Enter = Callable[[str, str], object]


def tables(admin: Admin) -> list[str]:
    query = (
        "select relname from pg_class"
        " where relnamespace = 'waagent'::regnamespace and relkind in ('r', 'p')"
    )
    return sorted({name for (name,) in admin.rows(query)} - NOT_TENANTS)


def tenant_column(table: str) -> str:
    return "id" if table == "tenants" else "tenant_id"


@contextmanager
def acting(backend: Backend, role: str, tenant_id: str) -> Iterator[Connection[tuple[object, ...]]]:
    """A transaction as the application's, rolled back."""
    with psycopg.connect(backend.database_url) as connection:
        connection.execute("select set_config('search_path', 'waagent', true)")
        connection.execute("select set_config('role', %s, true)", (role,))
        connection.execute("select set_config('waagent.tenant_id', %s, true)", (tenant_id,))
        yield connection
        connection.rollback()


@pytest.fixture
def full(new_shop: Callable[..., Shop]) -> tuple[Shop, Shop]:
    """Two shops with a row in every table."""
    shops = new_shop("Dapur Bu Rini"), new_shop("Toko Pak Budi")
    for shop in shops:
        session_id, customer = shop.linked(), Customer()
        shop.due_follow_up(session_id, customer)
        shop.dispatch()
        shop.lease(session_id)
        with shop.host.core.tenant(shop.id) as scope:
            contact = shop.column("select id from contacts where tenant_id = %s")[0]
            scope.tx.run("contacts.opt_out", contact_id=contact, source="customer")
        shop.admin.run(
            "insert into audit_log (tenant_id, actor, action) values (%s, 'tests', 'test')", shop.id
        )
        for statement in OTHER_ROWS:
            shop.admin.run(statement, shop.id)
    return shops


def test_every_table_of_tenants_has_a_forced_policy(admin: Admin) -> None:
    found = tables(admin)
    assert {"tenants", "sessions", "contacts", "messages", "outbox", "leads"} <= set(found)
    for table in found:
        columns = {
            name
            for (name,) in admin.rows(
                "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0",
                f"waagent.{table}",
            )
        }
        assert tenant_column(table) in columns, f"{table} names no tenant"
        ((enabled, forced),) = admin.rows(
            "select relrowsecurity, relforcerowsecurity from pg_class where oid = %s::regclass",
            f"waagent.{table}",
        )
        assert enabled, table
        assert forced, table


def test_the_app_s_policies_are_about_the_tenant_and_nothing_else(admin: Admin) -> None:
    found = admin.rows(
        "select tablename, permissive, cmd, qual, with_check from pg_policies"
        " where schemaname = 'waagent' and 'waagent_app' = any(roles)"
    )
    assert {table for table, *_ in found} == set(tables(admin))
    for table, permissive, command, using, check in found:
        expected = f"({tenant_column(table)} = waagent.current_tenant())"
        assert (permissive, command) == ("PERMISSIVE", "ALL"), table
        assert using.replace("waagent.", "") == expected.replace("waagent.", ""), table
        assert check == using, table


def test_the_app_sees_its_own_rows_in_every_table_and_no_others(
    backend: Backend, admin: Admin, full: tuple[Shop, Shop]
) -> None:
    own, other = full
    for table in tables(admin):
        tenant = sql.Identifier(tenant_column(table))
        query = sql.SQL("select distinct {} from {}").format(tenant, sql.Identifier(table))
        with acting(backend, "waagent_app", own.id) as connection:
            seen = {row[0] for row in connection.execute(query)}
        assert seen == {UUID(own.id)}, f"{table}: every table needs a row for this test"
        assert admin.value(
            f"select count(*) from {table} where {tenant_column(table)} = %s", other.id
        )


def test_without_a_tenant_nothing_is_seen(
    backend: Backend, admin: Admin, full: tuple[Shop, Shop]
) -> None:
    for tenant_id in ("", str(uuid4())):
        with acting(backend, "waagent_app", tenant_id) as connection:
            for table in tables(admin):
                query = sql.SQL("select count(*) from {}").format(sql.Identifier(table))
                assert connection.execute(query).fetchone() == (0,), table


def test_the_app_changes_and_deletes_no_other_tenant_s_row(
    backend: Backend, admin: Admin, full: tuple[Shop, Shop]
) -> None:
    own, other = full
    for table in sorted(set(tables(admin)) - {"tenants"}):
        name = sql.Identifier(table)
        with acting(backend, "waagent_app", own.id) as connection:
            update = sql.SQL("update {} set tenant_id = tenant_id where tenant_id = %s")
            delete = sql.SQL("delete from {} where tenant_id = %s")
            assert connection.execute(update.format(name), (other.id,)).rowcount == 0, table
            assert connection.execute(delete.format(name), (other.id,)).rowcount == 0, table


def test_the_app_writes_no_row_for_another_tenant(
    backend: Backend, admin: Admin, full: tuple[Shop, Shop]
) -> None:
    """Not by an insert, and not by giving a row of its own away."""
    own, other = full
    for table in sorted(set(tables(admin)) - {"tenants"}):
        name = sql.Identifier(table)
        with acting(backend, "waagent_app", own.id) as connection:
            update = sql.SQL("update {} set tenant_id = %s").format(name)
            with pytest.raises(InsufficientPrivilege, match="row-level security"):
                connection.execute(update, (other.id,))
        with (
            acting(backend, "waagent_app", own.id) as connection,
            pytest.raises(InsufficientPrivilege, match="row-level security"),
        ):
            connection.execute(_copy(admin, table), (other.id,))


def _copy(admin: Admin, table: str) -> sql.Composed:
    """An insert of a row of one's own under another tenant's name."""
    columns = admin.rows(
        "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0"
        " and not attisdropped and attgenerated = '' and attidentity = ''",
        f"waagent.{table}",
    )
    names = [name for (name,) in columns]
    values = [sql.SQL("%s") if name == "tenant_id" else sql.Identifier(name) for name in names]
    return sql.SQL("insert into {0} ({1}) select {2} from {0} limit 1").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, names)),
        sql.SQL(", ").join(values),
    )


def test_every_reference_between_tenants_rows_names_the_tenant(admin: Admin) -> None:
    """Foreign keys look past row-level security, so they must see to it themselves."""
    references = admin.rows(
        "select conname, conrelid::regclass::text, confrelid::regclass::text, array(select"
        " attname::text from pg_attribute where attrelid = conrelid and attnum = any(conkey))"
        " from pg_constraint where contype = 'f' and connamespace = 'waagent'::regnamespace"
    )
    assert len(references) > 20
    for name, table, target, columns in references:
        if table.removeprefix("waagent.") in USERS:
            continue
        assert "tenant_id" in columns, f"{name}: {table} may point into another tenant's {target}"


def test_a_message_cannot_be_queued_for_another_shop_s_number(
    backend: Backend, full: tuple[Shop, Shop]
) -> None:
    own, other = full
    (session_id,) = other.column("select id from sessions where tenant_id = %s")
    for table in ("messages", "outbox", "conversations"):
        with acting(backend, "waagent_app", own.id) as connection:
            update = sql.SQL("update {} set session_id = %s").format(sql.Identifier(table))
            with pytest.raises(psycopg.errors.ForeignKeyViolation):
                connection.execute(update, (session_id,))


def test_the_system_role_reads_nothing_of_a_customer(backend: Backend, admin: Admin) -> None:
    secret = admin.rows(
        "select c.relname, a.attname from pg_attribute a join pg_class c on c.oid = a.attrelid"
        " where c.relnamespace = 'waagent'::regnamespace and c.relkind = 'r' and a.attnum > 0"
        " and (a.attname like '%%\\_enc' or a.attname like '%%\\_index' or c.relname in"
        " ('contacts', 'contact_aliases', 'messages', 'customer_insights', 'leads', 'opt_outs',"
        " 'audit_log'))"
    )
    assert ("messages", "body_enc") in secret
    assert ("sessions", "phone_enc") in secret
    for table, column in secret:
        with acting(backend, "waagent_system", "") as connection:
            query = sql.SQL("select {} from {}").format(
                sql.Identifier(column), sql.Identifier(table)
            )
            with pytest.raises(InsufficientPrivilege):
                connection.execute(query)


def test_the_system_role_deletes_nothing(backend: Backend, admin: Admin) -> None:
    for table in tables(admin):
        delete = sql.SQL("delete from {}").format(sql.Identifier(table))
        with (
            acting(backend, "waagent_system", "") as system,
            pytest.raises(InsufficientPrivilege),
        ):
            system.execute(delete)


def test_the_login_role_itself_sees_no_row(
    backend: Backend, admin: Admin, full: tuple[Shop, Shop]
) -> None:
    """It owns the tables; a transaction that forgot to switch roles must still see nothing."""
    for tenant_id in ("", full[0].id):
        with acting(backend, "none", tenant_id) as connection:
            for table in tables(admin):
                query = sql.SQL("select count(*) from {}").format(sql.Identifier(table))
                assert connection.execute(query).fetchone() == (0,), table


def test_no_role_of_the_application_can_bypass_row_security(admin: Admin) -> None:
    found = admin.rows(
        "select rolname, rolsuper, rolbypassrls, rolcreatedb, rolcanlogin from pg_roles"
        " where rolname like 'waagent%%' order by rolname"
    )
    assert found == [
        ("waagent", False, False, False, True),
        ("waagent_app", False, False, False, False),
        ("waagent_system", False, False, False, False),
    ]


def test_the_app_reaches_no_user(backend: Backend, full: tuple[Shop, Shop]) -> None:
    for table in USERS:
        for verb in ("select count(*) from {}", "delete from {}"):
            query = sql.SQL(verb).format(sql.Identifier(table))
            with (
                acting(backend, "waagent_app", full[0].id) as connection,
                pytest.raises(InsufficientPrivilege),
            ):
                connection.execute(query)


def test_neither_role_reaches_the_library_s_store(backend: Backend) -> None:
    for role in ("waagent_app", "waagent_system"):
        with acting(backend, role, "") as connection, pytest.raises(InsufficientPrivilege):
            connection.execute("select from whatsmeow.whatsmeow_device")


def test_deleting_a_shop_deletes_everything_of_it(admin: Admin, full: tuple[Shop, Shop]) -> None:
    own, other = full
    admin.run("delete from tenants where id = %s", own.id)
    for table in sorted(set(tables(admin)) - {"tenants"}):
        assert own.count(table) == 0, table
        assert other.count(table) > 0, table


def test_the_fixture_judges(shop: Shop) -> None:
    """A follow-up that is due is what several tests build on."""
    shop.due_follow_up(shop.linked(), Customer())
    assert shop.lead().status is label().status
