"""Phone numbers and the two kinds of address WhatsApp knows a person by: phone number and LID.

A LID hides the phone number, so it must not look like one: here it is 15 digits drawn from a hash
of the number, the same in every run. A device is ``user:number@server``; number 0 is the phone.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from waagent.errors import InvalidInputError, InvalidPhoneError

SERVER = "s.whatsapp.net"
LID_SERVER = "lid"
SERVER_JID = f"@{SERVER}"
_DECORATION = re.compile(r"[\s().-]")
_PHONE = re.compile(r"[1-9]\d{7,14}")
_JID = re.compile(r"(?P<user>\d+)(?:\.\d+)?(?::(?P<device>\d+))?@(?P<server>[a-z.]+)")
_LID_DIGITS = 15
_MAX_NAME = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Jid:
    """One address: a person (``device`` 0) or one of their linked devices."""

    user: str
    server: str
    device: int = 0


def phone_number(text: str) -> str:
    """The digits of a phone number with country code; ``0812…`` is taken as Indonesian.

    Raises InvalidPhoneError.
    """
    digits = _DECORATION.sub("", text).removeprefix("+")
    if digits.startswith("0"):
        digits = "62" + digits[1:]
    if not _PHONE.fullmatch(digits):
        raise InvalidPhoneError(
            f"not a phone number: {text!r}", hint="write it like 6281200000001 or 0812-0000-0001"
        )
    return digits


def display_name(text: str) -> str:
    """A name as it may travel in a node's attribute.

    The node encoder takes every string with an ``@`` for an address. Raises InvalidInputError.
    """
    name = text.strip()
    if not name or len(name) > _MAX_NAME or "@" in name or not name.isprintable():
        raise InvalidInputError(
            f"not a usable name: {text!r}", hint=f"1 to {_MAX_NAME} printable characters, no @"
        )
    return name


def pn_jid(phone: str, device: int = 0) -> str:
    """The phone-number address."""
    return _join(phone, device, SERVER)


def lid_jid(phone: str, device: int = 0) -> str:
    """The LID address of the same person or device."""
    return _join(lid_user(phone), device, LID_SERVER)


def lid_user(phone: str) -> str:
    """The user part of a LID: 15 digits that do not contain the phone number."""
    number = int.from_bytes(hashlib.sha256(b"lid:" + phone.encode()).digest()[:8], "big")
    floor = 10 ** (_LID_DIGITS - 1)
    return str(floor + number % (9 * floor))


def parse_jid(text: str) -> Jid | None:
    """The parts of an address with digits as its user, or None for anything else."""
    match = _JID.fullmatch(text)
    if match is None:
        return None
    return Jid(user=match["user"], server=match["server"], device=int(match["device"] or 0))


def _join(user: str, device: int, server: str) -> str:
    return f"{user}:{device}@{server}" if device else f"{user}@{server}"
