"""Two contacts that are one person: merging them, and taking that back.

WhatsApp names a customer by LID, by phone number or by both, so one person may have been met as
two before a message names both. Everything of the one moves to the other in one transaction, with
a record of what moved; undoing moves just that back, and what came since stays where it is.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from waagent.domain.followups import CancelReason
from waagent.domain.leads import Stage, further
from waagent.errors import ConflictError, InvalidInputError, NotFoundError
from waagent.services.core import Scope
from waagent.services.followup_plans import cancel_follow_ups


@dataclass(frozen=True, slots=True)
class _Contact:
    id: str
    name_enc: bytes | None
    phone_enc: bytes | None


@dataclass(frozen=True, slots=True)
class _Conversation:
    id: str
    session_id: str
    contact_id: str


@dataclass(frozen=True, slots=True)
class _Lead:
    id: str
    stage: str
    stage_by: str
    assignee: str | None
    value: int | None


@dataclass(frozen=True, slots=True)
class _Merge:
    id: str
    kept_id: str
    merged_id: str
    moved: str


@dataclass(slots=True)
class _Moved:
    """What one merge moved; kept as JSON, ids only."""

    aliases: list[str] = field(default_factory=list)
    name_learnt: bool = False
    phone_learnt: bool = False
    opt_out: bool = False
    pointed: list[str] = field(default_factory=list)
    joined: list[dict[str, Any]] = field(default_factory=list)


def merge(scope: Scope, kept_id: str, merged_id: str, *, evidence: str, actor: str) -> str:
    """Make ``merged_id`` part of ``kept_id``; returns the id that undoes it.

    ``evidence`` says why (``message`` for a message that named both, ``person``).

    Raises:
        InvalidInputError: they are the same.
        NotFoundError: one of them does not exist, or is part of another already.
    """
    if kept_id == merged_id:
        raise InvalidInputError("a contact cannot be merged with itself")
    scope.tx.value("contacts.lock")
    kept, merged = _contact(scope, kept_id), _contact(scope, merged_id)
    conversations = scope.tx.all(
        _Conversation, "merging.conversations", one=kept.id, other=merged.id
    )
    # The lock that everybody who writes to a conversation takes first.
    scope.tx.column("conversations.lock", conversation_ids=[each.id for each in conversations])
    moved = _Moved(
        aliases=scope.tx.column("merging.move_aliases", from_id=merged.id, to_id=kept.id),
        name_learnt=kept.name_enc is None and merged.name_enc is not None,
        phone_learnt=kept.phone_enc is None and merged.phone_enc is not None,
        opt_out=scope.tx.run("merging.copy_opt_out", from_id=merged.id, to_id=kept.id) > 0,
    )
    _learn(scope, kept, merged)
    theirs = {each.session_id: each.id for each in conversations if each.contact_id == kept.id}
    for each in conversations:
        if each.contact_id == merged.id:
            _bring(scope, each, kept.id, theirs.get(each.session_id), moved)
    scope.tx.run("merging.set_merged", contact_id=merged.id, into=kept.id)
    merge_id = str(
        scope.tx.value(
            "merging.record",
            kept_id=kept.id,
            merged_id=merged.id,
            moved=json.dumps({name: getattr(moved, name) for name in _Moved.__slots__}),
            evidence=evidence,
            actor=actor,
        )
    )
    scope.tx.run("merging.audit", actor=actor, action="contact.merged", subject=merge_id)
    _tell(scope, [each.id for each in conversations])
    return merge_id


def undo(scope: Scope, merge_id: str, *, actor: str) -> None:
    """Take a merge back; a message that names both does not merge them again.

    Raises:
        NotFoundError: there is no such merge, or it was undone.
        ConflictError: the contact was merged again since; that has to be undone first.
    """
    scope.tx.value("contacts.lock")
    found = scope.tx.one(_Merge, "merging.get", merge_id=merge_id)
    if found is None:
        raise NotFoundError(f"no merge {merge_id} is in force", hint="see: waagent contact merges")
    if scope.tx.value("merging.later", merge_id=merge_id):
        raise ConflictError("the contact was merged again since", hint="undo the later merge first")
    moved = _Moved(**json.loads(found.moved))
    joined = [(each["from"], each["to"]) for each in moved.joined]
    ids = [*moved.pointed, *(each for pair in joined for each in pair)]
    scope.tx.column("conversations.lock", conversation_ids=ids)
    kept, merged = _contact(scope, found.kept_id), found.merged_id
    scope.tx.run("merging.return_aliases", from_id=kept.id, to_id=merged, aliases=moved.aliases)
    scope.tx.run(
        "merging.set_contact",
        contact_id=kept.id,
        name=None if moved.name_learnt else kept.name_enc,
        phone=None if moved.phone_learnt else kept.phone_enc,
    )
    if moved.opt_out:
        scope.tx.run("merging.drop_opt_out", contact_id=kept.id)
    scope.tx.run("merging.set_merged", contact_id=merged, into=None)
    for conversation_id in moved.pointed:
        scope.tx.run("merging.point", conversation_id=conversation_id, contact_id=merged)
    for each in moved.joined:
        _part(scope, each)
    scope.tx.run("merging.undone", merge_id=merge_id)
    scope.tx.run("merging.audit", actor=actor, action="contact.merge_undone", subject=merge_id)
    _tell(scope, ids)


def _contact(scope: Scope, contact_id: str) -> _Contact:
    found = scope.tx.one(_Contact, "merging.contact", contact_id=contact_id)
    if found is None:
        raise NotFoundError(
            f"no contact {contact_id}, or it is part of another", hint="see: waagent contact list"
        )
    return found


def _learn(scope: Scope, kept: _Contact, merged: _Contact) -> None:
    scope.tx.run(
        "merging.set_contact",
        contact_id=kept.id,
        name=kept.name_enc or merged.name_enc,
        phone=kept.phone_enc or merged.phone_enc,
    )


def _bring(
    scope: Scope, conversation: _Conversation, kept_id: str, into: str | None, moved: _Moved
) -> None:
    """One conversation of the merged contact: handed over, or poured into the kept one's."""
    if into is None:
        scope.tx.run("merging.point", conversation_id=conversation.id, contact_id=kept_id)
        moved.pointed.append(conversation.id)
        return
    cancel_follow_ups(scope, [conversation.id], CancelReason.MERGED)
    record: dict[str, Any] = {
        "from": conversation.id,
        "to": into,
        **_pour(scope, conversation.id, into, {}),
    }
    record["lead"] = _combine(scope, conversation.id, into)
    scope.tx.run("merging.take_unread", from_id=conversation.id, to_id=into)
    scope.tx.run("merging.recount", ids=[into])
    moved.joined.append(record)


def _part(scope: Scope, record: dict[str, Any]) -> None:
    """Give a conversation back what had been poured into another."""
    _pour(scope, record["to"], record["from"], record)
    if record["lead"] is not None:
        _divide(scope, record["from"], record["to"], record["lead"])
    scope.tx.run("merging.recount", ids=[record["from"], record["to"]])


def _pour(scope: Scope, from_id: str, to_id: str, only: dict[str, Any]) -> dict[str, list[str]]:
    """Move what hangs on one conversation to another; ``only`` has the ids, or {} for all."""
    return {
        "messages": scope.tx.column(
            "merging.move_messages", from_id=from_id, to_id=to_id, ids=only.get("messages")
        ),
        "insights": scope.tx.column(
            "merging.move_insights", from_id=from_id, to_id=to_id, ids=only.get("insights")
        ),
        "corrections": scope.tx.column(
            "merging.move_corrections",
            from_id=from_id,
            to_id=to_id,
            ids=only.get("corrections"),
        ),
        "outbox": scope.tx.column(
            "merging.move_outbox", from_id=from_id, to_id=to_id, ids=only.get("outbox")
        ),
        "gaps": scope.tx.column(
            "merging.move_gaps", from_id=from_id, to_id=to_id, ids=only.get("gaps")
        ),
        "follow_ups": scope.tx.column(
            "merging.move_follow_ups", from_id=from_id, to_id=to_id, ids=only.get("follow_ups")
        ),
    }


def _combine(scope: Scope, from_id: str, to_id: str) -> dict[str, Any] | None:
    """Bring the merged lead's things to the kept one; returns what undoing needs to know."""
    ours = scope.tx.one(_Lead, "merging.lead", conversation_id=to_id)
    theirs = scope.tx.one(_Lead, "merging.lead", conversation_id=from_id)
    if ours is None or theirs is None:
        return None
    forward = ours.stage_by == "rule" and further(Stage(theirs.stage), Stage(ours.stage))
    if forward:
        _move(scope, ours, theirs.stage)
    scope.tx.run(
        "merging.set_details",
        lead_id=ours.id,
        assignee=ours.assignee or theirs.assignee,
        value=theirs.value if ours.value is None else ours.value,
    )
    return {
        "stage": ours.stage if forward else None,
        "assignee": ours.assignee,
        "value": ours.value,
        "notes": scope.tx.column("merging.move_notes", from_id=theirs.id, to_id=ours.id, ids=None),
        "tags": scope.tx.column("merging.copy_tags", from_id=theirs.id, to_id=ours.id),
    }


def _divide(scope: Scope, from_id: str, to_id: str, before: dict[str, Any]) -> None:
    """Give the merged lead its things back."""
    ours = scope.tx.one(_Lead, "merging.lead", conversation_id=to_id)
    theirs = scope.tx.one(_Lead, "merging.lead", conversation_id=from_id)
    if ours is None or theirs is None:
        return
    if before["stage"] is not None and ours.stage_by == "rule":
        _move(scope, ours, before["stage"])
    scope.tx.run(
        "merging.set_details", lead_id=ours.id, assignee=before["assignee"], value=before["value"]
    )
    scope.tx.column("merging.move_notes", from_id=ours.id, to_id=theirs.id, ids=before["notes"])
    scope.tx.run("merging.drop_tags", lead_id=ours.id, tags=before["tags"])


def _move(scope: Scope, lead: _Lead, stage: str) -> None:
    scope.tx.run(
        "leads.move", lead_id=lead.id, from_stage=lead.stage, to_stage=stage, moved_by="rule"
    )


def _tell(scope: Scope, conversation_ids: list[str]) -> None:
    for conversation_id in conversation_ids:
        lead = scope.tx.one(_Lead, "merging.lead", conversation_id=conversation_id)
        if lead is not None:
            scope.changed("lead", lead.id, conversation_id)
