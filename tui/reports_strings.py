"""What the reports screen says: (Indonesian, English) by key."""

from __future__ import annotations

REPORTS: dict[str, tuple[str, str]] = {
    # Actions
    "do.report_on": ("Laporan", "Report"),
    "do.report_on.help": ("Ke laporan berikutnya", "Go to the next report"),
    "do.report_back": ("Laporan sebelumnya", "Previous report"),
    "do.report_back.help": ("Ke laporan sebelumnya", "Go to the previous report"),
    "do.period_on": ("Masa", "Period"),
    "do.period_on.help": (
        "Masa berikutnya: hari ini, 7, 30, 90 hari, bulan ini, bulan lalu",
        "The next period: today, 7, 30, 90 days, this month, last month",
    ),
    "do.period_back": ("Masa sebelumnya", "Previous period"),
    "do.period_back.help": ("Kembali ke masa sebelumnya", "Go back to the period before"),
    "do.export_report": ("Simpan CSV", "Save CSV"),
    "do.export_report.help": (
        "Menyimpan laporan yang tampil sebagai CSV, untuk lembar kerja",
        "Save the report that is shown as CSV, for a spreadsheet",
    ),
    # Reports and periods
    "reports.title": ("Angka hari ini", "Today's numbers"),
    "reports.funnel": ("Corong", "Funnel"),
    "reports.leads": ("Pelanggan baru", "New customers"),
    "reports.responses": ("Waktu jawab", "Response times"),
    "reports.worth": ("Nilai tindak lanjut", "Follow-up value"),
    "reports.period.today": ("Hari ini", "Today"),
    "reports.period.week": ("7 hari", "7 days"),
    "reports.period.month": ("30 hari", "30 days"),
    "reports.period.quarter": ("90 hari", "90 days"),
    "reports.period.this_month": ("Bulan ini", "This month"),
    "reports.period.last_month": ("Bulan lalu", "Last month"),
    "reports.empty": (
        "Belum ada yang bisa dihitung dari {days}.",
        "There is nothing to count from {days}.",
    ),
    "reports.empty.hint": (
        "Tekan p untuk masa yang lain.",
        "Press p for another period.",
    ),
    "reports.tick": ("{n} %", "{n} %"),
    "reports.saved": ("Laporan disimpan", "Report saved"),
    "reports.web": (
        "Dari peramban berkas tidak bisa disimpan. Di server: waagent report --help",
        "A browser cannot save files here. On the server: waagent report --help",
    ),
    "reports.not_yet": ("Laporan masih dimuat.", "The report is still being loaded."),
    "error.export": ("Laporan tidak tersimpan", "The report was not saved"),
    # Today
    "reports.new_customers": ("pelanggan baru", "new customers"),
    "reports.messages": ("pesan", "messages"),
    "reports.messages.note": ("masuk / keluar", "in / out"),
    "reports.waiting": ("menunggu", "waiting"),
    "reports.longest": ("lama {length}", "for {length}"),
    "reports.follow_ups": ("tindak lanjut", "follow-ups"),
    "reports.due": ("{due} lagi", "{due} to come"),
    "reports.won": ("penjualan", "sales"),
    "reports.until": ("sampai {at}", "until {at}"),
    "length.seconds": ("{n} dtk", "{n} s"),
    # The funnel
    "reports.funnel.sum": (
        "{leads} pelanggan baru, {lost} batal.",
        "{leads} new customers, {lost} lost.",
    ),
    "reports.funnel.stage": ("Tahap", "Stage"),
    "reports.funnel.reached": ("Sampai", "Got here"),
    "reports.funnel.share": ("Dari tahap lalu", "Of stage before"),
    "reports.funnel.time": ("Lama (median)", "Time (median)"),
    "reports.funnel.lost": ("Batal", "Lost"),
    # New customers
    "reports.leads.sum": ("{total} pelanggan baru", "{total} new customers"),
    "reports.leads.day": (
        ", {mean} sehari, terbanyak {when} ({most}).",
        ", {mean} a day, most on {when} ({most}).",
    ),
    "reports.leads.week": (
        ", {mean} seminggu, terbanyak minggu {when} ({most}).",
        ", {mean} a week, most in the week of {when} ({most}).",
    ),
    "reports.by.status": ("Minat", "Interest"),
    "reports.by.intent": ("Maksud", "Intent"),
    "reports.by.product": ("Produk", "Product"),
    "reports.by.none": ("belum ada", "none"),
    "reports.others": ("lainnya {n}", "others {n}"),
    # Response times
    "reports.wait.up_to": ("sampai {length}", "within {length}"),
    "reports.wait.longer": ("lebih {length}", "over {length}"),
    "reports.wait.none": ("belum dijawab", "not answered"),
    "reports.responses.sum": (
        "{asked} pertanyaan: {answered} dijawab, {unanswered} belum.",
        "{asked} questions: {answered} answered, {unanswered} not yet.",
    ),
    "reports.responses.longest": (
        "Yang paling lama menunggu {longest}.",
        "The longest has waited for {longest}.",
    ),
    "reports.responses.overall": ("sepanjang hari", "around the clock"),
    "reports.responses.opening": (
        "jam buka ({opens}.00-{closes}.00)",
        "open hours ({opens}.00-{closes}.00)",
    ),
    "reports.responses.median": ("Separuh dalam", "Half within"),
    "reports.responses.p90": ("9 dari 10 dalam", "9 of 10 within"),
    "reports.responses.unknown": ("belum tahu", "unknown yet"),
    # What follow-ups are worth
    "reports.replies": ("Balasan", "Replies"),
    "reports.closings": ("Penjualan", "Sales"),
    "reports.replies.with": ("dibalas, dengan", "replies, with"),
    "reports.replies.without": ("dibalas, tanpa", "replies, without"),
    "reports.closings.with": ("terjual, dengan", "sales, with"),
    "reports.closings.without": ("terjual, tanpa", "sales, without"),
    "reports.worth.count": ("Jumlah", "Count"),
    "reports.worth.replies": ("Dibalas 3 hr", "Replied 3 d"),
    "reports.worth.sold": ("Terjual 14 hr", "Sold 14 d"),
    "reports.worth.value": ("Nilai", "Value"),
    "reports.worth.sent": ("dikirim", "sent"),
    "reports.worth.held_out": ("tidak (undian)", "left out by lot"),
    "reports.worth.template": ("Templat", "Template"),
    "reports.worth.built_in": ("(bawaan)", "(built in)"),
    "reports.verdict.too_early": (
        "{what}: terlalu dini, perlu {enough} dikirim dan {enough} tidak; baru {sent} dan "
        "{held_out}.",
        "{what}: too early, needs {enough} sent and {enough} left out; there are {sent} and "
        "{held_out}.",
    ),
    "reports.verdict.more": (
        "{what}: {points} poin lebih banyak dengan tindak lanjut (95 %: {low} s.d. {high}).",
        "{what}: {points} points more with a follow-up (95 %: {low} to {high}).",
    ),
    "reports.verdict.less": (
        "{what}: {points} poin lebih sedikit dengan tindak lanjut (95 %: {low} s.d. {high}).",
        "{what}: {points} points fewer with a follow-up (95 %: {low} to {high}).",
    ),
    "reports.verdict.unclear": (
        "{what}: selisih {points} poin bisa kebetulan (95 %: {low} s.d. {high}).",
        "{what}: {points} points apart, perhaps by chance (95 %: {low} to {high}).",
    ),
}
