"""What each screen and each widget with keys is for, told first by ``?``: by the class's name.

A class that extends another needs its own sentence only if it is used otherwise.
"""

from __future__ import annotations

HELP: dict[str, tuple[str, str]] = {
    "help.for.BoardScreen": (
        "Papan menunjukkan setiap calon pembeli dalam tahap penjualannya. Pindahkan kartu dengan "
        "H/L, m atau tetikus; u mengurungkan.",
        "The board shows every possible buyer in the stage of their sale. Move cards with H/L, m "
        "or the mouse; u takes it back.",
    ),
    "help.for.Board": (
        "Titik ● berarti ada pesan yang belum dibaca, ↻ kapan tindak lanjut dikirim.",
        "A dot ● means unread messages, ↻ when a follow-up will be sent.",
    ),
    "help.for.InboxScreen": (
        "Pesan masuk: semua percakapan, yang terbaru di atas.",
        "The inbox: every conversation, the newest on top.",
    ),
    "help.for.InboxList": (
        "Pilih percakapan dengan ↑/↓, Enter membukanya.",
        "Choose a conversation with ↑/↓, Enter opens it.",
    ),
    "help.for.ConversationScreen": (
        "Satu pelanggan: pesan-pesannya, ringkasannya, dan kotak untuk membalas.",
        "One customer: the messages, the insight, and a box to reply.",
    ),
    "help.for.MessageList": (
        "Tanda di bawah pesan toko: antre, terkirim, sampai, dibaca.",
        "Marks under the shop's messages: queued, sent, delivered, read.",
    ),
    "help.for.ReplyBox": (
        "Yang diketik di sini baru terkirim setelah Enter; yang belum selesai tetap tersimpan.",
        "What is typed here goes out with Enter only; what is not finished is kept.",
    ),
    "help.for.FollowUpsScreen": (
        "Tindak lanjut: apa yang akan dikirim sendiri, kapan, dan kata demi kata.",
        "Follow-ups: what will be sent by itself, when, and to the letter.",
    ),
    "help.for.SessionsScreen": (
        "Nomor WhatsApp toko: keadaannya, dan apa yang perlu dilakukan bila ada yang tidak beres.",
        "The shop's WhatsApp numbers: how they are, and what to do if something is wrong.",
    ),
    "help.for.PairingScreen": (
        "Menautkan nomor: pindai kode dengan WhatsApp di HP toko, atau ketik kodenya di sana.",
        "Linking a number: scan the code with the shop's phone, or type the code there.",
    ),
    "help.for.ReportsScreen": (
        "Angka-angka toko: dari pesan sampai penjualan.",
        "The shop's figures: from messages to sales.",
    ),
    "help.for.OperatorScreen": (
        "Keadaan layanan untuk semua toko: pekerja, antrean, nomor, kesalahan.",
        "The state of the service for all shops: workers, queues, numbers, errors.",
    ),
    "help.for.Table": (
        "↑/↓ memilih baris, g dan G ke awal dan akhir.",
        "↑/↓ choose a row, g and G go to the start and the end.",
    ),
    "help.for.ModalScreen": (
        "Kotak ini menunggu jawaban: ↑/↓ atau j/k memilih, Enter menerima, Esc menutup tanpa "
        "mengubah apa pun.",
        "This box waits for an answer: ↑/↓ or j/k choose, Enter accepts, Esc closes it and changes "
        "nothing.",
    ),
}
