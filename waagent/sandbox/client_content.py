"""The control client's calls for files, places, cards, quotes and changes of messages."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from waagent.errors import NotFoundError
from waagent.sandbox.calling import Caller
from waagent.sandbox.records import PastInfo


class ContentCalls(Caller):
    """``sender`` and ``to`` are a customer's number and a shop's, either way round.

    With the shop as the sender, its owner writes on the phone. Each call returns the id of what was
    sent. All raise NotFoundError for somebody who is not there, and InvalidInputError.
    """

    def send_file(
        self,
        sender: str,
        to: str,
        file: Path | str | bytes,
        *,
        kind: str = "image",
        caption: str | None = None,
        mimetype: str | None = None,
        file_name: str | None = None,
        seconds: int | None = None,
        voice: bool = False,
        quote: str | None = None,
    ) -> str:
        """Send an image, a video, an audio, a document or a sticker: a path, or what is in it.

        Without ``mimetype`` it is guessed from the name. ``voice``: an audio recorded in the chat.
        """
        with _as_path(self.state_dir, file) as path:
            return self._post(
                sender,
                to,
                kind=kind,
                path=str(path),
                text=caption,
                mimetype=mimetype,
                file_name=file_name or ("file" if isinstance(file, bytes) else None),
                seconds=seconds,
                voice=voice,
                quote=quote,
            )

    def send_location(
        self,
        sender: str,
        to: str,
        latitude: float,
        longitude: float,
        *,
        name: str | None = None,
        address: str | None = None,
        quote: str | None = None,
    ) -> str:
        """Send a place; degrees."""
        where = {"latitude": latitude, "longitude": longitude, "name": name, "address": address}
        return self._post(sender, to, kind="location", quote=quote, **where)

    def send_contact(
        self, sender: str, to: str, name: str, phone: str, *, quote: str | None = None
    ) -> str:
        """Send somebody's card."""
        return self._post(sender, to, kind="contact", name=name, phone=phone, quote=quote)

    def reply(self, sender: str, to: str, text: str, quote: str) -> str:
        """Answer the message with the id ``quote``."""
        return self._post(sender, to, text=text, quote=quote)

    def send_text(self, sender: str, to: str, text: str) -> str:
        """Send a text as it is, blank or not, of up to 65,536 characters."""
        return self._post(sender, to, text=text)

    def send_bytes(self, customer: str, to: str, text: bytes) -> str:
        """A customer's faulty client sends a text that need not be UTF-8."""
        return self._post(customer, to, text_hex=text.hex())

    def react(self, phone: str, message_id: str, emoji: str) -> str:
        """The one with this number reacts to a message on their telephone; "" takes it back."""
        return self._change(phone, message_id, "reaction", emoji)

    def edit(self, phone: str, message_id: str, text: str) -> str:
        """The one with this number edits a message of their own."""
        return self._change(phone, message_id, "edit", text)

    def delete(self, phone: str, message_id: str) -> str:
        """The one with this number deletes a message of their own, for everyone."""
        return self._change(phone, message_id, "revoke")

    def history(
        self,
        account: str,
        *,
        name: str | None = None,
        conversations: Sequence[dict[str, Any]] | None = None,
        chats: int | None = None,
        messages: int | None = None,
        days: float | None = None,
        addressing: str | None = None,
        now: bool = False,
    ) -> PastInfo:
        """Give an account a past; every device linked from now on gets all that its phone shows.

        ``conversations``: ``{phone, name, messages: [{text, from_me, at}]}`` each, ``at`` in Unix
        seconds; or so many made-up ``chats`` of so many ``messages``, over the last ``days`` (30).
        ``name`` makes the account, if need be. ``addressing``: chats go by ``lid`` or ``pn``.
        ``now``: the devices that are linked already get it, too.
        """
        answer = self._call(
            "history",
            account=account,
            name=name,
            conversations=None if conversations is None else list(conversations),
            chats=chats,
            messages=messages,
            days=days,
            addressing=addressing,
            now=now,
        )
        return PastInfo(**answer)

    def file(self, sha256: str) -> bytes:
        """What is in a file that some telephone shows: see ``Received.media``. NotFoundError."""
        try:
            return (self.state_dir / "files" / Path(sha256).name).read_bytes()
        except OSError:
            raise NotFoundError(f"no telephone has a file {sha256}") from None

    def _post(self, sender: str, to: str, **values: Any) -> str:
        return str(self._call("post", **{"from": sender, "to": to, **values})["id"])

    def _change(self, phone: str, message_id: str, change: str, text: str = "") -> str:
        answer = self._call("change", phone=phone, id=message_id, change=change, text=text)
        return str(answer["id"])


@contextmanager
def _as_path(state_dir: Path, file: Path | str | bytes) -> Iterator[Path]:
    """A path where the sandbox can read the file while the context lasts."""
    if not isinstance(file, bytes):
        yield Path(file).resolve()
        return
    handle, name = tempfile.mkstemp(dir=state_dir, prefix=".upload-")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(file)
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)
