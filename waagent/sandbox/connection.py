"""One client's socket, from the Noise handshake to the hang-up."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import Any

import structlog
from pyaileys.proto import WAProto_pb2
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from waagent.sandbox import iq, link_code, pairing
from waagent.sandbox.accounts import LinkedDevice
from waagent.sandbox.addresses import SERVER_JID, parse_jid
from waagent.sandbox.faults import ALL, BAN_CODE, BAN_SECONDS, BANNED, Fault
from waagent.sandbox.hub import Hub
from waagent.sandbox.network import conflict, timestamp
from waagent.sandbox.noise import PROLOGUE, Cipher, NoiseError, Responder
from waagent.sandbox.signal import SignedKey
from waagent.sandbox.wire import FrameReader, Node, WireError, decode, encode, frame

log = structlog.get_logger(__name__)
_HANDSHAKE_SECONDS = 20
_LAST_WORD_SECONDS = 3.0
_LOGGED_OUT = "401"
_LOW_KEYS = 5
_DEAF_TO_ALL = 2


class Connection:
    """Serves one websocket until it closes."""

    def __init__(self, hub: Hub, socket: ServerConnection) -> None:
        self._hub = hub
        self._network = hub.network
        self._socket = socket
        self._reader = FrameReader()
        self._sending = asyncio.Lock()
        self._receive: Cipher | None = None
        self._send: Cipher | None = None
        self._opened = time.monotonic()
        self._account = ""
        self._device: LinkedDevice | None = None
        self._pairing: pairing.Pairing | None = None
        self._pump: asyncio.Task[None] | None = None
        self._farewell: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Returns when the socket is closed, by whichever side."""
        try:
            async with asyncio.timeout(_HANDSHAKE_SECONDS):
                noise_key, payload = await self._handshake()
            await self._begin(noise_key, payload)
        except ConnectionClosed:
            pass
        except (NoiseError, WireError, TimeoutError) as error:
            log.warning("sandbox.client_refused", action="close", error=str(error))
        finally:
            await self._end()

    async def send(self, data: bytes) -> None:
        """Send an encoded node. A socket that closed meanwhile, or is deaf, swallows it."""
        assert self._send is not None
        if self._deaf():
            return
        async with self._sending:
            with suppress(ConnectionClosed):
                await self._socket.send(frame(self._send.encrypt(data)))

    async def ready(self) -> None:
        """Wait while nothing may be delivered, because the socket is deaf or silent."""
        closed = asyncio.create_task(self._socket.wait_closed())
        while (self._deaf() or self._silent()) and not closed.done():
            changed = asyncio.create_task(self._network.faults.changed())
            await asyncio.wait({closed, changed}, return_when=asyncio.FIRST_COMPLETED)
            changed.cancel()
        closed.cancel()

    async def dismiss(self, data: bytes) -> None:
        """Send a last node, and hang up when the client has had the time to understand it.

        A client that sees the socket close first takes it for a bad line and comes back.
        """
        await self.send(data)
        hasty = self._network.faults.value(Fault.HANG_UP_AT_ONCE, self._account)
        self._farewell = asyncio.create_task(self._close_in(0 if hasty else _LAST_WORD_SECONDS))

    async def _close_in(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        await self._socket.close()

    def _deaf(self) -> bool:
        deaf = self._network.faults.find(Fault.DEAF, self._account)
        if deaf is None:
            return False
        return deaf.value >= _DEAF_TO_ALL or (deaf.value >= 1 and self._opened <= deaf.since)

    def _silent(self) -> bool:
        silent = self._network.faults.find(Fault.SILENT, self._account)
        return silent is not None and silent.value > 0 and self._opened <= silent.since

    def cut(self) -> None:
        """Break the socket, as a bad line would."""
        self._socket.transport.abort()

    # handshake

    async def _handshake(self) -> tuple[bytes, Any]:
        """The client's static Noise key and its ClientPayload protobuf."""
        while (opening := self._reader.skip(len(PROLOGUE))) is None:
            await self._read_more()
        if opening != PROLOGUE:
            raise WireError("not a WhatsApp client")
        responder = Responder(self._hub.identity.static, self._hub.identity.chain)
        hello = _handshake_message(await self._frame()).clientHello
        ephemeral, static, payload = responder.hello(hello.ephemeral)
        answer = WAProto_pb2.HandshakeMessage()
        answer.serverHello.ephemeral = ephemeral
        answer.serverHello.static = static
        answer.serverHello.payload = payload
        await self._socket.send(frame(answer.SerializeToString()))
        finish = _handshake_message(await self._frame()).clientFinish
        noise_key, client = responder.finish(finish.static, finish.payload)
        self._receive, self._send = responder.ciphers()
        return noise_key, _parse(WAProto_pb2.ClientPayload, client)

    async def _begin(self, noise_key: bytes, payload: Any) -> None:
        pairs = payload.HasField("devicePairingData")
        device = None if pairs else self._network.device_with_key(noise_key)
        self._account = device.account if device else ""
        await self.ready()
        refusal = self._refusal() if pairs or device else {"reason": _LOGGED_OUT}
        if refusal is not None:
            await self._refuse(refusal)
            return
        if device is None:
            await self._offer_pairing(noise_key, payload.devicePairingData)
        else:
            await self._log_in(device)
        while True:
            await self._handle(await self._node())

    # pairing

    async def _offer_pairing(self, noise_key: bytes, data: Any) -> None:
        companion = pairing.Companion(
            noise_key=noise_key,
            identity=bytes(data.eIdent),
            registration_id=int.from_bytes(data.eRegid, "big"),
            signed=SignedKey(
                id=int.from_bytes(data.eSkeyId, "big"),
                public=bytes(data.eSkeyVal),
                signature=bytes(data.eSkeySig),
            ),
        )
        faults = self._network.faults
        refs = int(faults.value(Fault.REFS, ALL)) or pairing.REFS
        self._pairing = self._hub.pairings.begin(
            companion,
            self,
            time.monotonic(),
            refs=min(refs, pairing.REFS),
            limit=faults.value(Fault.PAIRING_SECONDS, ALL),
        )
        await self.send(encode(pairing.offer(self._pairing.refs)))
        self._pump = asyncio.create_task(self._expire(self._pairing))

    async def _expire(self, offered: pairing.Pairing) -> None:
        """Hang up when all codes were shown and none was scanned."""
        await asyncio.sleep(offered.ends - time.monotonic())
        if offered.account is None:
            self._hub.pairings.end(offered)
            self._network.events.emit("pairing_expired")
            await self._socket.close()

    async def _finish_pairing(self, offered: pairing.Pairing) -> None:
        """The client accepted: tell it to come back as the device it now is."""
        self._hub.linked(offered)
        await self.send(encode(Node("stream:error", {"code": "515"})))
        if self._network.faults.value(Fault.CLOSE_AFTER_515, offered.account or ""):
            await self._socket.close()
        # Otherwise the client hangs up: closing first would cost it the reconnect.

    # login

    async def _log_in(self, device: LinkedDevice) -> None:
        older, device.link, self._device = device.link, self, device
        counters = self._network.counters.of(device.account)
        counters.opened(device.number)
        if older is not None:
            counters.replaced += 1
            await older.dismiss(encode(conflict("replaced")))
        attrs = {"t": timestamp(), "lid": device.lid, "props": "1"}
        await self.send(encode(Node("success", attrs)))
        self._hub.logins += 1
        self._network.events.emit("login", account=device.account, device=device.number)

    def _refusal(self) -> dict[str, str] | None:
        """The attributes of the ``<failure>`` that a fault demands."""
        fault = self._network.faults.take(Fault.REFUSE_LOGIN, self._account or ALL)
        if fault is None:
            return None
        attrs = {"reason": str(int(fault.value))}
        if fault.value == BANNED:
            expire = fault.seconds_left() if fault.expire else BAN_SECONDS
            attrs |= {"code": str(fault.code or BAN_CODE), "expire": str(expire)}
        return attrs

    async def _refuse(self, attrs: dict[str, str]) -> None:
        if self._account:
            self._network.counters.of(self._account).refused_logins += 1
        self._network.events.emit(
            "login_refused", account=self._account or None, reason=int(attrs["reason"])
        )
        await self.dismiss(encode(Node("failure", attrs | {"location": "sandbox"})))
        await self._socket.wait_closed()

    async def _go_active(self, device: LinkedDevice) -> None:
        """Send what waited while the device was away, say so, then go on with what comes."""
        waiting = device.backlog()
        count = {"count": str(sum(waiting.values()))}
        preview = {
            name: str(waiting.get(name, 0)) for name in ("message", "notification", "receipt")
        }
        await self._info(Node("offline_preview", {**count, **preview, "appdata": "0"}))
        sent = await device.pump(self)
        await self._info(Node("offline", count))
        self._hub.history.device_active(device)
        if self._pump is None:
            self._pump = asyncio.create_task(device.keep_pumping(self, sent))

    async def _info(self, child: Node) -> None:
        await self.send(encode(Node("ib", {"from": SERVER_JID}, (child,))))

    # what clients say

    async def _handle(self, node: Node) -> None:
        if self._deaf():
            return
        if node.tag == "iq":
            await self._handle_iq(node)
        device = self._device
        if device is None:
            return
        if node.tag == "message":
            await self._hub.messages.from_device(device, node, self)
            await self._ask_for_keys(device)
        elif node.tag == "receipt":
            await self._hub.messages.receipt_from_device(device, node, self)
        elif node.tag == "ack":
            device.acknowledge(
                node.attrs.get("class", ""), node.attrs.get("id", ""), _ack_type(node)
            )
        elif node.tag == "chatstate":
            self._hub.messages.chat_states.typing(device, node)
        elif node.tag == "presence":
            self._hub.messages.chat_states.presence(device, node)

    async def _handle_iq(self, node: Node) -> None:
        if node.attrs.get("type") in ("result", "error"):
            if self._pairing is not None and node.child("pair-device-sign"):
                await self._finish_pairing(self._pairing)
            elif self._pairing is not None and node.attrs["type"] == "error":
                self._hub.pairings.end(self._pairing)
            return
        if self._device is None:
            await self.send(encode(self._answer_unlinked(node)))
            return
        await self.send(encode(iq.result(node, iq.answer(self._network, self._device, node))))
        if node.child("active"):
            await self._go_active(self._device)
        elif node.child("remove-companion-device"):
            await self._log_out(self._device, node.need("remove-companion-device"))

    def _answer_unlinked(self, node: Node) -> Node:
        """The answer to a client that pairs: it may ask for a code for its owner to type."""
        request = node.child(link_code.TAG)
        if request is None or self._pairing is None:
            return iq.result(node)
        code = int(self._network.faults.value(Fault.REFUSE_LINK_CODE, ALL))
        if code and request.attrs.get("stage") == "companion_hello":
            return iq.refusal(node, code)
        return iq.result(node, self._hub.link_codes.hear(self._pairing, request))

    async def _log_out(self, device: LinkedDevice, request: Node) -> None:
        """A client unlinks a device of its account: as a rule, itself."""
        jid = parse_jid(request.attrs.get("jid", ""))
        number = jid.device if jid else device.number
        chosen = self._network.accounts[device.account].devices.get(number)
        if chosen is not None:
            await self._network.remove_device(chosen)

    async def _ask_for_keys(self, device: LinkedDevice) -> None:
        left = device.count_keys()
        if left < _LOW_KEYS:
            attrs = {"from": SERVER_JID, "type": "encrypt", "id": timestamp(), "t": timestamp()}
            count = Node("count", {"value": str(left)})
            await self.send(encode(Node("notification", attrs, (count,))))

    # the socket

    async def _node(self) -> Node:
        assert self._receive is not None
        return decode(self._receive.decrypt(await self._frame()))

    async def _frame(self) -> bytes:
        while (payload := self._reader.next()) is None:
            await self._read_more()
        return payload

    async def _read_more(self) -> None:
        data = await self._socket.recv()
        self._reader.feed(data if isinstance(data, bytes) else data.encode())

    async def _end(self) -> None:
        for task in (self._pump, self._farewell):
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        if self._pairing is not None:
            self._hub.pairings.end(self._pairing)
        if self._device is not None:
            self._network.counters.of(self._device.account).closed(self._device.number)
        if self._device is not None and self._device.link is self:
            self._device.link = None
            self._network.events.emit(
                "disconnect", account=self._device.account, device=self._device.number
            )
        await self._socket.close()


def _ack_type(node: Node) -> str | None:
    # A message is one, whatever its type; receipts of one message differ by theirs.
    return None if node.attrs.get("class") == "message" else node.attrs.get("type", "")


def _handshake_message(data: bytes) -> Any:
    return _parse(WAProto_pb2.HandshakeMessage, data)


def _parse(kind: Any, data: bytes) -> Any:
    try:
        return kind.FromString(data)
    except Exception as error:  # protobuf's DecodeError; its module differs between releases
        raise WireError(f"not a {kind.DESCRIPTOR.name}: {error}") from error
