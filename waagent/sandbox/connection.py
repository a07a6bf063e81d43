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

from waagent.sandbox import iq, pairing
from waagent.sandbox.accounts import LinkedDevice
from waagent.sandbox.addresses import SERVER_JID, parse_jid
from waagent.sandbox.faults import Fault
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
        """Send an encoded node. A socket that closed meanwhile swallows it."""
        assert self._send is not None
        async with self._sending:
            with suppress(ConnectionClosed):
                await self._socket.send(frame(self._send.encrypt(data)))

    async def dismiss(self, data: bytes) -> None:
        """Send a last node, and hang up when the client has had the time to understand it.

        A client that sees the socket close first takes it for a bad line and comes back.
        """
        await self.send(data)
        self._farewell = asyncio.create_task(self._close_soon())

    async def _close_soon(self) -> None:
        await asyncio.sleep(_LAST_WORD_SECONDS)
        await self._socket.close()

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
        if payload.HasField("devicePairingData"):
            await self._offer_pairing(noise_key, payload.devicePairingData)
        elif not await self._log_in(noise_key):
            return
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
        self._pairing = self._hub.pairings.begin(companion, self, time.monotonic())
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

    async def _log_in(self, noise_key: bytes) -> bool:
        device = self._network.device_with_key(noise_key)
        refusal = self._refusal(device)
        if device is None or refusal is not None:
            attrs = {"reason": refusal or _LOGGED_OUT, "location": "sandbox"}
            await self.dismiss(encode(Node("failure", attrs)))
            await self._socket.wait_closed()
            return False
        older, device.link, self._device = device.link, self, device
        if older is not None:
            await older.dismiss(encode(conflict("replaced")))
        attrs = {"t": timestamp(), "lid": device.lid, "props": "1"}
        await self.send(encode(Node("success", attrs)))
        self._hub.logins += 1
        self._network.events.emit("login", account=device.account, device=device.number)
        return True

    def _refusal(self, device: LinkedDevice | None) -> str | None:
        if device is None:
            return _LOGGED_OUT
        reason = int(self._network.faults.value(Fault.REFUSE_LOGIN, device.account))
        return str(reason) if reason else None

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
        if self._pump is None:
            self._pump = asyncio.create_task(device.keep_pumping(self, sent))

    async def _info(self, child: Node) -> None:
        await self.send(encode(Node("ib", {"from": SERVER_JID}, (child,))))

    # what clients say

    async def _handle(self, node: Node) -> None:
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
            self._hub.messages.typing_from_device(device, node)

    async def _handle_iq(self, node: Node) -> None:
        if node.attrs.get("type") in ("result", "error"):
            if self._pairing is not None and node.child("pair-device-sign"):
                await self._finish_pairing(self._pairing)
            elif self._pairing is not None and node.attrs["type"] == "error":
                self._hub.pairings.end(self._pairing)
            return
        children = iq.answer(self._network, self._device, node) if self._device else ()
        await self.send(encode(iq.result(node, children)))
        if self._device is None:
            return
        if node.child("active"):
            await self._go_active(self._device)
        elif node.child("remove-companion-device"):
            await self._log_out(self._device, node.need("remove-companion-device"))

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
