"""What runs for a home, for ``waagent status``."""

from __future__ import annotations

import os
import re
from pathlib import Path

from waagent.embedded import EmbeddedStatus, ServerStatus, postgres, probes, valkey
from waagent.embedded.faults import explained
from waagent.embedded.layout import Layout, read_layout
from waagent.embedded.locks import holders


def report(home: Path) -> EmbeddedStatus:
    """See ``waagent.embedded.status``."""
    with explained(home):
        layout = read_layout(home)
        if layout is None:
            return EmbeddedStatus(running=False, servers=(), attached=0)
        servers = (_postgres(layout), _valkey(layout))
        running = all(server.running for server in servers)
        return EmbeddedStatus(
            running=running, servers=servers, attached=holders(layout.attach_lock)
        )


def _postgres(layout: Layout) -> ServerStatus:
    process = postgres.running(layout)
    done = probes.psql(layout, "show server_version;") if process else None
    return ServerStatus(
        name=postgres.NAME,
        running=process is not None,
        pid=process.pid if process else None,
        version=done.stdout.strip() or None if done else None,
        data_dir=layout.postgres_data,
        data_bytes=_bytes_in(layout.postgres_data),
        log_file=layout.postgres_log,
    )


def _valkey(layout: Layout) -> ServerStatus:
    process = valkey.running(layout)
    info = probes.valkey_says(layout, "INFO") if process else None
    found = re.search(r"^valkey_version:(\S+)", info or "", re.MULTILINE)
    return ServerStatus(
        name=valkey.NAME,
        running=process is not None,
        pid=process.pid if process else None,
        version=found[1] if found else None,
        data_dir=layout.valkey_data,
        data_bytes=_bytes_in(layout.valkey_data),
        log_file=layout.valkey_log,
    )


def _bytes_in(folder: Path) -> int:
    """Size of all files below ``folder``; files that vanish meanwhile count nothing."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(parent, name)).st_size
            except FileNotFoundError:
                continue
    return total
