"""Informal Indonesian made regular: spelling, slang and regional words folded into common forms.

The output is for matching and counting only; nobody reads it. Javanese, Sundanese, Minang and
Betawi words that are frequent in shop chats are folded into their Indonesian counterparts.
"""

from __future__ import annotations

import re
import unicodedata

from waagent.ai.tables import data_lines

MAX_CHARS = 2000
"""A longer message is cut to its first and last half of this before anything looks at it."""

_SLANG = {
    word: canonical
    for canonical, words in (line.split(": ") for line in data_lines("slang.txt"))
    for word in words.split()
}

_MONEY = re.compile(
    r"\brp\.?\s*\d[\d.,]*(?:\s*(?:rb|ribu|k|jt|juta))?|\b\d[\d.,]*\s*(?:rb|ribu|rebu|k|jt|juta|perak)(?:an)?\b"
    r"|@\s*\d[\d.,]*|\b\d{1,3}(?:\.\d{3})+\b"
)
_NUMBER = re.compile(r"\d+(?:[.,:/-]\d+)*")
_ELONGATED = re.compile(r"([^\W\d_])\1{2,}")
_DOUBLE_END = re.compile(r"([^\W\d_])\1\b")
_REDUPLICATED = re.compile(r"([^\W\d_]{3,})2\b")
_TOKEN = re.compile(r"<\w+>|[^\W_]+|[^\w\s]")
_WORD = re.compile(r"\d+|[^\W\d_]+")
_LINK = re.compile(r"https?://\S+|www\.\S+|\b\w+\.(?:com|id|me|ly|net)/\S*")
_KEEP_DOUBLE = frozenset({"pp", "all"})


def clean(text: str) -> str:
    """``text`` without control characters and lone surrogates, cut to ``MAX_CHARS``."""
    if len(text) > MAX_CHARS:
        text = text[: MAX_CHARS // 2] + " " + text[-MAX_CHARS // 2 :]
    text = unicodedata.normalize("NFKC", text)
    return "".join(c if unicodedata.category(c)[0] != "C" or c in "\u200d" else " " for c in text)


def _shorten_end(match: re.Match[str]) -> str:
    return match[1]


def _fold(token: str) -> str:
    if token in _SLANG:
        return _SLANG[token]
    shorter = token if token in _KEEP_DOUBLE else _DOUBLE_END.sub(_shorten_end, token)
    bare = shorter.removesuffix("nya")
    return _SLANG.get(shorter) or _SLANG.get(bare) or shorter


def words(text: str) -> list[str]:
    """The words and numbers of ``text``, slang folded: as ``normalise``, but numbers stay."""
    text = clean(text).lower().replace("_", " ").replace("'", "").replace("\u2019", "")
    text = _REDUPLICATED.sub(r"\1 \1", text)
    text = _ELONGATED.sub(r"\1", text)
    folded = " ".join(_fold(word) for word in _WORD.findall(text))
    return folded.split()


def normalise(text: str) -> str:
    """Lower case, numbers and money as ``<n>`` and ``<uang>``, slang folded, single spaces."""
    text = clean(text).lower().replace("_", " ").replace("'", "").replace("\u2019", "")
    text = _LINK.sub(" <link> ", text)
    text = _MONEY.sub(" <uang> ", text)
    text = _REDUPLICATED.sub(r"\1 \1", text)
    text = _NUMBER.sub(" <n> ", text)
    text = _ELONGATED.sub(r"\1", text)
    return " ".join(_fold(token) for token in _TOKEN.findall(text))
