"""How long codes last, and who may scan them."""

from __future__ import annotations

import base64

import pytest

from waagent.errors import InvalidInputError, NotFoundError, RefusedError
from waagent.sandbox.pairing import GRACE_SECONDS, Companion, Pairing, Pairings, Scan, read_code
from waagent.sandbox.signal import SignedKey


class NoLink:
    async def send(self, data: bytes) -> None: ...

    async def dismiss(self, data: bytes) -> None: ...

    def cut(self) -> None: ...


COMPANION = Companion(
    noise_key=b"n" * 32,
    identity=b"i" * 32,
    registration_id=1,
    signed=SignedKey(id=1, public=b"s" * 32, signature=b"t" * 64),
)


def scan(ref: str, noise_key: bytes = COMPANION.noise_key) -> Scan:
    return Scan(ref=ref, noise_key=noise_key, identity=COMPANION.identity, secret=b"x" * 32)


def begin() -> tuple[Pairings, Pairing]:
    pairings = Pairings()
    return pairings, pairings.begin(COMPANION, NoLink(), now=1000)


@pytest.mark.parametrize(
    ("index", "lasts"), [(0, 60), (1, 80), (2, 100), (3, 120), (4, 140), (5, 160)]
)
async def test_the_first_code_lasts_a_minute_and_the_others_20_seconds(
    index: int, lasts: float
) -> None:
    pairings, pairing = begin()
    assert len(set(pairing.refs)) == 6
    with pytest.raises(RefusedError, match="expired"):
        pairings.find(scan(pairing.refs[index]), now=1000 + lasts + GRACE_SECONDS + 0.1)
    assert pairings.find(scan(pairing.refs[index]), now=1000 + lasts) is pairing
    assert pairing.ends == 1160 + GRACE_SECONDS


async def test_a_code_is_scanned_once() -> None:
    pairings, pairing = begin()
    pairings.claim(pairings.find(scan(pairing.refs[0]), now=1001), "6281200009001", 1)
    for ref in pairing.refs:
        with pytest.raises(NotFoundError):
            pairings.find(scan(ref), now=1002)


async def test_a_code_with_other_keys_is_refused_and_stays_good() -> None:
    pairings, pairing = begin()
    with pytest.raises(RefusedError):
        pairings.find(scan(pairing.refs[0], b"o" * 32), now=1001)
    assert pairings.find(scan(pairing.refs[0]), now=1001) is pairing


async def test_a_client_that_left_cannot_be_scanned() -> None:
    pairings, pairing = begin()
    pairings.end(pairing)
    assert pairing.linked.cancelled()
    with pytest.raises(NotFoundError):
        pairings.find(scan(pairing.refs[0]), now=1001)


def test_a_code_is_read_with_and_without_its_link() -> None:
    key = base64.b64encode(b"k" * 32).decode()
    plain = f"2@ref,{key},{key},{key},1"
    code = read_code("https://wa.me/settings/linked_devices#" + plain)
    assert code == read_code(plain)
    assert (code.ref, code.identity) == ("2@ref", b"k" * 32)


@pytest.mark.parametrize("code", ["", "halo", "a,b,c,d", "a,QUJD,QUJD", "https://example.org"])
def test_what_is_no_code_is_refused(code: str) -> None:
    with pytest.raises(InvalidInputError):
        read_code(code)
