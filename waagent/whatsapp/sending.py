"""What the library's error text for a send means: refused, not sent, or perhaps sent.

Read from whatsmeow's ``SendMessage``: every step before the message leaves wraps its error as
``failed to …``; sending the frame itself as ``failed to send message node: …``; and after it only a
time-out, a lost connection or the server's refusal is possible. What is not known is uncertain.
"""

from __future__ import annotations

import re

from waagent.whatsapp.errors import NotConnected, SendError, SendRefused, SendUncertain

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


def _server_said(code: str) -> SendError:
    """A 4xx is a refusal. Another code leaves open what became of the message."""
    if code.startswith("4") and len(code) == 3:
        return SendRefused(f"WhatsApp refused the message ({code})", code=code)
    return SendUncertain(f"WhatsApp answered with error {code}", code=code)
