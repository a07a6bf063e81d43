"""Labels, corrections, the catalogue and what engines cost."""

from __future__ import annotations

CATALOGUE: dict[str, tuple[str, str]] = {
    "col.accuracy": ("Tepat", "Accuracy"),
    "col.after": ("Sesudah", "After"),
    "col.aliases": ("Nama lain", "Aliases"),
    "col.before": ("Sebelum", "Before"),
    "col.budget": ("Batas token", "Token budget"),
    "col.calls": ("Jawaban", "Answers"),
    "col.confidence": ("Keyakinan", "Confidence"),
    "col.corrected": ("Diganti", "Corrected"),
    "col.corrections": ("Koreksi", "Corrections"),
    "col.cost_usd": ("Biaya USD", "Cost USD"),
    "col.engine": ("Mesin", "Engine"),
    "col.given": ("Semula", "Was"),
    "col.holds": ("Berlaku", "Holds"),
    "col.kept": ("Label lain tetap", "Others kept"),
    "col.lead": ("Prospek", "Lead"),
    "col.line": ("Baris", "Line"),
    "col.month": ("Bulan", "Month"),
    "col.price": ("Harga", "Price"),
    "col.right": ("Benar", "Right"),
    "col.tokens_in": ("Token masuk", "Tokens in"),
    "col.tokens_out": ("Token keluar", "Tokens out"),
    "col.used": ("Dipakai", "Used"),
    "empty.ai_usage": ("Belum ada percakapan yang dilabeli.", "Nothing has been labelled yet."),
    "empty.corrections": ("Belum ada koreksi.", "No corrections yet."),
    "empty.products": ("Katalog masih kosong.", "The catalogue is empty."),
    "lead.labelled": ("Label disimpan. Diatur sendiri: {labels}.", "Saved. Set by hand: {labels}."),
    # The catalogue
    "catalog.imported": (
        "Katalog disimpan: {added} produk baru, {updated} diganti.",
        "Catalogue saved: {added} products added, {updated} replaced.",
    ),
    "catalog.would_import": (
        "Belum ada yang disimpan: {added} produk akan baru, {updated} diganti.",
        "Nothing was saved: {added} products would be added, {updated} replaced.",
    ),
    "catalog.more_refused": ("… dan {count} baris lagi.", "… and {count} more lines."),
    "catalog.removed": ("{name} dihapus dari katalog.", "{name} is out of the catalogue."),
    "refused.no_name": ("tanpa nama", "no name"),
    "refused.name_too_long": (
        "nama lebih dari 120 karakter",
        "a name of more than 120 characters",
    ),
    "refused.bad_text": (
        "berisi karakter yang tidak bisa ditampilkan",
        "has characters that cannot be shown",
    ),
    "refused.duplicate_name": ("nama sudah ada di atasnya", "the name is further up already"),
    "refused.alias_taken": (
        "nama lain itu milik produk lain",
        "a name or alias belongs to another product",
    ),
    "refused.too_many_aliases": ("lebih dari 30 nama lain", "more than 30 aliases"),
    "refused.bad_price": ("harga tidak terbaca", "the price cannot be read"),
    "refused.too_many_columns": (
        "kolomnya lebih banyak daripada judulnya",
        "more columns than the header has",
    ),
    # Evaluation and learning
    "ai.evaluated": ("Mesin {engine}, {count} percakapan.", "Engine {engine}, {count} chats."),
    "ai.trained_on": (
        "PERHATIAN: {count} dari {all} percakapan ini dipakai untuk melatih mesin local. Nilainya "
        "bukan nilai untuk percakapan yang belum pernah dilihat.",
        "NOTE: the local engine was trained on {count} of these {all} chats. The score says "
        "nothing about chats it has not seen.",
    ),
    "ai.calibration": (
        "Keyakinan dan bagian yang benar (status dan intent), per seperlima:",
        "Confidence and share right (status and intent both), by fifths:",
    ),
    "ai.confusion": (
        "{label}: baris = benar, kolom = jawaban",
        "{label}: row = right, column = given",
    ),
    "ai.answered_by": ("Dijawab oleh", "Answered by"),
    "ai.latency": ("Waktu", "Latency"),
    "ai.tokens": ("Token", "Tokens"),
    "ai.fallbacks": ("Pengganti karena", "Fallbacks"),
    "ai.learnt": (
        "Hasil belajar dipakai untuk label yang membaik, mulai percakapan berikutnya.",
        "What was learnt is used for the labels that gained, from the next conversation on.",
    ),
    "ai.not_learnt": (
        "Belum dipakai: pada koreksi yang disisihkan hasilnya tidak lebih baik.",
        "Not used: on corrections held out it is no better.",
    ),
}
