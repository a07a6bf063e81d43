"""``waagent bench faults``: what breaks, and what is counted. (Indonesian, English) by key."""

from __future__ import annotations

CATALOGUE: dict[str, tuple[str, str]] = {
    "fault.host": ("proses sesi dimatikan paksa", "session host killed"),
    "fault.host-in-burst": (
        "proses sesi dimatikan paksa saat pesan membanjir",
        "session host killed in a burst of 300 messages",
    ),
    "fault.host-parent": (
        "induk proses sesi dimatikan paksa",
        "parent of the session host killed",
    ),
    "fault.labelling": (
        "proses pelabelan dimatikan di tengah kerja",
        "labelling worker killed in the middle of a labelling",
    ),
    "fault.follow-up": (
        "pekerja tindak lanjut dimatikan di setiap langkah",
        "killed at each step of a follow-up",
    ),
    "fault.valkey": ("Valkey dimatikan paksa", "Valkey killed"),
    "fault.valkey-data": (
        "Valkey dimatikan paksa, datanya dihapus",
        "Valkey killed, its data deleted",
    ),
    "fault.postgresql": ("PostgreSQL dimatikan paksa", "PostgreSQL killed"),
    "fault.drops": ("koneksi diputus 100 kali", "socket dropped 100 times"),
    "fault.515": (
        "koneksi ditutup bersama kode 515 saat menautkan",
        "hung up along with the 515 of a pairing",
    ),
    "fault.duplicates": ("pesan datang dua kali", "messages delivered twice"),
    "fault.slow-acks": ("tanda terima WhatsApp lambat", "acknowledgements 3 s late"),
    "fault.missing-acks": (
        "tanda terima WhatsApp tidak datang",
        "acknowledgements missing for 6 s",
    ),
    "fault.disk-full": ("disk untuk berkas penuh", "disk for files full"),
    "fault.clock": ("jam meloncat (disimulasikan)", "clock jumps (simulated)"),
    "faults.fault": ("Gangguan", "Fault"),
    "faults.rounds": ("Kali", "Rounds"),
    "faults.written": ("Ditulis", "Written"),
    "faults.stored": ("Tersimpan", "Stored"),
    "faults.unsaved": ("Diterima, belum tersimpan", "Acked, not committed"),
    "faults.sends": ("Dikirim", "Sends"),
    "faults.received": ("Sampai", "Received"),
    "faults.states": ("delivered / sent / unknown", "delivered / sent / unknown"),
    "faults.lost": ("Hilang", "Lost"),
    "faults.doubled": ("Dobel", "Doubled"),
    "faults.away": ("Terputus, detik", "Away, s"),
    "faults.most_open": ("Koneksi sekaligus", "At once"),
    "faults.skipped": ("dilewati: {why}", "skipped: {why}"),
    "faults.problem": ("tidak selesai: {why}", "not finished: {why}"),
}
