"""Pictures that customers send, made small enough for a terminal. Runs in threads.

What arrives is not trusted: only common formats are decoded, never more pixels than a phone's
camera makes, and whatever goes wrong is one error.
"""

from __future__ import annotations

import io
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from waagent.domain.media import MediaState
from waagent.domain.messages import MessageKind
from waagent.domain.views import MessageView
from waagent.errors import RefusedError

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_BYTES = 8_000_000
MOST_PIXELS = 50_000_000
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
COLUMNS, LINES = 36, 12
"""The largest picture within a conversation, in cells; each cell is two pixels high."""
_KEPT = 64

Pixels = tuple[tuple[tuple[int, int, int], ...], ...]
"""Rows of red, green and blue, two rows for a line of the terminal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thumbnail:
    """A picture in a conversation; ``pixels`` has an even number of rows."""

    pixels: Pixels

    @property
    def columns(self) -> int:
        """How wide it is, in cells."""
        return len(self.pixels[0])

    @property
    def lines(self) -> int:
        """How high it is, in cells."""
        return len(self.pixels) // 2


def is_picture(message: MessageView) -> bool:
    """Whether the message has a picture that can be tried to be shown."""
    media = message.media
    return (
        message.kind in (MessageKind.IMAGE, MessageKind.STICKER)
        and message.revoked_at is None
        and media is not None
        and media.state is MediaState.STORED
        and 0 < media.size <= MOST_BYTES
    )


def decode(chunks: Iterable[bytes], most_side: int) -> Image:
    """The picture in a file, at most ``most_side`` pixels wide and high.

    Raises RefusedError if it is too large, damaged, or of a format that is not decoded.
    """
    import warnings

    from PIL import Image

    data = bytearray()
    for chunk in chunks:
        data += chunk
        if len(data) > MOST_BYTES:
            raise RefusedError("the picture is too large to be shown", hint="save it instead")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise RefusedError("the picture has too many pixels", hint="save it instead")
                image.draft("RGB", (most_side, most_side))
                image.thumbnail((most_side, most_side))
                return _flat(image)
    except RefusedError:
        raise
    except Exception as error:  # Pillow raises whatever a damaged file leads to
        raise RefusedError("the picture cannot be shown", hint="save it instead") from error


def _flat(image: Image) -> Image:
    """Without transparency, on a neutral ground."""
    from PIL import Image

    full = image.convert("RGBA")
    ground = Image.new("RGBA", full.size, (128, 128, 128, 255))
    return Image.alpha_composite(ground, full).convert("RGB")


def thumbnail(image: Image) -> Thumbnail:
    """A picture of at most 36 x 12 cells."""
    scale = min(COLUMNS / image.width, LINES * 2 / image.height)
    width, height = max(round(image.width * scale), 1), max(round(image.height * scale), 1)
    small = image.resize((width, height + height % 2))
    rows = bytes(small.tobytes())
    step = width * 3
    return Thumbnail(
        pixels=tuple(
            tuple((rows[at], rows[at + 1], rows[at + 2]) for at in range(start, start + step, 3))
            for start in range(0, len(rows), step)
        )
    )


class Thumbnails:
    """The newest thumbnails by message id; None for a picture that cannot be shown."""

    def __init__(self) -> None:
        self._found: OrderedDict[str, Thumbnail | None] = OrderedDict()

    def __contains__(self, message_id: object) -> bool:
        return message_id in self._found

    def get(self, message_id: str) -> Thumbnail | None:
        """The thumbnail, if it is there."""
        return self._found.get(message_id)

    def put(self, message_id: str, found: Thumbnail | None) -> None:
        """Keep it; the oldest of many is forgotten."""
        self._found[message_id] = found
        if len(self._found) > _KEPT:
            self._found.popitem(last=False)
