"""Phone numbers: as people write them, as WhatsApp wants them, as they are shown.

Inside waagent a number is digits with the country code and no plus (``6281200000001``), which is
what WhatsApp addresses are made of. ``phonenumbers`` is imported on first use: commands that meet
no number do not pay for its tables.
"""

from __future__ import annotations

import re
import unicodedata

from waagent.errors import InvalidPhoneError

_SHOWN = 40
_LINK = re.compile(r"(?:https?://)?(?:wa\.me|api\.whatsapp\.com)/(?:send/?\?phone=)?|tel:", re.I)
_ADDRESS = re.compile(r"(\d+)(?::\d+)?@s\.whatsapp\.net")
_WRITTEN = re.compile(r"\+?\(?[0-9][0-9 ().\-/]{2,38}")
_HINT = "write it like 0812-3456-7890, +62 812 3456 7890 or wa.me/6281234567890"


def parse_phone(text: str, region: str = "ID") -> str:
    """The digits of the number, country code first, no plus.

    ``region`` is the country of numbers written without a country code. Digits without a plus are
    read as a number of that country if they can be one, else as starting with a country code.
    Only numbers in ranges that the ``phonenumbers`` tables call valid are taken. Raises
    InvalidPhoneError.
    """
    written = _plain(text)
    if _WRITTEN.fullmatch(written):
        for reading in _readings(written):
            digits = _valid_digits(reading, region)
            if digits:
                return digits
    shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
    raise InvalidPhoneError(f"not a phone number: {shown!r}", hint=_HINT)


def format_e164(digits: str) -> str:
    """``+6281200000001``."""
    return f"+{digits.removeprefix('+')}"


def format_friendly(digits: str) -> str:
    """``+62 812-0000-0001``: grouped as its country does; unknown ones as E.164."""
    import phonenumbers

    number = format_e164(digits)
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL))


def _plain(text: str) -> str:
    """``text`` with the marks gone that phones put around copied numbers, and plain dashes.

    Of a link to a chat, a ``tel:`` address and a WhatsApp address the number is left.
    """
    kinds = ((character, unicodedata.category(character)) for character in text)
    swapped = (
        "-" if kind == "Pd" else " " if kind == "Zs" else c for c, kind in kinds if kind != "Cf"
    )
    written = unicodedata.normalize("NFKC", "".join(swapped)).strip()
    address = _ADDRESS.fullmatch(written)
    if address:
        return f"+{address[1]}"
    link = _LINK.match(written)
    if not link:
        return written
    number = re.split(r"[?&;]", written[link.end() :])[0].strip()
    return number if link[0].lower() == "tel:" else f"+{number.removeprefix('+')}"


def _readings(written: str) -> tuple[str, ...]:
    if written.startswith("+"):
        return (written,)
    if written.startswith("00"):
        return (f"+{written[2:]}",)
    return (written, f"+{written}")


def _valid_digits(written: str, region: str) -> str | None:
    import phonenumbers

    try:
        number = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return str(e164).removeprefix("+")
