"""What ``waagent doctor`` found, and what to do about it. Of a key, ``.todo`` is the next step."""

from __future__ import annotations

CATALOGUE: dict[str, tuple[str, str]] = {
    "col.check": ("Pemeriksaan", "Check"),
    "col.verdict": ("Hasil", "Verdict"),
    "col.finding": ("Temuan", "Finding"),
    "col.next_step": ("Langkah berikutnya", "Next step"),
    "doctor.sum.ok": ("Semuanya baik.", "All is well."),
    "doctor.sum.warn": ("Berjalan, tapi ada yang perlu dilihat.", "It works; look at the above."),
    "doctor.sum.fail": ("Ada yang rusak; lihat di atas.", "Something is broken; see above."),
    "doctor.down_since": ("Putus sejak", "Away since"),
    "doctor.last_inbound": ("Pesan masuk terakhir", "Last message in"),
    "doctor.broken": ("Tidak bisa diperiksa: {why}", "It could not be checked: {why}"),
    "doctor.left_out": (
        "{count} pemeriksaan lain tidak bisa dilakukan karenanya.",
        "{count} more checks could not be made because of that.",
    ),
    "doctor.skipped": (
        "Tidak diperiksa, karena {because} bermasalah.",
        "Not checked, because of {because}.",
    ),
    "doctor.settings.ok": ("Pengaturan terbaca.", "The settings can be read."),
    "doctor.disk.ok": ("Ruang kosong {free_mb} MB.", "{free_mb} MB are free."),
    "doctor.disk.warn": ("Ruang kosong tinggal {free_mb} MB.", "Only {free_mb} MB are free."),
    "doctor.disk.warn.todo": (
        "Kosongkan atau perbesar disk untuk {folder}",
        "Free or add space for {folder}",
    ),
    "doctor.disk.fail": (
        "Disk hampir penuh: tinggal {free_mb} MB.",
        "The disk is all but full: {free_mb} MB are free.",
    ),
    "doctor.disk.fail.todo": (
        "Segera kosongkan atau perbesar disk untuk {folder}",
        "Free or add space for {folder} now",
    ),
    "doctor.open_files.ok": (
        "Sebuah proses boleh membuka {limit} berkas.",
        "A process may open {limit} files.",
    ),
    "doctor.open_files.warn": (
        "Sebuah proses hanya boleh membuka {limit} berkas; untuk {sessions} nomor perlu {wanted}.",
        "A process may open only {limit} files; {sessions} numbers want {wanted}.",
    ),
    "doctor.open_files.warn.todo": (
        "Naikkan batasnya: LimitNOFILE=65536 di unit systemd, atau ulimit -n 65536",
        "Raise the limit: LimitNOFILE=65536 in the systemd unit, or ulimit -n 65536",
    ),
    "doctor.library.ok": (
        "Pustaka WhatsApp neonize {installed}, seperti seharusnya.",
        "The WhatsApp library is neonize {installed}, as it should be.",
    ),
    "doctor.library.fail": (
        "Pustaka WhatsApp neonize {installed}, padahal seharusnya {wanted}.",
        "The WhatsApp library is neonize {installed}, not {wanted}.",
    ),
    "doctor.library.fail.todo": (
        "Pasang ulang waagent dengan requirements.lock",
        "Install waagent anew, from requirements.lock",
    ),
    "doctor.postgresql.ok": ("PostgreSQL menjawab.", "PostgreSQL answers."),
    "doctor.server.stopped": (
        "{server} tidak berjalan, atau tidak menjawab.",
        "{server} does not run, or does not answer.",
    ),
    "doctor.server.stopped.todo": ("Jalankan: waagent up", "Start it: waagent up"),
    "doctor.migrations.ok": (
        "Skema versi {current}, yang terbaru.",
        "Schema {current}, the newest.",
    ),
    "doctor.migrations.fail": (
        "Skema versi {current}; waagent ini perlu {latest}.",
        "The schema is {current}; this waagent needs {latest}.",
    ),
    "doctor.migrations.fail.todo": (
        "Jalankan: waagent db migrate (atau perbarui waagent, jika skemanya lebih baru)",
        "Run: waagent db migrate (or upgrade waagent, if the schema is newer)",
    ),
    "doctor.master_key.ok": (
        "Kunci utama cocok dengan database.",
        "The master key is the database's.",
    ),
    "doctor.clock.ok": ("Jam mesin ini tepat.", "This machine's clock is right."),
    "doctor.clock.warn": (
        "Jam mesin ini selisih {skew_s} detik dengan PostgreSQL.",
        "This machine's clock and PostgreSQL's are {skew_s} s apart.",
    ),
    "doctor.clock.warn.todo": (
        "Nyalakan penyelarasan waktu (NTP) di kedua mesin",
        "Have both machines keep time (NTP)",
    ),
    "doctor.clock.fail": (
        "Jam mesin ini selisih {skew_s} detik dengan PostgreSQL.",
        "This machine's clock and PostgreSQL's are {skew_s} s apart.",
    ),
    "doctor.clock.fail.todo": (
        "Nyalakan penyelarasan waktu (NTP) di kedua mesin",
        "Have both machines keep time (NTP)",
    ),
    "doctor.connections.ok": (
        "{used} dari {limit} koneksi PostgreSQL terpakai.",
        "{used} of {limit} connections to PostgreSQL are in use.",
    ),
    "doctor.connections.warn": (
        "{used} dari {limit} koneksi PostgreSQL terpakai: hampir habis.",
        "{used} of {limit} connections to PostgreSQL are in use: few are left.",
    ),
    "doctor.connections.warn.todo": (
        "Naikkan max_connections PostgreSQL, atau kurangi proses",
        "Raise PostgreSQL's max_connections, or run fewer processes",
    ),
    "doctor.connections.fail": (
        "{used} dari {limit} koneksi PostgreSQL terpakai: nomor baru tidak akan tersambung.",
        "{used} of {limit} connections to PostgreSQL are in use: new numbers will not connect.",
    ),
    "doctor.connections.fail.todo": (
        "Naikkan max_connections PostgreSQL, atau kurangi proses",
        "Raise PostgreSQL's max_connections, or run fewer processes",
    ),
    "doctor.isolation.ok": (
        "Tiap toko hanya melihat datanya sendiri.",
        "Each shop sees its own rows only.",
    ),
    "doctor.isolation.fail": (
        "Peran waagent_app atau waagent_system bisa melewati pemisahan antar toko.",
        "The role waagent_app or waagent_system is not bound by row-level security.",
    ),
    "doctor.isolation.fail.todo": (
        "Cabut SUPERUSER dan BYPASSRLS dari kedua peran itu",
        "Take SUPERUSER and BYPASSRLS from both roles",
    ),
    "doctor.whatsapp_version.ok": (
        "WhatsApp menerima pustaka ini.",
        "WhatsApp takes this library.",
    ),
    "doctor.whatsapp_version.fail": (
        "WhatsApp menganggap pustaka ini usang, sejak {age} lalu.",
        "WhatsApp has called this library outdated for {age}.",
    ),
    "doctor.whatsapp_version.fail.todo": (
        "Perbarui waagent; nomor akan tersambung sendiri setelahnya",
        "Upgrade waagent; the numbers connect by themselves afterwards",
    ),
    "doctor.numbers.ok": (
        "{connected} dari {wanted} nomor tersambung.",
        "{connected} of {wanted} numbers are connected.",
    ),
    "doctor.numbers.warn": (
        "{connected} dari {wanted} nomor tersambung.",
        "{connected} of {wanted} numbers are connected.",
    ),
    "doctor.numbers.warn.todo": ("Lihat: waagent doctor {shop}", "See: waagent doctor {shop}"),
    "doctor.numbers.fail": (
        "Tidak satu pun dari {wanted} nomor tersambung.",
        "None of {wanted} numbers is connected.",
    ),
    "doctor.numbers.fail.todo": ("Lihat: waagent doctor {shop}", "See: waagent doctor {shop}"),
    "doctor.unowned.ok": ("Tiap nomor dipegang sebuah host.", "Every number has a host."),
    "doctor.unowned.fail": (
        "{count} nomor tidak dipegang host mana pun lebih dari semenit.",
        "{count} numbers have had no host for more than a minute.",
    ),
    "doctor.unowned.fail.todo": (
        "Tambah host: waagent worker sessions (lihat juga waagent worker hosts)",
        "Add a host: waagent worker sessions (see waagent worker hosts)",
    ),
    "doctor.hosts.ok": (
        "{alive} host hidup, memegang {sessions} dari {capacity} nomor.",
        "{alive} hosts live, with {sessions} of {capacity} numbers.",
    ),
    "doctor.hosts.warn": (
        "{silent} host tidak terdengar; {alive} hidup.",
        "{silent} hosts are not heard of; {alive} live.",
    ),
    "doctor.hosts.warn.todo": ("Lihat: waagent worker hosts", "See: waagent worker hosts"),
    "doctor.hosts.fail": (
        "Tidak ada host yang hidup, padahal ada {wanted} nomor yang harus tersambung.",
        "No host lives, and {wanted} numbers are to be connected.",
    ),
    "doctor.hosts.fail.todo": (
        "Jalankan: waagent up, atau waagent worker sessions",
        "Run: waagent up, or waagent worker sessions",
    ),
    "doctor.overdue.ok": ("Tidak ada yang terlambat.", "Nothing is late."),
    "doctor.overdue.warn": (
        "{waiting} menunggu; yang tertua terlambat {age}.",
        "{waiting} wait; the oldest is {age} late.",
    ),
    "doctor.overdue.warn.todo": (
        "Lihat apakah pekerja hidup: waagent doctor, bagian workers_…",
        "See whether the workers live: workers_… here",
    ),
    "doctor.overdue.fail": (
        "{waiting} menunggu; yang tertua terlambat {age}.",
        "{waiting} wait; the oldest is {age} late.",
    ),
    "doctor.overdue.fail.todo": (
        "Lihat log proses di folder logs, lalu jalankan ulang: waagent up",
        "See the processes' logs in the folder logs, then restart: waagent up",
    ),
    "doctor.redis.ok": (
        "Redis {version} menjawab dalam {lag_ms} ms.",
        "Redis {version} answers within {lag_ms} ms.",
    ),
    "doctor.redis.warn": (
        "Redis lambat: menjawab dalam {lag_ms} ms.",
        "Redis is slow: it answers within {lag_ms} ms.",
    ),
    "doctor.redis.warn.todo": (
        "Periksa beban dan jaringan mesin Redis",
        "Look at the load of Redis's machine, and the network to it",
    ),
    "doctor.redis.fail": (
        "Redis ini hanya salinan (replica): tidak bisa ditulisi.",
        "This Redis is a replica: it cannot be written to.",
    ),
    "doctor.redis.fail.todo": (
        "Arahkan WAAGENT_REDIS_URL ke yang utama",
        "Point WAAGENT_REDIS_URL at the primary",
    ),
    "doctor.redis_disk.ok": (
        "Redis menyimpan datanya ke disk.",
        "Redis keeps its data on disk.",
    ),
    "doctor.redis_disk.warn": (
        "Redis tidak memakai append-only file: antrean hilang jika ia mati, lalu dibuat lagi.",
        "Redis keeps no append-only file: a crash loses the queues, which are then made anew.",
    ),
    "doctor.redis_disk.warn.todo": (
        "Setel di Redis: appendonly yes",
        "Set in Redis: appendonly yes",
    ),
    "doctor.redis_disk.fail": (
        "Redis gagal menulis ke disk.",
        "Redis could not write to its disk.",
    ),
    "doctor.redis_disk.fail.todo": (
        "Periksa ruang disk dan log Redis",
        "Look at Redis's disk space and log",
    ),
    "doctor.redis_memory.ok": (
        "Redis memakai {used_mb} MB dan tidak membuang data.",
        "Redis uses {used_mb} MB and evicts nothing.",
    ),
    "doctor.redis_memory.warn": (
        "Redis memakai {used_mb} dari {limit_mb} MB.",
        "Redis uses {used_mb} of {limit_mb} MB.",
    ),
    "doctor.redis_memory.warn.todo": (
        "Naikkan maxmemory Redis",
        "Raise Redis's maxmemory",
    ),
    "doctor.redis_memory.fail": (
        "Redis membuang data saat penuh (maxmemory-policy {policy}).",
        "Redis evicts data when it is full (maxmemory-policy {policy}).",
    ),
    "doctor.redis_memory.fail.todo": (
        "Setel di Redis: maxmemory-policy noeviction",
        "Set in Redis: maxmemory-policy noeviction",
    ),
    "doctor.scheduler.ok": ("Jam waagent berdetak.", "The clock ticks."),
    "doctor.scheduler.warn": (
        "Detak berikutnya terlambat {age}.",
        "The next tick is {age} late.",
    ),
    "doctor.scheduler.warn.todo": (
        "Jalankan: waagent up, atau waagent worker scheduler",
        "Run: waagent up, or waagent worker scheduler",
    ),
    "doctor.scheduler.fail": (
        "Jam waagent tidak berdetak: tidak ada follow-up, label, atau pemberitahuan baru.",
        "The clock does not tick: no follow-up, label or notification comes about.",
    ),
    "doctor.scheduler.fail.todo": (
        "Jalankan: waagent up, atau waagent worker scheduler",
        "Run: waagent up, or waagent worker scheduler",
    ),
    "doctor.queue.ok": ("{length} pekerjaan menunggu.", "{length} jobs wait."),
    "doctor.queue.warn": (
        "{length} pekerjaan menunggu; yang tertua {age}.",
        "{length} jobs wait, the oldest for {age}.",
    ),
    "doctor.queue.warn.todo": (
        "Tambah pekerja: waagent worker {kind}",
        "Add a worker: waagent worker {kind}",
    ),
    "doctor.queue.fail": (
        "{length} pekerjaan menunggu; yang tertua {age}.",
        "{length} jobs wait, the oldest for {age}.",
    ),
    "doctor.queue.fail.todo": (
        "Jalankan atau tambah pekerja: waagent worker {kind}",
        "Run or add a worker: waagent worker {kind}",
    ),
    "doctor.workers.ok": ("{workers} pekerja hidup.", "{workers} workers live."),
    "doctor.workers.fail": ("Tidak ada pekerja yang hidup.", "No worker lives."),
    "doctor.workers.fail.todo": (
        "Jalankan: waagent up, atau waagent worker {kind}",
        "Run: waagent up, or waagent worker {kind}",
    ),
    "doctor.probe.warn": (
        "Tersambung, tapi WhatsApp tidak menjawab pertanyaan terakhir.",
        "Connected, but WhatsApp did not answer the last question.",
    ),
    "doctor.probe.warn.todo": (
        "Tunggu beberapa menit: waagent menyambung ulang sendiri",
        "Wait a few minutes: waagent reconnects by itself",
    ),
    "doctor.silence.warn": (
        "Sudah {age} tidak ada pesan masuk; biasanya paling lama {usual}.",
        "No message came for {age}; usually it is {usual} at most.",
    ),
    "doctor.silence.warn.todo": (
        "Kirim pesan uji dari ponsel lain; jika tidak masuk:"
        " waagent session move {session} -t {shop}",
        "Send it a message from another phone; if none arrives:"
        " waagent session move {session} -t {shop}",
    ),
    "doctor.waiting.fail": (
        "Pesan keluar tertahan {age} tanpa sebab yang dikenal.",
        "Messages have waited {age} to go out, without a known cause.",
    ),
    "doctor.waiting.fail.todo": (
        "Lihat: waagent worker hosts, dan log host",
        "See: waagent worker hosts, and the host's log",
    ),
    "doctor.unknown_sends.warn": (
        "{count} pesan mungkin terkirim, mungkin tidak.",
        "{count} messages may have been sent, or not.",
    ),
    "doctor.unknown_sends.warn.todo": (
        "Lihat di ponsel, lalu putuskan: waagent message list --state unknown -t {shop}",
        "Look at the phone, then settle them: waagent message list --state unknown -t {shop}",
    ),
    "doctor.failed_sends.warn": (
        "{count} pesan gagal terkirim dalam 24 jam.",
        "{count} messages were not sent in the last 24 hours.",
    ),
    "doctor.failed_sends.warn.todo": (
        "Lihat sebabnya: waagent message list --state failed -t {shop}",
        "See why: waagent message list --state failed -t {shop}",
    ),
    "doctor.gaps.warn": (
        "{count} pesan masuk tidak terbaca atau kosong dalam 7 hari.",
        "{count} messages of the last 7 days came unreadable or empty.",
    ),
    "doctor.gaps.warn.todo": (
        "Tanyakan lagi ke pengirimnya: waagent session gaps -t {shop}",
        "Ask those who wrote them: waagent session gaps -t {shop}",
    ),
    "doctor.unheld.fail": (
        "Tidak ada host yang memegang nomor ini.",
        "No host holds this number.",
    ),
    "doctor.unheld.fail.todo": (
        "Jalankan: waagent up, atau waagent worker sessions",
        "Run: waagent up, or waagent worker sessions",
    ),
    "doctor.no_number.warn": ("Toko ini belum punya nomor.", "This shop has no number yet."),
    "doctor.no_number.warn.todo": (
        "Hubungkan: waagent connect {shop}",
        "Link one: waagent connect {shop}",
    ),
    "doctor.channels.ok": (
        "{count} saluran memberi tahu pemilik jika nomor putus.",
        "{count} channels tell the owner when a number is away.",
    ),
    "doctor.channels.warn": (
        "Tidak ada yang diberi tahu jika nomor putus.",
        "Nobody is told when a number is away.",
    ),
    "doctor.channels.warn.todo": (
        "Tambah saluran: waagent notify add owner --email ALAMAT -t {shop}",
        "Add a channel: waagent notify add owner --email ADDRESS -t {shop}",
    ),
    "doctor.untold.ok": ("Tidak ada pemberitahuan yang gagal.", "No notification failed."),
    "doctor.untold.warn": (
        "{count} pemberitahuan dalam 24 jam tidak sampai, atau mungkin tidak.",
        "{count} notifications of the last 24 hours failed, or may have.",
    ),
    "doctor.untold.warn.todo": (
        "Lihat sebabnya: waagent notify log -t {shop}",
        "See why: waagent notify log -t {shop}",
    ),
    "doctor.late_follow_ups.ok": ("Tidak ada follow-up yang terlambat.", "No follow-up is late."),
    "doctor.late_follow_ups.warn": (
        "{count} follow-up terlambat lebih dari sejam.",
        "{count} follow-ups are more than an hour late.",
    ),
    "doctor.late_follow_ups.warn.todo": (
        "Lihat: waagent followup list -t {shop}",
        "See: waagent followup list -t {shop}",
    ),
    "doctor.late_follow_ups.paused": (
        "Follow-up dijeda oleh pemilik; {count} menunggu.",
        "The owner has paused follow-ups; {count} wait.",
    ),
}
