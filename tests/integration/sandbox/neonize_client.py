"""A real neonize client behind a pipe: commands in, events out, one JSON object a line.

Run as ``python neonize_client.py DATABASE ROOT_KEY_HEX [JID]`` with HTTPS_PROXY and SSL_CERT_FILE
in the environment; without a JID it pairs. neonize must never be imported in the pytest process.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
import threading

_PIPE = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)  # Go prints to standard output

import neonize_content  # noqa: E402
import pylibmagic  # noqa: E402, F401
from neonize.client import ClientFactory, NewClient  # noqa: E402
from neonize.events import (  # noqa: E402
    ClientOutdatedEv,
    ConnectedEv,
    ConnectFailureEv,
    DisconnectedEv,
    HistorySyncEv,
    LoggedOutEv,
    MessageEv,
    OfflineSyncCompletedEv,
    ReceiptEv,
    StreamErrorEv,
    StreamReplacedEv,
    TemporaryBanEv,
    UndecryptableMessageEv,
)
from neonize.utils.jid import Jid2String, build_jid  # noqa: E402

_SHIPPED_ROOT = bytes.fromhex("142375574d0a587166aae71ebe516437c4a28b73e3695c6ce1f7f9545da8ee6b")
_WRITING = threading.Lock()


def tell(event: str, **fields: object) -> None:
    with _WRITING:
        _PIPE.write(json.dumps({"event": event, **fields}, default=repr) + "\n")
        _PIPE.flush()


def trust(root: bytes) -> None:
    """Put the sandbox's Noise root key where the loaded library holds WhatsApp's."""
    with open("/proc/self/maps", encoding="utf-8") as maps:
        for line in maps:
            if "neonize-linux" in line and " rw" in line:
                begin, end = (int(part, 16) for part in line.split()[0].split("-"))
                found = ctypes.string_at(begin, end - begin).find(_SHIPPED_ROOT)
                if found >= 0:
                    ctypes.memmove(begin + found, root, len(root))
                    return
    raise SystemExit("the root key is not in the loaded library")


def message(event: MessageEv) -> None:
    info, source = event.Info, event.Info.MessageSource
    body = event.Message
    tell(
        "message",
        id=info.ID,
        text=body.conversation or body.extendedTextMessage.text,
        name=info.Pushname,
        at=info.Timestamp,
        chat=Jid2String(source.Chat),
        sender=Jid2String(source.Sender),
        sender_alt=Jid2String(source.SenderAlt),
        recipient_alt=Jid2String(source.RecipientAlt),
        from_me=source.IsFromMe,
    )


def receipt(event: ReceiptEv) -> None:
    tell(
        "receipt",
        ids=list(event.MessageIDs),
        type=int(event.Type),
        sender=Jid2String(event.MessageSource.Sender),
    )


def listen(client: NewClient) -> None:
    codes = []
    client.qr(lambda _, data: (codes.append(data), tell("qr", code=data.decode())))
    client.event(ConnectedEv)(lambda c, _: tell("connected", jid=Jid2String(c.get_me().JID)))
    client.event(LoggedOutEv)(lambda _, e: tell("logged_out", reason=e.Reason))
    client.event(DisconnectedEv)(lambda *_: tell("disconnected"))
    client.event(ClientOutdatedEv)(lambda *_: tell("outdated"))
    client.event(ConnectFailureEv)(lambda _, e: tell("connect_failure", reason=e.Reason))
    client.event(TemporaryBanEv)(lambda _, e: tell("banned", code=e.Code, expire=e.Expire))
    client.event(StreamErrorEv)(lambda _, e: tell("stream_error", code=e.Code))
    client._NewClient__onLoginStatus = lambda _, name: tell(
        "login_status", name=ctypes.string_at(name).decode()
    )
    client.event(StreamReplacedEv)(lambda *_: tell("replaced"))
    client.event(OfflineSyncCompletedEv)(lambda _, e: tell("offline_done", count=e.Count))
    client.event(UndecryptableMessageEv)(
        lambda _, e: tell("undecryptable", id=e.Info.ID, unavailable=e.IsUnavailable)
    )
    client.event(MessageEv)(lambda _, e: (neonize_content.note(e, tell), message(e)))
    client.event(HistorySyncEv)(lambda _, e: neonize_content.history(e, tell))
    client.event(ReceiptEv)(lambda _, e: receipt(e))


def obey(client: NewClient, command: dict[str, str]) -> None:
    op = command["op"]
    if op == "send":
        try:
            sent = client.send_message(build_jid(command["to"]), command["text"])
            tell("sent", id=sent.ID)
        except Exception as error:
            tell("send_failed", error=str(error))
    elif op == "mark_read":
        from neonize.utils.enum import ReceiptType

        chat = build_jid(command["chat"], "lid")
        client.mark_read(command["id"], chat=chat, sender=chat, receipt=ReceiptType.READ)
        tell("marked")
    elif op == "typing":
        from neonize.utils.enum import ChatPresence, ChatPresenceMedia

        client.send_chat_presence(
            build_jid(command["to"]),
            ChatPresence[f"CHAT_PRESENCE_{command.get('state', 'COMPOSING')}"],
            ChatPresenceMedia.CHAT_PRESENCE_MEDIA_TEXT,
        )
    elif op == "pair_phone":
        try:
            tell("pairing_code", code=client.PairPhone(command["phone"], True))
        except Exception as error:
            tell("pairing_code_refused", error=str(error))
    elif op == "is_on_whatsapp":
        found = client.is_on_whatsapp(command["phone"])
        tell("found", people=[[r.Query, r.IsIn, Jid2String(r.JID)] for r in found])
    elif op == "logout":
        client.logout()


def main() -> None:
    database, root, *jid = sys.argv[1:]
    trust(bytes.fromhex(root))
    factory = ClientFactory(database)
    if jid:
        user, device = jid[0].split("@")[0].split(":")
        who = build_jid(user)
        who.Device = int(device)
        client = factory.new_client(jid=who)
    else:
        client = factory.new_client(uuid="test", new_device=True)
    listen(client)
    threading.Thread(target=client.connect, daemon=True).start()
    for line in sys.stdin:
        command = json.loads(line)
        if not neonize_content.obey(client, command, tell):
            obey(client, command)
    os._exit(0)


main()
