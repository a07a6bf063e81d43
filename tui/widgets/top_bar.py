"""The first line of a screen: the shop, the places with their keys, whether changes arrive live."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tui import actions, keys
from tui.places import Place
from tui.safe import clip
from tui.strings import t

_LEAST_NAME = 8
"""Cells of the shop's name below which the places are shortened first."""
Parts = list[tuple[str, str]]


class TopBar(Static):
    """Places are opened by a click or their key; the present one is in brackets of colour and [ ].

    Everything is shortened as the terminal gets narrower, the names of the other places first.
    """

    class Picked(Message):
        """A place was clicked."""

        def __init__(self, place: Place) -> None:
            super().__init__()
            self.place = place

    def __init__(self) -> None:
        super().__init__(classes="top-bar")
        self._shown: tuple[str, Place, tuple[Place, ...], int, bool] | None = None
        self._spans: list[tuple[int, int, Place]] = []

    def show(
        self, shop: str, place: Place, places: Sequence[Place], *, unread: int, live: bool
    ) -> None:
        """Draw; ``unread`` is how many conversations wait. ``shop`` is plain text."""
        shown = (shop, place, tuple(places), unread, live)
        if shown != self._shown:
            self._shown = shown
            self._draw()

    def on_resize(self) -> None:
        """Another width, other words."""
        self._draw()

    def _draw(self) -> None:
        if self._shown is None:
            return
        shop, place, places, unread, live = self._shown
        width = max(self.size.width - self.styles.gutter.width, 10)
        dot, word = ("●", t("live.on")) if live else ("○", t("live.off"))
        least = min(cell_len(shop), _LEAST_NAME) + 2
        for style, state in (("long", f"{dot} {word}"), ("short", f"{dot} {word}"), ("short", dot)):
            tabs = [_tab(each, unread, style, current=each is place) for each in places]
            used = sum(map(cell_len, tabs)) + cell_len(state)
            if used + least <= width:
                break
        else:
            tabs = [_tab(each, unread, "key", current=each is place) for each in places]
            used = sum(map(cell_len, tabs)) + cell_len(state)
        name = clip(shop, max(width - used - 2, 0))
        self._put(name, list(zip(tabs, places, strict=True)), state, width)

    def _put(self, name: str, tabs: list[tuple[str, Place]], state: str, width: int) -> None:
        assert self._shown is not None
        _, place, _, _, live = self._shown
        parts: Parts = [(name, "bold $text-primary"), ("  " if name else "", "")]
        at = cell_len(name) + (2 if name else 0)
        self._spans = []
        for text, each in tabs:
            parts.append((text, "bold reverse" if each is place else "$foreground-muted"))
            self._spans.append((at, at + cell_len(text), each))
            at += cell_len(text)
        parts.append((" " * max(width - at - cell_len(state), 0), ""))
        parts.append((state, "$text-success" if live else "$text-warning"))
        self.update(Content.assemble(*parts), layout=False)

    def on_click(self, event: events.Click) -> None:
        """The place under the mouse."""
        x = event.x - self.styles.gutter.left
        for start, end, place in self._spans:
            if start <= x < end:
                self.post_message(self.Picked(place))


def _tab(place: Place, unread: int, style: str, *, current: bool) -> str:
    """``[1 Papan]`` or `` 2 Pesan ●3 ``: never wider than needed, told apart without colour."""
    key = keys.shown(actions.BY_ID[f"{actions.Context.GLOBAL}.{place}"])
    label = t(f"place.{place}" if style == "short" and not current else f"do.{place}")
    waiting = f" ●{min(unread, 99)}" if place is Place.INBOX and unread else ""
    text = key if style == "key" and not current else f"{key} {label}"
    return f"[{text}{waiting}]" if current else f" {text}{waiting} "
