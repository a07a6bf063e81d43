"""Text that came from a customer, made safe to show on a terminal."""

from __future__ import annotations

import re
import unicodedata

_ESCAPE_SEQUENCE = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor
    r"|\x1b[\]PX^_].*?(?:\x07|\x1b\\|$)"  # OSC and kin: titles, links, the clipboard
    r"|\x1b.?",
    re.DOTALL,
)
_BIDI = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def one_line(text: str) -> str:
    """``text`` without escape sequences, control and direction marks; line breaks become spaces."""
    bare = _ESCAPE_SEQUENCE.sub("", text)
    spaced = (" " if character in "\r\n\t\u2028\u2029" else character for character in bare)
    return "".join(character for character in spaced if _is_shown(character)).strip()


def _is_shown(character: str) -> bool:
    return unicodedata.category(character) not in ("Cc", "Cs") and character not in _BIDI
