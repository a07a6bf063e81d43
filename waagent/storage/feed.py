"""Notifications of one channel, on a connection of their own."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event

from waagent.storage.db import direct_connection, listen


def notifications(url: str, channel: str, stop: Event, poll_s: float) -> Iterator[str | None]:
    """The payloads sent to ``channel``, and None whenever ``poll_s`` passed without one.

    The first item is None: from then on nothing is missed. Ends once ``stop`` is set.

    Raises:
        DatabaseError: the connection could not be made, or was lost.
    """
    with direct_connection(url) as connection:
        listen(connection, channel)
        yield None
        while not stop.is_set():
            quiet = True
            for notify in connection.notifies(timeout=poll_s, stop_after=1):
                quiet = False
                yield notify.payload
            if quiet:
                yield None
