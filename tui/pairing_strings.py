"""What the screen that links a number says: (Indonesian, English) by key."""

from __future__ import annotations

_AGAIN = ("Tidak ada yang berubah. Tekan Enter untuk mencoba lagi.",
          "Nothing has changed. Press Enter to try again.")  # fmt: skip

PAIRING: dict[str, tuple[str, str]] = {
    "pairing.title": ("Tautkan WhatsApp {shop} · sesi {name}", "Link WhatsApp of {shop} · {name}"),
    "pairing.name": (
        "Nama untuk nomor ini, misalnya kasir atau cabang-2:",
        "A name for this number, such as counter or branch-2:",
    ),
    "pairing.name.placeholder": ("nama sesi", "name of the session"),
    "pairing.name.more": (
        "Hanya untuk Anda: pelanggan tidak melihatnya. Enter melanjutkan, Esc batal.",
        "Only for you: customers do not see it. Enter goes on, Esc cancels.",
    ),
    "pairing.phone": (
        "Nomor WhatsApp yang mau ditautkan:",
        "The WhatsApp number to link:",
    ),
    "pairing.phone.placeholder": ("0812-3456-7890", "0812-3456-7890"),
    "pairing.phone.more": (
        "Tulis seperti biasa: 0812…, 62812… atau +62 812…. WhatsApp lalu memberi kode delapan "
        "huruf untuk diketik di HP itu. Enter meminta kode, Esc batal.",
        "Write it as you like: 0812…, 62812… or +62 812…. WhatsApp then gives a code of eight "
        "letters to type on that phone. Enter asks for it, Esc cancels.",
    ),
    "pairing.wait": ("Meminta kode QR dari WhatsApp…", "Asking WhatsApp for a QR code…"),
    "pairing.wait.state": ("Sebentar ya…", "One moment…"),
    "pairing.wait.code": (
        "Meminta kode penautan dari WhatsApp…",
        "Asking WhatsApp for a pairing code…",
    ),
    "pairing.wait.code.state": ("Sebentar ya…", "One moment…"),
    "pairing.qr": (
        "Di HP toko: WhatsApp > Perangkat tertaut > Tautkan perangkat, lalu pindai kode ini.",
        "On the shop's phone: WhatsApp > Linked devices > Link a device, then scan this code.",
    ),
    "pairing.qr.more": (
        "Kamera tidak bisa? Tekan k untuk kode yang diketik.",
        "No camera? Press k for a code to type.",
    ),
    "pairing.qr.left": (
        "Menunggu dipindai · QR ini berlaku {n} detik lagi, lalu diganti sendiri",
        "Waiting for the scan · this QR is good for {n} s, then the next one comes by itself",
    ),
    "pairing.qr.next": ("QR ini habis, menunggu yang baru…", "This QR ran out, the next comes…"),
    "pairing.small": ("Perbesar terminal jadi {needed}.", "Enlarge the terminal to {needed}."),
    "pairing.small.how": (
        "Kode QR tidak muat di sini ({actual}). Besarkan jendela, atau kecilkan huruf dengan "
        "Ctrl dan -.",
        "The QR code does not fit here ({actual}). Enlarge the window, or make the letters "
        "smaller with Ctrl and -.",
    ),
    "pairing.small.code": (
        "Atau tekan k: kode delapan huruf untuk diketik di HP, muat di layar mana pun.",
        "Or press k: a code of eight letters to type on the phone, which fits any screen.",
    ),
    "pairing.code.more": (
        "Salah ketik boleh diulang. WhatsApp hanya memberi beberapa kode per jam.",
        "A mistyped code may be typed again. WhatsApp gives only a few codes an hour.",
    ),
    "pairing.code.left": (
        "Menunggu kode diketik di HP · berlaku {n} detik lagi",
        "Waiting for the code to be typed · good for {n} s",
    ),
    "pairing.code.over": ("Kode ini sudah habis…", "This code has run out…"),
    "pairing.paired": (
        "HP sudah menautkan. Menyambungkan dan mengambil percakapan lama…",
        "The phone has linked it. Connecting and fetching old conversations…",
    ),
    "pairing.paired.state": (
        "Biarkan WhatsApp di HP terbuka sebentar",
        "Leave WhatsApp open on the phone for a moment",
    ),
    "pairing.connected": ("Terhubung sebagai {phone}", "Connected as {phone}"),
    "pairing.connected.more": (
        "Mulai sekarang setiap pelanggan yang menulis ke nomor ini muncul di papan (1) dan pesan "
        "masuk (2). HP tetap dipakai seperti biasa; buka WhatsApp di sana paling tidak seminggu "
        "sekali. Batas kirimnya naik pelan-pelan: lihat di layar ini (4).",
        "From now on every customer who writes to this number appears on the board (1) and in the "
        "inbox (2). The phone stays in use as before; open WhatsApp there at least once a week. "
        "How much it may send grows slowly: see this screen (4).",
    ),
    "pairing.connected.state": ("Enter menutup", "Enter closes"),
    "pairing.failed": ("Penautan tidak jadi", "The number was not linked"),
    "pairing.ended.state": (
        "Enter coba lagi · k pakai kode · Esc tutup",
        "Enter tries again · k uses a code · Esc closes",
    ),
    "pairing.expired": ("Waktunya habis.", "Time ran out."),
    "pairing.expired.todo": _AGAIN,
    "pairing.expired.not_scanned": (
        "Kode QR tidak dipindai pada waktunya.",
        "The QR code was not scanned in time.",
    ),
    "pairing.expired.not_scanned.todo": _AGAIN,
    "pairing.expired.not_entered": (
        "Kode tidak diketik pada waktunya.",
        "The code was not typed in time.",
    ),
    "pairing.expired.not_entered.todo": _AGAIN,
    "pairing.expired.not_started": (
        "Kode belum bisa disiapkan: waagent sedang sibuk.",
        "No code could be prepared yet: waagent is busy.",
    ),
    "pairing.expired.not_started.todo": (
        "Coba lagi sebentar; kalau tetap begini, periksa waagent doctor.",
        "Try again in a moment; if it stays like this, look at waagent doctor.",
    ),
    "pairing.expired.not_connected": (
        "Nomor sudah tertaut, tetapi belum tersambung.",
        "The number is linked, but not connected yet.",
    ),
    "pairing.expired.not_connected.todo": (
        "Pastikan waagent up berjalan; nomor tersambung sendiri. Enter menunggu lagi.",
        "See that waagent up runs; the number connects by itself. Enter waits again.",
    ),
    "pairing.refused": ("WhatsApp menolak penautan ({why}).", "WhatsApp refused the link ({why})."),
    "pairing.refused.todo": (
        "Periksa HP: harus online, dan perangkat tertautnya kurang dari empat. Lalu tekan Enter.",
        "Check the phone: it must be online, with fewer than four linked devices. Then press "
        "Enter.",
    ),
    "pairing.refused.code_too_often": (
        "WhatsApp belum mau memberi kode lagi: sudah terlalu sering diminta.",
        "WhatsApp gives no code for now: it was asked for too many.",
    ),
    "pairing.refused.code_too_often.todo": (
        "Tunggu satu jam, atau tekan b untuk memakai QR.",
        "Wait an hour, or press b to use a QR.",
    ),
    "pairing.refused.code_refused": (
        "WhatsApp tidak memberi kode untuk nomor ini.",
        "WhatsApp gives no code for this number.",
    ),
    "pairing.refused.code_refused.todo": (
        "Apakah nomor ini dipakai di WhatsApp? Tekan Enter untuk menulisnya lagi, atau b untuk QR.",
        "Is WhatsApp in use with it? Press Enter to write it again, or b for a QR.",
    ),
    "pairing.refused.number_linked_already": (
        "Nomor ini sudah dipakai sesi lain di toko ini.",
        "Another session of this shop has that number.",
    ),
    "pairing.refused.number_linked_already.todo": (
        "Tautan yang baru sudah dilepas lagi. Esc, lalu lihat daftar nomor.",
        "The new link was removed again. Esc, then see the list of numbers.",
    ),
    "pairing.refused.another_number": (
        "Sesi ini dulu bernomor lain, jadi nomor yang baru dilepas lagi.",
        "This session had another number before, so the new one was unlinked again.",
    ),
    "pairing.refused.another_number.todo": (
        "Nomor toko memang ganti? Tekan u: percakapan lama diteruskan dengan nomor baru. Kalau "
        "ini nomor tambahan: Esc, lalu n.",
        "Does the shop really have a new number? Press u: the conversations go on with it. For a "
        "second number: Esc, then n.",
    ),
    "pairing.refused.not_the_number": (
        "Yang tertaut bukan nomor yang diminta, jadi dilepas lagi.",
        "Another number was linked than the one the code was for, so it was unlinked again.",
    ),
    "pairing.refused.not_the_number.todo": (
        "Ketik kodenya di HP dengan nomor tadi. Tekan Enter untuk kode baru.",
        "Type the code on the phone with that number. Press Enter for a new code.",
    ),
    "pairing.refused.no_code": ("WhatsApp tidak mengirim kode.", "WhatsApp sent no code."),
    "pairing.refused.no_code.todo": (
        "Periksa internet komputer ini, lalu tekan Enter.",
        "Check the internet of this computer, then press Enter.",
    ),
    "pairing.refused.dead_code": (
        "Kodenya sudah terpakai, tetapi WhatsApp tidak pernah bilang HP menautkan.",
        "The code was used up, but WhatsApp never said that the phone had linked it.",
    ),
    "pairing.refused.dead_code.todo": (
        "Lihat Perangkat tertaut di HP: hapus waagent kalau ada, lalu tekan Enter.",
        "Look at the phone's linked devices: remove waagent if it is there, then press Enter.",
    ),
    "pairing.refused.outdated": (
        "WhatsApp menolak versi waagent ini.",
        "WhatsApp refuses this version of waagent.",
    ),
    "pairing.refused.outdated.todo": (
        "Perbarui waagent dulu; balas pelanggan dari HP.",
        "Upgrade waagent first; answer customers from the phone.",
    ),
    "pairing.refused.unreachable": (
        "WhatsApp tidak bisa dihubungi.",
        "WhatsApp cannot be reached.",
    ),
    "pairing.refused.unreachable.todo": (
        "Periksa internet komputer ini, lalu tekan Enter.",
        "Check the internet of this computer, then press Enter.",
    ),
    "pairing.practice": (
        "Ini tempat latihan, tanpa HP sungguhan: tekan p, dan HP latihan yang memindai. "
        "Atau k untuk kode yang diketik.",
        "This is for practice, without a real phone: press p, and a practice phone scans it. "
        "Or k for a code to type.",
    ),
    "pairing.practice.code": (
        "Ini tempat latihan, tanpa HP sungguhan: tekan p, dan HP latihan yang mengetiknya.",
        "This is for practice, without a real phone: press p, and a practice phone types it.",
    ),
    "pairing.practice.connected": (
        "Pelanggan latihan segera menulis ke nomor ini: lihat papan (1) dan pesan masuk (2). "
        "Balas saja, tidak ada orang sungguhan yang menerimanya.",
        "Practice customers will write to this number in a moment: see the board (1) and the "
        "inbox (2). Do answer them; no real person gets it.",
    ),
    "pairing.practice.nobody": (
        "Semua pelanggan latihan sudah punya toko.",
        "All practice customers have a shop already.",
    ),
    "error.practice": ("HP latihan tidak berhasil", "The practice phone failed"),
    "do.practise": ("HP latihan", "Practice phone"),
    "do.practise.help": (
        "Di sandbox: HP latihan memindai atau mengetik kodenya",
        "In the sandbox: a practice phone scans or types the code",
    ),
    "pairing.change.title": ("Ganti nomor", "Change the number"),
    "pairing.change.text": (
        "Sesi {name} dan semua percakapannya diteruskan dengan nomor yang baru. Lakukan hanya "
        "kalau toko memang ganti nomor.",
        "The session {name} and all its conversations go on with the new number. Do this only if "
        "the shop really has a new one.",
    ),
    "pairing.change.yes": ("Ganti nomor", "Change it"),
    "help.pairing": ("Menautkan nomor", "Linking a number"),
    "do.again": ("Coba lagi", "Try again"),
    "do.again.help": ("Meminta kode baru setelah gagal", "Ask for a new code after a failure"),
    "do.by_code": ("Pakai kode", "Use a code"),
    "do.by_code.help": (
        "Kode untuk diketik di HP, sebagai ganti QR",
        "A code to type on the phone instead of a QR",
    ),
    "do.by_qr": ("Pakai QR", "Use a QR"),
    "do.by_qr.help": ("Kembali ke kode QR", "Back to the QR code"),
    "do.change_number": ("Ganti nomor", "Change number"),
    "do.change_number.help": (
        "Meneruskan sesi ini dengan nomor baru",
        "Go on with another number than before",
    ),
    "do.leave": ("Tutup", "Close"),
    "do.leave.help": (
        "Menutup; penautan yang belum selesai dibatalkan",
        "Close; a link that is not done is given up",
    ),
}
