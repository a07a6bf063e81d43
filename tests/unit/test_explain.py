"""Every state, for every reason it can have, is explained in both languages."""

from __future__ import annotations

import pytest

from waagent.domain.freezes import FREEZES
from waagent.domain.health import Trouble
from waagent.domain.sessions import SessionState
from waagent.i18n import Language, keys
from waagent.services.explain import explain
from waagent.services.notice_texts import mask_address, mask_phone

LANGUAGES: tuple[Language, ...] = ("id", "en")
REASONS = sorted(
    {key.split(".")[3] for key in keys() if key.startswith("session.why.") and key.count(".") == 3}
)
WITH_OWN_WORDS = {
    "banned_until": ("101", "102", "103", "104", "105", "106"),
    "logged_out": ("401", "403", "406", "device_removed"),
    "outdated": ("405",),
    "connecting": (*Trouble, "callback_fault"),
    "disconnected": ("no_host", "drained", "ended", "503"),
    "pairing": ("passkey_required",),
    "frozen": ("ban", *FREEZES),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", [*SessionState, "frozen"])
def test_every_state_with_every_reason(state: str, language: Language) -> None:
    for reason in (None, "", "whatever", *REASONS):
        for text in explain(state, reason, language, shop="kopi-senja"):
            assert text.strip()
            assert text[0].isupper() or text.startswith("waagent"), text
            assert text.rstrip().endswith("."), text
            assert "{" not in text


@pytest.mark.parametrize("state", WITH_OWN_WORDS)
def test_known_reasons_have_words_of_their_own(state: str) -> None:
    general = explain(state)[0]
    own = [explain(state, reason)[0] for reason in WITH_OWN_WORDS[state]]
    assert general not in own
    codes = [reason for reason in WITH_OWN_WORDS[state] if reason.isdigit()]
    assert all(code in explain(state, code)[0] for code in codes)


def test_no_key_is_about_a_state_that_is_none() -> None:
    about = {
        key.split(".")[2] for key in keys() if key.startswith(("session.why.", "session.todo."))
    }
    assert about == {*SessionState, "frozen"}


def test_the_two_languages_differ() -> None:
    for state in SessionState:
        indonesian, english = (explain(state, None, language) for language in LANGUAGES)
        assert indonesian[0] != english[0]
        assert indonesian[1] != english[1]


def test_the_command_is_exact() -> None:
    assert "waagent connect kopi-senja." in explain("logged_out", shop="kopi-senja")[1]
    second = explain("logged_out", shop="kopi-senja", session="kedua")[1]
    assert "waagent connect kopi-senja --session kedua." in second


def test_an_unknown_state_is_an_error() -> None:
    with pytest.raises(KeyError):
        explain("asleep")


@pytest.mark.parametrize(
    ("phone", "shown"),
    [("+6281234567834", "0812…34"), ("+6591234567", "+6591…67"), (None, None)],
)
def test_a_number_is_masked(phone: str | None, shown: str | None) -> None:
    assert mask_phone(phone) == shown


def test_an_address_is_masked() -> None:
    assert mask_address("rini@dapur.test") == "r…@dapur.test"
