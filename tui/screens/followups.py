"""What will be sent by itself, to the letter, day by day, and what a person does about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from functools import partial
from typing import ClassVar
from zoneinfo import ZoneInfo

from rich.text import Text
from textual import work
from textual.binding import BindingType
from textual.containers import Container
from textual.widget import Widget
from textual.widgets import DataTable, Static

from tui.actions import Context, bindings
from tui.actor import actor
from tui.followup_days import is_open, of_day, ordered, today_in, week
from tui.hub import Hub, Update
from tui.messages import OpenChat
from tui.phrasing import clock, customer, due_day
from tui.ports import BoardServices, FollowUpDeskPort
from tui.reporting import reported
from tui.safe import clip
from tui.screens.confirm import Confirm
from tui.screens.loading import LoadingScreen
from tui.screens.rewrite import Rewrite
from tui.screens.snooze import Snooze
from tui.strings import t
from tui.widgets.empty import EmptyState
from tui.widgets.followup_preview import FollowUpPreview, reason_of
from tui.widgets.table import Row, Table
from tui.widgets.week_strip import WeekStrip
from waagent.domain.followup_views import FollowUpSettingsView
from waagent.domain.followups import Approval, FollowUpState
from waagent.domain.views import FollowUpView

_NO_END = 2199
Change = Callable[[FollowUpDeskPort], FollowUpView]


class FollowUpsScreen(LoadingScreen):
    """A week to move about in, the chosen day's follow-ups, the one under the cursor in full."""

    AUTO_FOCUS: ClassVar[str | None] = "Table"
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012  declared by Textual
        (0, "-narrow"),
        (100, "-wide"),
    ]
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Context.FOLLOWUPS)]

    def __init__(self, hub: Hub) -> None:
        super().__init__(hub)
        names = ("due", "customer", "state")
        self.table = Table(*(t(f"col.{name}") for name in names), opens=True)
        self.strip = WeekStrip()
        self.preview = FollowUpPreview()
        self.nothing = EmptyState(id="no-followups")
        self._paused = Static(id="followups-paused", markup=False)
        self._day: date | None = today_in(hub.clock(), hub.tenant.timezone)
        self._settings: FollowUpSettingsView | None = None
        self._undo: list[tuple[str, Change]] = []

    def body(self) -> Iterable[Widget]:
        """Pause, week, list and preview."""
        room = Container(self.table, self.nothing, self.preview, id="followups")
        for each in (self._paused, self.strip, self.table, self.nothing, self.preview):
            each.display = False
        return self._paused, self.strip, room

    def follow(self, update: Update) -> None:
        """Say what this is, also before there is anything to show."""
        super().follow(update)
        if not self.loaded:
            self.head(t("followups.title"))

    async def fetch(self) -> None:
        """Whether they are paused, and the list if it is not known yet."""
        if not self.hub.store.loaded:
            await self.hub.reload()
        self._settings = await self.hub.read(
            lambda all_: all_.follow_up_desk.settings(self.hub.tenant)
        )

    @property
    def _today(self) -> date:
        return today_in(self.hub.clock(), self.hub.tenant.timezone)

    @property
    def shown(self) -> list[FollowUpView]:
        """What the table lists: a day's, or all."""
        found = self.hub.store.followups
        if self._day is None:
            return ordered(found)
        return of_day(found, self._day, self._today, self.hub.tenant.timezone)

    @property
    def selected(self) -> FollowUpView | None:
        """The one under the cursor."""
        found = (each for each in self.hub.store.followups if each.id == self.table.selected)
        return next(found, None)

    def draw(self) -> None:
        """All of it: it is short."""
        found, zone = self.hub.store.followups, self.hub.tenant.timezone
        coming = sum(map(is_open, found))
        self.head(t("followups.title"), [f"{coming} {t('followup.pending')}"])
        self._draw_pause()
        self.strip.display = True
        days = week(found, self._day or self._today, self._today, zone)
        self.strip.show(days, self._day, self._today)
        shown = self.shown
        self.table.display = self.preview.display = bool(shown)
        self.nothing.display = not shown
        if not shown:
            self._say_nothing()
        self.table.show(map(self._row, shown))
        self.preview.show(self.selected, self.hub.moment())
        self.refresh_bindings()

    def _draw_pause(self) -> None:
        until = self._settings.paused_until if self._settings is not None else None
        self._paused.display = until is not None
        if until is None:
            return
        if until.year >= _NO_END:
            self._paused.update(t("followups.paused"))
            return
        moment = self.hub.moment()
        day = due_day(until, moment.now, moment.zone)
        time = f"{day} {clock(until, moment.zone)}"
        self._paused.update(t("followups.paused.until", time=time))

    def _say_nothing(self) -> None:
        found, zone = self.hub.store.followups, self.hub.tenant.timezone
        if not found:
            self.nothing.say(t("followups.none"), t("followups.none.hint"))
            return
        later = [each for each in ordered(found) if is_open(each)]
        hint = t("followups.day.none.all")
        if later and self._day == self._today:
            at = due_day(later[0].due_at, self.hub.clock(), zone)
            hint = t("followups.day.none.next", day=at, n=len(later))
        self.nothing.say(t("followups.day.none"), hint)

    def on_data_table_row_highlighted(self, message: DataTable.RowHighlighted) -> None:
        """Another one."""
        if self.loaded:
            self.preview.show(self.selected, self.hub.moment())
            self.refresh_bindings()

    def on_data_table_row_selected(self, message: DataTable.RowSelected) -> None:
        """Read the conversation."""
        followup = self.selected
        lead = followup and self.hub.store.lead(followup.lead)
        if lead:
            self.post_message(OpenChat(lead.conversation_id))

    def on_week_strip_picked(self, message: WeekStrip.Picked) -> None:
        """A day was clicked."""
        self._go(message.day)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what is planned can be agreed to or put off."""
        followup = self.selected
        if action in ("approve", "rewrite", "snooze"):
            pending = followup is not None and followup.state is FollowUpState.PENDING
            given = followup is not None and followup.approval is Approval.GIVEN
            return pending and not (action == "approve" and given)
        if action == "cancel":
            return followup is not None and is_open(followup)
        if action == "approve_all":
            return bool(self._agreeable())
        return super().check_action(action, parameters)

    def _go(self, day: date | None) -> None:
        self._day = day
        self.draw()
        self.table.focus()

    def action_day_before(self) -> None:
        """The day before."""
        self._go((self._day or self._today) - timedelta(days=1))

    def action_day_after(self) -> None:
        """The day after."""
        self._go((self._day or self._today) + timedelta(days=1))

    def action_today(self) -> None:
        """Back to today."""
        self._go(self._today)

    def action_agenda(self) -> None:
        """All days at once, or one again."""
        self._go(self._today if self._day is None else None)

    def action_approve(self) -> None:
        """Agree to the text that is shown."""
        followup = self.selected
        if followup is not None:
            self._write(partial(self._approve, followup.id, None), self._withdrawal(followup))

    def _approve(self, id_: str, text: str | None, desk: FollowUpDeskPort) -> FollowUpView:
        return desk.approve(self.hub.tenant, id_, text=text, actor=actor())

    def _withdrawal(self, followup: FollowUpView) -> Change:
        return lambda desk: desk.withdraw(self.hub.tenant, followup.id, actor=actor())

    def action_rewrite(self) -> None:
        """Agree to other words."""
        followup = self.selected
        if followup is None:
            return

        async def save(text: str) -> None:
            await self.hub.change_followup(partial(self._approve, followup.id, text))
            self._undo.append((_name(followup), self._withdrawal(followup)))
            self.notify(t("followups.saved"), markup=False)

        title = t("rewrite.title", name=_name(followup))
        self.app.push_screen(Rewrite(title, followup.text or "", save))

    @work(group="dialogs")
    async def action_snooze(self) -> None:
        """Put it off until a moment that is asked for."""
        followup = self.selected
        if followup is None:
            return
        title = t("snooze.title", name=_name(followup))
        until = await self.app.push_screen_wait(Snooze(title, self.hub.moment()))
        if until:
            back = None
            if followup.due_at > self.hub.clock():
                zone = ZoneInfo(self.hub.tenant.timezone)
                before = f"{followup.due_at.astimezone(zone):%Y-%m-%d %H:%M}"
                back = partial(self._put_off, followup.id, before)
            self._write(partial(self._put_off, followup.id, until), back, said=True)

    def _put_off(self, id_: str, until: str, desk: FollowUpDeskPort) -> FollowUpView:
        return desk.snooze(self.hub.tenant, id_, until=until, actor=actor())

    @work(group="dialogs")
    async def action_cancel(self) -> None:
        """Let it not be sent; asked first, for it does not come back."""
        followup = self.selected
        if followup is None:
            return
        name = _name(followup)
        asked = Confirm(
            t("followups.cancel.title"),
            t("followups.cancel.text", name=name),
            t("followups.cancel.yes"),
        )
        if await self.app.push_screen_wait(asked):
            self._write(lambda desk: desk.cancel(self.hub.tenant, followup.id, actor=actor()), None)

    def _agreeable(self) -> list[FollowUpView]:
        return [
            each
            for each in self.shown
            if each.state is FollowUpState.PENDING and each.approval is not Approval.GIVEN
        ]

    @work(group="dialogs")
    async def action_approve_all(self) -> None:
        """Agree to all that are shown, once their number was read."""
        found = self._agreeable()
        if not found:
            return
        asked = Confirm(
            t("followups.all.title"),
            t("followups.all.text", n=len(found)),
            t("followups.all.yes", n=len(found)),
        )
        if not await self.app.push_screen_wait(asked):
            return

        def approve(all_: BoardServices) -> None:
            for each in found:
                self._approve(each.id, None, all_.follow_up_desk)

        with reported(self, "error.followup"):
            await self.hub.write(approve)
            self.notify(t("followups.all.done", n=len(found)), markup=False)
        with reported(self, "error.load"):
            await self.hub.reload()

    @work(group="dialogs")
    async def action_pause(self) -> None:
        """Pause all of the shop until a moment, or let them go on."""
        tenant, by = self.hub.tenant, actor()
        if self._settings is not None and self._settings.paused_until is not None:
            asked = Confirm(
                t("followups.resume.title"), t("followups.resume.text"), t("followups.resume.yes")
            )
            if await self.app.push_screen_wait(asked):
                await self._set(lambda desk: desk.resume(tenant, actor=by))
            return
        asked_until = Snooze(
            t("followups.pause.title"), self.hub.moment(), forever=t("followups.pause.forever")
        )
        until = await self.app.push_screen_wait(asked_until)
        if until is not None:
            await self._set(lambda desk: desk.pause(tenant, until=until or None, actor=by))

    async def _set(self, change: Callable[[FollowUpDeskPort], FollowUpSettingsView]) -> None:
        with reported(self, "error.followup"):
            self._settings = await self.hub.write(lambda all_: change(all_.follow_up_desk))
        with reported(self, "error.load"):
            await self.hub.reload()
        self.draw()

    def action_undo_followup(self) -> None:
        """Take back what was agreed to or put off last."""
        if not self._undo:
            self.notify(t("followups.undo.none"), markup=False)
            return
        name, back = self._undo.pop()
        self._write(back, None)
        self.notify(t("followups.undone", name=name), markup=False)

    def _write(self, change: Change, back: Change | None, *, said: bool = False) -> None:
        """Do it; ``back`` is how it is undone. ``said``: tell when it goes out now."""
        followup = self.selected
        name = _name(followup) if followup is not None else ""

        async def write() -> None:
            with reported(self, "error.followup"):
                changed = await self.hub.change_followup(change)
                if back is not None:
                    self._undo.append((name, back))
                if said:
                    moment = self.hub.moment()
                    day = due_day(changed.due_at, moment.now, moment.zone)
                    time = f"{day} {clock(changed.due_at, moment.zone)}"
                    self.notify(t("followups.snoozed", name=name, time=time), markup=False)

        self.run_worker(write(), group="writes", exit_on_error=False)

    def _row(self, followup: FollowUpView) -> Row:
        zone = self.hub.tenant.timezone
        muted = "" if is_open(followup) else "dim"
        time = clock(followup.due_at, zone)
        if self._day is None:
            time = f"{due_day(followup.due_at, self.hub.clock(), zone)} {time}"
        reason = reason_of(followup)
        state = t(f"followup.{followup.state}") + (f": {reason}" if reason else "")
        if followup.approval is Approval.WANTED and is_open(followup):
            state = f"▲ {t('followups.asks')}"
        elif followup.approval is Approval.GIVEN and is_open(followup):
            state = f"✓ {t('followups.agreed')}"
        return followup.id, (
            Text(time, style=muted),
            Text(clip(customer(followup.name, followup.phone), 26), style=muted),
            Text(state, style=muted),
        )


def _name(followup: FollowUpView) -> str:
    return clip(customer(followup.name, followup.phone), 30)
