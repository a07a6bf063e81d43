"""Exports and imports, and lists that are cut."""

from __future__ import annotations

CATALOGUE: dict[str, tuple[str, str]] = {
    "list.more": (
        "Hanya {limit} dari {all} yang ditampilkan (--limit).",
        "Only {limit} of {all} are shown (--limit).",
    ),
    "export.progress": ("Mengekspor", "Exporting"),
    "export.done": ("{count} baris ditulis ke {file}.", "{count} rows were written to {file}."),
    "export.private": (
        "Berkas ini berisi data pribadi pelanggan: simpan baik-baik, hapus jika sudah dipakai.",
        "This file holds customers' personal data: keep it safe, delete it after use.",
    ),
    "import.progress": ("Memberi nama", "Naming"),
    "import.done": (
        "{new} nomor baru dan {known} yang sudah dikenal diberi nama.",
        "{new} new numbers and {known} known ones got their names.",
    ),
    "import.would": (
        "Akan diberi nama: {new} nomor baru, {known} yang sudah dikenal. Belum ada yang ditulis.",
        "To be named: {new} new numbers and {known} known ones. Nothing is written yet.",
    ),
    "import.line": ("baris {line}: {why}", "line {line}: {why}"),
    "import.refused.no_name": ("tanpa nama", "no name"),
    "import.refused.long_name": ("nama lebih dari 120 huruf", "a name of more than 120 letters"),
    "import.refused.no_number": ("tanpa nomor", "no number"),
    "import.refused.bad_number": ("bukan nomor telepon", "not a phone number"),
    "import.refused.duplicate": (
        "nomornya sama dengan baris {same_as}",
        "the same number as line {same_as}",
    ),
    "import.refused.bad_row": ("kolomnya kurang", "columns are missing"),
    "import.no_blast": (
        "Yang belum pernah menulis ke toko tetap tidak bisa dikirimi pesan.",
        "Nobody who never wrote to the shop can be written to because of this.",
    ),
}
