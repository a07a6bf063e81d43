"""Files that customers send: noted with their message, fetched afterwards by the session's host.

A fetch is claimed in a transaction of its own before it begins, which counts the attempt and keeps
others off for a while; two hosts that fetch the same one anyway do no harm.
"""

from __future__ import annotations

import errno
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from waagent.domain.media import MediaState
from waagent.domain.messages import InboundMedia
from waagent.domain.texts import encodable, identifier
from waagent.services.core import Core, Scope
from waagent.services.media import MediaStore, Place

MAX_ATTEMPTS = 8
FIRST_RETRY = timedelta(seconds=10)
LONGEST_RETRY = timedelta(hours=1)
SPACE_RETRY = timedelta(minutes=5)
CLAIM_LASTS = timedelta(minutes=7)
"""A fetch that neither ended nor failed by then was cut off, and is tried again. The gateway gives
up after five minutes."""
_MAX_SIZE = 2**62
_NO_ROOM = frozenset([errno.ENOSPC, errno.EDQUOT])


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file of a message that was just stored."""

    message_id: str
    session_id: str
    media: InboundMedia


@dataclass(frozen=True, slots=True)
class DueFile:
    """A file that is to be fetched."""

    tenant_id: str
    message_id: str


@dataclass(frozen=True, slots=True)
class Fetch:
    """The right to fetch one file now. ``ref`` is what ``Gateway.download`` needs."""

    tenant_id: str
    message_id: str
    session_id: str
    ref: bytes
    attempt: int


@dataclass(frozen=True, slots=True)
class _Claimed:
    message_id: str
    session_id: str
    ref_enc: bytes
    attempt: int


def note_files(scope: Scope, files: Sequence[NewFile], limit: int) -> None:
    """Remember files to be fetched; those larger than ``limit`` bytes never will be."""
    if not files:
        return
    scope.tx.run(
        "media.arrived",
        message_ids=[file.message_id for file in files],
        session_ids=[file.session_id for file in files],
        mimetypes=[identifier(file.media.mimetype) for file in files],
        file_names=[_sealed_name(scope, file.media.file_name) for file in files],
        sizes=[min(max(file.media.size, 0), _MAX_SIZE) for file in files],
        refs=[scope.cipher.seal(file.media.ref, "message_media.ref") for file in files],
        states=[
            MediaState.TOO_LARGE if file.media.size > limit else MediaState.PENDING
            for file in files
        ],
    )


class MediaInbox:
    """What a host fetches, and what came of it."""

    def __init__(self, core: Core, store: MediaStore) -> None:
        self._core = core
        self._store = store

    @property
    def limit(self) -> int:
        """The largest file, in bytes."""
        return self._store.limit

    def due(self, session_ids: list[str], limit: int) -> list[DueFile]:
        """Files that these sessions should fetch now."""
        with self._core.db.system() as tx:
            return tx.all(DueFile, "media.due", session_ids=session_ids, limit=limit)

    def claim(self, due: DueFile) -> Fetch | None:
        """Take one; None when it is gone, or somebody else has it."""
        with self._core.tenant(due.tenant_id) as scope:
            row = scope.tx.one(
                _Claimed, "media.claim", message_id=due.message_id, patience=CLAIM_LASTS
            )
            if row is None:
                return None
            if row.attempt > MAX_ATTEMPTS:  # the ones before ended their process, or worse
                self._write(scope, row.message_id, MediaState.FAILED, "gave_up", LONGEST_RETRY)
                return None
            return Fetch(
                tenant_id=due.tenant_id,
                message_id=row.message_id,
                session_id=row.session_id,
                ref=scope.cipher.unseal(row.ref_enc, "message_media.ref"),
                attempt=row.attempt,
            )

    def fetched(self, fetch: Fetch, data: bytes) -> MediaState:
        """Keep the bytes; the state says whether there was room. Nothing is lost if not.

        Raises:
            OSError: the media folder cannot be written, for another reason than its size.
        """
        if len(data) > self.limit:
            self.failed(fetch, MediaState.TOO_LARGE, "too_large")
            return MediaState.TOO_LARGE
        try:
            with self._core.tenant(fetch.tenant_id) as scope:
                place = self._store.place(scope, fetch.message_id, data)
        except OSError as error:
            if error.errno not in _NO_ROOM:
                raise
            self._not_stored(fetch, MediaState.NO_SPACE, "no_space", SPACE_RETRY)
            return MediaState.NO_SPACE
        if not self._keep(fetch, place, len(data)):
            self._store.discard(place)
        return MediaState.STORED

    def failed(self, fetch: Fetch, state: MediaState, error: str) -> None:
        """It could not be fetched. With state ``pending`` it is tried again, but not for ever."""
        if state is MediaState.PENDING and fetch.attempt >= MAX_ATTEMPTS:
            state = MediaState.FAILED
        wait = min(FIRST_RETRY * 2 ** max(fetch.attempt - 1, 0), LONGEST_RETRY)
        self._not_stored(fetch, state, error, wait)

    def sweep(self) -> int:
        """Delete files that belong to no message; returns how many."""
        return self._store.sweep()

    def _keep(self, fetch: Fetch, place: Place, size: int) -> bool:
        with self._core.tenant(fetch.tenant_id) as scope:
            conversation_id = scope.tx.value(
                "media.stored",
                message_id=fetch.message_id,
                blob=place.blob,
                path=place.path,
                size=size,
            )
            if conversation_id is not None:
                scope.changed("message", fetch.message_id, conversation_id)
        return conversation_id is not None

    def _not_stored(
        self, fetch: Fetch, state: MediaState, error: str, again_after: timedelta
    ) -> None:
        with self._core.tenant(fetch.tenant_id) as scope:
            self._write(scope, fetch.message_id, state, error, again_after)

    def _write(
        self, scope: Scope, message_id: str, state: MediaState, error: str, again_after: timedelta
    ) -> None:
        conversation_id = scope.tx.value(
            "media.not_stored",
            message_id=message_id,
            state=state.value,
            error=error,
            again_after=again_after,
        )
        if conversation_id is not None:
            scope.changed("message", message_id, conversation_id)


def _sealed_name(scope: Scope, name: str | None) -> bytes | None:
    return scope.cipher.encrypt_or_none(name and encodable(name), "message_media.file_name")
