"""One message of a conversation as lines of styled text, never wider than told. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from rich.cells import cell_len

from tui.inbox_strings import INBOX
from tui.phrasing import clock, file_size
from tui.pictures import Thumbnail, is_picture
from tui.safe import clean, clip, one_line
from tui.strings import t
from tui.wrapping import wrap
from waagent.domain.media import MediaState
from waagent.domain.messages import Direction, MessageKind, MessageState, Origin
from waagent.domain.views import MessageView

FOLDED = 1200
"""Characters shown of a long message until it is expanded."""
QUOTED = 80
"""Characters shown of a message that is answered."""
_SHARE = 0.72
_PICTURES_FROM = 52
"""Columns of a conversation from which pictures are shown in it."""

TICKS: dict[MessageState, tuple[str, str]] = {
    MessageState.QUEUED: ("◷ ", "muted"),
    MessageState.SENDING: ("◷ ", "muted"),
    MessageState.SENT: ("✓ ", "muted"),
    MessageState.DELIVERED: ("✓✓ ", "muted"),
    MessageState.READ: ("✓✓ ", "read"),
    MessageState.FAILED: ("✗ ", "failed"),
    MessageState.UNKNOWN: ("? ", "unsure"),
    MessageState.CANCELLED: ("✗ ", "muted"),
}
"""The sign of a state, and the style it is shown in."""
TROUBLE = (MessageState.FAILED, MessageState.UNKNOWN)

Piece = tuple[str, str]
"""A text and the name of its style (without ``bubble--``)."""
Line = tuple[Piece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a message is drawn: in how many columns, in which zone, unfolded, with its picture."""

    width: int
    zone: str
    expanded: bool = False
    picture: Thumbnail | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bubble:
    """The drawn message. ``lines`` are each ``width`` cells wide; a picture stands above them."""

    message: MessageView
    width: int
    lines: tuple[Line, ...]
    picture: Thumbnail | None

    @property
    def is_ours(self) -> bool:
        """Whether it stands on the right."""
        return self.message.direction is Direction.OUT

    @property
    def height(self) -> int:
        """In lines, the picture included."""
        return len(self.lines) + (self.picture.lines if self.picture else 0)


def draw(message: MessageView, look: Look) -> Bubble:
    """The message in a bubble as narrow as its text."""
    room = max(int((look.width - 2) * _SHARE) - 3, 12)
    picture = look.picture if shows_pictures(look.width) and is_picture(message) else None
    lines = [*_quote(message, room), *_stub(message, room, picture is not None)]
    lines += _text(message, room, look.expanded)
    lines += [*_reactions(message, room), *_foot(message, room, look.zone), *_advice(message, room)]
    width = max(_width(line) for line in lines)
    if picture is not None:
        width = max(width, picture.columns)
    padded = tuple((*line, (" " * (width - _width(line)), "text")) for line in lines)
    return Bubble(message=message, width=width, lines=padded, picture=picture)


def shows_pictures(width: int) -> bool:
    """Whether a conversation so wide shows pictures; a narrower one says how to open them."""
    return width >= _PICTURES_FROM


def _width(line: Line) -> int:
    return sum(cell_len(text) for text, _ in line)


def _styled(text: str, width: int, style: str) -> list[Line]:
    return [((line, style),) for line in wrap(text, width)]


def _quote(message: MessageView, width: int) -> list[Line]:
    quoted = message.quoted
    if quoted is None or message.revoked_at is not None:
        return []
    text = one_line(quoted.text, limit=QUOTED)
    if not text and quoted.kind not in (None, MessageKind.TEXT):
        text = f"[{t(f'kind.{quoted.kind}')}]"
    return [((clip(f"│ {text or t('chat.quoted')}", width), "quote"),)]


def _stub(message: MessageView, width: int, has_picture: bool) -> list[Line]:
    """What the message carries besides text: its kind, and its file as far as it is here."""
    if message.revoked_at is not None:
        return _styled(t("chat.deleted"), width, "stub")
    if message.kind is MessageKind.TEXT and clean(message.text).strip():
        return []
    media = message.media
    parts = [t(f"kind.{message.kind}")]
    if media is not None:
        parts += [one_line(media.file_name, limit=60)] if media.file_name else []
        parts += [file_size(media.size)] if media.size else []
        parts += [t(f"media.{media.state}")] if media.state is not MediaState.STORED else []
    found = f"[{' · '.join(parts)}]"
    if media is not None and media.state is MediaState.STORED and not has_picture:
        found += f" {t('chat.file.keys' if is_picture(message) else 'chat.file.save')}"
    return _styled(found, width, "stub")


def _text(message: MessageView, width: int, expanded: bool) -> list[Line]:
    text = clean(message.text).strip("\n")
    if message.revoked_at is not None or not text.strip():
        return []
    if expanded or len(text) <= FOLDED:
        return _styled(text, width, "text")
    more = t("chat.more", n=len(text) - FOLDED)
    return [*_styled(text[:FOLDED].rstrip(), width, "text"), *_styled(more, width, "more")]


def _reactions(message: MessageView, width: int) -> list[Line]:
    """The emoji, each with whose it is."""
    shown = [
        f"{one_line(reaction.emoji, limit=16)} {t(f'reaction.{reaction.direction}')}"
        for reaction in message.reactions
    ]
    return [((clip("  ".join(shown), width), "muted"),)] if shown else []


def _foot(message: MessageView, width: int, zone: str) -> list[Line]:
    """Time, and for ours how far it got and who wrote it; on two lines where it is narrow."""
    time = clock(message.at, zone)
    if message.edited_at is not None and message.revoked_at is None:
        time += f" · {t('chat.edited')}"
    if message.direction is Direction.IN:
        return [((time, "muted"),)]
    tick, style = TICKS.get(message.state, ("", "muted"))
    state, origin = f"{tick}{t(f'state.{message.state}')}", t(f"origin.{message.origin}")
    line: Line = ((f"{time}  ", "muted"), (state, style), (f" · {origin}", "muted"))
    if _width(line) <= width:
        return [line]
    return [(line[0], line[1]), ((clip(origin, width), "muted"),)]


def _advice(message: MessageView, width: int) -> list[Line]:
    """Why one of ours waits or did not get through, and what to do."""
    if message.direction is Direction.IN or message.revoked_at is not None:
        return []
    said: list[Line] = []
    if message.reason:
        said += _styled(reason(message.reason), width, "muted")
    if message.state in TROUBLE:
        said += _styled(t(f"chat.todo.{message.state}"), width, "more")
    return said


def reason(code: str) -> str:
    """A code of ``MessageView.reason`` in words, or as it is where there are none."""
    action, colon, rest = code.rpartition(":")
    plain = t(f"why.{rest}") if f"why.{rest}" in INBOX else one_line(rest)
    return f"{t(f'why.of.{action}')}: {plain}" if colon and f"why.of.{action}" in INBOX else plain


def style_of(message: MessageView) -> str:
    """The style of a bubble's edge."""
    if message.direction is Direction.IN:
        return "edge-in"
    if message.state in TROUBLE:
        return "edge-trouble"
    return "edge-follow-up" if message.origin is Origin.FOLLOW_UP else "edge-out"
