"""What a person is about to send, and what is wrong with it, if anything is."""

from __future__ import annotations

import math
from dataclasses import dataclass

from waagent.domain.messages import MessageKind, OutgoingContact, OutgoingLocation
from waagent.domain.texts import shows_something
from waagent.errors import InvalidInputError
from waagent.services.attachments import Attachment
from waagent.services.ids import clean_name
from waagent.services.outgoing import in_words

MAX_TEXT = 4096
MAX_CAPTION = 1024
"""The longest caption that WhatsApp's Cloud API reference allows under a file."""
MAX_NAME = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A text, a file with or without a caption, a place or a card.

    ``quote`` is the id of the message of the same chat that it answers.
    """

    text: str = ""
    attachment: Attachment | None = None
    location: OutgoingLocation | None = None
    card: OutgoingContact | None = None
    quote: str | None = None

    @property
    def kind(self) -> MessageKind:
        """What it will be."""
        if self.attachment:
            return self.attachment.kind
        if self.location:
            return MessageKind.LOCATION
        return MessageKind.CONTACT if self.card else MessageKind.TEXT

    @property
    def words(self) -> str:
        """What is stored as its text."""
        special = self.location or self.card
        return in_words(special) if special else self.text


def check_draft(draft: Draft) -> None:
    """See that it can be sent.

    Raises:
        InvalidInputError: it is empty, too long, or of parts that do not go together.
    """
    if (draft.attachment, draft.location, draft.card).count(None) < 2:
        raise InvalidInputError("a message holds one of a file, a place and a card")
    if draft.location or draft.card:
        _check_alone(draft)
    elif draft.attachment is None:
        check_text(draft.text)
    elif draft.text:
        if draft.kind is MessageKind.AUDIO:
            raise InvalidInputError(
                "WhatsApp shows no text with a sound file", hint="send the text on its own"
            )
        check_text(draft.text, longest=MAX_CAPTION)
    if draft.location:
        _check_place(draft.location)
    elif draft.card:
        clean_name(draft.card.name, "the card's name", MAX_NAME)


def check_text(text: str, *, longest: int = MAX_TEXT) -> None:
    """See that it is a text that WhatsApp takes. Raises InvalidInputError."""
    if not shows_something(text):
        raise InvalidInputError("the message is empty", hint="write a text that can be seen")
    if len(text) > longest:
        raise InvalidInputError(
            f"the message has {len(text)} characters; the most is {longest}",
            hint="send it in parts",
        )
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise InvalidInputError(
            "the message holds a character that is none of text",
            hint="write it as UTF-8, without null characters",
        )


def _check_alone(draft: Draft) -> None:
    if draft.text or draft.quote:
        raise InvalidInputError(
            "a place or a card has no text and answers no message",
            hint="send the text on its own",
        )


def _check_place(place: OutgoingLocation) -> None:
    within = abs(place.latitude) <= 90 and abs(place.longitude) <= 180
    if not within or not math.isfinite(place.latitude + place.longitude):
        raise InvalidInputError(
            f"no place on earth: {place.latitude},{place.longitude}",
            hint="the latitude first, in degrees: -6.2,106.8",
        )
    if place.name:
        clean_name(place.name, "the place's name", MAX_NAME)
