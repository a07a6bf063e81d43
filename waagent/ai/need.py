"""One natural Indonesian sentence for the shop owner: what this customer needs now.

Built from labels and from amounts the customer wrote; nothing is made up, and no free text of the
customer's is repeated, so an instruction hidden in a message cannot reach the owner's screen.
"""

from __future__ import annotations

import re

from waagent.domain.labels import Intent, Status

_QUANTITY = re.compile(
    r"\b(\d{1,5})\s*(pcs|box|kotak|porsi|pax|orang|lusin|kg|kilo|pack|unit|karung|sak|toples|lembar|paket|loyang|set|"
    r"tiket|kursi|ekor|botol|cup|bungkus|dus|meter|mika|malam|hari)\b",
    re.IGNORECASE,
)

_SENTENCES = {
    Intent.PURCHASE: ("Ingin memesan {product}.", "Ingin memesan."),
    Intent.PRICE_INQUIRY: ("Menanyakan harga {product}.", "Menanyakan harga."),
    Intent.AVAILABILITY: ("Menanyakan ketersediaan {product}.", "Menanyakan stok atau jadwal."),
    Intent.PRODUCT_INFO: (
        "Menanyakan keterangan tentang {product}.",
        "Menanyakan keterangan produk atau toko.",
    ),
    Intent.ORDER_STATUS: ("Menanyakan kabar pesanan {product}.", "Menanyakan kabar pesanannya."),
    Intent.PAYMENT: ("Menanyakan pembayaran {product}.", "Menanyakan pembayaran."),
    Intent.COMPLAINT: ("Menyampaikan keluhan tentang {product}.", "Menyampaikan keluhan."),
    Intent.CANCEL: ("Membatalkan {product}.", "Membatalkan atau tidak jadi membeli."),
    Intent.GREETING: ("Menyapa, belum menyebut kebutuhan.", "Menyapa, belum menyebut kebutuhan."),
    Intent.OPT_OUT: ("Minta tidak dikirimi pesan lagi.", "Minta tidak dikirimi pesan lagi."),
}
_OTHER = {
    Status.NEW_LEAD: "Belum menyebut kebutuhan yang jelas.",
    Status.WARM_LEAD: "Masih menimbang {product}.",
    Status.HOT_LEAD: "Berminat membeli {product}.",
    Status.CUSTOMER: "Memberi kabar tentang pesanan {product}.",
    Status.LOST: "Tidak jadi membeli {product}.",
}
_COUNTED = frozenset({Intent.PURCHASE, Intent.PRICE_INQUIRY, Intent.AVAILABILITY})


def sentence(*, status: Status, intent: Intent, product: str | None, key: str) -> str | None:
    """The sentence, or None for someone who is no possible buyer. ``key``: what they wrote."""
    if status is Status.NOT_LEAD and intent is not Intent.OPT_OUT:
        return None
    if intent is Intent.OTHER:
        filled = _OTHER[status].replace("{product}", _readable(product))
        return " ".join(filled.split()).replace(" .", ".")
    if status is Status.CUSTOMER and intent is Intent.PAYMENT:
        return f"Membicarakan pembayaran {_readable(product) or 'pesanannya'}."
    named, unnamed = _SENTENCES[intent]
    text = named.replace("{product}", _readable(product)) if product else unnamed
    amount = _QUANTITY.search(key) if intent in _COUNTED else None
    return f"{text[:-1]} untuk {amount[1]} {amount[2].lower()}." if amount else text


def _readable(product: str | None) -> str:
    return (product or "").replace("_", " ")
