"""A number is driven through every state by the sandbox; each is shown, explained, and left again.

The shop's state is watched from inside: a run of the command takes longer than some states last,
and much of a core. States that stay are read by it, as an owner would. A second number goes deaf
meanwhile, which takes longest to be noticed, and heals by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from acceptance_driver import SOON, Running, Waagent, eventually

from cli.shapes import SESSION, json_object
from waagent.bootstrap import open_services
from waagent.domain.sessions import SessionState
from waagent.domain.views import SessionView
from waagent.errors import NotFoundError, RefusedError
from waagent.i18n import Language
from waagent.services.explain import explain
from waagent.services.sessions import SessionService
from waagent.services.tenants import TenantService
from waagent.settings import load_settings

pytestmark = [pytest.mark.xdist_group("acceptance-hosts"), pytest.mark.timeout(240)]

PHONE, DEAF_PHONE, STRANGER = "6281200002501", "6281200002502", "6281200002503"
LANGUAGES: tuple[Language, ...] = ("id", "en")
Seen = tuple[str, str | None]


@dataclass
class Shop:
    """One shop, and the states it was seen in."""

    home: Waagent
    slug: str
    phone: str
    tenants: TenantService
    sessions: SessionService
    seen: list[Seen] = field(default_factory=list)

    def view(self) -> SessionView | None:
        """As the services see it."""
        try:
            return self.sessions.get(self.tenants.get(self.slug), "main")
        except NotFoundError:
            return None

    def comes_to(self, state: str, detail: str | None = None, seconds: float = SOON) -> SessionView:
        """Wait for a state."""

        def there() -> SessionView | None:
            view = self.view()
            return view if view and (view.state, view.detail) == (state, detail) else None

        return eventually(f"{state} {detail or ''}", there, seconds)

    def is_in(self, state: str, detail: str | None = None, *, stays: bool = True) -> dict[str, Any]:
        """Wait for a state, then see how it is shown; by the command if it ``stays``."""
        view = self.comes_to(state, detail)
        shown = self.home.session(self.slug) if stays else json_object(SESSION, view)
        assert (shown["state"], shown["detail"]) == (state, detail)
        for language in LANGUAGES:
            words = explain(state, detail or shown["reason"], language, shop=self.slug)
            assert all(words)
            if language == "id":
                assert (shown["why"], shown["todo"]) == words
        self.seen.append((state, detail))
        return shown

    def was_in(self, state: str) -> None:
        """Wait until it has been in a state, which may be over."""

        def there() -> bool:
            details = self.sessions.show(self.tenants.get(self.slug), "main")
            return any(event.state == state for event in details.events)

        eventually(f"{state}, once", there, 60)
        self.seen.append((state, None))

    @contextmanager
    def connecting(self, *options: str) -> Iterator[tuple[Running, dict[str, Any]]]:
        """``waagent connect`` under way, and its first line."""
        arguments = ("connect", self.slug, "--json", "--timeout", "60", *options)
        with self.home.started(*arguments) as running:
            yield running, running.next()

    def connect(self) -> None:
        """``waagent connect`` of a number that is linked: no code, it is connected again."""
        assert self.home.json_lines("connect", self.slug)[-1]["event"] == "connected"


@pytest.fixture
def shops(town: Waagent) -> Iterator[tuple[Shop, Shop]]:
    """One that is not linked yet, and one that is."""
    made = town.json("tenant", "create", "Kedai Segala Keadaan")
    deaf = town.link("Kedai Tuli", DEAF_PHONE)
    settings = load_settings(home=town.home)
    with open_services(settings) as services:

        def shop(slug: str, phone: str) -> Shop:
            inside = services.tenants, services.sessions
            return Shop(town, slug, phone, *inside)

        try:
            yield shop(made["slug"], PHONE), shop(deaf.slug, DEAF_PHONE)
        finally:
            town.people.clear_faults()


def test_every_state_is_reached_explained_and_left(town: Waagent, shops: tuple[Shop, Shop]) -> None:
    shop, deaf = shops
    town.people.fault("deaf", account=deaf.phone)
    linking(town, shop)
    suspending(town, shop)
    trouble(town, shop)
    deaf.was_in("degraded")
    deaf.comes_to("connected", seconds=100)
    linking_again(town, shop)
    assert {state for state, _ in shop.seen + deaf.seen} == set(SessionState)
    details = {detail for state, detail in shop.seen if state == "pairing"}
    assert details == {"qr", "code", "passkey_required"}


def linking(town: Waagent, shop: Shop) -> None:
    """new, pairing in its three kinds, connected."""
    with shop.connecting() as (running, first):
        assert first["event"] == "qr"
        shop.is_in("pairing", "qr", stays=False)
        running.interrupt()
        assert running.end().code == 130
    assert shop.is_in("new")["reason"] == "given_up"

    town.people.fault("passkey", account=shop.phone)
    with shop.connecting() as (running, first):
        with pytest.raises(RefusedError, match="passkey"):
            town.people.scan(first["code"], phone=shop.phone)
        demand = running.next()
        assert running.end().code == 4
    assert demand["event"] == "passkey_required"
    shown = shop.is_in("pairing", "passkey_required")
    assert (demand["why"], demand["todo"]) == (shown["why"], shown["todo"])

    town.people.fault("refuse_link_code", value=429)
    too_often = town.run("connect", shop.slug, "--pair-code", shop.phone)
    assert "429" in too_often.refused(4)
    assert shop.comes_to("new").reason == "code_too_often"
    town.people.clear_faults(name="refuse_link_code")
    with shop.connecting("--pair-code", "0812-0000-2501") as (running, first):
        assert (first["event"], len(first["code"])) == ("code", 9)
        assert 30 <= first["expires_in"] <= 60
        shop.is_in("pairing", "code", stays=False)
        with pytest.raises(RefusedError):
            town.people.enter_code("AAAA-1111", phone=shop.phone)
        town.people.enter_code(first["code"], phone=shop.phone)
        assert [running.next()["event"] for _ in range(2)] == ["paired", "connected"]
        assert running.end().code == 0
    shop.is_in("connected")


def suspending(town: Waagent, shop: Shop) -> None:
    """suspended, connecting."""
    town.json("session", "suspend", "-t", shop.slug)
    shop.is_in("suspended")
    eventually("let go of", lambda: (view := shop.view()) and view.owner is None)
    assert "suspended" in town.run("connect", shop.slug).refused(4)
    town.people.fault("deaf", account=shop.phone, value=2)
    town.json("session", "resume", "-t", shop.slug)
    shop.is_in("connecting", stays=False)
    town.people.clear_faults(shop.phone)
    town.people.drop(shop.phone)
    shop.comes_to("connected")


def trouble(town: Waagent, shop: Shop) -> None:
    """disconnected, banned_until, replaced, outdated."""
    town.people.fault("refuse_login", account=shop.phone, value=503)
    town.people.drop(shop.phone)
    shop.is_in("disconnected", stays=False)
    town.people.clear_faults(shop.phone)
    shop.comes_to("connected")

    town.people.ban(shop.phone, code=102, expire=6)
    banned = shop.is_in("banned_until", stays=False)
    assert (banned["reason"], banned["frozen_until"] > banned["banned_until"]) == ("102", True)
    shop.comes_to("connected")

    town.people.stream_error(shop.phone, "replaced")
    assert shop.is_in("replaced", stays=False)["retry_at"]
    shop.connect()

    town.people.fault("refuse_login", account=shop.phone, value=405)
    town.people.drop(shop.phone)
    assert shop.is_in("outdated", stays=False)["reason"] == "405"
    town.people.clear_faults(shop.phone)
    shop.connect()


def linking_again(town: Waagent, shop: Shop) -> None:
    """logged_out; the same number comes back, another one only where that is meant."""
    before = shop.comes_to("connected").id
    town.people.unlink(shop.phone)
    shop.is_in("logged_out")
    with shop.connecting() as (running, first):
        town.people.scan(first["code"], phone=STRANGER)
        refused = running.next()
        assert (running.end().code, refused["reason"]) == (4, "another_number")
    (stranger,) = (a for a in town.people.accounts() if a.phone == STRANGER)
    assert stranger.devices == (), "unlinked again"
    assert shop.comes_to("logged_out").reason == "another_number"
    with shop.connecting("--change-number") as (running, first):
        town.people.scan(first["code"], phone=STRANGER)
        assert [running.next()["event"] for _ in range(2)] == ["paired", "connected"]
    connected = shop.comes_to("connected")
    assert (connected.id, connected.phone) == (before, f"+{STRANGER}")
