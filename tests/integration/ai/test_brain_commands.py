"""``waagent catalog``, ``lead label`` and ``ai``, over the real services and the real model."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from shop_support import AT_ONCE, Customer, Shop, label

import cli.context
from cli.main import run
from waagent.ai.local import LocalClassifier
from waagent.bootstrap import Services
from waagent.domain.labels import Intent, Status
from waagent.i18n import use_language
from waagent.services.corrections import Change
from waagent.services.understanding import UnderstandingService
from waagent.settings import Settings

FOODS = ("bakso", "siomay", "cireng", "seblak", "cilok", "dimsum", "pempek", "tekwan", "martabak")
Command = Callable[..., int]


@pytest.fixture
def waagent(front: Services, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Command]:
    """Runs a command in an empty folder."""

    @contextmanager
    def services(_settings: Settings) -> Iterator[Services]:
        yield front

    monkeypatch.setattr(cli.context, "services_factory", services)
    monkeypatch.chdir(tmp_path)
    yield lambda *arguments: run(arguments)
    use_language("id")


def document(capsys: pytest.CaptureFixture[str]) -> Any:
    """The JSON that was printed; log lines, which tests print too, do not start so."""
    said = capsys.readouterr().out
    return json.loads(said[re.search(r"^[\[{]", said, re.MULTILINE).start() :])  # type: ignore[union-attr]


def test_a_catalogue_from_file_to_list(
    shop: Shop, waagent: Command, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file, slug = tmp_path / "katalog.csv", shop.tenant.slug
    file.write_text("nama;sebutan;harga\nBrownies Lumer;bronis;Rp 65.000\nPastel;;murah\n")
    assert waagent("catalog", "import", str(file), "-t", slug, "--json") == 8
    assert document(capsys) == {
        "imported": False,
        "dry_run": False,
        "added": 1,
        "updated": 0,
        "refused": [{"line": 3, "name": "Pastel", "reason": "bad_price"}],
    }
    assert waagent("catalog", "import", str(file), "-t", slug) == 8
    assert "--skip-bad" in capsys.readouterr().err
    assert waagent("catalog", "import", str(file), "-t", slug, "--skip-bad") == 8
    assert "harga tidak terbaca" in capsys.readouterr().out
    assert waagent("catalog", "list", "-t", slug, "--json") == 0
    (product,) = document(capsys)
    del product["id"]
    assert product == {"name": "Brownies Lumer", "aliases": ["bronis"], "price": 65_000}
    assert waagent("catalog", "list", "-t", slug) == 0
    assert "Rp 65.000" in capsys.readouterr().out
    assert waagent("catalog", "remove", "brownies lumer", "-t", slug, "--yes") == 0
    assert waagent("catalog", "remove", "brownies lumer", "-t", slug, "--yes") == 5


def test_a_label_set_by_hand_is_listed(
    shop: Shop, waagent: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    shop.receive(shop.session(), Customer().says())
    shop.judge(label())
    slug, lead_id = shop.tenant.slug, shop.lead().id
    options = ("--status", "customer", "--no-follow-up", "--product", "Tumpeng")
    assert waagent("lead", "label", lead_id, *options, "-t", slug, "--json") == 0
    found = document(capsys)
    assert (found["status"], found["product"], found["needs_follow_up"]) == (
        "customer",
        "Tumpeng",
        False,
    )
    assert found["corrected"] == ["needs_follow_up", "product", "status"]
    assert waagent("ai", "corrections", "-t", slug, "--json") == 0
    rows = {row["label"]: row for row in document(capsys)}
    assert (rows["status"]["given"], rows["status"]["corrected"]) == ("warm_lead", "customer")
    assert rows["status"]["ended_at"] is None
    assert waagent("ai", "corrections", "-t", slug) == 0
    assert "Sari Wulandari" in capsys.readouterr().out
    assert waagent("lead", "label", lead_id, "-t", slug) == 2
    assert waagent("ai", "usage", "-t", slug, "--json") == 0
    (used,) = document(capsys)
    assert (used["engine"], used["calls"], used["cost_usd"]) == ("judge", 1, 0.0)


def test_a_shop_s_own_words_are_learnt_of_corrections(
    shop: Shop, waagent: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    """In this shop "titip …" is an order; nothing else changes, and the worker notices."""
    session_id, slug = shop.session(), shop.tenant.slug
    understanding = UnderstandingService(shop.host.core, LocalClassifier(), policy=AT_ONCE)

    def judged(text: str) -> str:
        customer = Customer()
        shop.receive(session_id, customer.says(text))
        newest = shop.front.leads.list(shop.tenant)[0].conversation_id
        understanding.process(shop.id, newest)
        return newest

    assert waagent("ai", "learn", "-t", slug) == 0
    assert "Belum ada koreksi" in capsys.readouterr().out
    order = Change(status=Status.HOT_LEAD, intent=Intent.PURCHASE)
    for food in FOODS:
        conversation_id = judged(f"kak biasa ya, jatah {food} jangan lupa")
        shop.front.corrections.correct(shop.tenant, conversation_id, order, actor="tests")
    for text in ("halo kak", "harga siomay berapa?", "lokasinya di mana?", "kecewa, basi"):
        judged(text)
    assert waagent("ai", "learn", "-t", slug, "--json") == 0
    learnt = document(capsys)
    scores = {one["label"]: one for one in learnt["labels"]}
    assert set(scores) == {"status", "intent"}
    assert learnt["used"] is True
    assert scores["intent"]["after"] > scores["intent"]["before"]
    assert scores["intent"]["used"]
    newest = judged("kak biasa ya, jatah batagor jangan lupa")
    insight = shop.front.leads.insight(shop.tenant, newest)
    assert insight is not None
    assert insight.intent is Intent.PURCHASE
    assert "+" in insight.model.partition("@")[2]
    shop.admin.run(
        "update tenant_heads set base_version = 'older', trained_at = now() + %s"
        " where tenant_id = %s",
        timedelta(seconds=1),
        shop.id,
    )
    plain = shop.front.leads.insight(shop.tenant, judged("kak biasa ya, jatah risol jangan lupa"))
    assert plain is not None
    assert "+" not in plain.model.partition("@")[2]
