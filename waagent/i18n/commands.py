"""Questions and remarks of the command line: (Indonesian, English) by key."""

from __future__ import annotations

CATALOGUE: dict[str, tuple[str, str]] = {
    "ask.answer": ("[y/T]", "[y/N]"),
    "ask.delete_message": (
        "Hapus pesan ini untuk semua orang? Pelanggan akan melihat bahwa ada yang dihapus.",
        "Delete this message for everyone? The customer sees that something was deleted.",
    ),
    "ask.remove_product": (
        "Hapus produk {name} dari toko {shop}?",
        "Remove the product {name} of the shop {shop}?",
    ),
    "ask.remove_template": (
        "Hapus templat {name} dari toko {shop}, dengan semua variannya?",
        "Remove the template {name} of the shop {shop}, with all of its wordings?",
    ),
    "ask.remove_channel": (
        "Hapus {name}? Pemilik toko {shop} tidak dikabari lagi lewat situ.",
        "Remove {name}? The owner of {shop} is not told by it any more.",
    ),
    "doctor.terminal.ok": (
        "Terminal {columns}x{lines}, UTF-8, warna: {colours}.",
        "The terminal is {columns}x{lines}, UTF-8, colours: {colours}.",
    ),
    "doctor.terminal.none.ok": ("Keluaran bukan ke terminal.", "The output is no terminal."),
    "doctor.terminal.small.warn": (
        "Terminal hanya {columns}x{lines}; papan perlu 80x24.",
        "The terminal is only {columns}x{lines}; the board wants 80x24.",
    ),
    "doctor.terminal.small.warn.todo": (
        "Perbesar jendela, atau kecilkan hurufnya",
        "Enlarge the window, or make its letters smaller",
    ),
    "doctor.terminal.ascii.warn": (
        "Terminal bukan UTF-8: emoji dan garis tidak tampil benar.",
        "The terminal is not UTF-8: emoji and lines are not shown right.",
    ),
    "doctor.terminal.ascii.warn.todo": (
        "Pakai LANG=C.UTF-8, atau bahasa lain dengan UTF-8",
        "Set LANG=C.UTF-8, or another language with UTF-8",
    ),
    "doctor.verdict.todo": ("Langkah berikutnya: {todo}", "Next step: {todo}"),
    "migrate.progress": ("Memutakhirkan basis data", "Bringing the database up to date"),
    "migrate.would": ("Akan dijalankan: {names}", "To be run: {names}"),
    "bench.progress": ("Pengukuran", "The measurement"),
    "progress.line": ("{what}: {done} dari {all}", "{what}: {done} of {all}"),
    "progress.still": ("{what}: masih berjalan ({age})", "{what}: still at it ({age})"),
    "config.written": (
        "{name} = {value}, di {path}",
        "{name} = {value}, in {path}",
    ),
    "config.unset": ("{name} dihapus dari {path}", "{name} is no longer set in {path}"),
    "config.outdone": (
        "Belum berlaku: {origin} lebih kuat.",
        "It does not count yet: {origin} is stronger.",
    ),
    "config.valid": ("Semua pengaturan benar.", "Every setting is right."),
    "config.file.there": ("ada", "there"),
    "config.file.missing": ("belum ada", "not there yet"),
    "col.setting": ("Pengaturan", "Setting"),
    "col.value_of": ("Nilai", "Value"),
    "col.origin": ("Asal", "Origin"),
    "col.path": ("Berkas", "File"),
    "col.exists": ("Keadaan", "State"),
}
