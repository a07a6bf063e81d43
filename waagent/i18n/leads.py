"""Leads: stages, labels, score, notes, tags, value."""

from __future__ import annotations

STAGES: dict[str, tuple[str, str]] = {
    "stage.new": ("Baru", "New"),
    "stage.contacted": ("Dihubungi", "Contacted"),
    "stage.qualified": ("Tertarik", "Interested"),
    "stage.negotiation": ("Negosiasi", "Negotiation"),
    "stage.won": ("Menang", "Won"),
    "stage.lost": ("Batal", "Lost"),
}
"""What a shop calls the stages unless it says otherwise; the board says the same."""

LABELS: dict[str, tuple[str, str]] = {
    "status.new_lead": ("baru", "new"),
    "status.warm_lead": ("hangat", "warm"),
    "status.hot_lead": ("panas", "hot"),
    "status.customer": ("pelanggan", "customer"),
    "status.lost": ("batal", "lost"),
    "status.not_lead": ("bukan prospek", "not a lead"),
    "status.none": ("belum dinilai", "not rated"),
    "intent.purchase": ("mau beli", "wants to buy"),
    "intent.price_inquiry": ("tanya harga", "asks the price"),
    "intent.availability": ("tanya stok", "asks for stock"),
    "intent.product_info": ("tanya produk", "asks about a product"),
    "intent.order_status": ("tanya pesanan", "asks for an order"),
    "intent.payment": ("pembayaran", "payment"),
    "intent.complaint": ("keluhan", "complaint"),
    "intent.cancel": ("membatalkan", "cancels"),
    "intent.greeting": ("salam", "greeting"),
    "intent.opt_out": ("minta berhenti", "opts out"),
    "intent.other": ("lainnya", "other"),
    "sentiment.positive": ("senang", "happy"),
    "sentiment.neutral": ("netral", "neutral"),
    "sentiment.negative": ("kesal", "unhappy"),
}
"""The labels in the shop's words, as the board shows them."""

CATALOGUE: dict[str, tuple[str, str]] = {
    **STAGES,
    "col.score": ("Skor", "Score"),
    "col.assignee": ("Penanggung jawab", "Assignee"),
    "col.value": ("Nilai", "Value"),
    "col.tags": ("Tanda", "Tags"),
    "col.author": ("Oleh", "By"),
    "col.note": ("Catatan", "Note"),
    "col.stage_name": ("Nama", "Name"),
    "col.from": ("Dari", "From"),
    "col.to": ("Ke", "To"),
    "col.by": ("Dipindah oleh", "Moved by"),
    "col.sentiment": ("Suasana", "Sentiment"),
    "col.closed": ("Selesai", "Closed"),
    "col.suggested_value": ("Saran nilai (harga katalog)", "Suggested value (catalogue price)"),
    "moved_by.rule": ("aturan", "rule"),
    "moved_by.human": ("orang", "person"),
    "lead.history": ("Perpindahan tahap", "Moves"),
    "lead.notes": ("Catatan", "Notes"),
    "lead.follow_ups": ("Tindak lanjut", "Follow-ups"),
    "lead.renamed": ("Tahap {stage} sekarang bernama {name}.", "Stage {stage} is called {name}."),
    "lead.undone": ("{who} kembali ke tahap {stage}.", "{who} is back in stage {stage}."),
    "lead.assigned": ("{who} dipegang {name}.", "{who} is assigned to {name}."),
    "lead.unassigned": ("{who} tidak dipegang siapa pun.", "{who} is assigned to nobody."),
    "lead.valued": ("Nilai {who}: {value}.", "Value of {who}: {value}."),
    "lead.unvalued": ("Nilai {who} dihapus.", "The value of {who} was removed."),
    "lead.tagged": ("Tanda {who}: {tags}.", "Tags of {who}: {tags}."),
    "lead.untagged": ("{who} tidak punya tanda.", "{who} has no tags."),
    "lead.noted": ("Catatan untuk {who} disimpan.", "The note on {who} is kept."),
    "empty.notes": (
        "Belum ada catatan. Tulis dengan: waagent lead note ID TEKS",
        "No notes yet. Write one with: waagent lead note ID TEXT",
    ),
    "empty.history": ("Belum pernah pindah tahap.", "It was never moved."),
    "empty.stages": ("Tidak ada tahap.", "No stages."),
    "lead.more": (
        "Hanya {limit} yang pertama ditampilkan; ubah dengan --limit.",
        "Only the first {limit} are shown; change this with --limit.",
    ),
}
