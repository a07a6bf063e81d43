"""One message of a conversation."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from tui.phrasing import clock, file_size
from tui.safe import clean, one_line
from tui.strings import t
from waagent.domain.media import MediaState
from waagent.domain.messages import Direction, MessageKind, MessageState, Origin
from waagent.domain.views import MessageView

FOLDED = 1200
"""Characters shown of a long message until it is expanded."""
QUOTED = 80
"""Characters shown of a message that is answered."""

_TICKS: dict[MessageState, tuple[str, str]] = {
    MessageState.QUEUED: ("◷ ", "$foreground-muted"),
    MessageState.SENDING: ("◷ ", "$foreground-muted"),
    MessageState.SENT: ("✓ ", "$foreground-muted"),
    MessageState.DELIVERED: ("✓✓ ", "$foreground-muted"),
    MessageState.READ: ("✓✓ ", "$text-primary"),
    MessageState.FAILED: ("✗ ", "$text-error"),
    MessageState.UNKNOWN: ("? ", "$text-warning"),
    MessageState.CANCELLED: ("✗ ", "$foreground-muted"),
}


class Bubble(Horizontal, can_focus=False):
    """A row with the message at the customer's side (left) or the shop's (right)."""

    def __init__(self, message: MessageView, zone: str, *, expanded: bool = False) -> None:
        super().__init__(classes="-in" if message.direction is Direction.IN else "-out")
        self.message = message
        self._zone = zone
        self._body = Static(classes="bubble--body")
        self.expanded = expanded

    def compose(self) -> ComposeResult:
        """The bubble proper; the row is what aligns it."""
        yield self._body

    def on_mount(self) -> None:
        """First drawing."""
        self.show(self.message)

    def show(self, message: MessageView) -> None:
        """Draw ``message``, whose state may have changed."""
        self.message = message
        self.set_class(message.origin is Origin.FOLLOW_UP, "-follow-up")
        self.set_class(message.state in (MessageState.FAILED, MessageState.UNKNOWN), "-trouble")
        lines = [*self._quote(), self._text(), *self._reactions(), self._foot()]
        self._body.update(Content("\n").join(lines))

    def unfold(self, expanded: bool) -> None:
        """Show all of a long message, or fold it again."""
        if len(self.message.text) > FOLDED and expanded is not self.expanded:
            self.expanded = expanded
            self.show(self.message)

    def on_click(self, event: events.Click) -> None:
        """A click on a folded message unfolds it."""
        self.unfold(not self.expanded)

    def _text(self) -> Content:
        message = self.message
        if message.revoked_at is not None:
            return Content.styled(t("chat.deleted"), "italic $foreground-muted")
        text = clean(message.text).strip("\n")
        if message.kind is not MessageKind.TEXT or not text.strip():
            stub = (f"[{self._stub()}]", "italic $foreground-muted")
            return Content.assemble(stub, f"\n{text}" if text else "")
        if self.expanded or len(text) <= FOLDED:
            return Content(text)
        more = t("chat.more", n=len(text) - FOLDED)
        return Content.assemble(text[:FOLDED].rstrip(), ("\n" + more, "italic $text-accent"))

    def _stub(self) -> str:
        """What the message carries besides text: its kind, and its file as far as it is here."""
        message, media = self.message, self.message.media
        parts = [t(f"kind.{message.kind}")]
        if media is not None:
            parts += [one_line(media.file_name, limit=60)] if media.file_name else []
            parts += [file_size(media.size)] if media.size else []
            parts += [t(f"media.{media.state}")] if media.state is not MediaState.STORED else []
        return " · ".join(parts)

    def _quote(self) -> list[Content]:
        quoted = self.message.quoted
        if quoted is None or self.message.revoked_at is not None:
            return []
        text = one_line(quoted.text, limit=QUOTED)
        if not text and quoted.kind not in (None, MessageKind.TEXT):
            text = f"[{t(f'kind.{quoted.kind}')}]"
        return [Content.styled(f"│ {text or t('chat.quoted')}", "italic $foreground-muted")]

    def _reactions(self) -> list[Content]:
        """The emoji, each with whose it is."""
        shown = [
            f"{one_line(reaction.emoji, limit=16)} {t(f'reaction.{reaction.direction}')}"
            for reaction in self.message.reactions
        ]
        return [Content.styled("  ".join(shown), "$foreground-muted")] if shown else []

    def _foot(self) -> Content:
        message = self.message
        parts: list[str | tuple[str, str]] = [(clock(message.at, self._zone), "$foreground-muted")]
        if message.edited_at is not None and message.revoked_at is None:
            parts.append((f" · {t('chat.edited')}", "$foreground-muted"))
        if message.direction is Direction.OUT:
            tick, style = _TICKS.get(message.state, ("", "$foreground-muted"))
            parts.append((f"  {tick}{t(f'state.{message.state}')}", style))
            parts.append((f" · {t(f'origin.{message.origin}')}", "$foreground-muted"))
        return Content.assemble(*parts)
