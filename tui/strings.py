"""What the board says, in Indonesian and in English, behind one function.

Indonesian is what shop owners read and the default; ``WAAGENT_LANGUAGE=en`` switches. The first
of each pair is Indonesian, the second English. The language has to be set before the screens are
imported: their key bindings carry descriptions.
"""

from __future__ import annotations

from tui.followup_strings import FOLLOW_UPS
from tui.help_strings import HELP
from tui.inbox_strings import INBOX
from tui.operator_strings import OPERATOR
from tui.reports_strings import REPORTS
from tui.session_strings import SESSIONS
from tui.shell_strings import SHELL
from waagent.i18n import Language, language, use_language
from waagent.i18n.leads import LABELS, STAGES

__all__ = ["Language", "keys", "language", "t", "use_language"]

_TEXT: dict[str, tuple[str, str]] = {
    **STAGES,
    **SESSIONS,
    **INBOX,
    **REPORTS,
    **OPERATOR,
    **SHELL,
    **HELP,
    # Labels
    **LABELS,
    # Message states and origins
    "state.queued": ("antre", "queued"),
    "state.sending": ("mengirim", "sending"),
    "state.sent": ("terkirim", "sent"),
    "state.delivered": ("sampai", "delivered"),
    "state.read": ("dibaca", "read"),
    "state.failed": ("gagal", "failed"),
    "state.unknown": ("tidak pasti", "uncertain"),
    "state.cancelled": ("dibatalkan", "cancelled"),
    "origin.phone": ("dari HP toko", "from the phone"),
    "origin.human": ("lewat waagent", "through waagent"),
    "origin.confirmation": ("konfirmasi otomatis", "automatic confirmation"),
    "origin.follow_up": ("tindak lanjut otomatis", "automatic follow-up"),
    "kind.image": ("foto", "photo"),
    "kind.video": ("video", "video"),
    "kind.audio": ("pesan suara", "voice message"),
    "kind.document": ("dokumen", "document"),
    "kind.sticker": ("stiker", "sticker"),
    "kind.location": ("lokasi", "location"),
    "kind.contact": ("kontak", "contact"),
    "kind.undecryptable": (
        "pesan belum bisa dibaca; buka di HP toko",
        "message cannot be read yet; open it on the phone",
    ),
    "kind.other": ("pesan jenis lain; buka di HP toko", "another kind; open it on the phone"),
    "kind.text": ("pesan kosong", "empty message"),
    # Files, and what happens to messages afterwards
    "media.pending": ("sedang diambil", "being fetched"),
    "media.too_large": ("terlalu besar; buka di HP toko", "too large; open it on the phone"),
    "media.failed": ("gagal diambil; buka di HP toko", "not fetched; open it on the phone"),
    "media.expired": (
        "sudah tidak ada di WhatsApp; buka di HP toko",
        "WhatsApp has it no more; open it on the phone",
    ),
    "media.no_space": ("disk penuh; dicoba lagi nanti", "disk full; tried again later"),
    "size.point": (",", "."),
    "reaction.in": ("pelanggan", "customer"),
    "reaction.out": ("toko", "shop"),
    **FOLLOW_UPS,
    # Times
    "age.now": ("kini", "now"),
    "age.minutes": ("{n} mnt", "{n} min"),
    "age.hours": ("{n} jam", "{n} h"),
    "age.days": ("{n} hr", "{n} d"),
    "day.today": ("Hari ini", "Today"),
    "day.yesterday": ("Kemarin", "Yesterday"),
    "day.tomorrow": ("besok", "tomorrow"),
    "weekdays": (
        "Senin Selasa Rabu Kamis Jumat Sabtu Minggu",
        "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    ),
    "weekdays.short": ("Sen Sel Rab Kam Jum Sab Min", "Mon Tue Wed Thu Fri Sat Sun"),
    "months.short": (
        "Jan Feb Mar Apr Mei Jun Jul Agu Sep Okt Nov Des",
        "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    ),
    # Board
    "lead.no_phone": ("Pelanggan tanpa nomor", "Customer without number"),
    "lead.no_product": ("produk belum disebut", "no product named"),
    "board.empty": ("belum ada", "none yet"),
    "board.none": ("Belum ada prospek.", "No leads yet."),
    "board.none.hint": (
        "Setiap pelanggan yang menulis ke nomor toko muncul di sini dengan sendirinya.",
        "Every customer who writes to the shop's number appears here by itself.",
    ),
    "board.none.connect": (
        "Tautkan nomor WhatsApp toko: tekan 4, lalu c  (atau: {command})",
        "Link the shop's WhatsApp number: press 4, then c  (or: {command})",
    ),
    "board.filtered": ("Tidak ada yang cocok dengan “{query}”.", "Nothing matches “{query}”."),
    "board.filtered.hint": ("Tekan Esc untuk menghapus saringan.", "Press Esc to clear."),
    "board.hidden": ("{n} disembunyikan (x)", "{n} hidden (x)"),
    "board.shown": ("{n} bukan prospek (x)", "{n} not leads (x)"),
    "board.count": ("{n} prospek", "{n} leads"),
    "board.above": ("↑ {n} baru", "↑ {n} new"),
    "board.sessions.none": (
        "Belum ada nomor: tekan 4, lalu c  (atau: {command})",
        "No number yet: press 4, then c  (or: {command})",
    ),
    "filter.placeholder": ("nama, nomor, produk …", "name, number, product …"),
    "filter.matches": ("{n} cocok · Esc hapus", "{n} match · Esc clears"),
    "moved": ("{name} → {stage}", "{name} → {stage}"),
    "moved.undo": ("u untuk membatalkan", "u to undo"),
    "undo.none": ("Belum ada yang dipindah.", "Nothing was moved."),
    "undo.changed": (
        "{name} sudah dipindah lagi sejak itu.",
        "{name} was moved again since then.",
    ),
    "undone": ("{name} kembali ke {stage}", "{name} is back in {stage}"),
    "copied": ("Disalin: {what}", "Copied: {what}"),
    "copy.none": ("Nomor pelanggan ini belum diketahui.", "This customer's number is unknown."),
    # Conversation
    "chat.reply": ("Tulis balasan …", "Write a reply …"),
    "chat.reply.keys": (
        "Enter kirim · Ctrl+J baris baru · Esc kembali",
        "Enter send · Ctrl+J new line · Esc back",
    ),
    "chat.none": ("Belum ada pesan.", "No messages yet."),
    "chat.none.hint": ("Tulis pesan pertama di bawah.", "Write the first one below."),
    "chat.new": ("↓ {n} baru", "↓ {n} new"),
    "chat.more": ("… {n} karakter lagi (e: tampilkan)", "… {n} more characters (e: show)"),
    "chat.older": ("↑ pesan yang lebih lama (O)", "↑ older messages (O)"),
    "chat.deleted": ("pesan ini dihapus", "this message was deleted"),
    "chat.edited": ("diedit", "edited"),
    "chat.quoted": ("pesan lain", "another message"),
    "chat.gone": ("Percakapan ini tidak ada lagi.", "This conversation is gone."),
    "chat.follow_up": ("tindak lanjut", "follow-up"),
    # Insight
    "insight.title": ("Ringkasan", "Insight"),
    "insight.none": ("Belum dinilai.", "Not rated yet."),
    "insight.none.hint": (
        "Muncul beberapa detik setelah pelanggan berhenti menulis.",
        "Appears some seconds after the customer stops writing.",
    ),
    "insight.stage": ("Tahap", "Stage"),
    "insight.score": ("Skor", "Score"),
    "insight.assignee": ("Dipegang", "Assigned to"),
    "insight.value": ("Nilai", "Value"),
    "insight.tags": ("Tanda", "Tags"),
    "insight.notes": ("Catatan", "Notes"),
    "rupiah.thousand": ("{n} rb", "Rp {n}k"),
    "rupiah.million": ("{n} jt", "Rp {n}m"),
    "rupiah.billion": ("{n} M", "Rp {n}bn"),
    "insight.status": ("Status", "Status"),
    "insight.intent": ("Maksud", "Intent"),
    "insight.sentiment": ("Perasaan", "Feeling"),
    "insight.product": ("Produk", "Product"),
    "insight.need": ("Kebutuhan", "Need"),
    "insight.confidence": ("Keyakinan", "Confidence"),
    "insight.engine": ("Mesin", "Engine"),
    "insight.when": ("Dinilai", "Rated"),
    "insight.follow_up": ("Tindak lanjut", "Follow-up"),
    "insight.no_follow_up": ("tidak terjadwal", "not planned"),
    # Tables
    "col.name": ("Sesi", "Session"),
    "col.phone": ("Nomor", "Number"),
    "col.state": ("Keadaan", "State"),
    "col.owner": ("Penjaga", "Host"),
    "col.outbox": ("Antre", "Queued"),
    "col.last_event": ("Terakhir", "Last event"),
    "col.next": ("Langkah berikutnya", "Next step"),
    "col.day": ("Hari", "Day"),
    "col.due": ("Waktu", "Due"),
    "col.customer": ("Pelanggan", "Customer"),
    "col.reason": ("Alasan", "Reason"),
    "sessions.title": ("Nomor WhatsApp", "WhatsApp numbers"),
    "sessions.none": ("Belum ada nomor yang ditautkan.", "No number is linked yet."),
    "sessions.none.hint": (
        "Tekan c untuk menautkan nomor WhatsApp toko.",
        "Press c to link the shop's WhatsApp number.",
    ),
    "board.title": ("Papan prospek", "Lead board"),
    # Tenants
    "tenant.choose": ("Pilih toko", "Choose a shop"),
    "tenant.choose.hint": ("Enter untuk membuka, q untuk keluar", "Enter opens, q quits"),
    # Live state
    "live.on": ("langsung", "live"),
    "live.off": ("tiap 5 detik", "every 5 s"),
    "live.lost": (
        "Koneksi ke basis data terputus, mencoba lagi…",
        "The connection to the database is lost, trying again…",
    ),
    "error.unexpected": ("Ada yang tidak beres.", "Something went wrong."),
    "error.unexpected.hint": (
        "Coba lagi; bila berulang, laporkan dengan isi log.",
        "Try again; if it stays, report it with the log.",
    ),
    "error.reply": ("Balasan belum terkirim", "The reply was not sent"),
    "error.move": ("Kartu tidak jadi dipindah", "The card was not moved"),
    "load.failed": ("Belum dapat dimuat.", "It could not be loaded yet."),
    "load.failed.hint": ("Tekan r untuk mencoba lagi.", "Press r to try again."),
    "error.load": ("Data tidak dapat dimuat", "The data could not be loaded"),
    "link.missing": ("{link} tidak ditemukan.", "{link} was not found."),
    "link.missing.hint": (
        "Mungkin milik toko lain; lihat daftarnya di papan.",
        "It may belong to another shop; look on the board.",
    ),
    # Actions: a label for footer and palette, a sentence for the help
    "do.open": ("Buka", "Open"),
    "do.open.help": ("Membuka percakapan kartu ini", "Open the conversation of this card"),
    "do.left": ("Kolom kiri", "Column left"),
    "do.left.help": ("Ke kolom sebelah kiri", "Go to the column on the left"),
    "do.right": ("Kolom kanan", "Column right"),
    "do.right.help": ("Ke kolom sebelah kanan", "Go to the column on the right"),
    "do.up": ("Naik", "Up"),
    "do.up.help": ("Ke baris di atas", "Go up"),
    "do.down": ("Turun", "Down"),
    "do.down.help": ("Ke baris di bawah", "Go down"),
    "do.first": ("Paling atas", "First"),
    "do.first.help": ("Ke awal daftar", "Go to the start of the list"),
    "do.last": ("Paling bawah", "Last"),
    "do.last.help": ("Ke akhir daftar", "Go to the end of the list"),
    "do.page_up": ("Setengah layar naik", "Half a page up"),
    "do.page_up.help": ("Menggulung setengah layar ke atas", "Scroll half a page up"),
    "do.page_down": ("Setengah layar turun", "Half a page down"),
    "do.page_down.help": ("Menggulung setengah layar ke bawah", "Scroll half a page down"),
    "do.move_back": ("Mundur", "Move back"),
    "do.move_back.help": ("Memindah kartu satu tahap mundur", "Move the card one stage back"),
    "do.move_on": ("Pindah", "Move"),
    "do.move_on.help": ("Memindah kartu satu tahap maju", "Move the card one stage on"),
    "do.undo": ("Urung", "Undo"),
    "do.undo.help": ("Membatalkan pemindahan terakhir", "Undo the last move"),
    "do.filter": ("Saring", "Filter"),
    "do.filter.help": (
        "Menyaring kartu sambil mengetik; Enter menahan, Esc menghapus",
        "Filter the cards as you type; Enter keeps, Esc clears",
    ),
    "do.clear": ("Hapus saringan", "Clear the filter"),
    "do.clear.help": ("Menghapus saringan", "Clear the filter"),
    "do.not_leads": ("Bukan prospek", "Not leads"),
    "do.not_leads.help": (
        "Menampilkan atau menyembunyikan yang bukan prospek",
        "Show or hide those that are not leads",
    ),
    "do.copy": ("Salin nomor", "Copy number"),
    "do.copy.help": ("Menyalin nomor pelanggan", "Copy the customer's number"),
    "do.back": ("Kembali", "Back"),
    "do.back.help": (
        "Kembali; balasan yang belum selesai tetap tersimpan",
        "Back; a half-written reply is kept",
    ),
    "do.insight": ("Ringkasan", "Insight"),
    "do.insight.help": ("Menampilkan atau menutup ringkasan", "Show or hide the insight"),
    "do.expand": ("Teks penuh", "Full text"),
    "do.expand.help": ("Menampilkan pesan panjang seutuhnya", "Show long messages in full"),
    "do.older": ("Lebih lama", "Older"),
    "do.older.help": ("Memuat pesan yang lebih lama", "Load older messages"),
    "do.write": ("Balas", "Reply"),
    "do.write.help": ("Ke kotak balasan", "Go to the reply box"),
    "do.send": ("Kirim", "Send"),
    "do.send.help": ("Mengirim balasan", "Send the reply"),
    "do.newline": ("Baris baru", "New line"),
    "do.newline.help": ("Menambah baris pada balasan", "Add a line to the reply"),
    "do.browse": ("Pesan", "Messages"),
    "do.browse.help": (
        "Ke daftar pesan: menggulung, mengutip, membuka foto; dari sana ke kotak balasan",
        "Go to the messages, to scroll, quote and open pictures; from there to the reply box",
    ),
    "do.board": ("Papan", "Board"),
    "do.board.help": ("Ke papan prospek", "Go to the lead board"),
    "do.sessions": ("Nomor", "Numbers"),
    "do.sessions.help": ("Ke daftar nomor WhatsApp", "Go to the WhatsApp numbers"),
    "do.followups": ("Tindak lanjut", "Follow-ups"),
    "do.followups.help": ("Ke daftar tindak lanjut", "Go to the follow-ups"),
    "do.inbox": ("Pesan masuk", "Inbox"),
    "do.inbox.help": ("Ke daftar percakapan", "Go to the conversations"),
    "do.reports": ("Laporan", "Reports"),
    "do.reports.help": ("Ke angka-angka toko", "Go to the shop's figures"),
    "do.operator": ("Operator", "Operator"),
    "do.operator.help": (
        "Ke keadaan layanan: toko, pekerja, antrean",
        "Go to the state of the service: shops, workers, queues",
    ),
    "do.refresh": ("Muat ulang", "Refresh"),
    "do.refresh.help": ("Memuat ulang semua data", "Load everything again"),
    "do.palette": ("Cari", "Palette"),
    "do.palette.help": ("Mencari perintah atau pelanggan", "Find a command or a customer"),
    "do.help": ("Bantuan", "Help"),
    "do.help.help": ("Menampilkan semua tombol", "Show every key"),
    "do.quit": ("Keluar", "Quit"),
    "do.quit.help": ("Menutup papan; pekerja tetap berjalan", "Close the board; workers go on"),
    # Help and palette
    "help.title": ("Bantuan", "Help"),
    "help.close": ("Esc menutup", "Esc closes"),
    "help.board": ("Papan", "Board"),
    "help.chat": ("Percakapan", "Conversation"),
    "help.reply": ("Kotak balasan", "Reply box"),
    "help.table": ("Daftar", "Lists"),
    "help.inbox": ("Pesan masuk", "Inbox"),
    "help.sessions": ("Nomor WhatsApp", "WhatsApp numbers"),
    "help.reports": ("Laporan", "Reports"),
    "help.operator": ("Operator", "Operator"),
    "help.global": ("Di mana saja", "Everywhere"),
    "palette.theme": ("Ganti tema", "Change the theme"),
    "palette.theme.help": ("Gelap, terang dan lainnya", "Dark, light and others"),
    "palette.lead": ("Buka percakapan", "Open the conversation"),
    "palette.placeholder": ("Cari perintah atau pelanggan …", "Search commands or customers …"),
}


def t(key: str, **values: object) -> str:
    """The text for ``key``; ``{name}`` fields are filled from ``values``."""
    indonesian, english = _TEXT[key]
    text = english if language() == "en" else indonesian
    return text.format(**values) if values else text


def keys() -> frozenset[str]:
    """Every key."""
    return frozenset(_TEXT)
