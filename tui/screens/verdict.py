"""How one shop's numbers are, and what to do: for the operator."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.operator_rows import diagnosis
from tui.safe import clip, one_line
from tui.screens.closing import Dialog
from tui.strings import t
from waagent.domain.checks import ShopDiagnosis
from waagent.domain.views import Tenant


class VerdictScreen(Dialog[bool]):
    """A text to read; ``o`` dismisses it with True: open the shop."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter", "close", show=False),
        Binding("o", "open", show=False),
        Binding("down,j", "scroll(1)", show=False),
        Binding("up,k", "scroll(-1)", show=False),
    ]

    def __init__(self, tenant: Tenant, found: ShopDiagnosis) -> None:
        super().__init__()
        self._tenant = tenant
        self._found = found

    def compose(self) -> ComposeResult:
        """The findings in a box."""
        box = VerticalScroll(Static(diagnosis(self._found), markup=False), id="verdict-box")
        box.border_title = Content(clip(one_line(self._tenant.name), 50))
        box.border_subtitle = t("operator.diagnosis.keys")
        yield box

    def action_close(self) -> None:
        """Back."""
        self.dismiss(False)

    def action_open(self) -> None:
        """To the shop."""
        self.dismiss(True)

    def action_scroll(self, lines: int) -> None:
        """Up and down."""
        self.query_one("#verdict-box").scroll_relative(y=lines, animate=False)
