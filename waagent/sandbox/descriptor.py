"""The files by which others find a running sandbox: the endpoint descriptor and the control file.

``endpoint.json`` has the form every WhatsApp endpoint descriptor has; ``control.json`` is ours.
Both are replaced in one step at each start, mode 0600.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from waagent.errors import BackendError
from waagent.sandbox.files import write_private

ENDPOINT_FILE = "endpoint.json"
CONTROL_FILE = "control.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointDescriptor:
    """How a WhatsApp client is led here instead of to WhatsApp."""

    proxy_url: str
    ca_file: str
    noise_root_public_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlAddress:
    """Where the control interface listens on 127.0.0.1, and the word that opens it."""

    port: int
    token: str
    pid: int


def write_endpoint(state_dir: Path, endpoint: EndpointDescriptor) -> Path:
    """Write ``endpoint.json``; its path."""
    return _write(state_dir / ENDPOINT_FILE, asdict(endpoint))


def write_control(state_dir: Path, control: ControlAddress) -> Path:
    """Write ``control.json``; its path."""
    return _write(state_dir / CONTROL_FILE, asdict(control))


def read_control(state_dir: Path) -> ControlAddress:
    """Where the sandbox of this state directory listens. Raises BackendError."""
    path = state_dir / CONTROL_FILE
    try:
        values = json.loads(path.read_text())
        return ControlAddress(
            port=int(values["port"]), token=str(values["token"]), pid=int(values["pid"])
        )
    except FileNotFoundError:
        raise not_running(state_dir) from None
    except (OSError, ValueError, KeyError, TypeError):
        raise BackendError(
            f"cannot read {path}", hint="stop the sandbox and start it again"
        ) from None


def not_running(state_dir: Path) -> BackendError:
    """The error for a sandbox that nobody started, or that has ended."""
    return BackendError(f"no sandbox runs in {state_dir}", hint="start it: waagent up --sandbox")


def _write(path: Path, values: dict[str, object]) -> Path:
    write_private(path, (json.dumps(values, indent=2) + "\n").encode())
    return path
