"""The product slug and the owner's sentence."""

from __future__ import annotations

import pytest

from waagent.ai.catalogue import Catalogue
from waagent.ai.need import sentence
from waagent.ai.product import Named, find_product
from waagent.ai.snippet import cut
from waagent.domain.catalogue import Product
from waagent.domain.labels import Intent, Status, Turn


def _product(*texts: str, catalogue: tuple[str, ...] = ()) -> str | None:
    snippet = cut([Turn("customer", text) for text in texts])
    shop = Catalogue([Product(name=name) for name in catalogue])
    found = find_product(snippet, shop, guess=True, from_business=True)
    return found.label if found else None


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("nasi box ayam bakar 40 brp?", "nasi_box"),
        ("segi empat voal terracotta ada?", "hijab_segi_empat"),
        ("pashminanya masih ready?", "pashmina"),
        ("kue ultah tema dino", "kue_ulang_tahun"),
        ("batu akiknya masih ada kak?", "batu_akik"),
        ("harga pagar bambu berapa pak", "pagar_bambu"),
        ("halo kak", None),
        ("totalnya berapa kak?", None),
        ("norek berapa kak?", None),
        ("", None),
    ],
)
def test_product_from_the_wording(text: str, slug: str | None) -> None:
    assert _product(text) == slug


def test_the_last_message_that_names_one_wins() -> None:
    assert _product("brownies ada?", "kalau donat?", "oke makasih") == "donat"


def test_the_shops_own_name_wins() -> None:
    names = ("Brownies Lumer", "Es Teler 77", " ")
    assert _product("brownies lumernya brp kak", catalogue=names) == "Brownies Lumer"
    assert _product("es teler 77 dua ya", catalogue=names) == "Es Teler 77"


def test_what_only_the_business_named_may_be_left_out() -> None:
    snippet = cut([Turn("business", "Promo brownies!"), Turn("customer", "brp kak?")])
    assert find_product(snippet, guess=True, from_business=True) == Named("brownies")
    assert find_product(snippet, guess=True, from_business=False) is None


@pytest.mark.parametrize(
    ("status", "intent", "product", "key", "said"),
    [
        (
            Status.WARM_LEAD,
            Intent.PRICE_INQUIRY,
            "nasi_box",
            "nasi box 40 porsi brp",
            "Menanyakan harga nasi box untuk 40 porsi.",
        ),
        (Status.HOT_LEAD, Intent.PURCHASE, None, "mau pesan", "Ingin memesan."),
        (Status.CUSTOMER, Intent.PAYMENT, None, "udh tf", "Membicarakan pembayaran pesanannya."),
        (Status.WARM_LEAD, Intent.OTHER, None, "pikir2 dulu", "Masih menimbang."),
        (Status.LOST, Intent.OTHER, "sofa", "-", "Tidak jadi membeli sofa."),
        (Status.NOT_LEAD, Intent.OPT_OUT, None, "STOP", "Minta tidak dikirimi pesan lagi."),
        (Status.NOT_LEAD, Intent.OTHER, None, "loker kak?", None),
    ],
)
def test_need(
    status: Status, intent: Intent, product: str | None, key: str, said: str | None
) -> None:
    assert sentence(status=status, intent=intent, product=product, key=key) == said


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("intent", list(Intent))
def test_every_pair_of_labels_has_a_clean_sentence(status: Status, intent: Intent) -> None:
    for product in ("nasi_box", None):
        said = sentence(status=status, intent=intent, product=product, key="mau 3 box")
        assert said is None or (said.endswith(".") and "{" not in said and "  " not in said)
