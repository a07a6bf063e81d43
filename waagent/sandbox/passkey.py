"""The demand for a passkey, with which WhatsApp answers some scans instead of linking."""

from __future__ import annotations

import base64
import json
import secrets

from waagent.sandbox.addresses import SERVER_JID
from waagent.sandbox.network import timestamp
from waagent.sandbox.wire import Node

_TIMEOUT_MS = 60_000


def demand() -> Node:
    """Asks the client for proof of the account's passkey, as WebAuthn options in JSON."""
    options = {
        "challenge": _token(32),
        "timeout": _TIMEOUT_MS,
        "rpId": "whatsapp.com",
        "allowCredentials": [{"id": _token(16), "type": "public-key", "transports": ["internal"]}],
        "userVerification": "required",
        "extensions": {},
    }
    attrs = {
        "from": SERVER_JID,
        "type": "passkey_prologue_request",
        "id": secrets.token_hex(6),
        "t": timestamp(),
    }
    listing = Node("passkey_request_options", {}, json.dumps(options).encode())
    return Node("notification", attrs, (listing,))


def _token(size: int) -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(size)).decode().rstrip("=")
