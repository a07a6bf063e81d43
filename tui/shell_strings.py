"""What the shell says (dialogs, places, pickers, themes): (Indonesian, English) by key."""

from __future__ import annotations

SHELL: dict[str, tuple[str, str]] = {
    # The bar of places, where there is not room for all of their names
    "place.board": ("Papan", "Board"),
    "place.inbox": ("Pesan", "Inbox"),
    "place.followups": ("Lanjut", "Follow"),
    "place.sessions": ("Nomor", "Numbers"),
    "place.reports": ("Laporan", "Reports"),
    "place.operator": ("Op", "Op"),
    # Actions of the board and of everywhere
    "do.move": ("Tahap", "Stage"),
    "do.move.help": (
        "Memilih tahap untuk kartu ini; kartu juga bisa diseret dengan tetikus",
        "Choose a stage for this card; cards can also be dragged with the mouse",
    ),
    "do.match_on": ("Kartu berikutnya", "Next card"),
    "do.match_on.help": (
        "Ke kartu berikutnya yang cocok dengan saringan, lintas kolom",
        "Go to the next card that matches the filter, across columns",
    ),
    "do.match_back": ("Kartu sebelumnya", "Previous card"),
    "do.match_back.help": (
        "Ke kartu sebelumnya yang cocok dengan saringan",
        "Go to the previous card that matches the filter",
    ),
    "do.copy_link": ("Salin tautan", "Copy link"),
    "do.copy_link.help": (
        "Menyalin tautan kartu, untuk waagent tui atau Ctrl+G",
        "Copy the card's link, for waagent tui or Ctrl+G",
    ),
    "do.goto": ("Pergi ke", "Go to"),
    "do.goto.help": (
        "Ke prospek, percakapan atau nomor lewat tautan, id atau nomor HP",
        "Go to a lead, conversation or number by its link, id or phone number",
    ),
    "goto.title": ("Pergi ke", "Go to"),
    "goto.keys": ("Enter buka · Esc batal", "Enter opens · Esc cancels"),
    "goto.placeholder": (
        "lead/ID, chat/ID, session/NAMA, 0812…",
        "lead/ID, chat/ID, session/NAME, 0812…",
    ),
    "stage.pick": ("Pindahkan {name} ke", "Move {name} to"),
    "stage.here": ("sekarang", "now"),
    "stage.cards": ("{n} kartu", "{n} cards"),
    "drop.here": ("↓ lepas di sini", "↓ drop here"),
    "small.title": ("Terminal terlalu kecil.", "This terminal is too small."),
    "small.now": ("Sekarang {columns}x{lines}.", "It is {columns}x{lines}."),
    "small.wanted": (
        "Perbesar sampai sedikitnya {columns}x{lines}.",
        "Enlarge it to at least {columns}x{lines}.",
    ),
    # Palette
    "palette.contact": (
        "Belum ada percakapan: salin nomornya",
        "No conversation yet: copy the number",
    ),
    "palette.session": ("Buka nomor ini", "Open this number"),
    "palette.shop": ("Pindah ke toko ini", "Switch to this shop"),
    "palette.language": ("Bahasa: {name}", "Language: {name}"),
    "palette.language.help": ("Semua teks berganti bahasa", "All texts change"),
    "palette.theme.one": ("Tema: {name}", "Theme: {name}"),
    "confirm.no": ("Tidak jadi", "Cancel"),
    "confirm.keys": ("y lanjutkan · Esc tidak jadi", "y go on · Esc cancel"),
    "confirm.keys.typed": ("Enter lanjutkan · Esc tidak jadi", "Enter go on · Esc cancel"),
    "confirm.type": ("Ketik {name} untuk melanjutkan", "Type {name} to go on"),
}
