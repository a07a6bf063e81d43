"""What people add to a lead, and how it got where it is: notes, tags, value, assignee, history."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from waagent.domain.followups import FollowUpState
from waagent.domain.lead_views import LeadDetails, LeadFollowUp, NoteView, StageMoveView
from waagent.domain.leads import Stage
from waagent.domain.rupiah import parse_rupiah
from waagent.domain.views import LeadView, Tenant
from waagent.errors import ConflictError, InvalidInputError
from waagent.services.core import Core, Scope
from waagent.services.ids import clean_name
from waagent.services.leads import LeadService, find_lead, move_by_hand

MAX_ASSIGNEE = 60
MAX_NOTE = 2000
MAX_TAGS = 20
NOTHING = "-"
"""Given for a value or an assignee: there is none."""

_TAG = re.compile(r"[^\W_][\w&.-]{0,39}")


@dataclass(frozen=True, slots=True)
class _Move:
    at: datetime
    from_stage: str | None
    to_stage: str
    moved_by: str


@dataclass(frozen=True, slots=True)
class _Note:
    id: str
    body_enc: bytes
    author: str
    at: datetime


@dataclass(frozen=True, slots=True)
class _FollowUp:
    id: str
    due_at: datetime
    state: str
    reason: str | None
    template: str | None
    sent_at: datetime | None


class LeadDetailsService:
    """Reads and changes what hangs on one lead. Every method raises NotFoundError for no such."""

    def __init__(self, core: Core, leads: LeadService) -> None:
        self._core = core
        self._leads = leads

    def show(self, tenant: Tenant, lead_id: str) -> LeadDetails:
        """All there is of a lead."""
        with self._core.tenant(tenant.id) as scope:
            lead = find_lead(scope, lead_id)
            history, notes = _history(scope, lead.id), _notes(scope, lead.id)
            follow_ups = scope.tx.all(_FollowUp, "leads.follow_ups", lead_id=lead.id)
        return LeadDetails(
            lead=lead,
            insight=self._leads.insight(tenant, lead.conversation_id),
            history=history,
            notes=notes,
            follow_ups=tuple(
                LeadFollowUp(
                    id=row.id,
                    due_at=row.due_at,
                    state=FollowUpState(row.state),
                    reason=row.reason,
                    template=row.template,
                    sent_at=row.sent_at,
                )
                for row in follow_ups
            ),
        )

    def history(self, tenant: Tenant, lead_id: str) -> tuple[StageMoveView, ...]:
        """Every move of a lead, oldest first."""
        with self._core.tenant(tenant.id) as scope:
            return _history(scope, find_lead(scope, lead_id).id)

    def undo(self, tenant: Tenant, lead_id: str) -> LeadView:
        """Take a lead's last move back. Done twice, it is where it was.

        Where a rule moved it, the stage then counts as set by a person, so that rules only move
        it forward; where a person did, it counts as what it was before. Follow-ups that the move
        cancelled are planned anew by the next judgement, not by this.

        Raises:
            ConflictError: it was never moved.
        """
        with self._core.tenant(tenant.id) as scope:
            view = find_lead(scope, lead_id)
            scope.tx.column("conversations.lock", conversation_ids=[view.conversation_id])
            moves = _history(scope, view.id)
            if not moves or moves[-1].before is None:
                raise ConflictError(
                    "this lead was never moved", hint="move it: waagent lead move ID STAGE"
                )
            last, before = moves[-1], moves[:-1]
            found = move_by_hand(scope, view, moves[-1].before)
            if last.moved_by == "human":
                by = before[-1].moved_by if before else "rule"
                scope.tx.run("leads.set_by", lead_id=view.id, by=by)
            return found

    def assign(self, tenant: Tenant, lead_id: str, name: str) -> LeadView:
        """Give a lead to somebody of the shop; ``-`` to nobody.

        Raises:
            InvalidInputError: the name is longer than 60 characters, or has control characters.
        """
        given = None if name == NOTHING else clean_name(name, "an assignee's name", MAX_ASSIGNEE)
        with self._core.tenant(tenant.id) as scope:
            lead = find_lead(scope, lead_id)
            scope.tx.run("leads.assign", lead_id=lead.id, assignee=given)
            return _changed(scope, lead)

    def set_value(self, tenant: Tenant, lead_id: str, amount: str) -> LeadView:
        """Say what a sale is worth, as people write rupiah; ``-``: not known.

        Raises:
            InvalidInputError: it is no amount, or could mean two.
        """
        value = None if amount == NOTHING else _rupiah(amount)
        with self._core.tenant(tenant.id) as scope:
            lead = find_lead(scope, lead_id)
            scope.tx.run("leads.set_value", lead_id=lead.id, value=value)
            return _changed(scope, lead)

    def tag(
        self, tenant: Tenant, lead_id: str, *, add: Sequence[str], remove: Sequence[str]
    ) -> LeadView:
        """Add tags and take others away; they are kept in small letters.

        Raises:
            InvalidInputError: one is no tag, or both added and taken away, or there are too many.
        """
        adding, removing = {_tag(each) for each in add}, {_tag(each) for each in remove}
        if both := adding & removing:
            raise InvalidInputError(f"{min(both)!r} is both added and taken away")
        with self._core.tenant(tenant.id) as scope:
            lead = find_lead(scope, lead_id)
            if len({*lead.tags, *adding} - removing) > MAX_TAGS:
                raise InvalidInputError(f"a lead has at most {MAX_TAGS} tags")
            scope.tx.run("leads.tag", lead_id=lead.id, add=sorted(adding), remove=sorted(removing))
            return _changed(scope, lead)

    def add_note(self, tenant: Tenant, lead_id: str, text: str, *, author: str) -> LeadView:
        """Note something about a lead; kept encrypted.

        Raises:
            InvalidInputError: the note is empty or longer than 2000 characters.
        """
        note = text.strip()
        if not 1 <= len(note) <= MAX_NOTE or "\0" in note:
            raise InvalidInputError(f"a note has 1 to {MAX_NOTE} characters")
        with self._core.tenant(tenant.id) as scope:
            lead = find_lead(scope, lead_id)
            body = scope.cipher.encrypt(note, "lead_notes.body")
            scope.tx.run("leads.add_note", lead_id=lead.id, body=body, author=author)
            return _changed(scope, lead)

    def notes(self, tenant: Tenant, lead_id: str) -> tuple[NoteView, ...]:
        """What was noted about a lead, newest first."""
        with self._core.tenant(tenant.id) as scope:
            return _notes(scope, find_lead(scope, lead_id).id)


def _changed(scope: Scope, lead: LeadView) -> LeadView:
    scope.changed("lead", lead.id, lead.conversation_id)
    return find_lead(scope, lead.id)


def _history(scope: Scope, lead_id: str) -> tuple[StageMoveView, ...]:
    return tuple(
        StageMoveView(
            at=row.at,
            before=None if row.from_stage is None else Stage(row.from_stage),
            after=Stage(row.to_stage),
            moved_by="human" if row.moved_by == "human" else "rule",
        )
        for row in scope.tx.all(_Move, "leads.history", lead_id=lead_id)
    )


def _notes(scope: Scope, lead_id: str) -> tuple[NoteView, ...]:
    return tuple(
        NoteView(
            id=row.id,
            text=scope.cipher.decrypt(row.body_enc, "lead_notes.body"),
            author=row.author,
            at=row.at,
        )
        for row in scope.tx.all(_Note, "leads.notes", lead_id=lead_id)
    )


def _tag(text: str) -> str:
    tag = text.strip().lstrip("#").casefold()
    if not _TAG.fullmatch(tag):
        raise InvalidInputError(
            f"{text!r} is no tag",
            hint="a tag is one word of up to 40 letters, digits, - or _: waagent lead tag ID +vip",
        )
    return tag


def _rupiah(amount: str) -> int:
    try:
        return parse_rupiah(amount)
    except ValueError as error:
        raise InvalidInputError(str(error)) from error
