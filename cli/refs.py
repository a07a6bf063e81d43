"""Leads and follow-ups as people name them: an id, how it begins, a number, a customer's name."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Protocol

import typer

from cli import live
from waagent.errors import InvalidInputError, InvalidPhoneError, NotFoundError

if TYPE_CHECKING:
    from waagent.bootstrap import Services
    from waagent.domain.views import Tenant

_WHOLE_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.I)
_SHORTEST_ID = 4
_SHORTEST_PART = 3
_MOST = 3

LeadRef = Annotated[
    str,
    typer.Argument(
        metavar="LEAD",
        help="Its id or how that begins, or the customer's number or name.",
        autocompletion=live.leads,
    ),
]
FollowUpRef = Annotated[
    str,
    typer.Argument(
        metavar="FOLLOWUP",
        help="Its id or how that begins, or the customer's number or name.",
        autocompletion=live.follow_ups,
    ),
]


class _Named(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str | None: ...
    @property
    def phone(self) -> str | None: ...


def lead_id(services: Services, shop: Tenant, ref: str) -> str:
    """The id of the one lead that ``ref`` names.

    Raises:
        NotFoundError: it names none; the hint has near names.
        InvalidInputError: it names several.
    """
    if _WHOLE_ID.fullmatch(ref):
        return ref
    found = services.leads.list(shop)
    return _one("lead", "waagent lead list", found, ref, services.settings.region)


def follow_up_id(services: Services, shop: Tenant, ref: str) -> str:
    """The same of follow-ups; of a customer's, the one that is still to come."""
    if _WHOLE_ID.fullmatch(ref):
        return ref
    found = services.followups.list(shop)
    open_ones = [each for each in found if each.state in ("pending", "queued")]
    known = open_ones if not any(each.id.startswith(ref) for each in found) else found
    return _one("follow-up", "waagent followup list", known, ref, services.settings.region)


def _one(what: str, command: str, known: Sequence[_Named], ref: str, region: str) -> str:
    found = _matching(known, ref.strip(), region)
    if len(found) == 1:
        return found[0].id
    if found:
        shown = ", ".join(f"{each.name or each.phone} ({each.id[:8]})" for each in found[:_MOST])
        raise InvalidInputError(
            f"{ref!r} names {len(found)} {what}s: {shown}" + (", …" if len(found) > _MOST else ""),
            hint="give the id, or more of its beginning",
        )
    from cli.suggest import did_you_mean

    near = did_you_mean(ref, {each.name.lower() for each in known if each.name})
    raise NotFoundError(f"no {what} {ref!r}", hint=f"{near or ''} see them: {command}".strip())


def _matching(known: Sequence[_Named], ref: str, region: str) -> list[_Named]:
    """Those meant: by id, else by number, else by the whole name, else by a part of it."""
    wanted, digits = ref.casefold(), _digits(ref, region)
    ways: tuple[Callable[[_Named], bool], ...] = (
        lambda each: each.id == ref,
        lambda each: len(ref) >= _SHORTEST_ID and each.id.startswith(wanted),
        lambda each: digits is not None and each.phone == f"+{digits}",
        lambda each: (each.name or "").casefold() == wanted,
        lambda each: len(wanted) >= _SHORTEST_PART and wanted in (each.name or "").casefold(),
    )
    for is_meant in ways:
        found = [each for each in known if is_meant(each)]
        if found:
            return found
    return []


def _digits(ref: str, region: str) -> str | None:
    if not any(character.isdigit() for character in ref):
        return None
    from waagent.phones import parse_phone

    try:
        return parse_phone(ref, region)
    except InvalidPhoneError:
        return None
