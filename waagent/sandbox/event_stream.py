"""The events of a sandbox as its control client gets them. Standard library only."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from waagent.errors import BackendError, TimedOutError
from waagent.sandbox.calling import ANSWER_SECONDS, request_line, result
from waagent.sandbox.records import Event


class EventStream:
    """The events of a sandbox, in order. Iterating waits; it ends when the sandbox does."""

    def __init__(self, connection: socket.socket, token: str) -> None:
        self._connection = connection
        self._file = connection.makefile("rb")
        try:
            connection.settimeout(ANSWER_SECONDS)
            connection.sendall(request_line({"token": token, "op": "events"}))
            result(json.loads(self._file.readline() or b"{}"))
        except BaseException:
            self.close()
            raise
        connection.settimeout(None)

    def __iter__(self) -> Iterator[Event]:
        return self

    def __next__(self) -> Event:
        try:
            line = self._file.readline()
        except (OSError, ValueError):  # closed, perhaps by another thread
            line = b""
        if not line:
            raise StopIteration
        return _event(json.loads(line))

    def wait_for(self, kind: str, /, timeout: float = 10.0, **fields: Any) -> Event:
        """The next event of this kind with these fields; others are skipped. TimedOutError."""
        return self.wait_until(
            lambda event: (
                event.kind == kind
                and all(event.fields.get(name) == value for name, value in fields.items())
            ),
            timeout,
            what=f"event {kind!r}",
        )

    def wait_until(
        self, fits: Callable[[Event], bool], timeout: float, *, what: str = "such event"
    ) -> Event:
        """The next event that fits; others are skipped. Raises TimedOutError.

        After a timeout the stream is of no more use.
        """
        deadline = time.monotonic() + timeout
        try:
            while (left := deadline - time.monotonic()) > 0:
                self._connection.settimeout(left)
                line = self._file.readline()
                if not line:
                    raise BackendError("the sandbox stopped", hint="see its log")
                event = _event(json.loads(line))
                if fits(event):
                    self._connection.settimeout(None)
                    return event
        except TimeoutError:
            pass
        raise TimedOutError(f"no {what} within {timeout:g} s")

    def close(self) -> None:
        """Hang up. An iteration in another thread ends."""
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)
        self._file.close()
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _event(values: dict[str, Any]) -> Event:
    kind, at, seq = values.pop("event"), values.pop("at"), values.pop("seq")
    return Event(kind=kind, at=at, seq=seq, fields=values)
