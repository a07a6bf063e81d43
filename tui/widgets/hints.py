"""The last line of a screen: at most eight keys that matter here, most used first."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from tui import actions, keys

MOST = 8
_STAY = 2
"""Help and quit, the last ones of those that hold everywhere."""
Hint = tuple[str, str, str, bool, bool]
"""Key to press, key as written, what it does, whether it holds everywhere, whether it works now."""


class Hints(Static):
    """In the words and with the keys of the registry as they are now; a click presses the key.

    One widget without children, since it changes with nearly every key: Textual's footer has the
    whole screen arranged anew each time.
    """

    ALLOW_SELECT = False

    def __init__(self) -> None:
        super().__init__(classes="hints")
        self._hints: tuple[Hint, ...] = ()
        self._spans: list[tuple[int, int, str]] = []

    def on_mount(self) -> None:
        """Follow the keys that work."""
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    def _changed(self, screen: Screen[object]) -> None:
        if self.is_attached and screen is self.screen:
            hints = tuple(_hints(screen))
            if hints != self._hints:
                self._hints = hints
                self._draw()

    def on_resize(self) -> None:
        """Another width, another selection."""
        self._draw()

    def _draw(self) -> None:
        parts: list[str | tuple[str, str]] = []
        self._spans, at = [], self.styles.gutter.left
        for key, written, text, _, works in _fitting(self._hints, self.size.width):
            parts.append((written, "bold $footer-key-foreground" if works else "dim"))
            parts.append((f" {text} ", "$footer-foreground" if works else "dim"))
            end = at + _width(written, text)
            self._spans.append((at, end, key))
            at = end
        self.update(Content.assemble(*parts), layout=False)

    def on_click(self, event: events.Click) -> None:
        """The key under the mouse."""
        for start, end, key in self._spans:
            if start <= event.x < end:
                self.app.simulate_key(key)


def _hints(screen: Screen[object]) -> list[Hint]:
    found: dict[str, Hint] = {}
    for _, binding, works, _ in screen.active_bindings.values():
        action = actions.BY_ID.get(binding.id or "")
        if action is not None and binding.show and binding.action not in found:
            everywhere = action.context is actions.Context.GLOBAL
            written = keys.shown(action)
            found[binding.action] = (binding.key, written, action.label, everywhere, works)
    return list(found.values())


def _fitting(hints: Sequence[Hint], room: int) -> list[Hint]:
    """Where there is no room the palette gives way first, then the last ones of the screen."""
    everywhere = [hint for hint in hints if hint[3]]
    own = [hint for hint in hints if not hint[3]]

    def too_much() -> bool:
        shown = [*own, *everywhere]
        return len(shown) > MOST or sum(_width(hint[1], hint[2]) for hint in shown) > room

    if len(everywhere) > _STAY and too_much():
        everywhere = everywhere[-_STAY:]
    while own and too_much():
        own.pop()
    return [*own, *everywhere]


def _width(written: str, text: str) -> int:
    return cell_len(written) + cell_len(text) + 2
