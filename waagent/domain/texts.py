"""Texts from outside, made fit to be kept: nothing is refused for a broken character."""

from __future__ import annotations

import unicodedata

MAX_IDENTIFIER = 250


def encodable(text: str) -> str:
    """``text`` with each half of a surrogate pair that stands alone replaced; the rest as it is."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def shows_something(text: str) -> bool:
    """Whether a reader sees anything of it: not only spaces, controls and zero-width characters."""
    return any(unicodedata.category(character)[0] not in "ZC" for character in text)


def identifier(text: str) -> str:
    """``text`` as a column that is not encrypted can hold it: no NUL, and of a sane length."""
    return encodable(text).replace("\0", "\N{REPLACEMENT CHARACTER}")[:MAX_IDENTIFIER]
