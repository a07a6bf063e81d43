"""Where the web front may be reached, and what it takes for the visitor's address."""

from __future__ import annotations

import pytest
from aiohttp.test_utils import make_mocked_request

from tui.web.site import Site, make_site
from waagent.errors import ConfigError


def site(host: str = "127.0.0.1", url: str | None = None, proxy: str | None = None) -> Site:
    return make_site(host=host, port=8899, public_url=url, proxy=proxy)


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("0.0.0.0", None),
        ("192.0.2.1", None),
        ("::", None),
        ("example.com", None),
        ("0.0.0.0", "http://papan.example.com"),
        ("127.0.0.1", "http://papan.example.com"),
        ("127.0.0.1", "papan.example.com"),
        ("127.0.0.1", "https://papan.example.com/under"),
        ("127.0.0.1", "ftp://papan.example.com"),
        ("127.0.0.1", "https://"),
    ],
)
def test_no_password_crosses_a_network_in_clear(host: str, url: str | None) -> None:
    with pytest.raises(ConfigError) as caught:
        site(host, url)
    assert caught.value.hint is not None


def test_behind_tls() -> None:
    found = site("0.0.0.0", "https://Papan.Example.com:443/")
    assert (found.url, found.secure) == ("https://papan.example.com", True)
    assert found.cookie("login") == "__Host-waagent_login"
    assert "Strict-Transport-Security" in found.headers()
    assert (
        "connect-src 'self' wss://papan.example.com;" in found.headers()["Content-Security-Policy"]
    )
    assert found.is_ours("https://papan.example.com")
    for wrong in ("http://papan.example.com", "https://papan.example.com.evil.example", None, ""):
        assert not found.is_ours(wrong)


def test_on_this_machine() -> None:
    found = site()
    assert (found.url, found.secure) == ("http://localhost:8899", False)
    for host, known in (("localhost:8899", True), ("127.0.0.1:8899", True), ("evil:8899", False)):
        request = make_mocked_request("GET", "/", headers={"Host": host})
        assert found.knows_host(request) is known


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("127.0.0.1", "203.0.113.1, 198.51.100.4", "198.51.100.4"),
        ("127.0.0.1", None, "127.0.0.1"),
        ("127.0.0.1", "nonsense", "unknown"),
        ("127.0.0.1", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("192.0.2.9", "198.51.100.4", "192.0.2.9"),
    ],
)
def test_whose_tries_count(peer: str, forwarded: str | None, address: str) -> None:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    request = make_mocked_request("GET", "/", headers=headers).clone(remote=peer)
    assert site(proxy="127.0.0.1").address(request) == address
