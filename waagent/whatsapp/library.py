"""The only module that imports neonize: clients, their callbacks, and the calls that are made.

Nothing here guards anything: every function but :func:`new_client` must be called inside the gate,
with a client the library knows (``docs/explanation/neonize.md``). What the library refuses is
raised as :data:`LibraryError`, with its text.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import logging
import re
from collections.abc import Callable
from typing import Any

import structlog

from waagent.domain.messages import MessageKind, OutgoingMedia
from waagent.errors import InvalidInputError, MigrationError
from waagent.whatsapp import library_log, translate
from waagent.whatsapp.jids import PersonJid
from waagent.whatsapp.session import PairingSession, Session

_root = logging.getLogger()
_root_before = (_root.handlers[:], _root.level)
if ctypes.util.find_library("magic") is None:
    import pylibmagic  # noqa: F401  (python-magic, which neonize imports, needs a libmagic)

from neonize._binder import func_callback_bytes2, gocode  # noqa: E402
from neonize.client import NewClient  # noqa: E402
from neonize.events import INT_TO_EVENT  # noqa: E402
from neonize.exc import NeonizeError  # noqa: E402
from neonize.proto.Neonize_pb2 import (  # noqa: E402
    JID,
    PairPhoneParams,
    PairPhoneReturnFunction,
)
from neonize.proto.waCompanionReg.WAWebProtobufsCompanionReg_pb2 import DeviceProps  # noqa: E402
from neonize.proto.waE2E.WAWebProtobufsE2E_pb2 import Message  # noqa: E402
from neonize.utils.enum import (  # noqa: E402
    ChatPresence,
    ChatPresenceMedia,
    ClientType,
    MediaType,
    Presence,
)

library_log.capture(*_root_before)
log = structlog.get_logger(__name__)

LibraryError = NeonizeError
"""What the library's calls raise."""
DEVICE_NAME = "waagent"
"""What the owner's phone lists under its linked devices."""
BROWSER = "Chrome (Linux)"
"""What a pairing by code says it is: WhatsApp takes only the name of a common browser there."""
CLIENTS: list[Any] = []
"""Every client ever made: the library may call into one long after it was stopped."""
_DEVICE_LIST = re.compile(r"\d+[.:\d]*@")
_MEDIA_TYPES = {
    MessageKind.IMAGE: MediaType.MediaImage,
    MessageKind.VIDEO: MediaType.MediaVideo,
    MessageKind.AUDIO: MediaType.MediaAudio,
    MessageKind.DOCUMENT: MediaType.MediaDocument,
}


def create_tables(dsn: str) -> None:
    """Let the library create or upgrade its tables. For :mod:`waagent.whatsapp.create_store` only.

    Raises :class:`MigrationError` with the library's own words.
    """
    no_log = func_callback_bytes2(lambda _address, _size: None)
    answer = gocode.GetAllDevices(dsn.encode(), no_log).decode(errors="replace")
    if answer and not _DEVICE_LIST.match(answer):  # it answers devices, or the text of an error
        raise MigrationError(answer)


def new_client(dsn: str, session: Session, *, jid: PersonJid | None) -> Any:
    """A client that tells ``session`` of its events and is never garbage-collected."""
    props = DeviceProps(os=DEVICE_NAME, platformType=DeviceProps.UNKNOWN)
    client = NewClient(
        dsn,
        jid=None if jid is None else _jid(jid),
        props=props,
        uuid=session.key,
        new_device=jid is None,
    )
    client._stop_finalizer.detach()  # it would stop the client from any thread, past the gate
    CLIENTS.append(client)
    client.qr(lambda _client, _code: None)  # the default prints it
    for number in translate.SUBSCRIPTIONS:
        client.event(INT_TO_EVENT[number])(lambda _client, _event: None)
    client.event.execute = _event_callback(session)
    return client


def new_pairing_client(dsn: str, session: PairingSession) -> Any:
    """A client for a number that is not linked yet, which also tells of its codes and outcome."""
    client = new_client(dsn, session, jid=None)
    # the library passes the *address* of the outcome's name, and would only print that
    client._NewClient__onLoginStatus = lambda _uuid, address: session.status(
        ctypes.string_at(address).decode()
    )
    client.qr(lambda _client, code: session.code(code.decode()))
    return client


def send(client: Any, to: PersonJid, content: Any) -> tuple[str, int]:
    """Send a ``Message`` and wait for its acknowledgement: its id, and the server's time (s)."""
    answer = client.send_message(_jid(to), content)
    return answer.ID, answer.Timestamp


def upload(client: Any, media: OutgoingMedia) -> dict[str, Any]:
    """Encrypt and store a file at WhatsApp: the fields of a message that lead to it."""
    stored = client.upload(media.data, _MEDIA_TYPES[media.kind])
    return {
        "URL": stored.url,
        "directPath": stored.DirectPath,
        "mediaKey": stored.MediaKey,
        "fileSHA256": stored.FileSHA256,
        "fileEncSHA256": stored.FileEncSHA256,
        "fileLength": stored.FileLength,
    }


def new_message(**fields: Any) -> Any:
    """A ``Message`` with these fields. Raises :class:`InvalidInputError`."""
    try:
        return Message(**fields)
    except ValueError:  # half a surrogate pair, which no encoding can express
        raise InvalidInputError("it has a broken character", hint="type it anew") from None


def parse_message(data: bytes) -> Any:
    """A serialized ``Message``. Raises :class:`ValueError`."""
    try:
        return Message.FromString(data)
    except Exception as error:  # protobuf's own, whose place depends on its implementation
        raise ValueError("not a serialized message") from error


def download(client: Any, reference: Any) -> bytes:
    """Fetch and decrypt the file of a ``Message``."""
    return bytes(client.download_any(reference))


def set_available(client: Any, available: bool) -> None:
    """Say that the owner is, or is not, at this device."""
    client.send_presence(Presence.AVAILABLE if available else Presence.UNAVAILABLE)


def set_typing(client: Any, to: PersonJid, composing: bool) -> None:
    """Show in a chat that an answer is being typed, or no longer is."""
    state = ChatPresence.CHAT_PRESENCE_COMPOSING if composing else ChatPresence.CHAT_PRESENCE_PAUSED
    client.send_chat_presence(_jid(to), state, ChatPresenceMedia.CHAT_PRESENCE_MEDIA_TEXT)


def ask_something(client: Any) -> None:
    """One question to WhatsApp that changes nothing there (who is blocked), and its answer."""
    client.get_blocklist()


def log_out(client: Any) -> None:
    """Take the link away from the owner's phone, and with it the device from the store."""
    client.logout()


def pair_phone(client: Any, phone: str) -> str:
    """Ask for the code that ``phone`` is to type in ("ABCD-EFGH").

    Not by neonize's own method: the name of the browser it sends is one WhatsApp does not know.
    """
    params = PairPhoneParams(
        phone=phone,
        clientDisplayName=BROWSER,
        clientType=ClientType.CHROME.value,
        showPushNotification=True,
    ).SerializeToString()
    answer = PairPhoneReturnFunction.FromString(gocode.PairPhone(client.uuid, params, len(params)))
    if answer.Error:
        raise LibraryError(answer.Error)
    return str(answer.Code)


def _event_callback(session: Session) -> Callable[[bytes, int | None, int, int], None]:
    """The library's one entry for events; ctypes prints and drops what it raises, so nothing is."""

    def callback(_uuid: bytes, address: int | None, size: int, number: int) -> None:
        try:
            data = ctypes.string_at(address, size) if address and size > 0 else b""
            if number == translate.HISTORY_SYNC:
                session.handle_history(lambda: INT_TO_EVENT[number].FromString(data))
                return
            event = INT_TO_EVENT[number].FromString(data)
        except Exception as error:
            session.unreadable(number, error)
            return
        session.handle(number, event)

    return callback


def _jid(parsed: PersonJid) -> Any:
    return JID(
        User=parsed.user,
        Server=parsed.server,
        RawAgent=parsed.agent,
        Device=parsed.device,
        Integrator=0,
        IsEmpty=False,
    )
