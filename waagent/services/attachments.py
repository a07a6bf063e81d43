"""A file from a disk of ours, to be sent: what it is called, and as what WhatsApp shows it."""

from __future__ import annotations

import mimetypes
import stat
from dataclasses import dataclass, field
from pathlib import Path

from waagent.domain.messages import MessageKind
from waagent.errors import InvalidInputError, LimitError

MEGABYTE = 1_000_000
_UNKNOWN = "application/octet-stream"
_MAGIC = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
)
_SHOWN = {
    "image/jpeg": MessageKind.IMAGE,
    "image/png": MessageKind.IMAGE,
    "video/mp4": MessageKind.VIDEO,
    "video/3gpp": MessageKind.VIDEO,
    "audio/aac": MessageKind.AUDIO,
    "audio/amr": MessageKind.AUDIO,
    "audio/mp4": MessageKind.AUDIO,
    "audio/mpeg": MessageKind.AUDIO,
    "audio/ogg": MessageKind.AUDIO,
}
"""What phones show and play; everything else is sent as a document (the types that WhatsApp's
Cloud API reference lists for images, video and audio)."""
_BY_NAME = {".ogg": "audio/ogg", ".opus": "audio/ogg", ".m4a": "audio/mp4", ".amr": "audio/amr"}
"""Where the standard library's table says nothing, or something else than WhatsApp does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file to send."""

    kind: MessageKind
    data: bytes = field(repr=False)
    mimetype: str
    file_name: str


def read_attachment(path: Path, limit: int) -> Attachment:
    """The file at ``path``, of at most ``limit`` bytes.

    Raises:
        InvalidInputError: it is not there, cannot be read, is empty, or is no plain file.
        LimitError: it is too large; it is not read then.
    """
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise InvalidInputError(f"not a plain file: {path}", hint="name a file, no folder")
        if found.st_size > limit:
            raise LimitError(
                f"the file has {found.st_size / MEGABYTE:.1f} MB;"
                f" the most is {limit / MEGABYTE:.0f} MB",
                hint="send a smaller one, or set WAAGENT_MEDIA_LIMIT",
            )
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no such path"
        raise InvalidInputError(
            f"the file cannot be read: {path}: {reason}", hint="see its name and its permissions"
        ) from error
    if not data:
        raise InvalidInputError(f"the file is empty: {path}", hint="send another one")
    return attachment(data, path.name)


def attachment(data: bytes, file_name: str) -> Attachment:
    """What a file is, by its name; an image by how it begins, whatever it is called."""
    by_content = next((kind for start, kind in _MAGIC if data.startswith(start)), None)
    by_name = _BY_NAME.get(Path(file_name).suffix.lower()) or mimetypes.guess_type(file_name)[0]
    mimetype = by_content or by_name or _UNKNOWN
    kind = _SHOWN.get(mimetype, MessageKind.DOCUMENT)
    if kind is MessageKind.IMAGE and by_content is None:
        mimetype, kind = _UNKNOWN, MessageKind.DOCUMENT  # called an image, and is none
    return Attachment(kind=kind, data=data, mimetype=mimetype, file_name=file_name)
