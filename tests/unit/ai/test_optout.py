"""The opt-out rule: hears a wish for silence in many forms, and nothing else."""

from __future__ import annotations

import pytest

from waagent.domain.optout import is_opt_out


@pytest.mark.parametrize(
    "text",
    [
        "STOP",
        "Stop!!",
        "stop ya kak",
        "stoppp",
        "BERHENTI",
        "Berhenti.",
        "unsubscribe",
        "tolong unsub dong min",
        "stop promo",
        "berhenti kirim promo",
        "stop kirim iklan ya",
        "jangan chat lagi",
        "jgn wa lg",
        "ga usah wa saya lagi",
        "gausah dikirimin promo lagi ya kak makasih",
        "Mohon tidak dikirimi lagi 🙏",
        "mohon ke depan tidak dikirimi lagi ya bu. terima kasih, semoga usahanya lancar",
        "mboten usah dikirimi malih nggih, matur suwun",
        "Tolong jangan hubungi saya lagi",
        "saya tidak mau menerima pesan promosi lagi",
        "ini nomor pribadi, tolong jangan dikirimi iklan",
        "promo2nya boleh distop ya, makasih selama ini",
        "tolong nomor saya dihapus ya",
        "hapus nomor saya",
        "HAPUS NOMER GUE",
        "Nomor saya dikeluarkan saja dari daftar ya",
        "jangan masukin saya ke grup broadcast ya",
        "saya blokir ya",
        "maaf saya ga minat barang elektronik, tolong jgn wa lagi ya",
        "Maaf salah orang. Tolong jangan kirim lagi",
        "pesanan saya sudah sampai, tapi promonya jangan dikirim lagi ya",
    ],
)
def test_hears_the_wish_for_no_more_messages(text: str) -> None:
    assert is_opt_out(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "🙏",
        "stok masih ada?",
        "stop kontak 4 lubang berapa kak?",
        "jangan stop produksinya ya",
        "stop dulu ya kak ordernya",
        "busnya berhenti di mana aja?",
        "ok ntar tak kabari lagi",
        "besok saya kabari, jangan dichat terus ya",
        "nanti saya yang hubungi, jangan chat dulu",
        "jangan dikirim dulu ya kak",
        "jangan kirim ke alamat lama ya",
        "jangan lupa kirim resinya lagi ya",
        "jangan kirim warna hitam lagi ya kak, kemarin salah",
        "kak tolong jangan salah kirim lagi ya",
        "ga mau dikirimin yang cacat lagi",
        "hapus pesanan saya yang kemarin",
        "Alya berhenti dulu ya lesnya",
        "saya sudah stop ngopi, ada teh ga?",
        "ga jadi deh kak",
        "promo masih ada?",
        "stop kirim barang rusak ke saya",
        "infonya sudah lengkap, terima kasih",
        "kirim lagi 2 kotak ya",
        "wa aja kak kalau sudah jadi",
        "kok ga dikirim kirim lagi barangnya?",
    ],
)
def test_does_not_hear_it_in_talk_of_goods_or_timing(text: str) -> None:
    assert not is_opt_out(text)


def test_ten_thousand_characters_take_no_time_to_speak_of() -> None:
    assert not is_opt_out("jangan kirim " * 800)
    assert not is_opt_out("a" * 10_000)
