"""What a text that a language model wrote in a template's stead may say. Pure rules.

The template is what the shop agreed to say. The model may put it in other words that fit the
conversation; it may not add a fact: no figure, no price, no way to pay or to get in touch, no
promise. What a customer wrote cannot widen that, whatever it asks for.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from enum import StrEnum

from waagent.domain.templates import check_text

MORE_WORDS = 1.6
SPARE_CHARACTERS = 60
"""A draft is at most so many times as long as the template's text, and this much longer."""
MOST_LINES = 4


class Breach(StrEnum):
    """Why a model's text is not used, and the template's own is."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    UNSENDABLE = "unsendable"
    """It has a link, many emoji or control characters."""
    FORMAT = "format"
    NUMBER = "number"
    CONTACT = "contact"
    PROMISE = "promise"
    OPT_OUT = "opt_out"
    """The template's words on how to get no more messages are gone."""
    LANGUAGE = "language"
    INSTRUCTION = "instruction"
    """It speaks of labels, instructions or itself."""


_FORMAT = re.compile(r"[{}\[\]<>|`*_#\\]|^\s*[-•]\s", re.MULTILINE)
_CONTACT = re.compile(
    r"@|\b(?:titik|dot)\s+(?:com|id|co|net)\b|\bwa\.?me\b|\b(?:telegram|instagram|ig|fb|facebook|tiktok"
    r"|shopee|tokopedia|lazada|email|e-mail|gmail|link|tautan|klik|situs|website)\b"
)
_NUMBER_WORDS = re.compile(
    r"\b(?:nol|satu|dua|tiga|empat|lima|enam|tujuh|delapan|sembilan|sepuluh|sebelas|\w+belas|\w*puluh"
    r"|\w*ratus|\w*ribu|rb|\w*juta|jt|setengah|persen|rupiah|idr|one|two|three|thousand|million"
    r"|percent)\b|%"
)
_PROMISE = re.compile(
    r"\b(?:diskon\w*|promo\w*|gratis\w*|free|bonus\w*|potongan|cashback|voucher|kupon|hadiah"
    r"|garansi\w*|jamin\w*|dijamin|terjamin|pasti\w*|dipastikan|janji\w*|refund|ganti rugi"
    r"|dikembalikan|uang kembali|termurah|terbaik|terakhir|terbatas|buruan|segera habis"
    r"|tinggal sedikit|rekening|norek|transfer|bayar\w*|dp|qris|gopay|ovo|dana|va|cicil\w*|cod"
    r"|ongkir|lunas|besok|lusa|hari ini|nanti (?:malam|sore)|senin|selasa|rabu|kamis|jumat|sabtu"
    r"|minggu)\b"
)
_STOP = re.compile(r"\b(?:stop|berhenti|unsub\w*)\b")
_NO_MATTER = re.compile(
    r"\b(?:tidak|ga|gak|nggak) (?:juga )?(?:tidak |ga |gak )?apa|\bgapapa|\b(?:bilang|kabari)"
    r" (?:kami )?(?:saja|aja)|\b(?:tidak|ga|gak) (?:perlu|jadi)"
)
_MACHINE = re.compile(
    r"\b(?:instruksi|perintah|prompt|sistem|system|asisten|assistant|chatbot|bot|ai|language model"
    r"|model bahasa|label|hot[_ ]lead|json|template|abaikan|ignore)\b"
)
_EVERYDAY = """
ada aja apa apakah atau bantu barang bisa boleh bu bapak belum buat cari dan dari dengan deh di
dulu gak ga halo hai ibu ini itu jadi jika juga kabar kabari kak kakak kalau kami kemarin ke kita
kok lagi lain lanjut lebih masih mau mbak mas minat mohon nanti ngga nggak nih pak pesan pesanan
produk punten saja salam sama sapa saya sekali selamat semoga siap sih silakan soal sudah tanya
tapi tentang terima kasih tetap tidak toko tolong untuk ya yang
"""
_INDONESIAN = frozenset(_EVERYDAY.split())
_LEAST_INDONESIAN = 0.25
_WORD = re.compile(r"[^\W\d_]+")


def breach_of(text: str, template: str, *, facts: Collection[str] = ()) -> Breach | None:
    """The first bound that ``text`` breaks, or None.

    ``template`` is the template's text, filled in: what it says may be said. ``facts`` are further
    texts whose figures may be named: the price in the shop's catalogue.
    """
    if not text.strip():
        return Breach.EMPTY
    if len(text) > len(template) * MORE_WORDS + SPARE_CHARACTERS or text.count("\n") >= MOST_LINES:
        return Breach.TOO_LONG
    try:
        check_text(text)
    except ValueError:
        return Breach.UNSENDABLE
    said, allowed = _plain(text), _plain(" ".join([template, *facts]))
    if _FORMAT.search(text) and not _FORMAT.search(template):
        return Breach.FORMAT
    if not _figures(said) <= _figures(allowed):
        return Breach.NUMBER
    for breach, pattern in _GUARDED.items():
        if not set(pattern.findall(said)) <= set(pattern.findall(allowed)):
            return breach
    if any(way.search(_plain(template)) and not way.search(said) for way in (_STOP, _NO_MATTER)):
        return Breach.OPT_OUT
    return None if _is_indonesian(said) else Breach.LANGUAGE


_GUARDED = {
    Breach.NUMBER: _NUMBER_WORDS,
    Breach.CONTACT: _CONTACT,
    Breach.PROMISE: _PROMISE,
    Breach.INSTRUCTION: _MACHINE,
}
"""What only stands in a draft where the template says the same."""


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join("".join(c for c in folded if unicodedata.category(c) != "Cf").split())


def _figures(plain: str) -> set[str]:
    """Numbers with their dots and commas left out: ``25.000`` and ``25000`` are one."""
    digits = "".join(str(unicodedata.digit(c, 0)) if c.isdigit() else c for c in plain)
    found = re.findall(r"\d(?:[\d.,]*\d)?", digits)
    return {re.sub(r"\D", "", each) for each in found}


def _is_indonesian(plain: str) -> bool:
    """Whether enough of the words are everyday Indonesian, and all are in Latin letters."""
    words = _WORD.findall(plain)
    if not words or any("LATIN" not in unicodedata.name(c, "") for word in words for c in word):
        return False
    return sum(word in _INDONESIAN for word in words) >= len(words) * _LEAST_INDONESIAN
