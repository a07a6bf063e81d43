"""Contacts, merging them, and messages that did not arrive whole."""

from __future__ import annotations

CATALOGUE: dict[str, tuple[str, str]] = {
    "empty.contacts": ("Belum ada pelanggan.", "No customers yet."),
    "empty.merges": ("Belum ada kontak yang digabung.", "No contacts were merged."),
    "empty.gaps": (
        "Tidak ada pesan yang hilang, kosong, atau terlambat.",
        "No message was unreadable, empty or late.",
    ),
    "col.opted_out": ("Minta tidak dihubungi", "Opted out"),
    "col.merges": ("Gabungan", "Merged"),
    "col.kept": ("Kontak", "Contact"),
    "col.merged": ("Yang digabung", "Merged into it"),
    "col.evidence": ("Dasar", "Evidence"),
    "col.undone": ("Dibatalkan", "Undone"),
    "col.day": ("Hari", "Day"),
    "contact.no_number": ("(nomor belum diketahui)", "(number not known)"),
    "contact.merged": ("Digabung menjadi {who}.", "Merged into {who}."),
    "contact.undo_hint": ("Salah? Batalkan dengan: {command}", "Wrong? Undo it with: {command}"),
    "contact.unmerged": (
        "Penggabungan dibatalkan; keduanya kembali terpisah.",
        "The merge was undone; they are two again.",
    ),
    "merge.evidence.message": ("pesan WhatsApp", "a WhatsApp message"),
    "merge.evidence.person": ("digabung sendiri", "merged by hand"),
    "gap.undecryptable": ("Tak terbaca", "Unreadable"),
    "gap.unavailable": ("Tak dikirim ke sini", "Not sent here"),
    "gap.late": ("Terlambat", "Late"),
    "gap.resolved": ("Sudah datang", "Came after all"),
    "gap.open": ("Belum datang", "Still missing"),
    "gap.sent": ("Dikirim", "Sent"),
}
