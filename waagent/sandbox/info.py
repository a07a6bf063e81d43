"""What whoever started a sandbox needs to know of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxInfo:
    """The descriptor files of a running sandbox, and the proxy that leads to it."""

    endpoint: Path
    control: Path
    proxy_url: str
