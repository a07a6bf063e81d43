"""Where a reply is written: Enter sends, Ctrl+J makes a line."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType
from textual.message import Message
from textual.widgets import TextArea

from tui.actions import Context, bindings
from tui.strings import t


class ReplyBox(TextArea):
    """A text box as high as its text, up to a few lines.

    What is sent leaves the box, unless it ``keeps_text``: then its owner empties it.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(Context.REPLY, "send", "newline", "page_up", "page_down")
    ]

    class Sent(Message):
        """The user wants ``text`` to be sent."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Scrolled(Message):
        """Page up or down: the messages should scroll, not this box."""

        def __init__(self, direction: int) -> None:
            super().__init__()
            self.direction = direction

    def __init__(self, text: str) -> None:
        super().__init__(
            text,
            id="reply",
            soft_wrap=True,
            show_line_numbers=False,
            highlight_cursor_line=False,
            compact=True,
            placeholder=t("chat.reply"),
        )
        self.keeps_text = False
        self.move_cursor(self.document.end)

    def put(self, text: str) -> None:
        """Replace the text; the cursor goes to its end."""
        self.text = text
        self.move_cursor(self.document.end)

    def action_send(self) -> None:
        """Send, unless there is nothing but white space.

        The key comes ahead of what was typed just before it, which still waits in this box's
        queue; so does the sending therefore.
        """
        self.call_later(self._send)

    def _send(self) -> None:
        text = self.text.strip()
        if text:
            if not self.keeps_text:
                self.put("")
            self.post_message(self.Sent(text))

    def action_newline(self) -> None:
        """A line break at the cursor, behind what was typed before it."""
        self.call_later(self.insert, "\n")

    def action_page_up(self) -> None:
        """Scroll the messages."""
        self.post_message(self.Scrolled(-1))

    def action_page_down(self) -> None:
        """Scroll the messages."""
        self.post_message(self.Scrolled(1))
