"""How a person's message travels: the addresses it bears and the time it was written at."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from waagent.sandbox.network import timestamp
from waagent.sandbox.people import Handset


class Addressing(StrEnum):
    """What a shop's devices learn of the person who writes."""

    LID = "lid"
    """The LID, with the phone number beside it."""

    PN = "pn"
    """The phone number alone."""

    LID_ONLY = "lid_only"
    """The LID alone: who it is stays hidden."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """``age``: how many seconds ago it was written, though it comes only now."""

    addressing: Addressing = Addressing.LID
    age: float = 0.0


PLAIN = Manner()


def from_person(
    sender: Handset, message_id: str, at: float, addressing: Addressing = Addressing.LID
) -> dict[str, str]:
    """The attributes of a message somebody sends; ``at`` in Unix seconds."""
    attrs = {"id": message_id, "t": timestamp(at), "type": "text", "notify": sender.name}
    if addressing == Addressing.PN:
        return attrs | {"from": sender.pn, "addressing_mode": "pn"}
    attrs |= {"from": sender.lid, "addressing_mode": "lid"}
    return attrs if addressing == Addressing.LID_ONLY else attrs | {"sender_pn": sender.pn}


def from_owner(owner: Handset, customer: Handset, message_id: str, at: float) -> dict[str, str]:
    """A message of one's own, as one's other devices get it: the chat is the ``recipient``."""
    return {
        "from": owner.lid,
        "recipient": customer.lid,
        "peer_recipient_pn": customer.pn,
        "id": message_id,
        "t": timestamp(at),
        "type": "text",
        "notify": owner.name,
        "addressing_mode": "lid",
    }
