"""The files of messages: small ones in PostgreSQL, larger ones on disk, all encrypted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog

from waagent.domain.media import MediaState, safe_file_name
from waagent.domain.texts import encodable, identifier
from waagent.errors import InvalidInputError, LimitError, NotFoundError, RefusedError, WaagentError
from waagent.services.core import Core, Scope
from waagent.services.ids import require_id
from waagent.services.media_files import MediaFiles

log = structlog.get_logger(__name__)

INLINE_BYTES = 256 * 1024
"""Files up to this size are kept in PostgreSQL, and so are in its backups."""
ORPHAN_AFTER = timedelta(hours=1)
"""A file that no row names for so long was left by a crash or a deletion."""
MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file of a message. ``name`` is its sender's; ``size`` is in bytes.

    ``chunks`` reads it piece by piece, once.
    """

    message_id: str
    name: str | None
    mimetype: str
    size: int
    chunks: Iterator[bytes]

    @property
    def safe_name(self) -> str:
        """What the file may be called on a disk."""
        return safe_file_name(self.name, self.mimetype, f"whatsapp-{self.message_id[:8]}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the bytes of a file are: in ``blob``, encrypted, or in the file ``path``."""

    blob: bytes | None
    path: str | None


@dataclass(frozen=True, slots=True)
class _Media:
    mimetype: str
    file_name_enc: bytes | None
    size: int
    state: str
    blob_enc: bytes | None
    path: str | None


class MediaStore:
    """Keeps files and gives them back. ``limit`` is the largest, in bytes."""

    def __init__(self, core: Core, files: MediaFiles, limit: int) -> None:
        self._core = core
        self._files = files
        self.limit = limit

    def put(
        self, scope: Scope, message_id: str, data: bytes, mimetype: str, file_name: str | None
    ) -> None:
        """Keep the file of a message of ours, in the transaction that makes the message.

        Raises:
            LimitError: it is larger than files may be.
            InvalidInputError: it is empty.
            WaagentError: it cannot be written to the media folder.
        """
        if not data:
            raise InvalidInputError("the file is empty")
        if len(data) > self.limit:
            raise LimitError(
                f"the file has {len(data) / MEGABYTE:.1f} MB;"
                f" the most is {self.limit / MEGABYTE:.0f} MB",
                hint="send a smaller one, or set WAAGENT_MEDIA_LIMIT",
            )
        try:
            place = self.place(scope, message_id, data)
        except OSError as error:
            raise WaagentError(
                f"the file cannot be kept: {error.strerror}",
                hint="check WAAGENT_MEDIA_DIR and the space on its disk",
            ) from error
        name = file_name and encodable(file_name)
        scope.tx.run(
            "media.put",
            message_id=message_id,
            mimetype=identifier(mimetype),
            file_name=scope.cipher.encrypt_or_none(name, "message_media.file_name"),
            size=len(data),
            blob=place.blob,
            path=place.path,
        )

    def place(self, scope: Scope, message_id: str, data: bytes) -> Place:
        """Encrypt the bytes, and write them to disk if they are many. Raises OSError."""
        if len(data) <= INLINE_BYTES:
            return Place(blob=scope.cipher.seal(data, _blob_of(message_id)), path=None)
        owner = str(UUID(message_id))
        path = self._files.write(scope.tenant_id, scope.cipher, owner, data)
        return Place(blob=None, path=path)

    def discard(self, place: Place) -> None:
        """Delete what :meth:`place` wrote, or a file that no row names any more."""
        if place.path is not None:
            self._files.remove(place.path)

    def open(self, tenant_id: str, message_id: str) -> StoredFile:
        """The file of a message.

        Raises:
            NotFoundError: no such message, it has no file, or its file is not on this machine.
            RefusedError: the file is not here (yet); the text says why.
        """
        message = require_id(message_id, "message")
        with self._core.tenant(tenant_id) as scope:
            row = scope.tx.one(_Media, "media.get", message_id=message)
        if row is None:
            raise NotFoundError(
                f"message {message} has no file", hint="see which have: waagent message list --json"
            )
        if row.state != MediaState.STORED:
            raise _not_here(MediaState(row.state))
        return StoredFile(
            message_id=message,
            name=scope.cipher.decrypt_or_none(row.file_name_enc, "message_media.file_name"),
            mimetype=row.mimetype,
            size=row.size,
            chunks=self._chunks(scope, message, row),
        )

    def read(self, tenant_id: str, message_id: str) -> tuple[bytes, str, str | None]:
        """The bytes of a file, its type and its name as it was given. Raises as :meth:`open`."""
        file = self.open(tenant_id, message_id)
        return b"".join(file.chunks), file.mimetype, file.name

    def sweep(self) -> int:
        """Delete files that belong to no message; returns how many.

        Folders of unknown tenants are left alone: another database's may be beside this one's.
        """
        removed = 0
        for tenant_id in self._files.tenants():
            try:
                removed += self._sweep_tenant(tenant_id)
            except NotFoundError:
                continue
        return removed

    def _sweep_tenant(self, tenant_id: str) -> int:
        with self._core.tenant(tenant_id) as scope:
            old = self._files.older(tenant_id, ORPHAN_AFTER)
            orphans = set(old) - set(scope.tx.column("media.known_paths", paths=old))
        for path in orphans:
            self._files.remove(path)
        return len(orphans)

    def _chunks(self, scope: Scope, message_id: str, row: _Media) -> Iterator[bytes]:
        if row.blob_enc is not None:
            yield scope.cipher.unseal(row.blob_enc, _blob_of(message_id))
            return
        assert row.path is not None
        try:
            yield from self._files.chunks(scope.cipher, str(UUID(message_id)), row.path)
        except FileNotFoundError as error:
            raise NotFoundError(
                "the file is not in the media folder of this machine",
                hint="several machines need one shared folder: WAAGENT_MEDIA_DIR",
            ) from error


def _blob_of(message_id: str) -> str:
    """What the bytes are bound to: they can be moved to no other message."""
    return f"message_media.blob:{UUID(message_id)}"


def _not_here(state: MediaState) -> RefusedError:
    why, hint = {
        MediaState.PENDING: ("is still being fetched", "try again in a moment"),
        MediaState.NO_SPACE: ("could not be stored: the disk was full", "make room; it is retried"),
        MediaState.TOO_LARGE: ("is larger than WAAGENT_MEDIA_LIMIT", "open it on the phone"),
        MediaState.EXPIRED: ("is not kept by WhatsApp any more", "open it on the phone"),
        MediaState.FAILED: ("could not be fetched", "open it on the phone"),
    }[state]
    return RefusedError(f"the file {why}", hint=hint)
