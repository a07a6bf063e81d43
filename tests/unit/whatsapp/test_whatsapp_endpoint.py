"""The descriptor of another WhatsApp server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from waagent.errors import EndpointError
from waagent.whatsapp.endpoint import Endpoint, load_endpoint
from waagent.whatsapp.trust import trust

KEY = "ab" * 32


@pytest.fixture
def fields(tmp_path: Path) -> dict[str, Any]:
    ca = tmp_path / "ca.pem"
    ca.write_text("-----BEGIN CERTIFICATE-----")
    url = "http://127.0.0.1:4321"
    return {"proxy_url": url, "ca_file": str(ca), "noise_root_public_key": KEY}


def _load(tmp_path: Path, content: object) -> Endpoint:
    path = tmp_path / "endpoint.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return load_endpoint(path)


def test_a_good_one(tmp_path: Path, fields: dict[str, Any]) -> None:
    endpoint = _load(tmp_path, fields | {"more": "is ignored"})
    assert endpoint.noise_root_public_key == bytes.fromhex(KEY)
    environment = endpoint.environment()
    assert environment["HTTPS_PROXY"] == environment["https_proxy"] == "http://127.0.0.1:4321"
    assert environment["SSL_CERT_FILE"] == fields["ca_file"]
    assert environment["NO_PROXY"] == environment["no_proxy"] == ""


def test_whether_it_is_applied(tmp_path: Path, fields: dict[str, Any]) -> None:
    endpoint = _load(tmp_path, fields)
    good = endpoint.environment()
    bare = {"HTTPS_PROXY": fields["proxy_url"], "SSL_CERT_FILE": fields["ca_file"]}
    assert endpoint.applied({"PATH": "/bin", **good})
    assert endpoint.applied(bare)
    assert endpoint.applied(
        {"https_proxy": fields["proxy_url"], "SSL_CERT_FILE": good["SSL_CERT_FILE"]}
    )
    assert not endpoint.applied({})
    assert not endpoint.applied(bare | {"NO_PROXY": "web.whatsapp.com"})
    assert not endpoint.applied(bare | {"no_proxy": "*"})
    assert not endpoint.applied(bare | {"HTTPS_PROXY": "http://proxy.example.com:3128"})
    assert not endpoint.applied({"HTTPS_PROXY": fields["proxy_url"]})


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '"x"'])
def test_not_a_json_object(tmp_path: Path, content: str) -> None:
    with pytest.raises(EndpointError):
        _load(tmp_path, content)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("proxy_url", None),
        ("proxy_url", 7),
        ("proxy_url", ""),
        ("proxy_url", "https://127.0.0.1:4321"),
        ("proxy_url", "127.0.0.1:4321"),
        ("proxy_url", "http://127.0.0.1"),
        ("proxy_url", "http://127.0.0.1:port"),
        ("proxy_url", "http://:4321"),
        ("ca_file", "/nowhere/ca.pem"),
        ("ca_file", "ca.pem"),
        ("ca_file", "/"),
        ("ca_file", 7),
        ("noise_root_public_key", "xy" * 32),
        ("noise_root_public_key", "ab" * 31),
        ("noise_root_public_key", ["ab"]),
    ],
)
def test_a_bad_field(tmp_path: Path, fields: dict[str, Any], name: str, value: object) -> None:
    with pytest.raises(EndpointError) as caught:
        _load(tmp_path, fields | {name: value})
    assert name in caught.value.message
    assert caught.value.hint is not None


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(EndpointError, match="cannot read"):
        load_endpoint(tmp_path / "endpoint.json")


def test_there_is_nothing_to_trust_where_the_library_is_not_loaded(
    tmp_path: Path, fields: dict[str, Any]
) -> None:
    with pytest.raises(EndpointError, match="found 0 times"):
        trust(_load(tmp_path, fields))
