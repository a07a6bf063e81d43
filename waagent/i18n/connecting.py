"""What ``waagent connect`` shows while a number is being linked: (Indonesian, English) by key."""

from __future__ import annotations

CATALOGUE: dict[str, tuple[str, str]] = {
    "connect.title": ("Tautkan WhatsApp toko {name}", "Link the WhatsApp of {name}"),
    "connect.steps": (
        "Di ponsel toko: WhatsApp > Perangkat tertaut > Tautkan perangkat, lalu pindai kode ini.",
        "On the shop's phone: WhatsApp > Linked devices > Link a device, then scan this code.",
    ),
    "connect.steps.practice": (
        "Di terminal lain: waagent sandbox scan --phone {phone} -t {shop}",
        "In another terminal: waagent sandbox scan --phone {phone} -t {shop}",
    ),
    "connect.steps.code.1": (
        "1. Di ponsel bernomor {phone}: buka WhatsApp > Perangkat tertaut > Tautkan perangkat.",
        "1. On the phone with {phone}: open WhatsApp > Linked devices > Link a device.",
    ),
    "connect.steps.code.2": (
        '2. Pilih "Tautkan dengan nomor telepon" di bawah, lalu ketik kode ini:',
        '2. Choose "Link with phone number instead" below, then type this code:',
    ),
    "connect.waiting": ("Menunggu kode QR dari WhatsApp…", "Waiting for a QR code from WhatsApp…"),
    "connect.waiting.code": (
        "Meminta kode penautan dari WhatsApp…",
        "Asking WhatsApp for a pairing code…",
    ),
    "connect.countdown": (
        "QR berlaku {seconds} detik lagi. Ctrl-C untuk batal.",
        "This QR is good for {seconds} more seconds. Ctrl-C to cancel.",
    ),
    "connect.countdown.code": (
        "Kode berlaku {seconds} detik lagi. Ctrl-C untuk batal.",
        "This code is good for {seconds} more seconds. Ctrl-C to cancel.",
    ),
    "connect.rotating": (
        "QR ini sudah habis, menunggu yang baru… Ctrl-C untuk batal.",
        "This QR has run out, waiting for the next… Ctrl-C to cancel.",
    ),
    "connect.rotating.code": (
        "Kode ini sudah habis. Jalankan lagi untuk kode baru.",
        "This code has run out. Run the command again for another.",
    ),
    "connect.code": ("Kode QR: {code}", "QR code: {code}"),
    "connect.typed_code": ("Kode penautan: {code}", "Pairing code: {code}"),
    "connect.no_tty": (
        "Tidak ada terminal, jadi kode tidak digambar. Jalankan di terminal, atau pakai --json "
        "atau --pair-code NOMOR.",
        "There is no terminal, so the code is not drawn. Run this in a terminal, or use --json or "
        "--pair-code NUMBER.",
    ),
    "connect.paired": (
        "Ponsel sudah menautkan. Menyambungkan…",
        "The phone has linked waagent. Connecting…",
    ),
    "connect.connected": ("Terhubung sebagai {phone}", "Connected as {phone}"),
    "connect.enlarge": (
        "Perbesar terminal: kode QR butuh {needed}, sekarang {actual}. Atau: --pair-code NOMOR",
        "Enlarge the terminal: the QR code needs {needed}, it is {actual} now. Or: --pair-code "
        "NUMBER",
    ),
    "session.why": ("Sebabnya", "Why"),
    "session.todo": ("Yang perlu dilakukan", "What to do"),
    "session.logged_out": (
        "Tautan nomor {name} dari toko {shop} diputus. Semua data tetap ada; tautkan lagi dengan: "
        "waagent connect {shop} --session {name}",
        "The link of {name} of {shop} is ended. All data is kept; link it again: "
        "waagent connect {shop} --session {name}",
    ),
    "session.suspended": (
        "Sesi {name} dihentikan; lanjutkan dengan: waagent session resume {name} -t {shop}",
        "The session {name} is suspended; go on with: waagent session resume {name} -t {shop}",
    ),
    "session.resumed": (
        "Sesi {name} dilanjutkan ({state}).",
        "The session {name} goes on ({state}).",
    ),
}
