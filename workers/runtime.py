"""What a worker process has open: settings and services, once per process, after its last fork."""

from __future__ import annotations

import atexit
import os
from contextlib import ExitStack
from functools import lru_cache

from waagent import logs
from waagent.bootstrap import HostServices, open_host_services
from waagent.settings import Settings, load_settings

EMBEDDED = "WAAGENT_EMBEDDED"
"""Set by ``up`` for its workers: the servers of the URLs they are given are the embedded ones."""


def start_logging(process: str) -> Settings:
    """Read the settings and set up logging for this kind of process."""
    settings = load_settings()
    logs.configure(settings.log_level, settings.log_format, process=process)
    return settings


def services() -> HostServices:
    """This process's services; a forked child gets its own."""
    return _services(os.getpid())


@lru_cache(maxsize=1)
def _services(_pid: int) -> HostServices:
    stack = ExitStack()
    opened = stack.enter_context(open_host_services(load_settings()))
    atexit.register(stack.close)
    return opened
