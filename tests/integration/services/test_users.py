"""Users of the web front: made, listed, kept out; and what their logins hold."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator

import pytest
from shop_support import Admin, Shop

from waagent.bootstrap import Services, open_services
from waagent.domain.users import weakness
from waagent.errors import ConflictError, InvalidInputError, LimitError, NotFoundError, RefusedError
from waagent.security.passwords import Passwords
from waagent.services.logins import TRIES
from waagent.settings import Settings

GOOD = "tiga-ekor-ayam-goreng"
OTHER = "hujan turun di pasar minggu"
HOME = "203.0.113.7"

Make = Callable[..., str]


@pytest.fixture
def user(front: Services, admin: Admin, shop: Shop, redis_clean: None) -> Iterator[Make]:
    """Makes users of the shop (or operators); gives their name."""

    def make(name: str = "rini", *, operator: bool = False) -> str:
        unique = f"{name}-{secrets.token_hex(4)}@toko.example"
        tenant = None if operator else shop.tenant
        front.users.create(unique, GOOD, tenant, actor="tests")
        return unique

    yield make
    admin.run("delete from users")


def enter(front: Services, name: str, password: str = GOOD, address: str = HOME) -> str:
    token = front.logins.begin(name, password, address)
    assert token is not None
    return token


def test_what_is_stored_of_a_user(front: Services, admin: Admin, user: Make, shop: Shop) -> None:
    name = user()
    token = enter(front, name)
    ((sealed, key, hashed),) = admin.rows("select name_sealed, name_key, password_hash from users")
    stored = b"".join([bytes(sealed), bytes(key), hashed.encode()])
    assert name.encode() not in stored
    assert GOOD.encode() not in stored
    assert hashed.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    (login,) = admin.rows("select token_hash from user_logins")
    assert token.encode() not in bytes(login[0])
    assert len(token) >= 43  # 256 bits
    audit = admin.rows("select actor, action, tenant_id::text from user_audit where user_id ="
                       " (select id from users) order by id")  # fmt: skip
    assert audit == [("tests", "created", shop.id), ("web", "login", shop.id)]


def test_names_are_one_word_and_unique_in_any_case(front: Services, user: Make, shop: Shop) -> None:
    name = user()
    with pytest.raises(ConflictError):
        front.users.create(f" {name.upper()} ", GOOD, shop.tenant, actor="tests")
    for wrong in ("", "bu rini", "a" * 121, "x\ty"):
        with pytest.raises(InvalidInputError):
            front.users.create(wrong, GOOD, shop.tenant, actor="tests")
    assert front.users.get(name.upper()).name == name
    with pytest.raises(NotFoundError):
        front.users.get("nobody")


@pytest.mark.parametrize(
    "password",
    ["short-1x", "aaaaaaaaaaaa", "1234567890123", "Password1234", "qwertyuiop12", "rahasia-2026",
     "dapurbururini", "rini.toko12", "sayangsayang", "9876543210", "x" * 201],
)  # fmt: skip
def test_trivial_passwords(password: str) -> None:
    assert weakness(password, ["rini@toko.example", "Dapurbururini"]) is not None


@pytest.mark.parametrize("password", [GOOD, OTHER, "Tr0ub4dor&33x", "kopi susu gula aren"])
def test_passwords_that_are_none(password: str) -> None:
    assert weakness(password, ["rini@toko.example", "Dapur Bu Rini"]) is None


def test_a_weak_password_is_refused_before_anything_is_stored(
    front: Services, user: Make, shop: Shop
) -> None:
    with pytest.raises(InvalidInputError, match="too weak"):
        front.users.create("budi", "password12", shop.tenant, actor="tests")
    name = user()
    with pytest.raises(InvalidInputError, match="name of its user or shop"):
        front.users.set_password(name, name.partition("@")[0], actor="tests")
    assert [each.name for each in front.users.list(shop.tenant)] == [name]


def test_logging_in_and_out(front: Services, user: Make, shop: Shop) -> None:
    name = user()
    token = enter(front, name.upper())
    visitor = front.logins.check(token)
    assert visitor is not None
    assert (visitor.name, visitor.tenant, visitor.operator) == (name, shop.tenant, False)
    assert front.logins.visitor(visitor.login_id) == visitor
    assert front.logins.alive([visitor.login_id]) == {visitor.login_id}
    listed = front.users.get(name)
    assert (listed.tenant, listed.logins, listed.last_login_at is None) == (
        shop.tenant.slug,
        1,
        False,
    )
    front.logins.end(token)
    assert front.logins.check(token) is None
    assert front.logins.alive([visitor.login_id]) == set()
    assert front.logins.check("") is None


def test_an_operator_has_no_shop(front: Services, user: Make, shop: Shop) -> None:
    name = user("operator", operator=True)
    visitor = front.logins.check(enter(front, name))
    assert visitor is not None
    assert (visitor.tenant, visitor.operator) == (None, True)
    assert [each.name for each in front.users.list(shop.tenant)] == []
    assert [each.operator for each in front.users.list()] == [True]


def test_wrong_passwords_and_unknown_names_are_alike(front: Services, user: Make) -> None:
    name = user()
    for who, password in ((name, OTHER), ("nobody", GOOD), ("two words", GOOD), (name, "")):
        assert front.logins.begin(who, password, HOME) is None


def test_tries_are_limited_for_a_name_whether_or_not_it_exists(front: Services, user: Make) -> None:
    for name in (user(), "nobody"):
        for _ in range(TRIES["both"]):
            assert front.logins.begin(name, OTHER, HOME) is None
        with pytest.raises(LimitError, match="too many tries"):
            front.logins.begin(name, GOOD, HOME)
    # From elsewhere the right password still opens.
    other = user()
    for _ in range(TRIES["both"] - 1):
        front.logins.begin(other, OTHER, HOME)
    enter(front, other, address="198.51.100.4")
    enter(front, other)
    enter(front, other)  # one that succeeded counts no more


def test_tries_are_limited_for_an_address_and_for_a_name_from_anywhere(
    front: Services, user: Make, host: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(TRIES, "address", 2)
    monkeypatch.setitem(TRIES, "name", 3)
    name = user()
    for who in ("a", "b"):
        front.logins.begin(who, OTHER, HOME)
    with pytest.raises(LimitError):
        front.logins.begin("c", OTHER, HOME)
    for address in ("198.51.100.1", "198.51.100.2", "198.51.100.3"):
        front.logins.begin(name, OTHER, address)
    with pytest.raises(LimitError):
        front.logins.begin(name, GOOD, "198.51.100.5")


@pytest.mark.parametrize("act", ["disable", "delete", "set_password"])
def test_taking_access_away_ends_logins_at_once(front: Services, user: Make, act: str) -> None:
    name = user()
    token = enter(front, name)
    visitor = front.logins.check(token)
    assert visitor is not None
    arguments = (name, OTHER) if act == "set_password" else (name,)
    getattr(front.users, act)(*arguments, actor="tests")
    assert front.logins.check(token) is None
    assert front.logins.visitor(visitor.login_id) is None
    assert front.logins.alive([visitor.login_id]) == set()
    assert front.logins.begin(name, GOOD, HOME) is None
    if act == "disable":
        front.users.enable(name, actor="tests")
        assert front.logins.check(token) is None
        enter(front, name)
    if act == "set_password":
        enter(front, name, OTHER)


def test_logins_run_out(front: Services, admin: Admin, user: Make) -> None:
    name = user()
    for change in ("expires_at = now()", "seen_at = now() - interval '31 minutes'"):
        token = enter(front, name)
        assert front.logins.check(token) is not None
        admin.run(f"update user_logins set {change}")
        assert front.logins.check(token) is None
        assert front.users.get(name).logins == 0
    enter(front, name)
    assert admin.value("select count(*) from user_logins") == 1, "what ran out is swept"


def test_an_old_hash_is_renewed_by_logging_in(front: Services, admin: Admin, user: Make) -> None:
    from argon2 import PasswordHasher

    name = user()
    weak = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(GOOD)
    admin.run("update users set password_hash = %s", weak)
    enter(front, name)
    renewed = admin.value("select password_hash from users")
    assert renewed != weak
    assert not Passwords().outdated(renewed)
    enter(front, name)


def test_a_shop_s_deletion_takes_its_users(front: Services, admin: Admin, user: Make,
                                           shop: Shop) -> None:  # fmt: skip
    token = enter(front, user())
    admin.run("delete from tenants where id = %s", shop.id)
    assert front.logins.check(token) is None


def test_a_process_of_one_shop_reaches_no_other(
    settings: Settings, shop: Shop, new_shop: Callable[..., Shop]
) -> None:
    other = new_shop("Toko Pak Budi")
    with open_services(settings) as services:
        services.pin(shop.tenant)
        assert services.tenants.list() == [shop.tenant]
        assert services.leads.list(shop.tenant) == []
        with pytest.raises(NotFoundError):
            services.tenants.get(other.tenant.slug)
        with pytest.raises(NotFoundError):
            services.leads.list(other.tenant)
        for forbidden in (
            services.users.list,
            lambda: services.logins.alive([]),
            lambda: services.tenants.create("Toko Baru"),
        ):
            with pytest.raises(RefusedError):
                forbidden()
