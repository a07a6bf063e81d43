"""People and messages as plain data, for answers of the control interface."""

from __future__ import annotations

from waagent.sandbox.arguments import Result
from waagent.sandbox.people import Handset
from waagent.sandbox.store_messages import InboxRow


def person_view(handset: Handset) -> Result:
    """A customer."""
    return {"phone": handset.phone, "name": handset.name, "jid": handset.pn, "lid": handset.lid}


def message_view(row: InboxRow) -> Result:
    """A message as one telephone shows it."""
    return {
        "id": row.id,
        "phone": row.phone,
        "peer": row.peer,
        "device": row.device,
        "from_me": row.from_me,
        "text": row.text,
        "at": row.at,
        "taken": row.taken,
        "read": row.read,
        "kind": row.kind,
        "quoted": row.quoted,
        "edited": row.edited,
        "revoked": row.revoked,
        "reactions": row.reactions,
        "media": row.details.get("media"),
        "location": row.details.get("location"),
        "contact": row.details.get("contact"),
    }
