"""Ids and names as users give them."""

from __future__ import annotations

import unicodedata
from uuid import UUID

from waagent.errors import InvalidInputError, NotFoundError


def require_id(text: str, what: str) -> str:
    """``text`` as a UUID.

    Raises:
        NotFoundError: it is none, so nothing can have it.
    """
    try:
        return str(UUID(text))
    except ValueError as error:
        raise NotFoundError(f"no {what} {text!r}", hint="ids are in the lists' --json") from error


def clean_name(text: str, what: str, longest: int) -> str:
    """``text`` with single spaces and none around it.

    Raises:
        InvalidInputError: it is empty, too long, or has control characters or lone surrogates.
    """
    name = " ".join(text.split())
    odd = any(unicodedata.category(character) in ("Cc", "Cs") for character in name)
    if not name or len(name) > longest or odd:
        raise InvalidInputError(f"{what} has 1 to {longest} characters, all of them printable")
    return name
