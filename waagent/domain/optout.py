"""Whether a message asks for no more messages: a rule careful not to hear what is not said.

Source: the labelling guide (docs/reference/labels.md), intent ``opt_out``: "no more messages
wanted, however polite", e.g. "STOP", "mohon tidak dikirimi lagi". A "stop" about goods, production
or an order is no opt-out, nor is "jangan chat dulu, saya yang kabari": that is about timing.
"""

from __future__ import annotations

import re
import unicodedata

MAX_CHARS = 2000

_NO = (
    r"(?:jangan|jgn|jngn|tidak|tdk|gak?|nggak?|ngga|ndak|nda|gausah|mboten|ojo|teu|ulah|engg?ak?"
    r"|stop|setop|berhenti)"
)
_NEED = r"(?:\s+(?:usah|perlu|boleh|mau|ingin|pengen|di))*"
_SEND = (
    r"(?:di\s?)?(?:kirim(?:i|in|kan)?|ngirim(?:i|in)?|mengirim(?:i|kan)?|(?:nge)?chat|wa|whatsapp|sms"
    r"|(?:meng)?hubungi|(?:meng)?ganggu|spam|nyepam|japri|broadcast|blast|tele?pon|infokan|kabari"
    r"|tag|dm)"
)
_GET = r"(?:(?:me|n)?(?:n?erima|terima)|dapat|dapet)"
_AGAIN = r"(?:lagi|lg|malih|maneh|deui|terus|trs|me?lulu|mulu|ke\s?depan(?:nya)?)"
_ADVERT = (
    r"(?:promo\w*|broadcast\w*|bc|iklan\w*|blast\w*|spam|penawaran\w*|notif\w*"
    r"|pesan\s+(?:promo\w*|iklan|seperti ini|kaya?k? gini|ini))"
)
_ME = r"(?:saya|sy|aku|ku|gue|gw|ini|kulo|abdi|ana)"
_NUMBER = r"(?:no|nomor|nomer|nmr|kontak)"
_REMOVE = r"(?:di\s?)?(?:hapus(?:in|kan)?|keluar(?:kan|in)|delete|coret|blokir)"
_POLITE = (
    r"(?:ya+h?|kak|kakak|ka|min|admin|mas|mbak|mba|bu|ibu|pak|bapak|bang|gan|sis|om|bos|dong|deh|pl(?:ea)?s"
    r"|tolong|mohon|maaf|semua|ini|aja|saja|makasih|makasi|terima kasih|trims)"
)
_ALONE_OBJECT = rf"(?:promo(?:nya)?|wa|chat|pesan(?:nya)?|iklan(?:nya)?|kirim|{_ADVERT})"


def _few(words: int) -> str:
    """Up to ``words`` words in between."""
    return rf"(?:\s+\w+){{0,{words}}}?"


_ALONE = re.compile(
    rf"(?:{_POLITE}\s+)*(?:stop|setop|b(?:er)?henti|brenti|unsub(?:scribe)?|unreg)"
    rf"(?:\s+(?:{_POLITE}|{_ALONE_OBJECT}))*"
)
_WISHES = tuple(
    re.compile(pattern)
    for pattern in (
        # "tidak dikirimi lagi", "jgn wa lg": no, to send, again.
        rf"\b{_NO}{_NEED}{_few(3)}\s+{_SEND}\b{_few(4)}\s+{_AGAIN}\b",
        # "jangan dikirimi iklan", "tidak mau menerima promo": no, to send or get, advert.
        rf"\b{_NO}{_NEED}{_few(2)}\s+(?:{_SEND}|{_GET})\b{_few(3)}\s+{_ADVERT}",
        # "promonya jangan dikirim", "broadcast boleh distop": advert, then no.
        rf"\b{_ADVERT}{_few(4)}\s+(?:{_NO}{_NEED}\s+{_SEND}|(?:di\s?)?stop|dihentikan|berhenti)\b",
        # "stop promo", "berhenti mengirim pesan".
        rf"\b(?:stop|setop|berhenti|hentikan)(?:\s+\w+)?\s+(?:{_SEND}|{_ADVERT})\b",
        r"\binfo\w*(?:\s+\w+)?\s+(?:di\s?)?stop\b",
        r"\bunsub(?:scribe)?\b",
        # "hapus nomor saya", "nomor saya dikeluarkan saja dari daftar", "dihapus dari kontak".
        rf"\b{_REMOVE}\b{_few(3)}\s+{_NUMBER}\s+(?:(?:hp|wa)\s+)?{_ME}\b",
        rf"\b{_REMOVE}\s+{_NUMBER}\s+(?:gue|gw|gua)\b",
        rf"\b{_NUMBER}(?:nya|ku)?\b{_few(3)}\s+{_REMOVE}\b",
        rf"\b{_REMOVE}\s+(?:saja\s+|aja\s+)?(?:dari|dr)\s+(?:daftar|kontak|list|grup|broadcast)",
        rf"\b{_NO}\s+(?:\w+\s+)?masuk(?:in|kan)\s+(?:\w+\s+){{0,2}}(?:grup|group|broadcast|daftar)",
        rf"\b{_ME}\s+(?:block|blok|blokir|blockir|report)\b",
    )
)
_ABOUT_GOODS = re.compile(
    r"\b(?:resi|barang|paket|pesanan|pesenan|ukuran|warna|alamat|salah|lupa|cacat|rusak|produksi|order"
    r"|telat|terlambat)"
)
_NEARBY = 20
_TIMING = re.compile(
    rf"\b(?:dulu|(?:{_ME}|ane|nanti)\s+(?:(?:yang|yg)\s+)?(?:kabar|hubung|chat|wa|kontak)\w*)"
)
_NAMES_ADVERT = re.compile(rf"\b{_ADVERT}")


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFKC", text[:MAX_CHARS]).lower()
    text = re.sub(r"(\w)\1{2,}", r"\1", text.replace("-", " ").replace("_", " "))
    return " ".join(re.sub(r"[^\w]+", " ", text).split())


def is_opt_out(text: str) -> bool:
    """Whether ``text``, one message in any spelling, asks to get no more messages."""
    plain = _plain(text)
    if _ALONE.fullmatch(plain):
        return True
    found = next(filter(None, (wish.search(plain) for wish in _WISHES)), None)
    if found is None:
        return False
    wish = plain[found.start() : found.end() + _NEARBY]
    other = _ABOUT_GOODS.search(wish) or _TIMING.search(plain)
    return not other or bool(_NAMES_ADVERT.search(plain))
