"""What owners are told of their number, and what the commands about that say."""

from __future__ import annotations

CATALOGUE: dict[str, tuple[str, str]] = {
    "notice.down.subject": (
        "{shop}: WhatsApp {phone} terputus sejak {since}",
        "{shop}: WhatsApp {phone} is disconnected since {since}",
    ),
    "notice.down.body": (
        "Nomor WhatsApp {phone} milik {shop} (sesi {session}) terputus sejak {since}.",
        "The WhatsApp number {phone} of {shop} (session {session}) is disconnected since {since}.",
    ),
    "notice.action.subject": (
        "{shop}: WhatsApp {phone} perlu tindakan Anda",
        "{shop}: WhatsApp {phone} needs you",
    ),
    "notice.action.body": (
        "Nomor WhatsApp {phone} milik {shop} (sesi {session}) berhenti sejak {since} dan tidak "
        "akan pulih sendiri.",
        "The WhatsApp number {phone} of {shop} (session {session}) has stopped since {since} and "
        "will not heal by itself.",
    ),
    "notice.action.body_until": (
        "Nomor WhatsApp {phone} milik {shop} (sesi {session}) berhenti sejak {since}, sampai "
        "{until}.",
        "The WhatsApp number {phone} of {shop} (session {session}) has stopped since {since}, "
        "until {until}.",
    ),
    "notice.back.subject": (
        "{shop}: WhatsApp {phone} tersambung lagi",
        "{shop}: WhatsApp {phone} is connected again",
    ),
    "notice.back.body": (
        "Nomor WhatsApp {phone} milik {shop} (sesi {session}) tersambung lagi pada {at}. Terputus "
        "sejak {since}. Pesan yang masuk selama itu sedang diterima.",
        "The WhatsApp number {phone} of {shop} (session {session}) is connected again since {at}. "
        "It was away since {since}. What was sent to it meanwhile is being received.",
    ),
    "notice.flapping.subject": (
        "{shop}: WhatsApp {phone} putus-nyambung",
        "{shop}: WhatsApp {phone} keeps disconnecting",
    ),
    "notice.flapping.body": (
        "Nomor WhatsApp {phone} milik {shop} (sesi {session}) berkali-kali terputus dan tersambung "
        "dalam satu jam terakhir. Supaya tidak mengganggu, kabar berikutnya paling cepat "
        "{until}.",
        "The WhatsApp number {phone} of {shop} (session {session}) went away and came back many "
        "times in the last hour. Not to disturb you, the next word comes at {until} at the "
        "earliest.",
    ),
    "notice.frozen.subject": (
        "{shop}: tindak lanjut dari WhatsApp {phone} ditahan",
        "{shop}: follow-ups from WhatsApp {phone} are held back",
    ),
    "notice.frozen.body": (
        "Tindak lanjut dari nomor WhatsApp {phone} milik {shop} (sesi {session}) ditahan sampai "
        "{until}.",
        "Follow-ups from the WhatsApp number {phone} of {shop} (session {session}) are held back "
        "until {until}.",
    ),
    "notice.test.subject": ("{shop}: percobaan dari waagent", "{shop}: a test from waagent"),
    "notice.test.body": (
        "Ini percobaan. Kalau Anda membacanya, kabar tentang nomor WhatsApp {shop} akan sampai ke "
        "sini.",
        "This is a test. If you read it, news about the WhatsApp number of {shop} will reach you "
        "here.",
    ),
    "notice.why": ("Penyebab: {why}", "Cause: {why}"),
    "notice.todo": ("Yang perlu dilakukan: {todo}", "What to do: {todo}"),
    "notice.no_number": ("(belum ada nomor)", "(no number yet)"),
    "col.channel": ("Saluran", "Channel"),
    "col.kind": ("Jenis", "Kind"),
    "col.target": ("Tujuan", "Target"),
    "col.language": ("Bahasa", "Language"),
    "col.notice": ("Kabar", "Notice"),
    "col.sent": ("Terkirim", "Sent"),
    "col.error": ("Kesalahan", "Error"),
    "empty.channels": (
        "Belum ada saluran kabar. Tambah dengan: waagent notify add NAMA --email ALAMAT",
        "No notification channels yet. Add one with: waagent notify add NAME --email ADDRESS",
    ),
    "empty.notifications": ("Belum ada kabar yang dikirim.", "Nothing has been sent yet."),
    "notify.added": (
        "Saluran {name} ditambahkan: {target}.",
        "Channel {name} added: {target}.",
    ),
    "notify.removed": ("Saluran {name} dihapus.", "Channel {name} removed."),
    "notify.tested": ("Percobaan ke {name} terkirim.", "The test to {name} was sent."),
}
