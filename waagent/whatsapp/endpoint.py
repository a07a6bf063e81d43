"""Another WhatsApp server than the real one, named by a descriptor file.

The file is JSON: ``{"proxy_url": "http://127.0.0.1:PORT", "ca_file": "/…/ca.pem",
"noise_root_public_key": "<64 hex digits>"}``. The proxy must tunnel every ``CONNECT`` to the
server, the CA must have signed the server's certificate for ``web.whatsapp.com``, and the key is
the root of its Noise certificate chain. Any server that writes such a file will do.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from waagent.errors import EndpointError

KEY_BYTES = 32
_FIELDS = ("proxy_url", "ca_file", "noise_root_public_key")
_HINT = (
    "WAAGENT_WHATSAPP_ENDPOINT must name the JSON file that the sandbox writes "
    "(waagent up --sandbox); unset it to use the real WhatsApp"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where to connect instead of WhatsApp, and whom to trust there. The key has 32 bytes."""

    proxy_url: str
    ca_file: str
    noise_root_public_key: bytes

    def environment(self) -> dict[str, str]:
        """What a process that hosts sessions must be *exec'ed* with.

        The library's Go runtime reads the environment the process began with, never what Python
        changes later. Both spellings, because Go takes whichever it finds first; and no exceptions
        from the proxy, or a ``NO_PROXY`` of the user's would lead to the real WhatsApp.
        """
        proxied = dict.fromkeys(("HTTPS_PROXY", "https_proxy"), self.proxy_url)
        unexcepted = dict.fromkeys(("NO_PROXY", "no_proxy"), "")
        return proxied | unexcepted | {"SSL_CERT_FILE": self.ca_file}

    def applied(self, environ: Mapping[str, str]) -> bool:
        """Whether ``environ``, read as Go does, leads here (see :func:`initial_environment`)."""

        def effective(name: str) -> str:
            return environ.get(name) or environ.get(name.lower()) or ""

        proxied = effective("HTTPS_PROXY") == self.proxy_url and not effective("NO_PROXY")
        return proxied and environ.get("SSL_CERT_FILE") == self.ca_file


def initial_environment() -> dict[str, str] | None:
    """The environment this process, or the one it was forked from, was exec'ed with.

    None where the system does not tell (only Linux does).
    """
    try:
        raw = Path("/proc/self/environ").read_bytes()
    except OSError:
        return None
    pairs = (item.decode(errors="surrogateescape").partition("=") for item in raw.split(b"\0"))
    return {name: value for name, separator, value in pairs if separator}


def load_endpoint(path: Path) -> Endpoint:
    """Read and check a descriptor. Raises :class:`EndpointError`."""
    fields = _read(path)
    return Endpoint(
        proxy_url=_proxy_url(fields["proxy_url"]),
        ca_file=_ca_file(fields["ca_file"]),
        noise_root_public_key=_key(fields["noise_root_public_key"]),
    )


def _read(path: Path) -> dict[str, str]:
    try:
        data: Any = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise _bad(f"cannot read {path}: {error.strerror}") from None
    except ValueError:
        raise _bad(f"{path} is not JSON") from None
    if not isinstance(data, dict):
        raise _bad(f"{path} must hold a JSON object")
    for name in _FIELDS:
        if not isinstance(data.get(name), str) or not data[name]:
            raise _bad(f"{path}: {name} must be a non-empty string")
    return {name: data[name] for name in _FIELDS}


def _proxy_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        usable = parts.scheme == "http" and bool(parts.hostname) and parts.port is not None
    except ValueError:
        usable = False
    if not usable:
        raise _bad("proxy_url must be of the form http://host:port")
    return url


def _ca_file(name: str) -> str:
    path = Path(name)
    if not path.is_absolute() or not path.is_file():
        raise _bad(f"ca_file {name} must be the absolute path of an existing file")
    return name


def _key(text: str) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        raise _bad("noise_root_public_key must be hexadecimal") from None
    if len(key) != KEY_BYTES:
        raise _bad(f"noise_root_public_key must have {KEY_BYTES} bytes, not {len(key)}")
    return key


def _bad(message: str) -> EndpointError:
    return EndpointError(f"WhatsApp endpoint: {message}", hint=_HINT)
