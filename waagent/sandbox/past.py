"""Conversations that were held before: given one by one, or made up."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from waagent.errors import InvalidInputError
from waagent.sandbox import drafts
from waagent.sandbox.accounts import Account
from waagent.sandbox.addresses import phone_number
from waagent.sandbox.content import Content, Kind
from waagent.sandbox.network import Network
from waagent.sandbox.people import Handset, new_message_id

_FIRST_MADE_UP = 628_990_000_001
_DAY = 86_400.0
_LAST_WORD = 3_600.0
"""How many seconds ago the newest made-up message was sent."""
_TALK = (
    (False, "Halo kak, {thing} masih ada?"),
    (True, "Masih kak, mau berapa?"),
    (False, "Harganya berapa ya kak?"),
    (True, "Rp45.000 per pcs kak, ambil 3 gratis ongkir"),
    (False, "Oke saya pikir dulu ya"),
    (True, "Siap kak, ditunggu ya 🙏"),
)
_THINGS = ("brownies", "gamis", "paket katering", "serum", "lemari", "kardus")


@dataclass(frozen=True, slots=True, kw_only=True)
class PastMessage:
    """One message; ``at`` in Unix seconds."""

    from_me: bool
    text: str
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PastChat:
    """What was said between a shop and one customer, oldest first."""

    phone: str
    name: str
    messages: tuple[PastMessage, ...]


def made_up(chats: int, messages: int, days: float) -> Iterator[PastChat]:
    """Talks with people that nobody knows yet, spread evenly over the last ``days``."""
    now = time.time()
    step = max(0.0, days * _DAY - _LAST_WORD) / max(1, messages)
    for chat in range(chats):
        thing = _THINGS[chat % len(_THINGS)]
        said = []
        for number in range(messages):
            from_me, text = _TALK[number % len(_TALK)]
            at = now - _LAST_WORD - (messages - 1 - number) * step
            said.append(PastMessage(from_me=from_me, text=text.format(thing=thing), at=at))
        phone, name = str(_FIRST_MADE_UP + chat), f"Pelanggan {chat + 1:03}"
        yield PastChat(phone=phone, name=name, messages=tuple(said))


def given(value: Any) -> Iterator[PastChat]:
    """The chats in plain JSON values. Raises InvalidInputError."""
    try:
        for chat in value:
            said = tuple(
                PastMessage(
                    from_me=bool(one.get("from_me", False)),
                    text=str(one["text"]),
                    at=float(one["at"]),
                )
                for one in chat["messages"]
            )
            phone = phone_number(chat["phone"])
            yield PastChat(phone=phone, name=str(chat.get("name", phone)), messages=said)
    except (TypeError, KeyError, ValueError, AttributeError):
        raise InvalidInputError(
            "'conversations' must be a list of {phone, name, messages: [{text, from_me, at}]}"
        ) from None


def live_through(network: Network, account: Account, chat: PastChat) -> None:
    """Put a chat on both telephones, as if it had been held. Raises ConflictError."""
    owner = network.handsets[account.phone]
    customer = network.ensure_customer(chat.phone, chat.name)
    with network.store.transaction():
        for message in chat.messages:
            _exchange(owner, customer, message)


def _exchange(owner: Handset, customer: Handset, message: PastMessage) -> None:
    draft, message_id = drafts.text(message.text), new_message_id()
    for handset, peer in ((owner, customer), (customer, owner)):
        handset.show(
            message_id,
            peer=peer.phone,
            content=Content(kind=Kind.TEXT, text=message.text),
            message=draft.message,
            at=message.at,
            from_me=message.from_me == (handset is owner),
            taken=True,
        )
