"""Users of the web front: (Indonesian, English) by key."""

from __future__ import annotations

CATALOGUE: dict[str, tuple[str, str]] = {
    "col.user": ("Pengguna", "User"),
    "col.access": ("Akses", "Access"),
    "col.enabled": ("Boleh masuk", "May log in"),
    "col.last_login": ("Terakhir masuk", "Last login"),
    "col.logins": ("Sedang masuk", "Logged in now"),
    "user.operator": ("operator (semua toko)", "operator (all shops)"),
    "empty.users": (
        "Belum ada pengguna. Buat dengan: waagent user create NAMA --shop TOKO",
        "No users yet. Create one with: waagent user create NAME --shop SHOP",
    ),
    "user.created": (
        "Pengguna {name} dibuat. Papan di peramban: waagent tui --web",
        "User {name} created. The board in a browser: waagent tui --web",
    ),
    "user.password": (
        "Kata sandi {name} diganti; semua loginnya berakhir.",
        "{name} has a new password; all their logins have ended.",
    ),
    "user.enabled": ("{name} boleh masuk lagi.", "{name} may log in again."),
    "user.disabled": (
        "{name} tidak boleh masuk lagi; semua loginnya berakhir.",
        "{name} may not log in any more; all their logins have ended.",
    ),
    "user.deleted": ("Pengguna {name} dihapus.", "User {name} is deleted."),
    "user.ask": ("Kata sandi (minimal {least} huruf)", "Password (at least {least} characters)"),
    "user.ask_again": ("Sekali lagi", "Once more"),
}
