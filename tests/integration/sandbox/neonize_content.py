"""The part of ``neonize_client.py`` for what is more than text: files, quotes, changes, history."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from google.protobuf.json_format import MessageToDict
from neonize.client import NewClient
from neonize.events import HistorySyncEv, MessageEv
from neonize.proto.waE2E import WAWebProtobufsE2E_pb2 as e2e
from neonize.utils.enum import MediaType
from neonize.utils.jid import build_jid

Tell = Callable[..., None]
_EVENTS: dict[str, MessageEv] = {}
_UPLOAD_AS = {
    "image": MediaType.MediaImage,
    "sticker": MediaType.MediaImage,
    "video": MediaType.MediaVideo,
    "audio": MediaType.MediaAudio,
    "document": MediaType.MediaDocument,
}


def note(event: MessageEv, tell: Tell) -> None:
    """Tell what is in a message, and remember it."""
    _EVENTS[event.Info.ID] = event
    tell(
        "content",
        id=event.Info.ID,
        from_me=event.Info.MessageSource.IsFromMe,
        type=event.Info.Type,
        mediatype=event.Info.MediaType,
        edit=event.Info.Edit,
        is_edit=event.IsEdit,
        body=MessageToDict(event.Message),
    )


def history(event: HistorySyncEv, tell: Tell) -> None:
    """Tell what a history sync holds."""
    data = MessageToDict(event.Data)
    tell(
        "history",
        sync_type=data.get("syncType"),
        progress=data.get("progress", 0),
        names={p["ID"]: p["pushname"] for p in data.get("pushnames", [])},
        mappings={m["lidJID"]: m["pnJID"] for m in data.get("phoneNumberToLidMappings", [])},
        chats=data.get("conversations", []),
    )


def obey(client: NewClient, command: dict[str, Any], tell: Tell) -> bool:
    """Carry out a command; False when it is not one of these."""
    deeds = {
        "send_file": _send_file,
        "send_built": _send_built,
        "download": _download,
        "reply": _reply,
        "react": _react,
        "edit": _edit,
        "revoke": _revoke,
    }
    deed = deeds.get(command["op"])
    if deed is None:
        return False
    try:
        told, fields = deed(client, command)
        tell(told, **fields)
    except Exception as error:
        tell("download_failed" if deed is _download else "send_failed", error=str(error))
    return True


def _sent(answer: Any) -> tuple[str, dict[str, Any]]:
    return "sent", {"id": answer.ID}


def _send_file(client: NewClient, command: dict[str, Any]) -> Any:
    kind = command["kind"]
    uploaded = client.upload(Path(command["path"]).read_bytes(), _UPLOAD_AS[kind])
    message = e2e.Message()
    body = getattr(message, f"{kind}Message")
    body.URL, body.directPath, body.mediaKey = uploaded.url, uploaded.DirectPath, uploaded.MediaKey
    body.fileSHA256, body.fileEncSHA256 = uploaded.FileSHA256, uploaded.FileEncSHA256
    body.fileLength, body.mimetype = uploaded.FileLength, command["mimetype"]
    for name, value in command.get("more", {}).items():
        setattr(body, name, value)
    return _sent(client.send_message(build_jid(command["to"]), message))


def _send_built(client: NewClient, command: dict[str, Any]) -> Any:
    message = e2e.Message.FromString(bytes.fromhex(command["message"]))
    return _sent(client.send_message(build_jid(command["to"]), message))


def _download(client: NewClient, command: dict[str, Any]) -> Any:
    data = client.download_any(_EVENTS[command["id"]].Message)
    return "downloaded", {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def _reply(client: NewClient, command: dict[str, Any]) -> Any:
    return _sent(client.reply_message(command["text"], _EVENTS[command["id"]]))


def _react(client: NewClient, command: dict[str, Any]) -> Any:
    source = _EVENTS[command["id"]].Info.MessageSource
    message = client.build_reaction(source.Chat, source.Sender, command["id"], command["emoji"])
    return _sent(client.send_message(source.Chat, message))


def _edit(client: NewClient, command: dict[str, Any]) -> Any:
    new = e2e.Message(conversation=command["text"])
    return _sent(client.edit_message(build_jid(command["to"]), command["id"], new))


def _revoke(client: NewClient, command: dict[str, Any]) -> Any:
    me = client.get_me().JID
    return _sent(client.revoke_message(build_jid(command["to"]), me, command["id"]))
