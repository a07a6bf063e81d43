"""What the jobs that hold WhatsApp connections share: quiet descriptors, a gateway, a stop flag.

neonize is imported here and only when called: in the work-horse, after the fork.
"""

from __future__ import annotations

import io
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import TYPE_CHECKING

import structlog

from waagent.bootstrap import HostServices
from waagent.whatsapp.dsn import store_dsn
from waagent.whatsapp.endpoint import load_endpoint
from waagent.whatsapp.stdio import redirect_stdio

if TYPE_CHECKING:
    from waagent.whatsapp.gateway import Gateway

log = structlog.get_logger(__name__)

ORPHAN_CHECK_S = 1.0


class StopFlag:
    """Set by SIGTERM, or when the parent is gone: an orphan must not keep a number connected."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._parent = os.getppid()
        signal.signal(signal.SIGTERM, self._on_signal)
        threading.Thread(target=self._watch_parent, name="orphan watch", daemon=True).start()

    def is_set(self) -> bool:
        """Whether the job should end."""
        return self._event.is_set()

    def wait(self, seconds: float) -> bool:
        """Wait for it; whether it is set."""
        return self._event.wait(seconds)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._event.set()

    def _watch_parent(self) -> None:
        while not self._event.wait(ORPHAN_CHECK_S):
            if os.getppid() != self._parent:
                self._event.set()
                log.warning("horse.orphaned", action="drain")
                return


class _OurLog(io.TextIOWrapper):
    """Our stderr. A supervisor that was killed reads it no more; draining must go on all the same.

    Without the try, the first line of the log would break off what hands the sessions over.
    """

    def write(self, text: str) -> int:
        """As any file's, but never fails."""
        with suppress(OSError):
            super().write(text)
        return len(text)

    def flush(self) -> None:
        """As any file's, but never fails."""
        with suppress(OSError):
            super().flush()


def _keep_our_log() -> None:
    """Our own lines stay where they went; only the library's are sent elsewhere."""
    raw = io.FileIO(os.dup(2), "w")
    sys.stderr = _OurLog(raw, "utf-8", "replace", write_through=True)


def open_gateway(
    services: HostServices, database_url: str, name: str, *, hasty: bool = False
) -> Gateway:
    """The gateway of this work-horse; what the library prints goes to a log file. ``hasty`` is
    :func:`store_dsn`'s.

    Raises:
        EndpointError: the descriptor is broken, or this process was not started for it.
    """
    settings = services.settings
    _keep_our_log()
    redirect_stdio(settings.home / "logs" / "whatsapp-library.log")
    endpoint = None
    if settings.whatsapp_endpoint is not None:
        endpoint = load_endpoint(settings.whatsapp_endpoint)
    from waagent.whatsapp.gateway import Gateway

    has_device: Callable[[str], bool] = services.core.db.has_whatsapp_device
    dsn = store_dsn(
        database_url, application_name=name, pooled=settings.database_pooled, hasty=hasty
    )
    return Gateway(dsn, endpoint=endpoint, has_device=has_device)
