"""What the process around the library must be like, checked or arranged before the first client."""

from __future__ import annotations

import os
import resource

from waagent.errors import EndpointError
from waagent.whatsapp.endpoint import Endpoint, initial_environment

_OPEN_FILES = 8192


def require_environment(endpoint: Endpoint) -> None:
    """Raises :class:`EndpointError` unless this process was exec'ed with what leads there."""
    seen = initial_environment()
    if not endpoint.applied(os.environ if seen is None else seen):
        raise EndpointError(
            "this process was not started with the endpoint's environment",
            hint="start it with Endpoint.environment() in its environment",
        )


def raise_file_limit() -> None:
    """A client takes several descriptors, and the library leaks two at every restart of one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(_OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
