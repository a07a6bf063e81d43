"""Makes the loaded library trust another server than WhatsApp: for the sandbox, and only then.

The library checks the server's Noise certificates against one 32-byte root key in its writable
data. Replacing those bytes in this process's own memory, after the library is loaded and before its
first connection, is all it takes. Nothing on disk changes.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from pathlib import Path

import structlog

from waagent.errors import EndpointError
from waagent.whatsapp.endpoint import Endpoint

log = structlog.get_logger(__name__)

WHATSAPP_ROOT_KEY = bytes.fromhex(
    "142375574d0a587166aae71ebe516437c4a28b73e3695c6ce1f7f9545da8ee6b"
)
_LIBRARY = "/neonize-"
_HINT = "the sandbox needs Linux and the neonize version that waagent is pinned to"


def trust(endpoint: Endpoint) -> None:
    """Put the endpoint's root key in the place of WhatsApp's, in this process, and say so loudly.

    Doing it again with the same key is fine. Raises :class:`EndpointError` if the library's key is
    not found exactly once.
    """
    key = endpoint.noise_root_public_key
    found = list(_addresses(WHATSAPP_ROOT_KEY))
    if not found and len(list(_addresses(key))) == 1:
        return
    if len(found) != 1:
        raise EndpointError(
            f"the library's root key was found {len(found)} times instead of once", hint=_HINT
        )
    ctypes.memmove(found[0], key, len(key))
    log.warning("whatsapp.endpoint.trusted", proxy_url=endpoint.proxy_url, key=key.hex())


def _addresses(needle: bytes) -> Iterator[int]:
    for start, end in _writable_mappings():
        memory = ctypes.string_at(start, end - start)
        at = memory.find(needle)
        while at >= 0:
            yield start + at
            at = memory.find(needle, at + 1)


def _writable_mappings() -> list[tuple[int, int]]:
    """(start, end) of the library's writable parts in this process."""
    try:
        lines = Path("/proc/self/maps").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        raise EndpointError("this system does not show its memory map", hint=_HINT) from None
    ours = [line.split() for line in lines if _LIBRARY in line]
    spans = [fields[0].partition("-") for fields in ours if fields[1].startswith("rw")]
    return [(int(start, 16), int(end, 16)) for start, _, end in spans]
