"""Follow-ups: the built-in texts that customers read, and what owners read about follow-ups.

What customers read is Indonesian, whatever the owner's language is: short, warm, and easy to say
no to. Each situation has several wordings, so that nobody reads the same one twice.
"""

from __future__ import annotations

from waagent.domain.templates import Situation

BUILT_IN: dict[Situation, tuple[str, ...]] = {
    Situation.UNANSWERED: (
        "Halo {sapaan}, maaf ya kami belum sempat membalas. Soal {produk}, masih berminat? "
        "Kabari kami ya 😊 Kalau sudah tidak perlu, bilang saja.",
        "Halo {sapaan}, maaf kami terlambat membalas soal {produk}. Masih bisa kami bantu? "
        "Kalau sudah tidak perlu, bilang saja ya 🙏",
        "{sapaan}, maaf kami baru sempat membalas. Soal {produk} yang ditanyakan, mau "
        "dilanjutkan? Kalau tidak, tidak apa-apa 😊",
    ),
    Situation.PAYMENT: (
        "Halo {sapaan}, untuk pesanan {produk}, ada yang bisa kami bantu soal pembayarannya? "
        "Kalau tidak jadi juga tidak apa-apa, kabari kami saja ya 🙏",
        "{sapaan}, jadi lanjut dengan {produk}? Kalau pembayarannya ada kendala, kami bantu. "
        "Batal juga tidak apa-apa, bilang saja 😊",
        "Halo {sapaan}, dari {toko}. Begitu pembayarannya masuk, pesanan {produk} langsung "
        "kami proses. Kalau batal, kabari saja ya 🙏",
    ),
    Situation.PRICE: (
        "Halo {sapaan}, soal harga {produk} kemarin, masih ada yang mau ditanyakan? "
        "Kalau belum cocok juga tidak apa-apa, bilang saja ya 😊",
        "Halo {sapaan}, untuk {produk} yang ditanyakan, harganya {harga}. Mau kami bantu "
        "pesankan? Kalau sudah tidak perlu, balas STOP saja ya 🙏",
        "{sapaan}, bagaimana, jadi dengan {produk}? Kami dari {toko} siap bantu hitungkan "
        "sesuai kebutuhan. Belum jadi juga tidak apa-apa 😊",
    ),
    Situation.PRODUCT: (
        "Halo {sapaan}, soal {produk} yang ditanyakan, masih berminat? Kalau ada yang mau "
        "ditanyakan lagi, kabari kami ya 😊 Kalau sudah tidak perlu, bilang saja.",
        "{sapaan}, kemarin sempat tanya {produk} ya. Kalau masih dicari, kami siap bantu. "
        "Kalau sudah tidak perlu, bilang saja, tidak apa-apa 🙏",
        "Halo {sapaan}, dari {toko}. Mau kami bantu lanjutkan {produk} yang kemarin "
        "ditanyakan? Kalau belum jadi juga tidak apa-apa 😊",
    ),
    Situation.OTHER: (
        "Halo {sapaan}, soal yang ditanyakan kemarin, masih ada yang bisa kami bantu? "
        "Kabari kami ya 😊 Kalau sudah tidak perlu, bilang saja.",
        "{sapaan}, dari {toko}. Yang kemarin ditanyakan, mau dilanjutkan? "
        "Kalau tidak juga tidak apa-apa 🙏",
        "Halo {sapaan}, bagaimana yang kemarin, jadi? Kami siap bantu kalau masih perlu. "
        "Kalau tidak, bilang saja ya 😊",
    ),
}

OPTED_OUT = (
    "Baik {sapaan}, kami tidak akan mengirim pesan seperti itu lagi. Terima kasih sudah memberi "
    "tahu. Kalau nanti perlu sesuatu, silakan chat kami kapan saja 🙏"
)
"""The one message that confirms an opt-out."""

CATALOGUE: dict[str, tuple[str, str]] = {
    "follow_up.rule": ("Aturan", "Rule"),
    "follow_up.rule_removed": ("Aturan {rule} dihapus.", "The rule {rule} is removed."),
    "follow_up.after": ("Setelah", "After"),
    "follow_up.most": ("Paling banyak", "At most"),
    "follow_up.template": ("Templat", "Template"),
    "follow_up.fitting": ("yang cocok", "one that fits"),
    "follow_up.approval": ("Perlu persetujuan", "Needs approval"),
    "follow_up.approved": ("Disetujui oleh", "Approved by"),
    "follow_up.writer": ("Ditulis oleh", "Written by"),
    "follow_up.author.template": ("templat", "the template"),
    "follow_up.author.model": ("model bahasa", "a language model"),
    "follow_up.author.person": ("orang toko", "a person of the shop"),
    "follow_up.draft.wanted": ("model bahasa belum selesai", "the language model is not done yet"),
    "follow_up.draft.refused": (
        "teks model bahasa tidak dipakai: {reason}",
        "the language model's text is not used: {reason}",
    ),
    "follow_up.built_in": ("Bawaan", "Built in"),
    "follow_up.template_added": ("Templat {name} ditambahkan.", "Template {name} added."),
    "follow_up.template_edited": ("Templat {name} diubah.", "Template {name} changed."),
    "follow_up.template_removed": ("Templat {name} dihapus.", "Template {name} removed."),
    "follow_up.stops": ("Yang menahan", "What keeps it"),
    "follow_up.cancelled_by": ("Batal bila", "Cancelled if"),
    "follow_up.cancels": (
        "pelanggan atau toko menulis, sudah membeli, batal, atau minta berhenti",
        "the customer or the shop writes, has bought, does not want to, or opts out",
    ),
    "follow_up.stop.approval": (
        "menunggu persetujuan: waagent followup approve",
        "waits for approval: waagent followup approve",
    ),
    "follow_up.stop.paused": ("tindak lanjut toko dijeda", "the shop paused its follow-ups"),
    "follow_up.stop.not_connected": ("nomor sedang terputus", "the number is offline"),
    "follow_up.stop.unlinked": ("nomor tidak tertaut", "the number is not linked"),
    "follow_up.stop.opted_out": ("pelanggan minta berhenti", "the customer opted out"),
    "follow_up.stop.purchased": ("sudah membeli", "has bought"),
    "follow_up.stop.not_open": ("penjualan sudah selesai", "the sale is over"),
    "follow_up.stop.sent_already": (
        "penjualan ini sudah ditindaklanjuti",
        "this sale was followed up",
    ),
    "follow_up.stop.rule": ("aturan toko: tanpa tindak lanjut", "the shop's rule: none"),
    "follow_up.stop.stale": ("terlambat terlalu lama", "overdue for too long"),
    "follow_up.stop.not_approved": ("tidak disetujui pada waktunya", "not approved in time"),
    "follow_up.stop.held_out": (
        "sengaja tidak dikirim, untuk mengukur hasil tindak lanjut yang lain",
        "left out by lot, to measure what the others are worth",
    ),
    "follow_up.paused": ("Dijeda", "Paused"),
    "follow_up.paused_until": ("sampai {time}", "until {time}"),
    "follow_up.paused_for_good": (
        "sampai dilanjutkan: {command}",
        "until resumed: {command}",
    ),
    "follow_up.hold_out": ("Tidak dikirim", "Left out"),
    "follow_up.hold_out_none": ("tidak ada: semua dikirim", "none: every one is sent"),
    "follow_up.hold_out_some": (
        "{percent}% secara acak, untuk mengukur hasilnya; kirim semua: {command}",
        "{percent}% by lot, to measure what they are worth; to send all: {command}",
    ),
    "follow_up.calendar": ("Libur, Jumat siang, Ramadan", "Holidays, Friday noon, Ramadan"),
}
