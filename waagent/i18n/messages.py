"""Media, edits, deletions, reactions and sends that may have gone out."""

from __future__ import annotations

CATALOGUE: dict[str, tuple[str, str]] = {
    "message.delete_queued": (
        "Permintaan hapus masuk antrean kirim.",
        "The deletion is queued.",
    ),
    "message.edit_queued": ("Perubahan pesan masuk antrean kirim.", "The edit is queued."),
    "message.may_double": (
        "Pesan ini mungkin sudah terkirim; pelanggan bisa menerimanya dua kali.",
        "This message may have been sent already; the customer may get it twice.",
    ),
    "message.reaction_queued": ("Reaksi masuk antrean kirim.", "The reaction is queued."),
    "message.resolved": (
        "Pesan sekarang berstatus {state}.",
        "The message is now {state}.",
    ),
    "message.taken_back": (
        "Pesan ditarik sebelum terkirim.",
        "The message is taken back; it was not sent.",
    ),
    # What is shown of a message
    "message.revoked": ("(pesan dihapus)", "(message deleted)"),
    "message.edited": ("diedit", "edited"),
    "message.kind.text": ("teks", "text"),
    "message.kind.image": ("foto", "photo"),
    "message.kind.video": ("video", "video"),
    "message.kind.audio": ("suara", "audio"),
    "message.kind.document": ("dokumen", "document"),
    "message.kind.sticker": ("stiker", "sticker"),
    "message.kind.location": ("lokasi", "location"),
    "message.kind.contact": ("kontak", "contact"),
    "message.kind.undecryptable": ("belum terbaca", "not readable yet"),
    "message.kind.other": ("pesan lain", "other message"),
    "message.media.pending": ("sedang diambil", "being fetched"),
    "message.media.too_large": ("terlalu besar, buka di HP", "too large, open it on the phone"),
    "message.media.failed": ("gagal diambil, buka di HP", "not fetched, open it on the phone"),
    "message.media.expired": (
        "tidak ada lagi di server WhatsApp, buka di HP",
        "no longer on WhatsApp's servers, open it on the phone",
    ),
    "message.media.no_space": ("disk penuh, dicoba lagi nanti", "disk full, tried again later"),
    "message.media.saved": ("{name} disimpan ({size} byte).", "{name} saved ({size} bytes)."),
}
