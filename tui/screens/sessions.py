"""Every number of the shop, how it is, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import ClassVar

from rich.text import Text
from textual import work
from textual.binding import BindingType
from textual.containers import Container
from textual.widget import Widget
from textual.widgets import DataTable

from tui.actions import Context, bindings
from tui.actor import actor
from tui.hub import Hub, Update
from tui.phrasing import phone
from tui.ports import BoardServices
from tui.reporting import reported
from tui.safe import clip, one_line
from tui.screens.confirm import Confirm
from tui.screens.loading import LoadingScreen
from tui.screens.pairing import PairingScreen
from tui.screens.pick import Choice, Pick
from tui.session_facts import SessionFacts, read_facts
from tui.sessions import is_healthy, needs_linking, symbol_of, word_of
from tui.strings import t
from tui.widgets.session_details import SessionDetails
from tui.widgets.table import Row, Table
from waagent.domain.sessions import SessionState
from waagent.domain.views import HostView, SessionView

_STATE_CELLS = 20
"""Room for the longest word, so that columns stay where they are when a state changes."""


class SessionsScreen(LoadingScreen):
    """A table, and the number under the cursor in full, beside it or below."""

    AUTO_FOCUS: ClassVar[str | None] = "Table"
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012  declared by Textual
        (0, "-narrow"),
        (100, "-wide"),
    ]
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Context.SESSIONS)]

    def __init__(self, hub: Hub) -> None:
        super().__init__(hub)
        names = ("name", "state", "phone", "outbox")
        self.table = Table(*(t(f"col.{name}") for name in names))
        self.details = SessionDetails()
        self._facts: dict[str, SessionFacts] = {}

    def body(self) -> Iterable[Widget]:
        """Table and details."""
        self.table.display = self.details.display = False
        return (Container(self.table, self.details, id="numbers"),)

    def concerns(self, update: Update) -> bool:
        """Whatever touches a number, and messages, which its figures count."""
        return update.poll or update.sessions or bool(update.conversations)

    def follow(self, update: Update) -> None:
        """Say what this is, also before there is anything to show."""
        super().follow(update)
        if not self.loaded:
            self.head(t("sessions.title"))

    async def fetch(self) -> None:
        """The list if it is not known yet, and the facts of the selected number.

        The list is worth showing without them: a failure to read them is a toast.
        """
        if not self.hub.store.loaded:
            await self.hub.reload()
        self.loaded = True
        self.draw()
        session = self.selected
        if session is not None:
            read = partial(read_facts, tenant=self.hub.tenant, name=session.name)
            self._facts[session.id] = await self.hub.read(read)

    def draw(self) -> None:
        """Table, details, or that there is no number yet."""
        sessions = self.hub.store.sessions
        self.head(t("sessions.title"), [t("sessions.count", n=len(sessions))])
        self.table.display = self.details.display = bool(sessions)
        self.empty.display = not sessions
        if sessions:
            self._show_table()
            self._show_details()
        else:
            self.empty.say(t("sessions.none"), t("sessions.none.hint"))
        self.refresh_bindings()

    def _show_table(self) -> None:
        sessions = sorted(self.hub.store.sessions, key=is_healthy)
        self.table.show(self._row(session) for session in sessions)

    def _show_details(self) -> None:
        session = self.selected
        if session is not None:
            facts = self._facts.get(session.id)
            self.details.show(session, facts, self.hub.tenant, self.hub.moment())

    @property
    def selected(self) -> SessionView | None:
        """The number under the cursor."""
        found = (each for each in self.hub.store.sessions if each.id == self.table.selected)
        return next(found, None)

    def select(self, session_id: str) -> None:
        """Put the cursor on a number, once it is drawn."""
        self.call_after_refresh(self.table.select, session_id)

    def on_data_table_row_highlighted(self, message: DataTable.RowHighlighted) -> None:
        """Another number: what is known of it at once, the rest when it is fetched."""
        if self.loaded:
            self._show_details()
            self.refresh_bindings()
            self.reload()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Some acts need a number in a certain state; moving one is for operators."""
        if action in ("suspend", "copy_number"):
            return self.loaded and self.selected is not None
        if action == "move_host":
            operator = self.app.check_action("operator", ())
            return bool(operator) and self.selected is not None and self.selected.owner is not None
        return super().check_action(action, parameters)

    def action_details_down(self) -> None:
        """Half a page of the details."""
        self.details.scroll_relative(y=max(self.details.size.height // 2, 1), animate=False)

    def action_details_up(self) -> None:
        """The other way."""
        self.details.scroll_relative(y=-max(self.details.size.height // 2, 1), animate=False)

    def action_copy_number(self) -> None:
        """The number goes to the clipboard."""
        session = self.selected
        if session is None or session.phone is None:
            self.notify(t("session.no_phone"), severity="warning", markup=False)
            return
        self.app.copy_to_clipboard(session.phone)
        self.notify(t("copied", what=phone(session.phone)), markup=False)

    def action_link(self) -> None:
        """Link the selected number again if it needs that, else a new one."""
        session = self.selected
        if session is not None and session.state is SessionState.SUSPENDED:
            self.notify(t("number.suspended", name=one_line(session.name)), markup=False)
        elif session is not None and needs_linking(session):
            self._pair(session.name)
        elif not self.hub.store.sessions:
            self._pair("main")
        else:
            self._pair(None)

    def action_link_new(self) -> None:
        """Link a number that is not in the list yet."""
        self._pair(None if self.hub.store.sessions else "main")

    @work(group="dialogs")
    async def _pair(self, name: str | None) -> None:
        taken = {session.name: session for session in self.hub.store.sessions}
        screen = PairingScreen(self.hub, name, taken)
        await self.app.push_screen_wait(screen)
        await screen.settled()
        with reported(self, "error.load"):
            await self.hub.reload()

    @work(group="dialogs")
    async def action_suspend(self) -> None:
        """Take the number out of service, or put it back; either is asked first."""
        session = self.selected
        if session is None:
            return
        name = one_line(session.name)
        what = "resume" if session.state is SessionState.SUSPENDED else "suspend"
        title, text = t(f"number.{what}.title", name=name), t(f"number.{what}.text", name=name)
        if await self.app.push_screen_wait(Confirm(title, text, t(f"number.{what}.yes"))):
            tenant, by = self.hub.tenant, actor()
            await self._write(
                lambda all_: (
                    all_.suspension.suspend(tenant, session.name, actor=by)
                    if what == "suspend"
                    else all_.suspension.resume(tenant, session.name, actor=by)
                )
            )

    @work(group="dialogs")
    async def action_move_host(self) -> None:
        """Have another host hold it."""
        session = self.selected
        if session is None:
            return
        with reported(self, "error.number"):
            hosts = await self.hub.read(lambda all_: all_.hosts.list())
            others = [host for host in hosts if _takes(host) and host.id != session.owner]
            if not others:
                self.notify(t("number.move.none"), severity="warning", markup=False)
                return
            title = t("number.move.title", name=one_line(session.name))
            chosen = await self.app.push_screen_wait(Pick(title, list(map(_choice, others))))
            if chosen is not None:
                await self._move(session, chosen)

    async def _move(self, session: SessionView, host: str) -> None:
        """It may take a minute, so other writes do not queue behind it."""
        self.notify(t("number.moving", host=one_line(host)), markup=False)
        tenant, by = self.hub.tenant, actor()
        await self.hub.read(lambda all_: all_.sessions.move(tenant, session.name, host, actor=by))
        self.notify(t("number.moved", host=one_line(host)), markup=False)
        await self.hub.reload()

    async def _write(self, change: Callable[[BoardServices], object]) -> None:
        """Do it, then show how things are; a failure is told."""
        with reported(self, "error.number"):
            await self.hub.write(change)
        with reported(self, "error.load"):
            await self.hub.reload()

    def _row(self, session: SessionView) -> Row:
        colours = self.app.theme_variables
        well = is_healthy(session)
        return session.id, (
            Text(clip(one_line(session.name), 20), style="bold"),
            Text(
                f"{symbol_of(session)} {word_of(session)}".ljust(_STATE_CELLS),
                style=colours["success" if well else "warning"],
            ),
            Text(phone(session.phone) or t("session.no_phone")),
            Text(str(session.outbox), justify="right"),
        )


def _takes(host: HostView) -> bool:
    return host.alive and not host.draining and host.sessions < host.capacity


def _choice(host: HostView) -> Choice:
    room = t("number.host.room", used=host.sessions, capacity=host.capacity)
    return Choice(key=host.id, label=host.id, aside=f"{room} · {host.machine}")
