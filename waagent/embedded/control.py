"""Starts, stops and deletes both servers of a home. The caller holds the start lock.

Loaded only when there is something to do: attaching to running servers does not need it.
"""

from __future__ import annotations

import shutil
from types import ModuleType

from waagent.embedded import passwords, postgres, probes, valkey
from waagent.embedded.layout import Layout

_ANSWERS = ((postgres, probes.postgres_answers), (valkey, probes.valkey_answers))


def start_missing(layout: Layout, *, deadline: float, patient: bool) -> tuple[str, ...]:
    """Start what does not answer; names of those started. Raises EmbeddedError at ``deadline``.

    ``patient``: wait for a living server until it answers. Otherwise leave it to itself.
    """
    started = []
    for server, answers in _ANSWERS:
        if answers(layout) or (not patient and _reachable(server, layout)):
            continue
        server.start(layout, deadline=deadline)
        started.append(str(server.NAME))
    return tuple(started)


def stop_all(layout: Layout) -> bool:
    """Stop both, and clear the socket folders. True if anything ran. Raises EmbeddedError."""
    try:
        stopped = valkey.stop(layout)
    finally:
        stopped_too = postgres.stop(layout)
    shutil.rmtree(layout.run_dir, ignore_errors=True)
    return stopped or stopped_too


def delete_data(layout: Layout) -> None:
    """Delete data and passwords of the stopped servers, wherever they are; logs stay."""
    outside = layout.home not in layout.postgres_data.parents
    shutil.rmtree(layout.postgres_data.parent if outside else layout.postgres_data)
    shutil.rmtree(layout.valkey_data, ignore_errors=True)
    for name in passwords.ALL:
        (layout.secrets / name).unlink(missing_ok=True)
    layout.record.unlink(missing_ok=True)


def _reachable(server: ModuleType, layout: Layout) -> bool:
    """Whether its process lives and clients can still find it."""
    return bool(server.socket(layout).exists() and server.running(layout) is not None)
