"""Where the web front is reached, and what follows from it: origins, cookies, headers."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from aiohttp import web

from waagent.errors import ConfigError

_LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")
_V6_SITE = 64
"""The bits of an IPv6 address that name a household; it has all that follow to itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """``origins`` are those that pages of ours have; ``proxy`` may say who the visitor is."""

    host: str
    port: int
    origins: frozenset[str]
    secure: bool
    proxy: str | None

    @property
    def url(self) -> str:
        """One that people can open."""
        return min(self.origins, key=lambda origin: ("localhost" not in origin, origin))

    def cookie(self, name: str) -> str:
        """A cookie's name. ``__Host-`` lets only this very host, over TLS, set it."""
        return f"__Host-waagent_{name}" if self.secure else f"waagent_{name}"

    def knows_host(self, request: web.Request) -> bool:
        """Whether a host of ours is asked; somebody can point a name of theirs at this address."""
        return any(urlsplit(origin).netloc == request.host.lower() for origin in self.origins)

    def is_ours(self, origin: str | None) -> bool:
        """Whether an Origin header names a page of ours."""
        return origin is not None and origin.lower() in self.origins

    def address(self, request: web.Request) -> str:
        """Whose tries are counted together: the visitor's address, of IPv6 the household's part."""
        peer = request.remote or ""
        if self.proxy is not None and peer == self.proxy:
            # The last is what our own proxy saw; what stands before it, anybody can have written.
            peer = request.headers.get("X-Forwarded-For", peer).rpartition(",")[2].strip()
        try:
            address = ip_address(peer)
        except ValueError:
            return "unknown"
        if isinstance(address, IPv6Address):
            return str(ip_network((address, _V6_SITE), strict=False))
        return str(address)

    def headers(self) -> dict[str, str]:
        """Security headers of every answer."""
        # Older browsers do not count these as 'self'; an address in brackets none understands.
        named = sorted(origin for origin in self.origins if "[" not in origin)
        sockets = " ".join(origin.replace("http", "ws", 1) for origin in named)
        policy = (
            "default-src 'none'; script-src 'self'; font-src 'self'; img-src 'self' data:;"
            # xterm.js sets its sizes and colours by style elements.
            " style-src 'self' 'unsafe-inline';"
            f" connect-src 'self' {sockets}; form-action 'self'; base-uri 'none';"
            " frame-ancestors 'none'"
        )
        found = {
            "Content-Security-Policy": policy,
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            # Not no-referrer: browsers then send forms with the Origin null, also to us.
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
        }
        if self.secure:
            found["Strict-Transport-Security"] = "max-age=31536000"
        return found


def make_site(*, host: str, port: int, public_url: str | None, proxy: str | None) -> Site:
    """What flags and settings say.

    Raises:
        ConfigError: the public URL is none; or passwords would cross a network unencrypted.
    """
    if public_url is None:
        if not _is_loopback(host):
            raise ConfigError(
                f"{host} can be reached from other machines, and passwords would go there in clear",
                hint="put a reverse proxy with TLS before it and give its address:"
                " --public-url https://papan.example.com; see docs/howto/use-it-in-a-browser.md",
            )
        names = {*_LOOPBACK_NAMES, f"[{host}]" if ":" in host else host}
        origins = frozenset(f"http://{name}:{port}".removesuffix(":80") for name in names)
        return Site(host=host, port=port, origins=origins, secure=False, proxy=proxy)
    parts = urlsplit(public_url.strip().lower())
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/"):
        raise ConfigError(
            f"{public_url!r} is not a public URL", hint="such as: https://papan.example.com"
        )
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise ConfigError(
            "the public URL is not https, and passwords would go over the network in clear",
            hint="let a reverse proxy speak TLS; see docs/howto/use-it-in-a-browser.md",
        )
    origin = f"{parts.scheme}://{parts.netloc}"
    default = ":443" if parts.scheme == "https" else ":80"
    return Site(
        host=host,
        port=port,
        origins=frozenset({origin.removesuffix(default)}),
        secure=parts.scheme == "https",
        proxy=proxy,
    )


def _is_loopback(host: str) -> bool:
    if host.strip("[]") == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
