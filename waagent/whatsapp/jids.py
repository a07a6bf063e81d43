"""WhatsApp's addresses (JIDs): ``user[.agent][:device]@server``.

``s.whatsapp.net`` holds phone numbers, ``lid`` holds ids that only look like numbers and must never
be shown or dialled as such. ``hosted`` and ``hosted.lid`` are the same people through the Business
API.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from waagent.errors import InvalidInputError

PHONE_SERVERS = frozenset({"s.whatsapp.net", "hosted"})
LID_SERVERS = frozenset({"lid", "hosted.lid"})
_JID = re.compile(
    r"(?P<user>[0-9]{1,20})(?:[._](?P<agent>[0-9]{1,3}))?(?::(?P<device>[0-9]{1,5}))?"
    r"@(?P<server>s\.whatsapp\.net|lid|hosted|hosted\.lid)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonJid:
    """The address of one person, or of one of their devices (``device`` 0 is the phone)."""

    user: str
    server: str
    agent: int = 0
    device: int = 0


def parse(text: str) -> PersonJid:
    """Read ``text``.

    Raises :class:`InvalidInputError` for anything but one person's address (so also for groups).
    """
    match = _JID.fullmatch(text)
    if match is None:
        raise InvalidInputError(
            "not the WhatsApp address of a person", hint="expected digits@s.whatsapp.net or @lid"
        )
    return PersonJid(
        user=match["user"],
        server=match["server"],
        agent=int(match["agent"] or 0),
        device=int(match["device"] or 0),
    )


def user_and_server(text: str) -> tuple[str, str]:
    """Both parts of any address, without agent and device; empty strings for what is none."""
    user, _, server = text.partition("@")
    return re.split("[._:]", user, maxsplit=1)[0], server
