"""States of a linked number, why, and what the owner should do.

``session.why.STATE`` and ``session.why.STATE.REASON``, ``session.todo.STATE`` and the same with a
reason; ``{connect}`` is the command that links the number, ``{shop}`` the shop's slug. Read them by
:func:`waagent.services.explain.explain`.
"""

from __future__ import annotations

_WAIT = (
    "Tidak perlu melakukan apa-apa dulu: waagent menyambungkannya sendiri. Kalau lama, cek "
    "internet server, lalu buka WhatsApp di HP toko dan pastikan HP online.",
    "Nothing to do yet: waagent reconnects by itself. If it takes long, check the server's "
    "internet, then open WhatsApp on the shop's phone and make sure the phone is online.",
)
_LINK = (
    "Di HP toko buka WhatsApp > Perangkat tertaut > Tautkan perangkat, lalu jalankan: {connect}. "
    "Data dan percakapan toko tetap ada.",
    "On the shop's phone open WhatsApp > Linked devices > Link a device, then run: {connect}. "
    "The shop's data and conversations are kept.",
)
_BANNED = (
    "Jangan kirim apa-apa dari nomor ini, juga dari HP, sampai blokir berakhir. waagent "
    "menyambungkannya lagi sendiri. Sesudahnya balas pelanggan yang menulis dulu saja.",
    "Send nothing from this number, from the phone neither, until the ban ends. waagent reconnects "
    "it by itself. After that, only answer customers who wrote first.",
)
_AFTER_BAN = (
    "Nomor ini baru saja diblokir sementara, jadi waagent menahan tindak lanjut dulu. Balasan "
    "kepada pelanggan yang menulis tetap jalan.",
    "This number was banned a short while ago, so waagent holds follow-ups back for now. Replies "
    "to customers who write still go out.",
)
_OPERATOR = (
    "Hubungi pengelola server waagent.",
    "Contact whoever runs the waagent server.",
)

_PASSKEY = (
    "WhatsApp meminta kunci sandi (passkey) untuk menautkan nomor ini; waagent tidak bisa "
    "menjawabnya.",
    "WhatsApp demands a passkey to link this number; waagent cannot answer that.",
)
_AFTER_PASSKEY = (
    "Nomor ini belum bisa ditautkan ke waagent; tetap balas pelanggan dari HP. Kabari "
    "pengelola server waagent, dan coba lagi setelah diperbarui: {connect}.",
    "This number cannot be linked to waagent yet; keep answering customers from the phone. "
    "Tell whoever runs the waagent server, and try again after an upgrade: {connect}.",
)

CATALOGUE: dict[str, tuple[str, str]] = {
    "col.host": ("Host", "Host"),
    "col.sessions": ("Nomor", "Numbers"),
    "col.draining": ("Sedang dikosongkan", "Draining"),
    "col.seen": ("Terakhir terlihat", "Last seen"),
    "col.alive": ("Hidup", "Alive"),
    "col.action": ("Tindakan", "Action"),
    "empty.hosts": (
        "Tidak ada host yang berjalan. Jalankan dengan: waagent up",
        "No host runs. Start one with: waagent up",
    ),
    "empty.events": ("Belum ada kejadian.", "Nothing has happened yet."),
    "host.draining": (
        "{host} menyerahkan {sessions} nomor, lalu berhenti.",
        "{host} hands over {sessions} numbers and then ends.",
    ),
    "session.moved": (
        "Sesi {name} sekarang dijalankan di {host}.",
        "The session {name} is now held by {host}.",
    ),
    "session.connected_at": ("Tersambung sejak", "Connected since"),
    "session.down_since": ("Terputus sejak", "Down since"),
    "session.retry_at": ("Dicoba lagi", "Tried again at"),
    "session.banned_until": ("Diblokir sampai", "Banned until"),
    "session.frozen_until": ("Dibekukan sampai", "Frozen until"),
    "session.last_event_at": ("Kabar terakhir", "Last event"),
    "session.last_inbound_at": ("Pesan masuk terakhir", "Last message in"),
    "session.keepalive_timeouts": ("Detak tak terjawab", "Keepalives unanswered"),
    "session.failed_probes": ("Cek tak terjawab", "Probes unanswered"),
    "session.forced_reconnects": ("Sambung ulang paksa", "Forced reconnects"),
    "session.client_restarts": ("Klien dimulai ulang", "Client restarts"),
    "session.callback_faults": ("Galat saat menerima", "Faults in handling"),
    "session.disconnects": ("Putus", "Disconnects"),
    "session.why.new": ("Nomor belum pernah ditautkan.", "The number was never linked."),
    "session.why.new.pairing_abandoned": (
        "Penautan ditinggal sebelum selesai.",
        "Linking was left before it was done.",
    ),
    "session.why.new.not_scanned": (
        "Kode tidak dipindai pada waktunya.",
        "The code was not scanned in time.",
    ),
    "session.why.new.not_entered": (
        "Kode penautan tidak dimasukkan pada waktunya.",
        "The pairing code was not entered in time.",
    ),
    "session.why.new.passkey_required": _PASSKEY,
    "session.todo.new": _LINK,
    "session.todo.new.passkey_required": _AFTER_PASSKEY,
    "session.why.pairing": (
        "Penautan sedang berjalan dan menunggu HP toko.",
        "Linking is under way and waits for the shop's phone.",
    ),
    "session.why.pairing.qr": (
        "Kode QR menunggu dipindai dengan HP toko.",
        "A QR code waits to be scanned with the shop's phone.",
    ),
    "session.why.pairing.code": (
        "Kode penautan menunggu dimasukkan di HP toko.",
        "A pairing code waits to be entered on the shop's phone.",
    ),
    "session.why.pairing.passkey_required": _PASSKEY,
    "session.todo.pairing": (
        "Selesaikan di HP toko: WhatsApp > Perangkat tertaut > Tautkan perangkat. Kalau kodenya "
        "sudah habis, jalankan lagi: {connect}.",
        "Finish it on the shop's phone: WhatsApp > Linked devices > Link a device. If the code has "
        "run out, run again: {connect}.",
    ),
    "session.todo.pairing.passkey_required": _AFTER_PASSKEY,
    "session.todo.pairing.code": (
        "Di HP toko buka WhatsApp > Perangkat tertaut > Tautkan perangkat > Tautkan dengan nomor "
        "telepon, lalu ketik kodenya. Kalau kodenya sudah habis, minta yang baru: {connect} "
        "--pair-code NOMOR.",
        "On the shop's phone open WhatsApp > Linked devices > Link a device > Link with phone "
        "number instead, then type the code. If it has run out, ask for another: {connect} "
        "--pair-code NUMBER.",
    ),
    "session.why.connecting": (
        "waagent sedang menyambungkan nomor ini ke WhatsApp.",
        "waagent is connecting this number to WhatsApp.",
    ),
    "session.why.connecting.never_connected": (
        "WhatsApp belum menerima sambungan nomor ini; waagent mencoba dari awal lagi.",
        "WhatsApp has not accepted this number's connection yet; waagent starts over.",
    ),
    "session.why.connecting.offline": (
        "Nomor ini lama tidak tersambung; waagent mencoba dari awal lagi.",
        "This number was away for long; waagent starts over.",
    ),
    "session.why.connecting.keepalive": (
        "WhatsApp tidak menjawab tanda hidup dari waagent; waagent menyambungkan dari awal lagi.",
        "WhatsApp did not answer waagent's signs of life; waagent connects anew.",
    ),
    "session.why.connecting.deaf": (
        "Nomor tampak tersambung, tetapi WhatsApp tidak menjawab percobaan waagent; waagent "
        "menyambungkan dari awal lagi.",
        "The number seemed connected, but WhatsApp did not answer waagent's probes; waagent "
        "connects anew.",
    ),
    "session.why.connecting.silent": (
        "Nomor ini lama sekali tidak menerima apa-apa; waagent menyambungkan dari awal lagi supaya "
        "yakin.",
        "This number has received nothing for very long; waagent connects anew, to be sure.",
    ),
    "session.why.connecting.callback_fault": (
        "Ada kesalahan di waagent saat menerima pesan; sesinya dimulai ulang.",
        "waagent had a fault while receiving; the session is being restarted.",
    ),
    "session.todo.connecting": _WAIT,
    "session.why.connected": ("Nomor tersambung.", "The number is connected."),
    "session.todo.connected": (
        "Tidak ada yang perlu dilakukan.",
        "There is nothing to do.",
    ),
    "session.why.degraded": (
        "WhatsApp tidak menjawab tanda hidup dari waagent, walaupun sambungan masih terbuka.",
        "WhatsApp does not answer waagent's signs of life, though the connection is still open.",
    ),
    "session.todo.degraded": _WAIT,
    "session.why.disconnected": (
        "Sambungan ke WhatsApp terputus.",
        "The connection to WhatsApp was lost.",
    ),
    "session.why.disconnected.no_host": (
        "Program waagent yang memegang nomor ini mati mendadak.",
        "The waagent program that held this number died.",
    ),
    "session.why.disconnected.drained": (
        "Program waagent yang memegang nomor ini dihentikan; nomor menunggu program berikutnya.",
        "The waagent program that held this number was stopped; it waits for the next one.",
    ),
    "session.why.disconnected.stopped": (
        "Sambungan dihentikan dari waagent.",
        "The connection was stopped in waagent.",
    ),
    "session.why.disconnected.moving": (
        "Nomor sedang dipindahkan ke program waagent yang lain.",
        "The number is being moved to another waagent program.",
    ),
    "session.why.disconnected.ended": (
        "Pustaka WhatsApp berhenti mencoba; waagent memulai ulang sesinya.",
        "The WhatsApp library gave up; waagent restarts the session.",
    ),
    "session.why.disconnected.ban_over": (
        "Masa blokir sementara sudah berakhir; nomor sedang disambungkan lagi.",
        "The temporary ban has ended; the number is being connected again.",
    ),
    "session.why.disconnected.database_unreachable": (
        "Basis data waagent tidak bisa dihubungi.",
        "waagent's database cannot be reached.",
    ),
    "session.why.disconnected.500": (
        "Server WhatsApp sedang bermasalah (kode 500).",
        "WhatsApp's servers have trouble (code 500).",
    ),
    "session.why.disconnected.503": (
        "Server WhatsApp sedang sibuk (kode 503).",
        "WhatsApp's servers are busy (code 503).",
    ),
    "session.todo.disconnected": _WAIT,
    "session.todo.disconnected.database_unreachable": _OPERATOR,
    "session.why.logged_out": (
        "Tautan nomor ini ke waagent dicabut.",
        "The link between this number and waagent was removed.",
    ),
    "session.why.logged_out.unlinked_here": (
        "Tautan ke HP toko diputus dari waagent atas permintaan. Semua data tetap tersimpan.",
        "The link to the shop's phone was ended from waagent, as asked. All data is kept.",
    ),
    "session.why.logged_out.device_removed": (
        "waagent dikeluarkan dari daftar Perangkat tertaut di HP toko.",
        "waagent was removed from the linked devices on the shop's phone.",
    ),
    "session.why.logged_out.401": (
        "WhatsApp tidak mengenali tautan ini lagi (kode 401): dikeluarkan dari HP, atau HP lama "
        "tidak dibuka.",
        "WhatsApp no longer knows this link (code 401): removed on the phone, or the phone was not "
        "used for long.",
    ),
    "session.why.logged_out.403": (
        "WhatsApp mengunci akun nomor ini (kode 403).",
        "WhatsApp has locked this number's account (code 403).",
    ),
    "session.why.logged_out.406": (
        "WhatsApp memblokir nomor ini (kode 406).",
        "WhatsApp has banned this number (code 406).",
    ),
    "session.todo.logged_out": _LINK,
    "session.todo.logged_out.403": (
        "Buka WhatsApp di HP toko dan ikuti petunjuk di layarnya. Setelah akun terbuka lagi, "
        "jalankan: {connect}.",
        "Open WhatsApp on the shop's phone and follow what it shows. Once the account is open "
        "again, run: {connect}.",
    ),
    "session.todo.logged_out.406": (
        "Buka WhatsApp di HP toko dan ajukan peninjauan di layar blokir. Setelah nomor dibuka "
        "kembali, jalankan: {connect}.",
        "Open WhatsApp on the shop's phone and ask for a review on the ban's screen. Once the "
        "number is allowed again, run: {connect}.",
    ),
    "session.why.banned_until": (
        "WhatsApp memblokir nomor ini untuk sementara.",
        "WhatsApp has banned this number for a time.",
    ),
    "session.why.banned_until.101": (
        "Blokir sementara: terlalu banyak pesan ke orang yang tidak menyimpan nomor toko "
        "(kode 101).",
        "Temporary ban: too many messages to people who have not saved the shop's number "
        "(code 101).",
    ),
    "session.why.banned_until.102": (
        "Blokir sementara: terlalu banyak orang memblokir nomor toko (kode 102).",
        "Temporary ban: too many people have blocked the shop's number (code 102).",
    ),
    "session.why.banned_until.103": (
        "Blokir sementara: terlalu banyak grup dibuat dengan orang yang tidak menyimpan nomor toko "
        "(kode 103).",
        "Temporary ban: too many groups made with people who have not saved the shop's number "
        "(code 103).",
    ),
    "session.why.banned_until.104": (
        "Blokir sementara: pesan yang sama dikirim ke terlalu banyak orang (kode 104).",
        "Temporary ban: the same message went to too many people (code 104).",
    ),
    "session.why.banned_until.105": (
        "Blokir sementara dengan alasan yang tidak disebut WhatsApp (kode 105).",
        "Temporary ban for a reason that WhatsApp does not name (code 105).",
    ),
    "session.why.banned_until.106": (
        "Blokir sementara: terlalu banyak pesan ke daftar siaran (kode 106).",
        "Temporary ban: too many messages to broadcast lists (code 106).",
    ),
    "session.todo.banned_until": _BANNED,
    "session.why.replaced": (
        "Tautan nomor ini dipakai program lain, dan WhatsApp hanya mengizinkan satu.",
        "Another program uses this number's link, and WhatsApp allows only one.",
    ),
    "session.todo.replaced": (
        "waagent mencoba lagi beberapa kali. Pastikan tidak ada waagent kedua (server lama, "
        "cadangan yang dinyalakan) memakai nomor yang sama; kalau tetap terputus, jalankan: "
        "{connect}.",
        "waagent tries again a few times. Make sure that no second waagent (an old server, a "
        "restored backup) uses the same number; if it stays away, run: {connect}.",
    ),
    "session.why.outdated": (
        "WhatsApp menolak versi program yang dipakai waagent.",
        "WhatsApp refuses the version of the program that waagent uses.",
    ),
    "session.why.outdated.405": (
        "WhatsApp menolak versi program yang dipakai waagent (kode 405); ini mengenai semua toko "
        "di server yang sama.",
        "WhatsApp refuses the version of the program that waagent uses (code 405); this hits every "
        "shop of the same server.",
    ),
    "session.todo.outdated": (
        "waagent perlu diperbarui: hubungi pengelola servernya. Sementara itu balas pelanggan dari "
        "HP. Sesudah diperbarui: {connect}.",
        "waagent has to be upgraded: contact whoever runs the server. Meanwhile answer customers "
        "from the phone. After the upgrade: {connect}.",
    ),
    "session.why.suspended": (
        "Layanan untuk nomor ini dihentikan oleh pengelola.",
        "Whoever runs waagent has suspended this number.",
    ),
    "session.todo.suspended": _OPERATOR,
    "session.why.frozen": (
        "WhatsApp membatasi pesan nomor ini ke orang yang tidak baru saja menulis, jadi waagent "
        "menahan tindak lanjut. Balasan kepada pelanggan yang menulis tetap jalan.",
        "WhatsApp restricts this number's messages to people who did not just write, so waagent "
        "holds follow-ups back. Replies to customers who write still go out.",
    ),
    "session.why.frozen.463": (
        "WhatsApp menolak pesan ke orang yang tidak baru saja menulis (kode 463), jadi waagent "
        "menahan tindak lanjut. Balasan kepada pelanggan yang menulis tetap jalan.",
        "WhatsApp refuses messages to people who did not just write (code 463), so waagent holds "
        "follow-ups back. Replies to customers who write still go out.",
    ),
    "session.why.frozen.ban": _AFTER_BAN,
    "session.why.frozen.temporary_ban": _AFTER_BAN,
    "session.why.frozen.429": (
        "WhatsApp bilang nomor ini mengirim terlalu cepat (kode 429), jadi waagent menahan tindak "
        "lanjut.",
        "WhatsApp says that this number sends too fast (code 429), so waagent holds follow-ups "
        "back.",
    ),
    "session.todo.frozen": (
        "Tidak perlu melakukan apa-apa: waagent melanjutkan sendiri. Jangan menyapa orang baru "
        "dari HP selama itu.",
        "Nothing to do: waagent goes on by itself. Until then, do not write to new people from the "
        "phone either.",
    ),
}
