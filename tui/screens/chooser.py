"""Which shop to show, when there are several."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tui.messages import Chosen
from tui.safe import clip, one_line
from tui.screens.closing import Dialog
from tui.strings import t
from waagent.domain.views import Tenant


class ChooserScreen(Dialog[None]):
    """A list of shops."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "list('cursor_down')", show=False),
        Binding("k", "list('cursor_up')", show=False),
        Binding("g", "list('first')", show=False),
        Binding("G", "list('last')", show=False),
    ]

    def __init__(self, tenants: Sequence[Tenant]) -> None:
        super().__init__()
        self._tenants = tuple(tenants)

    def compose(self) -> ComposeResult:
        """The list in a box."""
        box = Vertical(OptionList(*map(_option, self._tenants)), id="chooser")
        box.border_title = t("tenant.choose")
        box.border_subtitle = t("tenant.choose.hint")
        yield box

    async def action_list(self, name: str) -> None:
        """The keys of the board in a list."""
        await self.query_one(OptionList).run_action(name)

    def on_option_list_option_selected(self, message: OptionList.OptionSelected) -> None:
        """Enter or a click."""
        tenant = self._tenants[message.option_index]
        self.dismiss()
        self.app.post_message(Chosen(tenant))


def _option(tenant: Tenant) -> Option:
    name = clip(one_line(tenant.name), 40)
    return Option(Content.assemble((name, "bold"), (f"  {tenant.slug}", "$foreground-muted")))
