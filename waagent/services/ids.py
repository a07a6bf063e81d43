"""Ids as users give them."""

from __future__ import annotations

from uuid import UUID

from waagent.errors import NotFoundError


def require_id(text: str, what: str) -> str:
    """``text`` as a UUID.

    Raises:
        NotFoundError: it is none, so nothing can have it.
    """
    try:
        return str(UUID(text))
    except ValueError as error:
        raise NotFoundError(f"no {what} {text!r}", hint="ids are in the lists' --json") from error
