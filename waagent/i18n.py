"""What shop owners read: one catalogue, in Indonesian and English.

``t("connected", phone=…)`` looks a message up in the language of ``WAAGENT_LANGUAGE``, which a
front end sets once with :func:`use_language`. Errors are not here: they are for operators too and
stay in English, with their codes.
"""

from __future__ import annotations

from typing import Literal

Language = Literal["id", "en"]

_CATALOGUE: dict[str, tuple[str, str]] = {
    # key: (Indonesian, English)
    "yes": ("ya", "yes"),
    "no": ("tidak", "no"),
    "col.id": ("ID", "ID"),
    "col.slug": ("Kode toko", "Shop"),
    "col.name": ("Nama", "Name"),
    "col.timezone": ("Zona waktu", "Time zone"),
    "col.tenant": ("Toko", "Shop"),
    "col.session": ("Sesi", "Session"),
    "col.phone": ("Nomor", "Number"),
    "col.state": ("Status", "State"),
    "col.reason": ("Alasan", "Reason"),
    "col.owner": ("Dijalankan di", "Held by"),
    "col.last_event": ("Kabar terakhir", "Last event"),
    "col.outbox": ("Antrean kirim", "Outbox"),
    "col.customer": ("Pelanggan", "Customer"),
    "col.stage": ("Tahap", "Stage"),
    "col.label": ("Label", "Label"),
    "col.intent": ("Maksud", "Intent"),
    "col.product": ("Produk", "Product"),
    "col.need": ("Kebutuhan", "Need"),
    "col.follow_up": ("Tindak lanjut", "Follow-up"),
    "col.last_message": ("Pesan terakhir", "Last message"),
    "col.time": ("Waktu", "Time"),
    "col.direction": ("Arah", "Direction"),
    "col.text": ("Pesan", "Message"),
    "col.due": ("Jadwal", "Due"),
    "direction.in": ("masuk", "in"),
    "direction.out": ("keluar", "out"),
    "empty.tenants": (
        "Belum ada toko. Buat dengan: waagent tenant create NAMA",
        "No shops yet. Create one with: waagent tenant create NAME",
    ),
    "empty.sessions": (
        "Belum ada nomor yang tertaut. Tautkan dengan: waagent connect TOKO",
        "No linked numbers yet. Link one with: waagent connect SHOP",
    ),
    "empty.leads": ("Belum ada calon pembeli.", "No leads yet."),
    "empty.messages": ("Belum ada pesan.", "No messages yet."),
    "empty.follow_ups": ("Belum ada tindak lanjut.", "No follow-ups yet."),
    "tenant.created": ("Toko {name} dibuat: {slug}", "Shop {name} created: {slug}"),
    "next": ("Berikutnya: {command}", "Next: {command}"),
    "message.queued": ("Pesan untuk {phone} masuk antrean kirim.", "Message to {phone} is queued."),
    "lead.moved": ("{who} sekarang di tahap {stage}.", "{who} is now in stage {stage}."),
    "message.truncated": (
        "Hanya {limit} pesan terbaru yang ditampilkan; ubah dengan --limit.",
        "Only the newest {limit} messages are shown; change this with --limit.",
    ),
    "connect.title": ("Tautkan WhatsApp toko {name}", "Link the WhatsApp of {name}"),
    "connect.steps": (
        "Di ponsel toko: WhatsApp > Perangkat tertaut > Tautkan perangkat, lalu pindai kode ini.",
        "On the shop's phone: WhatsApp > Linked devices > Link a device, then scan this code.",
    ),
    "connect.waiting": ("Menunggu kode QR dari WhatsApp…", "Waiting for a QR code from WhatsApp…"),
    "connect.countdown": (
        "QR berlaku {seconds} detik lagi. Ctrl-C untuk batal.",
        "This QR is good for {seconds} more seconds. Ctrl-C to cancel.",
    ),
    "connect.rotating": (
        "QR ini sudah habis, menunggu yang baru… Ctrl-C untuk batal.",
        "This QR has run out, waiting for the next… Ctrl-C to cancel.",
    ),
    "connect.code": ("Kode QR: {code}", "QR code: {code}"),
    "connect.no_tty": (
        "Tidak ada terminal, jadi kode tidak digambar. Jalankan di terminal, atau pakai --json.",
        "There is no terminal, so the code is not drawn. Run this in a terminal, or use --json.",
    ),
    "connect.paired": (
        "Ponsel sudah memindai. Menyambungkan…",
        "The phone has scanned the code. Connecting…",
    ),
    "connect.connected": ("Terhubung sebagai {phone}", "Connected as {phone}"),
    "connect.enlarge": (
        "Perbesar terminal: kode QR butuh {needed}, sekarang {actual}.",
        "Enlarge the terminal: the QR code needs {needed}, it is {actual} now.",
    ),
    "up.running": ("waagent berjalan (pid {pid}).", "waagent is running (pid {pid})."),
    "down.stopped": ("waagent berhenti (pid {pid}).", "waagent has stopped (pid {pid})."),
    "down.not_running": ("waagent tidak sedang berjalan.", "waagent is not running."),
    "status.processes": ("Proses", "Processes"),
    "status.backend": ("Basis data", "Backend"),
    "status.running": ("berjalan", "running"),
    "status.starting": ("sedang mulai", "starting"),
    "status.not_running": ("tidak berjalan", "not running"),
    "status.external": ("milik sendiri", "external"),
    "migrate.done": ("Langkah yang dijalankan: {names}", "Steps taken: {names}"),
    "migrate.nothing": ("Basis data sudah mutakhir.", "The database is up to date."),
    "demo.starting": (
        "Menyalakan waagent dengan WhatsApp bohongan (beberapa detik)…",
        "Starting waagent with a sandbox in place of WhatsApp (some seconds)…",
    ),
    "demo.connected": ("{shop} terhubung sebagai {phone}.", "{shop} is connected as {phone}."),
    "demo.owner": ("Pemilik (di HP)", "Owner (on phone)"),
    "demo.follow_up": ("Follow-up", "Follow-up"),
    "demo.answered": ("↳ follow-up dijawab", "↳ the follow-up is answered"),
    "demo.insight": ("↳ insight {name}: {labels}", "↳ insight {name}: {labels}"),
    "demo.stage": (
        "↳ stage {name}: {before} → {after}",
        "↳ stage {name}: {before} → {after}",
    ),
    "demo.summary": (
        "Selesai: {insights} insight, {moves} perpindahan stage, {answered} follow-up dijawab.",
        "Done: {insights} insights, {moves} stage moves, follow-ups answered: {answered}.",
    ),
    "demo.stopping": ("Menghentikan waagent…", "Stopping waagent…"),
    # What customers read. Short, warm, and easy to say no to.
    "follow_up.greeting": ("Halo kak", "Hello"),
    "follow_up.greeting_named": ("Halo kak {name}", "Hello {name}"),
    "follow_up.greeting_titled": ("Halo {name}", "Hello {name}"),
    "follow_up.product": (
        "{greeting}, soal {product} yang ditanyakan, masih berminat? "
        "Kalau ada yang mau ditanyakan lagi, kabari kami ya 😊",
        "{greeting}, are you still interested in the {product} you asked about? "
        "Just let us know if you have any questions 😊",
    ),
    "follow_up.product_unanswered": (
        "{greeting}, maaf ya kami belum sempat membalas. Soal {product}, masih berminat? "
        "Kabari kami ya 😊",
        "{greeting}, sorry that we have not answered yet. Are you still interested in the "
        "{product}? Just let us know 😊",
    ),
    "follow_up.question": (
        "{greeting}, soal yang ditanyakan, masih ada yang bisa kami bantu? Kabari kami ya 😊",
        "{greeting}, is there anything else we can help you with? Just let us know 😊",
    ),
    "follow_up.question_unanswered": (
        "{greeting}, maaf ya kami belum sempat membalas. Ada yang bisa kami bantu? "
        "Kabari kami ya 😊",
        "{greeting}, sorry that we have not answered yet. How can we help? Just let us know 😊",
    ),
}

_language: Language = "id"


def use_language(language: Language) -> None:
    """Set the language of this process."""
    global _language
    _language = language


def t(key: str, **values: object) -> str:
    """The message ``key`` with ``values`` filled in. Raises KeyError for an unknown key."""
    indonesian, english = _CATALOGUE[key]
    return (english if _language == "en" else indonesian).format(**values)


def keys() -> frozenset[str]:
    """Every key of the catalogue."""
    return frozenset(_CATALOGUE)
