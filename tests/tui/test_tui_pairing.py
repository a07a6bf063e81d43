"""Linking a number in the application: QR, code, countdown, every way it can end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from board_fixture import NOW, FakeServices
from fixture_sessions import CONNECTED, PAIRED, QR, TYPED, three_numbers
from tui_driver import NARROW, WIDE, Driver, make_app

from tui.pairing import Phase, Standing, after, new_name
from tui.screens.confirm import Confirm
from tui.screens.pairing import PairingScreen
from tui.screens.sessions import SessionsScreen
from tui.widgets.qr_code import QrCode
from waagent.domain.views import ConnectEvent
from waagent.errors import BackendError, ConflictError
from waagent.qr import Size, draw, matrix


class Scene:
    """The pairing screen, and the phone at the other end."""

    def __init__(self, ui: Driver) -> None:
        self.ui = ui
        self.service = ui.services.onboarding

    @property
    def screen(self) -> PairingScreen:
        assert isinstance(self.ui.app.screen, PairingScreen)
        return self.ui.app.screen

    async def step(self, step: ConnectEvent | Exception, phase: Phase) -> None:
        self.service.steps.put(step)
        await self.ui.until(lambda: self.screen.standing.phase is phase)

    def asked(self) -> list[tuple[str, ...]]:
        """Session, number and whether it may change, of each attempt."""
        calls = self.ui.services.calls
        return [call[1:4] for call in calls if call[0] == "onboarding.connect"]


def shop() -> FakeServices:
    return FakeServices(session_list=three_numbers())


async def test_a_qr_is_shown_counted_down_replaced_and_scanned(play):
    now = [NOW]

    async def scenario(ui: Driver) -> None:
        await ui.press("4", "c")
        scene = Scene(ui)
        assert "Meminta kode QR" in ui.text()
        await scene.step(QR, Phase.QR)
        for line in draw(matrix(QR.code), 4):
            assert line in ui.text()
        assert "60 detik" in ui.text()
        now[0] += timedelta(seconds=23)
        await ui.until(lambda: "37 detik" in ui.text())
        now[0] += timedelta(seconds=40)
        await ui.until(lambda: "menunggu yang baru" in ui.text())
        rotated = ConnectEvent(event="qr", code=QR.code[::-1], expires_in=20)
        scene.service.steps.put(rotated)
        await ui.until(lambda: draw(matrix(rotated.code), 4)[6] in ui.text())
        assert "20 detik" in ui.text()
        await scene.step(PAIRED, Phase.PAIRED)
        await scene.step(CONNECTED, Phase.CONNECTED)
        assert "Terhubung sebagai +62 812-9876-5432" in ui.text()
        assert "papan (1)" in ui.text()
        loads = ui.services.calls.count(("sessions.list",))
        await ui.press("enter")
        assert isinstance(ui.app.screen, SessionsScreen)
        await ui.until(lambda: ui.services.calls.count(("sessions.list",)) > loads)
        assert scene.asked() == [("kasir", "", "")]
        assert scene.service.stopped == 0

    services = shop()
    app = make_app(services, clock=lambda: now[0])
    await play(scenario, services, app=app)


async def test_a_code_to_type_for_a_number_as_people_write_it(play):
    async def scenario(ui: Driver) -> None:
        await ui.press("4", "c")
        scene = Scene(ui)
        await scene.step(QR, Phase.QR)
        assert "Perbesar terminal jadi" in ui.text()
        assert "80x24" in ui.text()
        await ui.press("k")
        # The QR's attempt is given up, the number the session had is offered.
        await ui.until(lambda: scene.service.stopped == 1)
        box = scene.screen.query_one("#pairing-input")
        assert box.value == "+6281298765432"
        box.value = ""
        await ui.press(*"0812 9876-5432", "enter")
        await scene.step(TYPED, Phase.CODE)
        assert "K  7  Q  W  -  2  M  X  A" in ui.text()
        assert "0812 9876-5432" in ui.text()
        assert "120 detik" in ui.text()
        assert scene.asked()[-1] == ("kasir", "0812 9876-5432", "")
        await ui.press("b")
        await ui.until(lambda: scene.asked()[-1] == ("kasir", "", ""))
        await ui.press("escape")
        assert isinstance(ui.app.screen, SessionsScreen)
        await ui.until(lambda: scene.service.stopped == 3)

    await play(scenario, shop(), size=NARROW)


async def test_each_way_to_fail_says_why_and_what_to_do(play):
    ends = {
        ("expired", "not_scanned"): "tidak dipindai pada waktunya",
        ("expired", "not_started"): "waagent sedang sibuk",
        ("passkey_required", "passkey_required"): "kunci sandi (passkey)",
        ("refused", "code_too_often"): "terlalu sering diminta",
        ("refused", "something new"): "(something new)",
    }

    async def scenario(ui: Driver) -> None:
        await ui.press("4", "c")
        scene = Scene(ui)
        for (event, reason), said in ends.items():
            await scene.step(ConnectEvent(event=event, reason=reason), Phase.ENDED)
            assert said in " ".join(ui.text().split())
            assert "Coba lagi" in ui.text()
            await ui.press("u")  # of another number there is no talk
            await ui.press("enter")
            assert scene.screen.standing.phase is Phase.WAIT
        await scene.step(
            BackendError("no pairing worker is running", hint="start: up"), Phase.ENDED
        )
        assert "no pairing worker is running" in ui.text()
        await ui.press("enter")
        await scene.step(ConnectEvent(event="refused", reason="another_number"), Phase.ENDED)
        await ui.press("u")
        assert isinstance(ui.app.screen, Confirm)
        await ui.press("y")
        await ui.until(lambda: scene.asked()[-1] == ("kasir", "", "change"))
        assert scene.screen.standing.phase is Phase.WAIT

    await play(scenario, shop())


async def test_a_new_number_gets_a_name_first(play):
    async def scenario(ui: Driver) -> None:
        await ui.press("4", "G", "c")  # this one is connected, so another is meant
        scene = Scene(ui)
        assert scene.screen.query_one("#pairing-input").value == "nomor-2"
        await ui.press("ctrl+u", *"Cabang 2", "enter")
        await ui.until(lambda: scene.asked() == [("Cabang 2", "", "")])
        await ui.press("1", "q")
        assert isinstance(ui.app.screen, PairingScreen), "places wait until it is closed"
        await ui.press("escape", "n", "ctrl+u", *"main", "enter")
        await ui.until(lambda: scene.screen.standing.phase is Phase.ENDED)
        assert "is connected already" in ui.text()

    await play(scenario, shop())


def test_where_an_attempt_stands():
    standing = after(Standing(phase=Phase.WAIT), QR, NOW)
    assert (standing.phase, standing.code) == (Phase.QR, QR.code)
    assert standing.seconds_left(NOW + timedelta(seconds=90)) == 0
    assert not after(standing, BackendError("no"), NOW).another_number
    assert after(standing, ConflictError("other"), NOW).another_number


@pytest.mark.parametrize(
    ("taken", "name"), [((), "main"), (("main",), "nomor-2"), (("main", "nomor-2"), "nomor-3")]
)
def test_a_name_nobody_has_is_offered(taken, name):
    assert new_name(taken) == name


def test_a_qr_that_does_not_fit_is_not_drawn_in_part():
    code = QrCode()
    code.show(QR.code)
    least = code.least
    assert not code.fit(Size(least.columns - 1, least.rows))
    assert not code.fit(Size(*NARROW))
    assert code.fit(Size(*WIDE))


class FakePractice:
    """A practice phone that notes what is asked of it."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.did: list[tuple[str, ...]] = []

    def _do(self, *what: str) -> None:
        self.did.append(what)
        if self.error is not None:
            raise self.error

    def scan(self, code: str, shop: str) -> None:
        self._do("scan", code, shop)

    def enter(self, code: str, phone: str, shop: str) -> None:
        self._do("enter", code, phone, shop)

    def customers(self, phone: str) -> bool:
        self._do("customers", phone)
        return False


async def test_in_the_sandbox_a_practice_phone_scans_and_its_customers_write(play):
    phone = FakePractice()

    async def scenario(ui: Driver) -> None:
        await ui.press("4", "c")
        scene = Scene(ui)
        await ui.press("p")  # nothing to scan yet
        await scene.step(QR, Phase.QR)
        assert "tekan p" in ui.text()
        await ui.press("p")
        assert phone.did == [("scan", QR.code, "Dapur Bu Rini")]
        await scene.step(PAIRED, Phase.PAIRED)
        await scene.step(CONNECTED, Phase.CONNECTED)
        assert "Pelanggan latihan" in ui.text()
        await ui.until(lambda: phone.did[1:] == [("customers", CONNECTED.phone)])
        assert any("sudah punya toko" in toast for toast in ui.toasts())

    services = shop()
    await play(scenario, services, app=make_app(services, practice=phone))


async def test_the_practice_phone_types_a_code_and_tells_what_fails(play):
    phone = FakePractice(BackendError("no sandbox is running", hint="start it"))

    async def scenario(ui: Driver) -> None:
        await ui.press("4", "c")
        scene = Scene(ui)
        await scene.step(QR, Phase.QR)
        await ui.press("k", "enter")
        await scene.step(TYPED, Phase.CODE)
        await ui.press("p")
        assert phone.did == [("enter", TYPED.code, "+6281298765432", "Dapur Bu Rini")]
        assert any("HP latihan tidak berhasil" in toast for toast in ui.toasts())

    services = shop()
    await play(scenario, services, app=make_app(services, practice=phone))


async def test_where_whatsapp_is_real_there_is_no_practice_phone(play):
    async def scenario(ui: Driver) -> None:
        await ui.press("4", "c")
        await Scene(ui).step(QR, Phase.QR)
        assert "latihan" not in ui.text()
        await ui.press("p")

    await play(scenario, shop())
