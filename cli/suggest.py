"""Did you mean: near names for what was mistyped. Loaded only when something was."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING

from waagent.errors import NotFoundError

if TYPE_CHECKING:
    from waagent.domain.views import Tenant
    from waagent.services.tenants import TenantService

_CHOICE = re.compile(r"'(?P<given>[^']*)' is not one of (?P<known>'.+')")
_MOST = 3


def did_you_mean(given: str, known: Iterable[str]) -> str | None:
    """``did you mean 'a' or 'b'?``, or None where nothing is near."""
    near = get_close_matches(given.lower(), list(known), n=_MOST, cutoff=0.5)
    return f"did you mean {' or '.join(map(repr, near))}?" if near else None


def for_choice(message: str) -> str | None:
    """The same from the parser's message about a value that is none of a few."""
    found = _CHOICE.search(message)
    return found and did_you_mean(found["given"], re.findall(r"'([^']*)'", found["known"]))


def shop(tenants: TenantService, ref: str) -> Tenant:
    """The shop of a slug or id.

    Raises NotFoundError, with the slugs that are near in its hint.
    """
    try:
        return tenants.get(ref)
    except NotFoundError as error:
        slugs = [each.slug for each in tenants.list()]
        near = did_you_mean(ref, slugs)
        if near is None:
            raise
        raise NotFoundError(error.message, hint=f"{near} {error.hint}") from None
