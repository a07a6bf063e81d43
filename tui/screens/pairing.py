"""Linking a number: a QR to scan or a code to type, a countdown, and what to do if it fails."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from tui.actions import Context, bindings
from tui.hub import Hub
from tui.pairing import ASKING, RUNNING, Attempt, Phase, Run, Standing, Step, after, new_name
from tui.pairing_texts import Telling, tell
from tui.reporting import reported
from tui.safe import clip, one_line
from tui.screens.closing import Dialog
from tui.screens.confirm import Confirm
from tui.strings import t
from tui.widgets.hints import Hints
from tui.widgets.qr_code import QrCode
from waagent.domain.views import SessionView
from waagent.qr import Size

_TICK_S = 0.5
_SETTLES_S = 3.0
_BESIDE = 38
"""Columns that the instructions need beside a QR."""
_CHROME = 3
"""Rows above and below the body: title, state, keys."""
_STACKED = 4
"""Rows that the instructions need above a QR."""


class PairingScreen(Dialog[bool]):
    """``push_screen_wait`` tells whether a number was linked. Leaving gives an attempt up.

    ``name`` is the session to link; None asks for one. ``taken`` are the shop's sessions by name.
    """

    AUTO_FOCUS: ClassVar[str | None] = None
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Context.PAIRING)]

    class Told(Message):
        """A step of an attempt, from its thread."""

        def __init__(self, run: Run, step: Step) -> None:
            super().__init__()
            self.run, self.step = run, step

    def __init__(self, hub: Hub, name: str | None, taken: Mapping[str, SessionView]) -> None:
        super().__init__()
        self.hub = hub
        self.attempt = Attempt(session=name or new_name(taken))
        self.standing = Standing(phase=Phase.NAME if name is None else Phase.WAIT)
        self._taken = taken
        self._run: Run | None = None
        self._last: Run | None = None
        self._practised = False
        self.qr = QrCode()
        self._title = Static(id="pairing-title", markup=False)
        self._text = Static(id="pairing-text", markup=False)
        self._large = Static(id="pairing-code", markup=False)
        self._input = Input(id="pairing-input", compact=True)
        self._more = Static(id="pairing-more", markup=False)
        self._state = Static(id="pairing-state", markup=False)

    def compose(self) -> ComposeResult:
        """Title, QR beside the words, state line, keys."""
        yield self._title
        with Container(id="pairing-body"):
            yield self.qr
            with Vertical(id="pairing-words"):
                yield self._text
                yield self._input
                yield self._large
                yield self._more
        yield self._state
        yield Hints()

    def on_mount(self) -> None:
        """Begin, or ask for the name."""
        self.set_interval(_TICK_S, self._draw_state)
        if self.standing.phase is Phase.NAME:
            self._ask(Phase.NAME, self.attempt.session)
        else:
            self._begin(self.attempt)

    def on_unmount(self) -> None:
        """Nobody waits any more."""
        self._give_up()

    def _begin(self, attempt: Attempt) -> None:
        self._give_up()
        self.attempt = attempt
        run = self._run = self._last = Run(self.hub.services, self.hub.tenant, attempt, self._told)
        self.run_worker(run.follow, group="pairing", thread=True, exit_on_error=False)
        self._stand(Standing(phase=Phase.WAIT))

    def _give_up(self) -> None:
        if self._run is not None:
            self._run.stop()
            self._run = None

    async def settled(self) -> None:
        """Until the last attempt has left things as they will be: it is given up in its thread."""
        if self._last is not None:
            await asyncio.to_thread(self._last.wait, _SETTLES_S)

    def _told(self, run: Run, step: Step) -> None:
        """In the thread of the attempt."""
        self.post_message(self.Told(run, step))

    def on_pairing_screen_told(self, message: Told) -> None:
        """A step; one of an attempt that was given up is nothing to us."""
        if message.run is self._run:
            self._stand(after(self.standing, message.step, self.hub.clock()))
            if self._practised and self.standing.phase is Phase.CONNECTED:
                self._call_customers(self.standing.number or "")

    def _ask(self, phase: Phase, value: str) -> None:
        self._input.value = value
        self._input.placeholder = t(f"pairing.{phase}.placeholder")
        self._stand(Standing(phase=phase))
        self._input.focus()

    def _stand(self, standing: Standing) -> None:
        self.standing = standing
        if standing.phase not in ASKING:
            self.set_focus(None)
        if standing.phase is Phase.QR:
            self.qr.show(standing.code)
        self._draw()
        self.refresh_bindings()

    def on_resize(self) -> None:
        """The QR may fit now, or no more."""
        self._draw()

    def _draw(self) -> None:
        if not self.is_mounted:
            return
        told = self._telling()
        name = one_line(self.attempt.session)
        shop = one_line(self.hub.tenant.name)
        self._title.update(t("pairing.title", shop=clip(shop, 40), name=clip(name, 24)))
        self._input.display = self.standing.phase in ASKING
        self._large.display = self.standing.phase is Phase.CODE
        self._large.update("  ".join(self.standing.code))
        self._place_qr(told)
        self._draw_state()

    def _telling(self) -> Telling:
        practice = self.hub.practice is not None
        return tell(self.standing, self.attempt, self.hub.tenant, practice=practice)

    def _place_qr(self, told: Telling) -> None:
        """The QR with the words beside or above it, alone, or what size it needs."""
        shown = self.standing.phase is Phase.QR
        layout = self._layout() if shown else "words"
        self.qr.display = shown and layout != "small"
        for each in ("words", "beside", "stacked", "alone", "small"):
            self.set_class(layout == each, f"-{each}")
        if layout == "small":
            least = self.qr.least
            needed = Size(least.columns, least.rows + _CHROME)
            actual = Size(self.size.width, self.size.height)
            self._text.update(
                Content.assemble(
                    (t("pairing.small", needed=needed), "bold $text-warning"),
                    f"\n\n{t('pairing.small.how', actual=actual)}",
                )
            )
            practice = self.hub.practice is not None
            self._more.update(t("pairing.practice" if practice else "pairing.small.code"))
        else:
            self._text.update(told.words)
            self._more.update(told.more)

    def _layout(self) -> str:
        """Where the words go; asking draws the QR as it fits there."""
        columns, rows = self.size.width, self.size.height - _CHROME
        if self.qr.fit(Size(columns - _BESIDE, rows)):
            return "beside"
        if self.qr.fit(Size(columns, rows - _STACKED)):
            return "stacked"
        return "alone" if self.qr.fit(Size(columns, rows)) else "small"

    def _draw_state(self) -> None:
        told = self._telling()
        left = self.standing.seconds_left(self.hub.clock())
        self._state.update(told.state(left))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What can be done depends on where it stands."""
        phase = self.standing.phase
        if action == "again":
            return phase is Phase.ENDED
        if action == "practise":
            return self.hub.practice is not None and phase in (Phase.QR, Phase.CODE)
        if action == "by_code":
            return phase in (Phase.WAIT, Phase.QR, Phase.CODE, Phase.ENDED)
        if action == "by_qr":
            return phase in RUNNING - {Phase.PAIRED} and self.attempt.phone is not None
        if action == "change_number":
            known = self._taken.get(self.attempt.session)
            had_one = known is not None and known.phone is not None
            return phase is Phase.ENDED and had_one and self.standing.another_number
        return super().check_action(action, parameters)

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """The name or the number was given."""
        value = message.value.strip()
        if not value:
            return
        if self.standing.phase is Phase.NAME:
            self._begin(Attempt(session=value))
        elif self.standing.phase is Phase.PHONE:
            self._begin(Attempt(session=self.attempt.session, phone=value))

    def action_again(self) -> None:
        """Try again as before."""
        if self.attempt.phone is not None:
            self._ask(Phase.PHONE, self.attempt.phone)
        else:
            self._begin(Attempt(session=self.attempt.session))

    def key_enter(self) -> None:
        """After a success there is nothing to do but close."""
        if self.standing.phase is Phase.CONNECTED:
            self.dismiss(True)

    def action_practise(self) -> None:
        """Have the practice phone do what is asked of the shop's."""
        phone, code, shop = self.hub.practice, self.standing.code, self.hub.tenant.name
        number = self.attempt.phone if self.standing.phase is Phase.CODE else None
        if phone is None:
            return
        self._practised = True

        async def link() -> None:
            with reported(self, "error.practice"):
                if number is None:
                    await asyncio.to_thread(phone.scan, code, shop)
                else:
                    await asyncio.to_thread(phone.enter, code, number, shop)

        self.run_worker(link(), group="practice", exclusive=True, exit_on_error=False)

    def _call_customers(self, number: str) -> None:
        """A number for practice has customers for practice; not of this screen: it may close."""
        phone = self.hub.practice
        if phone is None:
            return

        async def call() -> None:
            with reported(self.app, "error.practice"):
                if not await asyncio.to_thread(phone.customers, number):
                    self.app.notify(t("pairing.practice.nobody"), markup=False)

        self.app.run_worker(call(), group="practice", exit_on_error=False)

    def action_by_code(self) -> None:
        """A code to type instead: it is made for one number."""
        self._give_up()
        known = self._taken.get(self.attempt.session)
        self._ask(Phase.PHONE, self.attempt.phone or (known and known.phone) or "")

    def action_by_qr(self) -> None:
        """Back to the QR."""
        self._begin(Attempt(session=self.attempt.session))

    @work(group="dialogs")
    async def action_change_number(self) -> None:
        """Go on with another number than the session had before."""
        name = one_line(self.attempt.session)
        asked = Confirm(
            t("pairing.change.title"), t("pairing.change.text", name=name), t("pairing.change.yes")
        )
        if await self.app.push_screen_wait(asked):
            self._begin(
                Attempt(session=self.attempt.session, phone=self.attempt.phone, change_number=True)
            )

    def action_leave(self) -> None:
        """Close; what is not linked yet is given up."""
        self.dismiss(self.standing.phase is Phase.CONNECTED)
