"""Files that messages carry: where they are, and what to call them on a disk of ours."""

from __future__ import annotations

import mimetypes
import unicodedata
from enum import StrEnum

MAX_FILE_NAME = 120
_NOT_IN_NAMES = frozenset('/\\:*?"<>|')
_RESERVED = frozenset(
    ["con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))]
)
"""Names that are devices on Windows, with any extension."""


class MediaState(StrEnum):
    """Where the file of a message is."""

    PENDING = "pending"
    """To be fetched from WhatsApp, or tried again soon."""
    STORED = "stored"
    TOO_LARGE = "too_large"
    """Larger than ``WAAGENT_MEDIA_LIMIT``: never fetched."""
    FAILED = "failed"
    """Tried as often as is sensible; it is still on the phone."""
    EXPIRED = "expired"
    """WhatsApp has it no more; it is still on the phone."""
    NO_SPACE = "no_space"
    """There was no room to store it; tried again every few minutes."""


def safe_file_name(name: str | None, mimetype: str, otherwise: str) -> str:
    """A name that is only a name: no folder, no option, not hidden, nothing for terminals.

    ``name`` is what the sender calls the file, so it is not trusted; ``otherwise`` is used, with an
    extension for ``mimetype``, where nothing is left of it.
    """
    text = unicodedata.normalize("NFC", name or "").replace("\\", "/").rpartition("/")[2]
    kept = "".join(character for character in text if _is_plain(character))
    stem, dot, extension = " ".join(kept.split()).strip(". ").lstrip("-. ").rpartition(".")
    if not dot:
        stem, extension = extension, ""
    if not stem or stem.partition(".")[0].strip().lower() in _RESERVED:
        stem = f"{otherwise}-{stem}" if stem else otherwise
    suffix = f".{extension[:16]}" if extension else _extension(mimetype)
    return _shortened(stem, MAX_FILE_NAME - len(suffix.encode())) + suffix


def _is_plain(character: str) -> bool:
    return character not in _NOT_IN_NAMES and unicodedata.category(character)[0] != "C"


def _extension(mimetype: str) -> str:
    return mimetypes.guess_extension(mimetype.partition(";")[0].strip().lower()) or ".bin"


def _shortened(stem: str, most_bytes: int) -> str:
    return stem.encode()[:most_bytes].decode(errors="ignore").rstrip()
