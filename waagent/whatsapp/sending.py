"""What the library's error texts mean. For a send: refused, not sent, or perhaps sent.

Read from whatsmeow's ``SendMessage``: every step before the message leaves wraps its error as
``failed to …``; sending the frame itself as ``failed to send message node: …``; and after it only a
time-out, a lost connection or the server's refusal is possible. What is not known is uncertain.
"""

from __future__ import annotations

import re

from waagent.whatsapp.errors import (
    MediaError,
    NotConnected,
    SendError,
    SendRefused,
    SendUncertain,
)

_HTTP_STATUS = re.compile(r"failed with status code (\d{3})")
_MAY_PASS = frozenset({"401", "403", "408", "425", "429"})
_EXPIRED = frozenset({"403", "404", "410"})
_REFUSAL = re.compile(r"server returned error (\d+)")
_FRAME_NOT_SENT = "failed to send message node: websocket not connected"
_FRAME = "failed to send message node"
_NO_ACCOUNT = re.compile(r"no LID found for .* from server")
_BAD_RECIPIENT = ("message recipient must be a user JID", "can't send message to unknown server")
_BEFORE_SENDING = ("failed to ", "client is nil", "the store doesn't contain a device JID")


def failure(text: str) -> SendError:
    """The exception for the library's error ``text``, to be raised by the caller."""
    refusal = _REFUSAL.search(text)
    if refusal:
        return _server_said(refusal.group(1))
    if _NO_ACCOUNT.search(text):
        return SendRefused("the number is not on WhatsApp", code="not_on_whatsapp")
    if any(part in text for part in _BAD_RECIPIENT):
        return SendRefused("not the address of one person", code="bad_recipient")
    if text.startswith(_FRAME) and not text.startswith(_FRAME_NOT_SENT):
        return SendUncertain("the connection broke while sending")
    if text.startswith(_BEFORE_SENDING):
        return NotConnected("it could not be prepared or there is no connection")
    return SendUncertain("no acknowledgement from WhatsApp")


def upload_failure(text: str) -> SendError:
    """The exception for a file that could not be uploaded: in any case nothing was sent.

    WhatsApp's media server says no to a file with a 4xx; but for an authorization that ran out, or
    too much at once, the same file may go later.
    """
    found = _HTTP_STATUS.search(text)
    status = found.group(1) if found else ""
    if status.startswith("4") and status not in _MAY_PASS:
        return SendRefused(f"WhatsApp refused the file ({status})", code=f"upload_{status}")
    return NotConnected("the file could not be uploaded")


def download_failure(text: str) -> MediaError:
    """The exception for a file that could not be fetched."""
    found = _HTTP_STATUS.search(text)
    if found and found.group(1) in _EXPIRED:
        return MediaError("WhatsApp no longer has the file", kind="expired")
    return MediaError("the file could not be fetched or decrypted", kind="failed")


def _server_said(code: str) -> SendError:
    """A 4xx is a refusal. Another code leaves open what became of the message."""
    if code.startswith("4") and len(code) == 3:
        return SendRefused(f"WhatsApp refused the message ({code})", code=code)
    return SendUncertain(f"WhatsApp answered with error {code}", code=code)
