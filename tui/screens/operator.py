"""The whole service, for its operator: shops, hosts, queues, workers, the doctor's checks.

Each server that does not answer hides its own part only.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import ClassVar

from textual.binding import BindingType
from textual.containers import Container, Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import DataTable, Static

from tui.actions import Context, bindings
from tui.hub import Hub, Update
from tui.messages import Chosen
from tui.operator_rows import (
    check_rows,
    figures,
    host_rows,
    queue_rows,
    shop_rows,
    verdict,
    worker_rows,
)
from tui.reporting import reported
from tui.safe import one_line
from tui.screens.ask import Ask
from tui.screens.confirm import Confirm
from tui.screens.loading import LoadingScreen
from tui.screens.verdict import VerdictScreen
from tui.strings import t
from tui.widgets.choice_line import ChoiceLine
from tui.widgets.table import Table
from waagent.domain.checks import Check
from waagent.domain.overview import Overview
from waagent.domain.views import HostView, Tenant

LOOK_S = 3.0
EXAMINE_S = 30.0
"""How often the service is looked at, and examined by the doctor, while this is in front."""

_NAME, _WIDE_NAME = 15, 40
"""Cells of a shop's name, narrow and wide."""


class View(StrEnum):
    """The tables, in the order of their names on screen."""

    SHOPS = "shops"
    HOSTS = "hosts"
    QUEUES = "queues"
    WORKERS = "workers"
    CHECKS = "checks"


_COLUMNS = {
    View.SHOPS: ("shop", "numbers", "leads", "messages", "labelling", "outbox"),
    View.HOSTS: ("host", "state", "sessions", "memory", "seen"),
    View.QUEUES: ("queue", "waiting", "oldest", "failed", "workers"),
    View.WORKERS: ("machine", "pid", "queues", "state", "seen"),
    View.CHECKS: ("verdict", "check", "finding"),
}
_PART = {
    View.SHOPS: "postgresql",
    View.HOSTS: "postgresql",
    View.QUEUES: "redis",
    View.WORKERS: "redis",
}


class OperatorScreen(LoadingScreen):
    """Figures and the doctor's verdict on top, a table below."""

    AUTO_FOCUS: ClassVar[str | None] = "Table"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Context.OPERATOR)]

    def __init__(self, hub: Hub) -> None:
        super().__init__(hub)
        self._tiles = [Static(classes="figure", markup=False) for _ in range(5)]
        self._verdict = Static(id="verdict", markup=False)
        self._fault = Static(id="fault", markup=False)
        self._views = ChoiceLine([t(f"operator.view.{view}") for view in View])
        self._tables = {
            view: Table(*(t(f"operator.col.{name}") for name in names), opens=view is View.SHOPS)
            for view, names in _COLUMNS.items()
        }
        self._all = Container(
            Horizontal(*self._tiles, id="today"),
            self._verdict,
            self._views,
            self._fault,
            *self._tables.values(),
        )
        self._all.display = False
        self._found: Overview | None = None
        self._checks: Sequence[Check] = ()
        self._examined_at: float | None = None

    def body(self) -> Iterable[Widget]:
        """Figures, verdict, choices, tables."""
        return (self._all,)

    @property
    def view(self) -> View:
        """The table that is shown."""
        return list(View)[self._views.chosen]

    def on_mount(self) -> None:
        """Look every few seconds: the shop's own changes say nothing of the service."""
        self._choose(0)
        self.set_interval(LOOK_S, self._look)

    def concerns(self, update: Update) -> bool:
        """Nothing of the shop does."""
        return False

    def _look(self) -> None:
        if self.is_current:
            self.reload()

    async def fetch(self) -> None:
        """Look. Not by way of the hub: that PostgreSQL is away is not for it to conclude here."""
        self._found = await asyncio.to_thread(self.hub.services.overview.look)
        now = time.monotonic()
        if self._examined_at is None or now - self._examined_at >= EXAMINE_S:
            self._examined_at = now
            self.run_worker(self._examine(), group="examine", exclusive=True, exit_on_error=False)

    async def _examine(self) -> None:
        with reported(self, "error.load"):
            self._checks = await asyncio.to_thread(self.hub.services.overview.verdict)
            if self.is_attached and self.loaded:
                self.draw()

    def draw(self) -> None:
        """All of it."""
        self.head(t("operator.title"))
        found = self._found
        if found is None:
            return
        self._all.display = True
        for tile, (number, name, note) in zip(self._tiles, figures(found), strict=True):
            tile.update(
                Content.assemble(
                    (number, "bold $text-primary"), f"\n{name}\n", (note, "$foreground-muted")
                )
            )
        self._verdict.update(verdict(self._checks) if self._checks else t("operator.examining"))
        self._fill(found)
        self._show_view()

    def _fill(self, found: Overview) -> None:
        tables = self._tables
        if found.database is not None:
            tables[View.SHOPS].show(
                shop_rows(found.database.shops, _WIDE_NAME if self.size.width >= 100 else _NAME)
            )
            tables[View.HOSTS].show(host_rows(found.database, found.at))
        if found.redis is not None:
            tables[View.QUEUES].show(queue_rows(found.redis.queues))
            tables[View.WORKERS].show(worker_rows(found.redis.workers, found.at))
        tables[View.CHECKS].show(check_rows(self._checks))

    def _show_view(self) -> None:
        """The chosen table, or why there is none."""
        faults = self._found.faults if self._found else ()
        fault = next((each for each in faults if each.part == _PART.get(self.view)), None)
        shown = self._tables[self.view]
        for table in self._tables.values():
            table.display = table is shown and fault is None
        self._fault.display = True
        if fault is not None:
            self._fault.update(f"▲ {one_line(fault.message)}\n  → {one_line(fault.hint or '')}")
        elif not shown.row_count:
            self._fault.update(t(f"operator.none.{self.view}"))
        else:
            self._fault.display = False

    def _choose(self, index: int) -> None:
        self._views.choose(index)
        self._show_view()
        if self.is_current:
            self._tables[self.view].focus()
        self.refresh_bindings()

    def on_choice_line_picked(self, message: ChoiceLine.Picked) -> None:
        """A click on another table."""
        self._choose(message.index)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what the table that is shown has."""
        wanted = {
            "open_shop": View.SHOPS,
            "new_shop": View.SHOPS,
            "drain_host": View.HOSTS,
        }.get(action)
        return wanted is None or self.view is wanted

    def action_view_on(self) -> None:
        """The next table."""
        self._choose(self._views.chosen + 1)

    def action_view_back(self) -> None:
        """The one before."""
        self._choose(self._views.chosen - 1)

    def action_open_shop(self) -> None:
        """To the shop under the cursor."""
        tenant = self._selected_shop()
        if tenant is not None:
            self.app.post_message(Chosen(tenant))

    def action_new_shop(self) -> None:
        """Another shop, which is then shown."""
        self.run_worker(self._new_shop(), group="dialogs", exit_on_error=False)

    async def _new_shop(self) -> None:
        asked = Ask(t("operator.new.title"), t("operator.new.hint"))
        name = await self.app.push_screen_wait(asked)
        if not name:
            return
        with reported(self, "error.new_shop"):
            tenant = await self.hub.write(lambda services: services.tenants.create(name))
            self.app.post_message(Chosen(tenant))

    def on_data_table_row_selected(self, message: DataTable.RowSelected) -> None:
        """How the shop under the cursor is."""
        tenant = self._selected_shop()
        if tenant is not None and self.view is View.SHOPS:
            self.run_worker(self._tell(tenant), group="dialogs", exit_on_error=False)

    async def _tell(self, tenant: Tenant) -> None:
        with reported(self, "error.load"):
            found = await self.hub.read(lambda services: services.overview.shop(tenant))
            if await self.app.push_screen_wait(VerdictScreen(tenant, found)):
                self.app.post_message(Chosen(tenant))

    def action_drain_host(self) -> None:
        """Have the host under the cursor hand over what it holds, if that is wanted."""
        key = self._tables[View.HOSTS].selected
        database = self._found.database if self._found else None
        host = (
            next((h.host for h in database.hosts if h.host.id == key), None) if database else None
        )
        if host is not None:
            self.run_worker(self._drain(host), group="dialogs", exit_on_error=False)

    async def _drain(self, host: HostView) -> None:
        text = t("operator.drain.text", host=host.id, n=host.sessions)
        sure = Confirm(t("operator.drain.title"), text, t("operator.drain.yes"))
        if not await self.app.push_screen_wait(sure):
            return
        with reported(self, "error.drain"):
            await self.hub.write(lambda services: services.hosts.drain(host.id))
            self.notify(t("operator.drained", host=host.id), markup=False)
            self.reload()

    def _selected_shop(self) -> Tenant | None:
        key = self._tables[View.SHOPS].selected
        database = self._found.database if self._found else None
        for shop in database.shops if database else ():
            if shop.id == key:
                return Tenant(id=shop.id, slug=shop.slug, name=shop.name, timezone=shop.timezone)
        return None
