"""Users of the service: who they are, and which passwords they may have."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from waagent.domain.views import Tenant

MIN_PASSWORD = 10
MAX_PASSWORD = 200
_FEWEST_DIFFERENT = 5
_SHORTEST_WORD = 4
_KEYBOARD = ("abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm", "01234567890")
_OBVIOUS = re.compile(
    "(password|passw0rd|rahasia|katasandi|kunci|admin|administrator|operator|waagent|whatsapp"
    "|indonesia|bismillah|alhamdulillah|sayang|cinta|kamu|jakarta|bandung|surabaya|welcome|selamat"
    "|letmein|masuk|login|user|owner|pemilik|toko|test|testing|default|changeme|iloveyou|dragon"
    "|monkey|master|secret|merdeka)+"
)
"""Words that guessers try first; by themselves, or with digits and signs, no password."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserView:
    """A user. ``tenant`` is the slug of their shop, None for an operator; ``logins`` hold now."""

    name: str
    tenant: str | None
    operator: bool
    enabled: bool
    created_at: datetime
    last_login_at: datetime | None
    logins: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who is behind a login. ``tenant`` is the one shop they may see; None: all, an operator."""

    login_id: str
    user_id: str
    name: str
    tenant: Tenant | None

    @property
    def operator(self) -> bool:
        """Whether they may see the whole service."""
        return self.tenant is None


def weakness(password: str, about: Sequence[str]) -> str | None:
    """What is wrong with a password, or None.

    ``about`` is what anybody knows of its user: their name, their shop's.
    """
    if len(password) < MIN_PASSWORD:
        return f"it has fewer than {MIN_PASSWORD} characters"
    if len(password) > MAX_PASSWORD:
        return f"it has more than {MAX_PASSWORD} characters"
    plain = password.casefold()
    if len(set(plain)) < _FEWEST_DIFFERENT:
        return f"it has fewer than {_FEWEST_DIFFERENT} different characters"
    bare = "".join(character for character in plain if character.isalpha())
    if len(bare) <= 1:
        return "it has hardly a letter"
    if _OBVIOUS.fullmatch(bare):
        return "it is one that guessers try first"
    if _runs(plain):
        return "it is a row of neighbouring keys"
    return "it is made of the name of its user or shop" if _is_about(plain, about) else None


def _runs(plain: str) -> bool:
    """Whether it is made of rows like ``123456`` or ``qwerty``, forwards or backwards."""
    rows = [*_KEYBOARD, *(row[::-1] for row in _KEYBOARD)]
    pairs = {row[at : at + 2] for row in rows for at in range(len(row) - 1)}
    beside = sum(plain[at : at + 2] in pairs for at in range(len(plain) - 1))
    return beside >= (len(plain) - 1) * 0.75


def _is_about(plain: str, about: Sequence[str]) -> bool:
    """Whether little is left of it without what is known of the user."""
    words = [word for known in about for word in (known, *re.split(r"[\W_]+", known))]
    left = plain
    for word in sorted(map(str.casefold, words), key=len, reverse=True):
        if len(word) >= _SHORTEST_WORD:
            left = left.replace(word, "")
    return left != plain and len(left) < MIN_PASSWORD // 2
