"""The media hosts of the sandbox, asked by plain HTTP; and the files it keeps."""

from __future__ import annotations

import base64
import hashlib
import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sandbox_support import SHOP

from waagent.errors import InvalidInputError, NotFoundError
from waagent.sandbox import SandboxProcess, start
from waagent.sandbox.content import Kind
from waagent.sandbox.media import HOSTS, MediaError, MediaStore

pytestmark = pytest.mark.xdist_group("sandbox-content")
DATA = b"not really encrypted" * 100
TOKEN = base64.urlsafe_b64encode(hashlib.sha256(DATA).digest()).decode()
GOOD = f"/mms/image/{TOKEN}?auth={SHOP}.x&token={TOKEN}"


@pytest.fixture(scope="module")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    with start(tmp_path_factory.mktemp("hosts")) as sandbox:
        sandbox.client().history(SHOP, name="Dapur Bu Ratna")  # so that there is an account
        yield sandbox


def ask(
    sandbox: SandboxProcess,
    method: str,
    path: str,
    body: bytes | None = None,
    host: str = HOSTS[0],
) -> tuple[int, bytes]:
    """The status and the body of an answer."""
    environment = sandbox.environment()
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({"https": environment["HTTPS_PROXY"]}),
        urllib.request.HTTPSHandler(
            context=ssl.create_default_context(cafile=environment["SSL_CERT_FILE"])
        ),
    )
    request = urllib.request.Request(f"https://{host}{path}", body, method=method)
    try:
        with opener.open(request, timeout=10) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


@pytest.mark.parametrize("host", HOSTS)
def test_what_is_uploaded_can_be_fetched_until_it_is_deleted(
    hosts: SandboxProcess, host: str
) -> None:
    status, answer = ask(hosts, "POST", GOOD, DATA, host)
    assert status == 200
    path = json.loads(answer)["direct_path"]
    assert json.loads(answer)["url"] == f"https://{HOSTS[0]}{path}"
    assert ask(hosts, "GET", f"{path}&hash=x&mms-type=image", host=host) == (200, DATA)
    assert ask(hosts, "DELETE", GOOD)[0] == 200
    assert ask(hosts, "GET", path)[0] == 404


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", f"/mms/image/{TOKEN}", 401),
        ("POST", f"/mms/image/{TOKEN}?auth=6281299999999.x", 401),
        ("POST", f"/mms/image/short?auth={SHOP}.x", 404),
        ("POST", GOOD.replace(TOKEN, base64.urlsafe_b64encode(bytes(32)).decode()), 400),
        ("DELETE", f"/mms/image/{TOKEN}", 401),
        ("PUT", GOOD, 405),
        ("GET", "/v/t62.7118-24/../../control.json", 404),
        ("GET", f"/v/x/{'0' * 64}.enc?ccb=1", 404),
    ],
)
def test_what_is_refused(hosts: SandboxProcess, method: str, path: str, status: int) -> None:
    assert ask(hosts, method, path, DATA if method == "POST" else None)[0] == status
    assert not list((hosts.info.endpoint.parent / "media").iterdir())


def test_a_file_is_read_with_its_key_alone(tmp_path: Path) -> None:
    store = MediaStore(tmp_path)
    source = tmp_path / "source"
    source.write_bytes(b"katalog" * 100_000)
    sealed = store.seal(source, Kind.DOCUMENT, SHOP)
    encrypted = store.encrypted(sealed.encrypted_sha256.hex())
    assert hashlib.sha256(encrypted.read_bytes()).digest() == sealed.encrypted_sha256
    readable = store.readable(sealed.sha256.hex())
    readable.unlink()
    store.open(sealed, Kind.DOCUMENT)
    assert readable.read_bytes() == source.read_bytes()
    readable.unlink()

    with pytest.raises(MediaError, match="MAC"):
        store.open(sealed, Kind.IMAGE)
    with pytest.raises(MediaError, match="MAC"):
        store.open(replace(sealed, key=bytes(32)), Kind.DOCUMENT)
    with pytest.raises(MediaError, match="hash or its size"):
        store.open(replace(sealed, sha256=bytes(32)), Kind.DOCUMENT)
    spoiled = bytearray(encrypted.read_bytes())
    spoiled[100] ^= 1
    encrypted.write_bytes(spoiled)
    with pytest.raises(MediaError, match="MAC"):
        store.open(sealed, Kind.DOCUMENT)
    encrypted.unlink()
    with pytest.raises(MediaError, match="not on the servers"):
        store.open(sealed, Kind.DOCUMENT)
    assert not list(store.servers.iterdir()) + list(store.telephones.iterdir())


def test_only_files_of_a_proper_size_are_sent(tmp_path: Path) -> None:
    store = MediaStore(tmp_path)
    (tmp_path / "empty").touch()
    with pytest.raises(InvalidInputError, match="0 bytes"):
        store.seal(tmp_path / "empty", Kind.IMAGE, SHOP)
    with (tmp_path / "huge").open("wb") as huge:
        huge.truncate(100 * 1024 * 1024 + 1)
    with pytest.raises(InvalidInputError, match="104857601 bytes"):
        store.seal(tmp_path / "huge", Kind.IMAGE, SHOP)
    with pytest.raises(NotFoundError):
        store.seal(tmp_path / "missing", Kind.IMAGE, SHOP)
