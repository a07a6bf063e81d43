"""Users of the web front: owners of one shop, and operators."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from waagent.domain.users import UserView, weakness
from waagent.domain.views import Tenant
from waagent.errors import ConflictError, InvalidInputError, NotFoundError
from waagent.security.passwords import Passwords
from waagent.services.core import Core
from waagent.services.ids import clean_name
from waagent.storage.db import Transaction

MAX_NAME = 120
NAME = "user"
"""The kind of blind index by which a user is found."""


@dataclass(frozen=True, slots=True)
class _Listed:
    id: str
    name_sealed: bytes
    tenant: str | None
    enabled: bool
    created_at: datetime
    last_login_at: datetime | None
    logins: int


@dataclass(frozen=True, slots=True)
class Account:
    """A user's row, without their name. ``tenant_id`` is None for an operator."""

    id: str
    tenant_id: str | None
    password_hash: str
    enabled: bool


class UserService:
    """Makes users and takes their access away. For operators only; ``actor`` is for the audit.

    Every method raises RefusedError in a process that serves one shop.
    """

    def __init__(self, core: Core, passwords: Passwords, *, idle: timedelta) -> None:
        self._core = core
        self._passwords = passwords
        self._idle = idle

    def create(self, name: str, password: str, tenant: Tenant | None, *, actor: str) -> UserView:
        """Make a user: the owner of ``tenant``, or with None an operator.

        Raises:
            InvalidInputError: the name cannot be one, or the password is too weak.
            ConflictError: the name is taken.
        """
        name = user_name(name)
        user_id = str(uuid4())
        hashed = self._hash(password, name, tenant)
        shop = tenant.id if tenant else None
        with self._core.operator() as tx:
            made = tx.run(
                "users.create",
                id=user_id,
                shop=shop,
                name_key=self._key(name),
                name_sealed=self._core.keys.seal_user(name),
                password_hash=hashed,
            )
            if not made:
                raise ConflictError(f"there is a user {name!r} already", hint="waagent user list")
            note(tx, Account(user_id, shop, "", True), actor, "created")
        return self.get(name)

    def list(self, tenant: Tenant | None = None) -> list[UserView]:
        """Users by their age, of a shop or of all; the operators are among all."""
        shop = tenant.id if tenant else None
        with self._core.operator() as tx:
            rows = tx.all(_Listed, "users.list", shop=shop, idle=self._idle)
        return [
            UserView(
                name=self._core.keys.open_user(row.name_sealed),
                tenant=row.tenant,
                operator=row.tenant is None,
                enabled=row.enabled,
                created_at=row.created_at,
                last_login_at=row.last_login_at,
                logins=row.logins,
            )
            for row in rows
        ]

    def get(self, name: str) -> UserView:
        """One user. Raises NotFoundError if there is none of that name."""
        wanted = user_name(name)
        for user in self.list():
            if user.name == wanted:
                return user
        raise _missing(name)

    def set_password(self, name: str, password: str, *, actor: str) -> UserView:
        """Give a user another password; their logins end.

        Raises:
            NotFoundError: there is no such user.
            InvalidInputError: the password is too weak.
        """
        shop = self.get(name).tenant
        with self._core.operator() as tx:
            tenant = tx.one(Tenant, "tenants.find", ref=shop) if shop else None
        hashed = self._hash(password, user_name(name), tenant)
        with self._core.operator() as tx:
            account = self._account(tx, name)
            tx.run("users.set_password", id=account.id, password_hash=hashed)
            tx.run("users.end_logins", id=account.id)
            note(tx, account, actor, "password")
        return self.get(name)

    def enable(self, name: str, *, actor: str) -> UserView:
        """Let them log in again. Raises NotFoundError."""
        with self._core.operator() as tx:
            account = self._account(tx, name)
            tx.run("users.enable", id=account.id)
            note(tx, account, actor, "enabled")
        return self.get(name)

    def disable(self, name: str, *, actor: str) -> UserView:
        """Keep them out; their logins end now. Raises NotFoundError."""
        with self._core.operator() as tx:
            account = self._account(tx, name)
            tx.run("users.disable", id=account.id)
            tx.run("users.end_logins", id=account.id)
            note(tx, account, actor, "disabled")
        return self.get(name)

    def delete(self, name: str, *, actor: str) -> None:
        """Delete them; their logins end now. The audit stays. Raises NotFoundError."""
        with self._core.operator() as tx:
            account = self._account(tx, name)
            tx.run("users.delete", id=account.id)
            note(tx, account, actor, "deleted")

    def _hash(self, password: str, name: str, tenant: Tenant | None) -> str:
        about = [name, *((tenant.name, tenant.slug) if tenant else ())]
        problem = weakness(password, about)
        if problem is not None:
            raise InvalidInputError(
                f"this password is too weak: {problem}",
                hint="several words in a row are a good one",
            )
        return self._passwords.hash(password)

    def _account(self, tx: Transaction, name: str) -> Account:
        account = tx.one(Account, "users.find", name_key=self._key(user_name(name)))
        if account is None:
            raise _missing(name)
        return account

    def _key(self, name: str) -> bytes:
        return self._core.keys.user_index(NAME, name)


def user_name(text: str) -> str:
    """A user's name as it is stored: an e-mail address or any one word, in small letters.

    Raises:
        InvalidInputError: it is empty, too long, or of several words.
    """
    name = unicodedata.normalize("NFKC", clean_name(text, "a user's name", MAX_NAME)).casefold()
    if " " in name:
        raise InvalidInputError(
            "a user's name is one word", hint="an e-mail address, or such as: rini"
        )
    return name


def note(tx: Transaction, account: Account, actor: str, action: str) -> None:
    """A row of the audit."""
    tx.run("users.note", shop=account.tenant_id, id=account.id, actor=actor, action=action)


def _missing(name: str) -> NotFoundError:
    return NotFoundError(f"no user {name!r}", hint="see them: waagent user list")
