"""Logging in to the web front: passwords, limits, and the logins that hold.

The browser has a random token; the database its SHA-256, so reading the table opens no login.
Tries are counted in Redis before a password is looked at, whether or not there is such a user, and
a wrong name takes as long as a wrong password: an answer tells nothing about who exists.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import cast

import structlog
from redis import Redis
from redis.exceptions import RedisError as DriverError

from waagent.domain.users import MAX_PASSWORD, Visitor
from waagent.domain.views import Tenant
from waagent.errors import InvalidInputError, LimitError, RedisError
from waagent.security.passwords import Passwords
from waagent.services.core import Core
from waagent.services.users import NAME, Account, note, user_name
from waagent.storage.db import Transaction

log = structlog.get_logger()

WINDOW = timedelta(minutes=15)
TRIES = {"both": 5, "address": 30, "name": 50}
"""Tries in a window: of a name from one address, of all names from it, of a name from anywhere.

The last is the widest, since whoever knows a name could otherwise keep its user out.
"""
_COUNT = """
local left = 0
for i, key in ipairs(KEYS) do
    local count = redis.call('incr', key)
    if count == 1 or redis.call('pttl', key) < 0 then redis.call('pexpire', key, ARGV[1]) end
    if count > tonumber(ARGV[1 + i]) then left = math.max(left, redis.call('pttl', key)) end
end
return left
"""


@dataclass(frozen=True, slots=True)
class _Row:
    login_id: str
    user_id: str
    name_sealed: bytes
    tenant_id: str | None
    slug: str | None
    shop: str | None
    timezone: str | None


@dataclass(frozen=True, slots=True)
class _Owner:
    id: str
    tenant_id: str | None


class LoginService:
    """Begins, checks, ends logins; each holds ``lasts``, or until nobody was there for ``idle``."""

    def __init__(
        self, core: Core, redis: Redis, passwords: Passwords, *, lasts: timedelta, idle: timedelta
    ) -> None:
        self._core = core
        self._redis = redis
        self._passwords = passwords
        self._lasts = lasts
        self._idle = idle

    def begin(self, name: str, password: str, address: str) -> str | None:
        """Log in; the token for the browser, or None where name and password are of nobody.

        Raises:
            LimitError: too many tries of this name or from this address.
            RedisError: tries cannot be counted, so none is allowed.
        """
        name = _plain(name)
        name_key = self._core.keys.user_index(NAME, name)
        keys = self._count(name, address)
        with self._core.operator() as tx:
            tx.run("users.sweep", idle=self._idle)
            account = tx.one(Account, "users.find", name_key=name_key)
        known = account.password_hash if account and account.enabled else None
        fits = self._passwords.matches(known, password[: MAX_PASSWORD + 1])
        if account is None or not fits:
            self._refused(account)
            return None
        token = secrets.token_urlsafe(32)
        with self._core.operator() as tx:
            login_id = tx.value(
                "users.begin_login",
                id=account.id,
                token_hash=_hash(token),
                lasts=self._lasts,
                password_hash=account.password_hash,
            )
            if login_id is None:
                return None
            tx.run("users.logged_in", id=account.id)
            note(tx, account, "web", "login")
            self._renew(tx, account, password)
        with suppress(DriverError):  # they run out by themselves
            self._redis.delete(keys["both"])
        log.info("login.began", user=account.id)
        return token

    def check(self, token: str) -> Visitor | None:
        """Who is behind a token, who counts as active now; None where the login holds no more."""
        visitor = self._visitor(token_hash=_hash(token), login_id=None)
        if visitor is not None:
            self.seen([visitor.login_id])
        return visitor

    def visitor(self, login_id: str) -> Visitor | None:
        """Who is behind a login, by its id; None where it holds no more."""
        return self._visitor(token_hash=None, login_id=login_id)

    def end(self, token: str) -> None:
        """Log out."""
        with self._core.operator() as tx:
            owner = tx.one(_Owner, "users.end_login", token_hash=_hash(token))
            if owner is not None:
                note(tx, Account(owner.id, owner.tenant_id, "", True), "web", "logout")

    def seen(self, login_ids: Collection[str]) -> None:
        """The people behind these logins are active."""
        with self._core.operator() as tx:
            tx.run("users.seen", login_ids=list(login_ids))

    def alive(self, login_ids: Collection[str]) -> set[str]:
        """Which of these logins still hold."""
        with self._core.operator() as tx:
            return set(tx.column("users.alive", login_ids=list(login_ids), idle=self._idle))

    def _visitor(self, *, token_hash: bytes | None, login_id: str | None) -> Visitor | None:
        with self._core.operator() as tx:
            row = tx.one(
                _Row, "users.visitor", token_hash=token_hash, login_id=login_id, idle=self._idle
            )
        if row is None:
            return None
        tenant = None
        if row.tenant_id is not None:
            slug, shop, zone = cast("tuple[str, str, str]", (row.slug, row.shop, row.timezone))
            tenant = Tenant(id=row.tenant_id, slug=slug, name=shop, timezone=zone)
        name = self._core.keys.open_user(row.name_sealed)
        return Visitor(login_id=row.login_id, user_id=row.user_id, name=name, tenant=tenant)

    def _renew(self, tx: Transaction, account: Account, password: str) -> None:
        if self._passwords.outdated(account.password_hash):
            hashed = self._passwords.hash(password)
            before = account.password_hash
            tx.run("users.rehash", id=account.id, password_hash=hashed, before=before)

    def _refused(self, account: Account | None) -> None:
        log.info("login.refused", user=account.id if account else None)
        if account is not None:
            with self._core.operator() as tx:
                note(tx, account, "web", "login refused")

    def _count(self, name: str, address: str) -> dict[str, str]:
        """Count a try. Redis gets neither names nor addresses, only their blind indexes."""
        index = self._core.keys.user_index
        values = {"both": f"{name}\0{address}", "address": address, "name": name}
        keys = {
            kind: f"waagent:login:{kind}:{index(kind, value).hex()}"
            for kind, value in values.items()
        }
        window = int(WINDOW.total_seconds() * 1000)
        limits = [TRIES[kind] for kind in keys]
        try:
            wait = cast(int, self._redis.eval(_COUNT, len(keys), *keys.values(), window, *limits))
        except DriverError as error:
            raise RedisError("Redis cannot be used, so nobody can log in now") from error
        if wait:
            log.warning("login.limited")
            raise LimitError(
                "too many tries to log in", hint=f"wait {max(1, round(wait / 60_000))} minutes"
            )
        return keys


def _plain(name: str) -> str:
    """What cannot be a name is nobody's: it is counted and looked up like one that is."""
    try:
        return user_name(name)
    except InvalidInputError:
        return ""


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
