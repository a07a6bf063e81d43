"""Phone numbers, LIDs and names."""

from __future__ import annotations

import pytest

from waagent.errors import InvalidInputError, InvalidPhoneError
from waagent.sandbox.addresses import (
    Jid,
    display_name,
    lid_jid,
    lid_user,
    parse_jid,
    phone_number,
    pn_jid,
)


@pytest.mark.parametrize(
    "text", ["6281200000001", "+62 812-0000-0001", "0812 0000 0001", "62812.0000.0001"]
)
def test_a_number_may_be_written_in_several_ways(text: str) -> None:
    assert phone_number(text) == "6281200000001"


@pytest.mark.parametrize("text", ["", "abc", "123", "6281200000001 x", "9" * 16])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(InvalidPhoneError):
        phone_number(text)


def test_a_lid_is_stable_and_hides_the_number() -> None:
    users = {lid_user(f"62812000{n:05}") for n in range(2000)}
    assert len(users) == 2000
    assert all(len(user) == 15 and "62812" not in user[:5] for user in users)
    assert lid_user("6281200000001") == lid_user("6281200000001")


def test_addresses_survive_reading() -> None:
    assert parse_jid(pn_jid("628120000001")) == Jid(user="628120000001", server="s.whatsapp.net")
    device = parse_jid(lid_jid("628120000001", 3))
    assert device == Jid(user=lid_user("628120000001"), server="lid", device=3)
    assert parse_jid("@s.whatsapp.net") is None
    assert parse_jid("status@broadcast") is None


@pytest.mark.parametrize("name", ["", "  ", "a@b", "x" * 101, "dua\nbaris"])
def test_unusable_names_are_refused(name: str) -> None:
    with pytest.raises(InvalidInputError):
        display_name(name)
