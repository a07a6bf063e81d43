"""What the board says of numbers and their states: (Indonesian, English) by key."""

from __future__ import annotations

SESSIONS: dict[str, tuple[str, str]] = {
    "session.new": ("belum ditautkan", "not linked"),
    "session.pairing": ("menunggu QR", "waiting for QR"),
    "session.pairing.code": ("menunggu kode", "waiting for code"),
    "session.pairing.passkey_required": ("minta passkey", "asks for a passkey"),
    "session.connecting": ("menyambung", "connecting"),
    "session.connected": ("terhubung", "connected"),
    "session.degraded": ("lambat", "degraded"),
    "session.disconnected": ("terputus", "disconnected"),
    "session.logged_out": ("dikeluarkan", "logged out"),
    "session.banned_until": ("diblokir sementara", "banned for now"),
    "session.replaced": ("diambil alih", "replaced"),
    "session.outdated": ("versi usang", "outdated"),
    "session.suspended": ("ditangguhkan", "suspended"),
    "session.next.relink": (
        "Tautkan lagi: jalankan {command}",
        "Link it again: run {command}",
    ),
    "session.next.wait": (
        "Nomor terputus; disambung lagi otomatis. Bila lama, buka WhatsApp di HP toko",
        "The number is offline; it reconnects by itself. If not, open WhatsApp on the phone",
    ),
    "session.next.degraded": (
        "Sambungan lambat; periksa internet HP toko dan komputer ini",
        "The connection is slow; check the internet of the phone and of this computer",
    ),
    "session.next.pairing": (
        "Menunggu QR dipindai di HP toko",
        "Waiting for the QR to be scanned with the phone",
    ),
    "session.next.code": (
        "Menunggu kode dimasukkan di HP toko",
        "Waiting for the code to be entered on the phone",
    ),
    "session.next.passkey_required": (
        "WhatsApp meminta passkey: belum bisa ditautkan; balas dari HP dulu",
        "WhatsApp asks for a passkey: it cannot be linked yet; answer from the phone",
    ),
    "session.next.banned": (
        "WhatsApp membatasi nomor ini; jangan kirim apa pun sampai batasnya lewat",
        "WhatsApp limits this number; send nothing until the limit ends",
    ),
    "session.next.replaced": (
        "Dipakai perangkat lain: tutup perangkat itu, lalu jalankan {command}",
        "Used by another device: close it, then run {command}",
    ),
    "session.next.outdated": (
        "Perbarui waagent: WhatsApp menolak versi ini",
        "Update waagent: WhatsApp refuses this version",
    ),
    "session.next.suspended": (
        "Nomor ditangguhkan; hubungi pengelola layanan",
        "The number is suspended; ask the operator of the service",
    ),
    "session.next.no_owner": (
        "Belum ada proses yang menjaga nomor ini: jalankan waagent up",
        "No process holds this number: run waagent up",
    ),
    "session.outbox": ("{n} antre", "{n} queued"),
    "session.no_owner": ("tanpa penjaga", "no host"),
    "session.held": ("dijaga", "held"),
    "session.no_phone": ("belum ada nomor", "no number yet"),
    "session.never": ("belum pernah", "never"),
}
