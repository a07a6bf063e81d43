"""Ciphertexts stay where they were put, and open with the right keys only."""

from __future__ import annotations

import secrets
from uuid import UUID, uuid4

import pytest
from cryptography.exceptions import InvalidTag

from waagent.errors import MasterKeyError
from waagent.security.cipher import KeyRing, TenantCipher

TEXT = "halo kak, nasi box ayam 25rb 🙏"


def ring() -> KeyRing:
    return KeyRing(secrets.token_bytes(32))


def cipher(tenant: UUID | None = None, keys: KeyRing | None = None) -> TenantCipher:
    tenant, keys = tenant or uuid4(), keys or ring()
    return keys.cipher(tenant, keys.new_data_key(tenant))


@pytest.mark.parametrize("text", ["", TEXT, "a" * 100_000, "\0\n\t"])
def test_what_was_sealed_can_be_opened(text: str) -> None:
    own = cipher()
    assert own.decrypt(own.encrypt(text, "messages.body"), "messages.body") == text


def test_nothing_is_none_and_stays_it() -> None:
    own = cipher()
    assert own.encrypt_or_none(None, "contacts.name") is None
    assert own.decrypt_or_none(None, "contacts.name") is None
    sealed = own.encrypt_or_none("Sari", "contacts.name")
    assert own.decrypt_or_none(sealed, "contacts.name") == "Sari"


def test_the_same_text_never_looks_the_same() -> None:
    own = cipher()
    sealed = {own.encrypt(TEXT, "messages.body") for _ in range(50)}
    assert len(sealed) == 50
    assert not any(TEXT.encode() in each for each in sealed)


def test_a_ciphertext_cannot_be_moved_to_another_column() -> None:
    own = cipher()
    with pytest.raises(InvalidTag):
        own.decrypt(own.encrypt(TEXT, "contacts.name"), "messages.body")


def test_a_ciphertext_cannot_be_moved_to_another_tenant() -> None:
    keys = ring()
    sealed = cipher(keys=keys).encrypt(TEXT, "messages.body")
    with pytest.raises(InvalidTag):
        cipher(keys=keys).decrypt(sealed, "messages.body")


def test_not_even_under_the_same_data_key() -> None:
    data_key = secrets.token_bytes(32)
    sealed = TenantCipher(uuid4(), data_key).encrypt(TEXT, "messages.body")
    with pytest.raises(InvalidTag):
        TenantCipher(uuid4(), data_key).decrypt(sealed, "messages.body")


def test_any_changed_byte_is_noticed() -> None:
    own = cipher()
    sealed = own.encrypt("hai", "messages.body")
    for place in range(1, len(sealed)):
        forged = bytearray(sealed)
        forged[place] ^= 1
        with pytest.raises(InvalidTag):
            own.decrypt(bytes(forged), "messages.body")


def test_another_master_key_opens_no_data_key() -> None:
    tenant, keys = uuid4(), ring()
    wrapped = keys.new_data_key(tenant)
    with pytest.raises(MasterKeyError) as refused:
        ring().cipher(tenant, wrapped)
    assert refused.value.hint


def test_a_data_key_belongs_to_its_tenant() -> None:
    keys = ring()
    with pytest.raises(MasterKeyError):
        keys.cipher(uuid4(), keys.new_data_key(uuid4()))


def test_the_check_value_tells_master_keys_apart() -> None:
    key = secrets.token_bytes(32)
    KeyRing(key).verify(KeyRing(key).seal_check())
    with pytest.raises(MasterKeyError):
        ring().verify(KeyRing(key).seal_check())


def test_a_blind_index_is_equal_for_equals_only() -> None:
    tenant, keys = uuid4(), ring()
    wrapped = keys.new_data_key(tenant)
    first, again = keys.cipher(tenant, wrapped), keys.cipher(tenant, wrapped)
    assert first.index("phone", "6281200000001") == again.index("phone", "6281200000001")
    assert len(first.index("phone", "6281200000001")) == 32
    different = {
        first.index("phone", "6281200000001"),
        first.index("phone", "6281200000002"),
        first.index("lid", "6281200000001"),
        cipher(keys=keys).index("phone", "6281200000001"),
    }
    assert len(different) == 4
