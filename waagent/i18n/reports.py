"""Reports: what was measured, and in how far it can be trusted."""

from __future__ import annotations

CATALOGUE: dict[str, tuple[str, str]] = {
    "report.period": ("{first} sampai {last} ({zone})", "{first} to {last} ({zone})"),
    "report.none": ("(belum ada)", "(none)"),
    "report.percent": ("{share} %", "{share} %"),
    "report.point": (",", "."),
    # today
    "report.today.empty": ("Belum ada apa-apa hari ini.", "Nothing yet today."),
    "report.today.head": ("{day} sampai pukul {at} ({zone})", "{day} until {at} ({zone})"),
    "report.today.new_customers": ("Pelanggan baru", "New customers"),
    "report.today.messages_in": ("Pesan masuk", "Messages in"),
    "report.today.messages_out": ("Pesan keluar", "Messages out"),
    "report.today.waiting": ("Menunggu jawaban", "Waiting for an answer"),
    "report.today.longest": (
        "{waiting} (terlama {longest})",
        "{waiting} (the longest for {longest})",
    ),
    "report.today.follow_ups": ("Tindak lanjut", "Follow-ups"),
    "report.today.due": ("{sent} terkirim, {due} lagi hari ini", "{sent} sent, {due} still today"),
    "report.today.won": ("Penjualan", "Sales"),
    "report.today.valued": (
        "{won} ({value} dari {valued} yang nilainya diketahui)",
        "{won} ({value} of the {valued} whose value is known)",
    ),
    # follow-ups
    "report.follow_ups.empty": (
        "Belum ada tindak lanjut yang jatuh tempo pada {first} sampai {last}.",
        "No follow-ups came due from {first} to {last}.",
    ),
    "report.follow_ups.sent": ("Dikirim", "Sent"),
    "report.follow_ups.held_out": ("Sengaja tidak dikirim (undian)", "Left out by lot"),
    "report.follow_ups.count": ("Tindak lanjut", "Follow-ups"),
    "report.follow_ups.replied": ("Dibalas dalam 3 hari", "Replied within 3 days"),
    "report.follow_ups.closed": ("Terjual dalam 14 hari", "Sold within 14 days"),
    "report.follow_ups.value": ("Nilai penjualan", "Value of sales"),
    "report.follow_ups.valued": (
        "{value} (dari {valued} penjualan)",
        "{value} (of {valued} sales)",
    ),
    "report.follow_ups.template": ("Templat", "Template"),
    "report.follow_ups.no_template": ("(bawaan)", "(built in)"),
    "report.rate": ("{hits} dari {of} = {share}", "{hits} of {of} = {share}"),
    "report.rate.few": ("{hits} dari {of}", "{hits} of {of}"),
    "report.rate.none": ("belum ada yang cukup lama", "none is old enough"),
    "report.replies": ("Balasan", "Replies"),
    "report.closings": ("Penjualan", "Sales"),
    "report.verdict.too_early": (
        "{what}: terlalu dini untuk disimpulkan. Perlu sedikitnya {enough} yang dikirim dan "
        "{enough} yang tidak; baru ada {sent} dan {held_out}.",
        "{what}: too early to tell. At least {enough} sent and {enough} left out are needed; "
        "there are {sent} and {held_out}.",
    ),
    "report.verdict.more": (
        "{what}: {points} poin lebih banyak dengan tindak lanjut (95 %: {low} sampai {high}).",
        "{what}: {points} points more with a follow-up (95 %: {low} to {high}).",
    ),
    "report.verdict.less": (
        "{what}: {points} poin lebih sedikit dengan tindak lanjut (95 %: {low} sampai {high}).",
        "{what}: {points} points fewer with a follow-up (95 %: {low} to {high}).",
    ),
    "report.verdict.unclear": (
        "{what}: selisih {points} poin bisa jadi kebetulan (95 %: {low} sampai {high}).",
        "{what}: the difference of {points} points may be chance (95 %: {low} to {high}).",
    ),
    # leads
    "report.leads.empty": (
        "Tidak ada calon pembeli baru pada {first} sampai {last}.",
        "No new leads from {first} to {last}.",
    ),
    "report.leads.total": ("Calon pembeli baru: {total}", "New leads: {total}"),
    "report.leads.day": ("Hari", "Day"),
    "report.leads.week": ("Minggu mulai", "Week of"),
    "report.leads.leads": ("Calon pembeli", "Leads"),
    # response times
    "report.responses.empty": (
        "Tidak ada pelanggan yang menulis pada {first} sampai {last}.",
        "No customer wrote from {first} to {last}.",
    ),
    "report.responses.counts": (
        "{asked} pertanyaan: {answered} dijawab, {unanswered} belum.",
        "{asked} questions: {answered} answered, {unanswered} not yet.",
    ),
    "report.responses.longest": (
        "Yang paling lama menunggu: {longest}.",
        "The longest has been waiting for {longest}.",
    ),
    "report.responses.hours": ("Dihitung", "Counted"),
    "report.responses.overall": ("sepanjang hari", "around the clock"),
    "report.responses.opening": (
        "jam buka saja ({opens}.00 sampai {closes}.00)",
        "opening hours only ({opens}.00 sampai {closes}.00)",
    ),
    "report.responses.median": ("Separuh dijawab dalam", "Half answered within"),
    "report.responses.p90": ("9 dari 10 dijawab dalam", "9 of 10 answered within"),
    "report.responses.unknown": ("terlalu banyak belum dijawab", "too many not answered"),
    "report.responses.note": (
        "Yang belum dijawab ikut dihitung: dianggap lebih lama daripada sejauh ini.",
        "Those not answered count: as longer than they have waited so far.",
    ),
    # funnel
    "report.funnel.empty": (
        "Tidak ada calon pembeli baru pada {first} sampai {last}.",
        "No new leads from {first} to {last}.",
    ),
    "report.funnel.reached": ("Sampai di sini", "Got here"),
    "report.funnel.share": ("Dari tahap sebelumnya", "Of the stage before"),
    "report.funnel.time": ("Lama sebelum lanjut (median)", "Time before going on (median)"),
    "report.funnel.lost": ("Batal dari sini", "Lost from here"),
    "report.funnel.total": (
        "{leads} calon pembeli baru, {lost} batal.",
        "{leads} new leads, {lost} lost.",
    ),
    # lengths of time
    "span.seconds": ("{n} detik", "{n} s"),
    "span.minutes": ("{n} menit", "{n} min"),
    "span.hours": ("{hours} jam {minutes} menit", "{hours} h {minutes} min"),
    "span.days": ("{days} hari {hours} jam", "{days} d {hours} h"),
}
