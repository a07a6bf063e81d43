"""What the pages of the web front say: (Indonesian, English) by key."""

from __future__ import annotations

from typing import Literal

Language = Literal["id", "en"]

_TEXT: dict[str, tuple[str, str]] = {
    "login.title": ("Masuk", "Log in"),
    "login.lead": ("Papan pelanggan toko Anda", "Your shop's customers"),
    "login.name": ("Nama atau e-mail", "Name or e-mail"),
    "login.password": ("Kata sandi", "Password"),
    "login.button": ("Masuk", "Log in"),
    "login.wrong": (
        "Nama atau kata sandi salah.",
        "The name or the password is wrong.",
    ),
    "login.limited": (
        "Terlalu banyak percobaan. Coba lagi beberapa menit lagi.",
        "Too many tries. Try again in some minutes.",
    ),
    "login.stale": (
        "Halaman ini sudah lama terbuka. Silakan isi sekali lagi.",
        "This page was open for too long. Please fill it in once more.",
    ),
    "login.away": (
        "waagent sedang tidak bisa dipakai. Coba lagi sebentar lagi.",
        "waagent cannot be used right now. Try again in a moment.",
    ),
    "login.other": ("English", "Bahasa Indonesia"),
    "board.logout": ("Keluar", "Log out"),
    "board.opening": ("Membuka papan…", "Opening the board…"),
    "board.closed": ("Papan tertutup.", "The board is closed."),
    "board.again": ("Buka lagi", "Open again"),
    "board.operator": ("operator", "operator"),
    "board.full": (
        "Sudah terlalu banyak papan terbuka. Tutup salah satu, lalu buka lagi.",
        "Too many boards are open. Close one, then open again.",
    ),
}


def text(key: str, language: Language) -> str:
    """The words of ``key``. Raises KeyError for an unknown one."""
    indonesian, english = _TEXT[key]
    return english if language == "en" else indonesian
