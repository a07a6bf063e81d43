"""The inbox on the command line."""

from __future__ import annotations

CATALOGUE: dict[str, tuple[str, str]] = {
    "chat.ours": ("Toko:", "Shop:"),
    "chat.truncated": (
        "Hanya {limit} percakapan terbaru; lanjutkan dengan --after, atau naikkan --limit.",
        "Only the newest {limit} conversations; go on with --after, or raise --limit.",
    ),
    "chat.searched": (
        "Yang dicari hanya {n} pesan terbaru.",
        "Only the newest {n} messages were searched.",
    ),
    "chat.more": (
        "Masih ada lagi; ini {limit} yang terbaru. Tambah kata atau naikkan --limit.",
        "There are more; these are the newest {limit}. Add a word, or raise --limit.",
    ),
    "chat.nothing": ("Tidak ada yang cocok.", "Nothing matches."),
    "empty.chats": ("Belum ada percakapan.", "No conversations yet."),
    "col.unread": ("Baru", "New"),
    "col.waiting": ("Menunggu sejak", "Waiting since"),
    "col.conversation": ("Percakapan", "Conversation"),
}
