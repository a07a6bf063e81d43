"""Why a message waits: limits, warm-up, quiet hours, freezes.

``pacing.held.REASON`` for each :class:`waagent.domain.pacing.HoldReason`, and for what the outbox
holds by itself.
"""

from __future__ import annotations

CATALOGUE: dict[str, tuple[str, str]] = {
    "pacing.number": ("Umur nomor", "Age of the number"),
    "pacing.number_since": (
        "{days} hari, karena Anda menyatakan nomor ini dipakai sejak {since}",
        "{days} days, because you declared it in use since {since}",
    ),
    "pacing.first_paired_at": (
        "{days} hari, dihitung sejak pertama ditautkan di sini. Nomor sudah lama dipakai? "
        "Jalankan: {command}",
        "{days} days, counted from when it was first linked here. In use for longer? "
        "Run: {command}",
    ),
    "pacing.never_paired": ("belum pernah ditautkan", "never linked"),
    "pacing.today": ("Hari ini", "Today"),
    "pacing.of_cap": ("{sent} dari {cap} pesan", "{sent} of {cap} messages"),
    "pacing.follow_ups": ("Tindak lanjut", "Follow-ups"),
    "pacing.follow_ups_of_cap": (
        "{sent} dari {cap} hari ini, ke pelanggan yang sedang diam",
        "{sent} of {cap} today, to customers who are silent",
    ),
    "pacing.next_step": ("Batas naik", "Limit grows"),
    "pacing.grows": ("menjadi {cap} sehari, {days} hari lagi", "to {cap} a day, in {days} days"),
    "pacing.full_grown": ("sudah yang tertinggi", "as high as it gets"),
    "pacing.next_reply": ("Balasan berikutnya", "Next reply"),
    "pacing.next_follow_up": ("Tindak lanjut berikutnya", "Next follow-up"),
    "pacing.now": ("bisa sekarang", "can go now"),
    "pacing.at": ("mulai {time}", "from {time}"),
    "pacing.quiet": ("Jam tenang", "Quiet hours"),
    "pacing.quiet_hours": (
        "{begin} sampai {end}: tindak lanjut menunggu pagi, balasan yang Anda kirim tetap jalan",
        "{begin} to {end}: follow-ups wait for the morning, replies that you send still go",
    ),
    "pacing.quiet_now": (
        "{begin} sampai {end}, sekarang: tindak lanjut menunggu pagi, balasan yang Anda kirim "
        "tetap jalan",
        "{begin} to {end}, now: follow-ups wait for the morning, replies that you send still go",
    ),
    "pacing.no_quiet_hours": ("tidak ada", "none"),
    "pacing.freeze": ("Dibekukan", "Frozen"),
    "pacing.not_frozen": ("tidak", "no"),
    "pacing.frozen": ("sampai {time}. {why}", "until {time}. {why}"),
    "pacing.moved": (
        "{count} tindak lanjut dipindah ke {day} dan sesudahnya",
        "{count} follow-ups moved to {day} and after",
    ),
    "pacing.waiting": ("Menunggu", "Waiting"),
    "pacing.nothing_waits": ("tidak ada", "nothing"),
    "pacing.held": (
        "{count} pesan, {why}, sampai {time}",
        "{count} messages, {why}, until {time}",
    ),
    "pacing.held_spread": (
        "{count} pesan, {why}, antara {first} dan {last}",
        "{count} messages, {why}, between {first} and {last}",
    ),
    "pacing.off": (
        "Tanpa batas: WAAGENT_PACING=off, hanya untuk WhatsApp bohongan.",
        "No limits: WAAGENT_PACING=off, only with a sandbox.",
    ),
    "pacing.declared": (
        "Dicatat: nomor sesi {session} dipakai sejak {since}.",
        "Noted: the number of session {session} is in use since {since}.",
    ),
    "pacing.held.session_rate": (
        "jeda wajar antara pesan nomor ini",
        "a natural pause between this number's messages",
    ),
    "pacing.held.recipient_rate": (
        "sudah banyak pesan ke pelanggan yang sama",
        "many messages to the same customer already",
    ),
    "pacing.held.day_cap": ("batas sehari tercapai", "the day's limit is reached"),
    "pacing.held.follow_up_cap": (
        "batas tindak lanjut sehari tercapai",
        "the day's limit of follow-ups is reached",
    ),
    "pacing.held.quiet_hours": ("jam tenang", "quiet hours"),
    "pacing.held.frozen": ("dibekukan WhatsApp", "WhatsApp's freeze"),
    "pacing.held.redis": ("Redis tidak bisa dihubungi", "Redis cannot be reached"),
    "pacing.held.too_fast": ("WhatsApp minta lebih pelan", "WhatsApp asks for slower"),
    "pacing.held.other": ("dicoba lagi nanti", "tried again later"),
}
