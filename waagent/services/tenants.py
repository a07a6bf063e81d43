"""Shops."""

from __future__ import annotations

import re
import unicodedata
from uuid import uuid4
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from waagent.domain.views import Tenant
from waagent.errors import ConflictError, InvalidInputError, NotFoundError
from waagent.services.core import Core
from waagent.services.ids import clean_name

MAX_NAME = 100


class TenantService:
    """Makes and finds shops."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def create(self, name: str, *, timezone: str = "Asia/Jakarta") -> Tenant:
        """Make a shop, with a data key of its own.

        Raises:
            InvalidInputError: the name has no letter or digit or is too long, or no such zone.
            ConflictError: there is a shop whose name gives the same slug.
        """
        name = clean_name(name, "a shop's name", MAX_NAME)
        slug = slugify(name)
        if not slug:
            raise InvalidInputError(
                "a shop's name has a letter or digit in it",
                hint='for example: waagent tenant create "Dapur Bu Rini"',
            )
        _check_zone(timezone)
        tenant_id = uuid4()
        with self._core.operator() as tx:
            tenant = tx.one(
                Tenant,
                "tenants.create",
                id=tenant_id,
                slug=slug,
                name=name,
                timezone=timezone,
                data_key=self._core.keys.new_data_key(tenant_id),
            )
        if tenant is None:
            raise ConflictError(
                f"there is a shop {slug!r} already",
                hint="choose another name, or use that shop: waagent tenant list",
            )
        return tenant

    def get(self, ref: str) -> Tenant:
        """A shop by its slug or id.

        Raises:
            NotFoundError: there is none.
        """
        with self._core.db.system() as tx:
            tenant = tx.one(Tenant, "tenants.find", ref=ref.strip().lower())
        if tenant is None or self._core.only not in (None, tenant.id):
            raise NotFoundError(f"no shop {ref!r}", hint="see them: waagent tenant list")
        return tenant

    def list(self) -> list[Tenant]:
        """All shops that this process serves, by slug."""
        with self._core.db.system() as tx:
            found = tx.all(Tenant, "tenants.list")
        return [tenant for tenant in found if self._core.only in (None, tenant.id)]


def slugify(name: str) -> str:
    """``Dapur Bu Rini`` → ``dapur-bu-rini``; at most 60 characters."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:60].strip("-")


def _check_zone(timezone: str) -> None:
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidInputError(
            f"no time zone {timezone!r}", hint="Asia/Jakarta, Asia/Makassar or Asia/Jayapura"
        ) from error
