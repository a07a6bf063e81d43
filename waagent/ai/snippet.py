"""A conversation cut into the parts that matter: who spoke last, and the last message with content.

"ok", "sip", 👍 and thanks are acknowledgements: the labelling guide looks further back than those.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from waagent.ai.cues import CUSTOMER_CUES
from waagent.ai.demands import without_demands
from waagent.ai.tables import data_words
from waagent.ai.text import normalise
from waagent.domain.labels import Turn
from waagent.domain.optout import is_opt_out

MAX_TURNS = 12
"""Only this many of the latest messages are looked at."""

_VOCATIVES = data_words("vocatives.txt")
_ACKNOWLEDGEMENTS = data_words("acknowledgements.txt")


_WRONG_NUMBER = re.compile(r"\bsalah (?:kirim|nomor|orang|sambung|pencet|masuk)\b")
_APOLOGY_WORDS = 8


def _words(normal: str) -> list[str]:
    return [word for word in normal.split() if any(c.isalnum() for c in word)]


def is_acknowledgement(text: str) -> bool:
    """Whether ``text`` says no more than "ok", "thanks", "sorry, wrong number" or an emoji."""
    normal = normalise(text)
    words = _words(normal)
    if len(words) <= _APOLOGY_WORDS and _WRONG_NUMBER.search(normal):
        return True
    if "?" in normal or len(words) > 7 or "gambar" in words or "dokumen" in words:
        return False
    return all(word in _ACKNOWLEDGEMENTS or word in _VOCATIVES for word in words)


@dataclass(frozen=True, slots=True)
class Snippet:
    """The parts of a conversation; every text is raw unless its name says ``normal``.

    ``key`` is the customer's last meaningful message (the last one when none is), empty when the
    customer said nothing; ``reply`` the business's last message before the customer's last, and
    ``closing`` what it wrote after that.
    Customer texts are without sentences that only address the labeller; ``only_demands`` says that
    nothing else was there.
    """

    turns: tuple[Turn, ...]
    key: str
    last: str
    customer: tuple[str, ...]
    reply: str
    closing: str
    key_is_last: bool
    only_demands: bool = False

    @property
    def business_waits(self) -> bool:
        """Whether the customer spoke last."""
        return bool(self.turns) and self.turns[-1].author == "customer"


def _undemanding(turn: Turn) -> Turn:
    return turn if turn.author == "business" else Turn(turn.author, without_demands(turn.text))


def _by_customer(turns: Sequence[Turn]) -> list[Turn]:
    return [turn for turn in turns[-MAX_TURNS:] if turn.author == "customer"]


def cut(turns: Sequence[Turn]) -> Snippet:
    """The snippet of the latest ``MAX_TURNS`` of ``turns``."""
    recent = tuple(_undemanding(turn) for turn in turns[-MAX_TURNS:])
    where = [i for i, turn in enumerate(recent) if turn.author == "customer"]
    customer = tuple(recent[i].text for i in where)
    if not where:
        return Snippet(recent, "", "", (), recent[-1].text if recent else "", "", True)
    meaningful = [i for i in where if not is_acknowledgement(recent[i].text)]
    key_at = (meaningful or where)[-1]
    before = [turn.text for turn in recent[: where[-1]] if turn.author == "business"]
    return Snippet(
        turns=recent,
        key=recent[key_at].text,
        last=recent[where[-1]].text,
        customer=customer,
        reply=before[-1] if before else "",
        closing=" ".join(turn.text for turn in recent[where[-1] + 1 :]),
        key_is_last=key_at == where[-1],
        only_demands=not any(customer) and any(t.text.strip() for t in _by_customer(turns)),
    )


_TAKES_ORDER = re.compile(
    r"\b(?:sudah|kami|saya) (?:kami |saya )?(?:di ?)?(?:catat|jadwalkan|siapkan|bungkus|proses)\b"
    r"|\b(?:tercatat|terjadwal|terdaftar)\b"
    r"|\b(?:pesan|pesanan|booking|order)\w* (?:\w+ )?(?:sudah|fix|masuk|diterima|tercatat)\b"
    r"|\b(?:siap|baik|oke?|nggih|inggih|mangga)\b.{0,40}\b(?:kirim|di ?kirim|(?:di ?)?antar(?:kan)?"
    r"|(?:di ?)?jemput|meluncur)\b"
)
_WANTS_MONEY_OR_TIME = re.compile(
    r"\bdp\b|\bmuka\b|\btanda jadi\b|\btransfer\b|\brekening\b|\binvoice\b|\bpelunasan\b|\bva\b"
    r"|\bbayar \w*dulu\b|\bqris\b|\bdulu\b|\bsebentar\b|\?"
)


def took_order(snippet: Snippet) -> bool:
    """Whether the shop's last word takes the order as it is: nothing to pay, check or answer."""
    said = snippet.closing or (snippet.reply if is_acknowledgement(snippet.last) else "")
    normal = normalise(said)
    return bool(_TAKES_ORDER.search(normal)) and not _WANTS_MONEY_OR_TIME.search(normal)


def wants_no_more(snippet: Snippet) -> bool:
    """Whether the customer's last meaningful message is an opt-out."""
    return is_opt_out(snippet.key)


_ASKS_ACCOUNT = re.compile(
    r"\brekening\b.{0,15}(?:\?|berapa|dimana|mana|dong|apa)"
    r"|\b(?:minta|kirim|mana|berapa|bagi|share) .{0,12}\brekening"
    r"|\b(?:transfer|bayar|dp)\w* (?:\w+ ){0,2}ke ?mana|\bke ?mana (?:\w+ )?(?:transfer|bayar)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What the guide's "always" rules hang on, heard by rules of ours and not by the heads.

    ``opted_out``: no more messages are wanted. ``confirmed``: the shop took the order without
    asking for money first. ``asks_account``: the customer asks where to pay. ``own_time``: they
    want to be left alone until they write themselves.
    """

    opted_out: bool = False
    confirmed: bool = False
    asks_account: bool = False
    own_time: bool = False


def heard(snippet: Snippet) -> Heard:
    """What was said in so many words."""
    key = normalise(snippet.key)
    return Heard(
        opted_out=wants_no_more(snippet),
        confirmed=took_order(snippet),
        asks_account=bool(_ASKS_ACCOUNT.search(key)),
        own_time=bool(CUSTOMER_CUES["no_chase"].search(key)),
    )
