"""Runs linked numbers through neonize: the only module that imports it.

Import it only in a process made for this, after its last fork and exec'ed with the endpoint's
environment (``docs/explanation/neonize.md`` has the measurements behind every rule here). Leave
that process by ``os._exit``: the library's threads never end by themselves.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import logging
import re
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

import structlog

from waagent.domain.messages import SentMessage
from waagent.errors import (
    BackendError,
    ConfigError,
    ConflictError,
    DatabaseError,
    MigrationError,
    NotFoundError,
    NotPairedError,
    TimedOutError,
    WaagentError,
)
from waagent.whatsapp import jids, library_log, sending, translate
from waagent.whatsapp.endpoint import Endpoint
from waagent.whatsapp.errors import NotConnected, SendUncertain
from waagent.whatsapp.gate import Gate, GateBusy
from waagent.whatsapp.listeners import PairingListener, SessionListener
from waagent.whatsapp.process import raise_file_limit, require_environment
from waagent.whatsapp.session import PairingSession, Session
from waagent.whatsapp.trust import trust

_root = logging.getLogger()
_root_before = (_root.handlers[:], _root.level)
if ctypes.util.find_library("magic") is None:
    import pylibmagic  # noqa: F401  (python-magic, which neonize imports, needs a libmagic)

from neonize._binder import func_callback_bytes2, gocode  # noqa: E402
from neonize.client import NewClient  # noqa: E402
from neonize.events import INT_TO_EVENT  # noqa: E402
from neonize.exc import SendMessageError  # noqa: E402
from neonize.proto.Neonize_pb2 import JID  # noqa: E402
from neonize.proto.waCompanionReg.WAWebProtobufsCompanionReg_pb2 import DeviceProps  # noqa: E402
from neonize.proto.waE2E.WAWebProtobufsE2E_pb2 import Message  # noqa: E402

library_log.capture(*_root_before)
log = structlog.get_logger(__name__)

DEVICE_NAME = "waagent"
"""What the owner's phone lists under its linked devices."""
_GATE = Gate()
"""One for the process, as the maps it guards are."""
_CLIENTS: list[Any] = []
"""Every client ever made: the library may call into one long after it was stopped."""
_SEND_GATE_SECONDS = 60.0
_DRAIN_QUIET = 0.25
_DRAIN_MOST = 5.0
_DEVICE_LIST = re.compile(r"\d+[.:\d]*@")


class Gateway:
    """The linked numbers of this process. Methods may be called from any thread but a listener's.

    ``dsn`` is :func:`waagent.whatsapp.dsn.store_dsn`'s. ``has_device`` tells whether a JID has a
    row in the library's table ``whatsmeow_device`` (asked before each start: the library aborts the
    whole process when there is none); a process that only pairs needs none.

    Raises :class:`EndpointError` if the process was not exec'ed with the endpoint's environment or
    the library cannot be made to trust it.
    """

    def __init__(
        self,
        dsn: str,
        *,
        endpoint: Endpoint | None,
        has_device: Callable[[str], bool] | None = None,
    ) -> None:
        if not dsn.startswith("postgres://"):
            raise ConfigError("the library takes only the DSN that store_dsn makes")
        self._dsn = dsn
        self._has_device = has_device
        self._lock = threading.Lock()
        self._sessions: dict[str, Session] = {}
        if endpoint is not None:
            require_environment(endpoint)
            trust(endpoint)
        raise_file_limit()

    def keys(self) -> set[str]:
        """The sessions that hold their key: running, starting, stopping or stuck."""
        with self._lock:
            return set(self._sessions)

    def running(self, key: str) -> bool:
        """Whether the session is under way (which says nothing about being connected)."""
        session = self._sessions.get(key)
        if session is None or session.closing or session.finished.is_set():
            return False
        return session.up

    def stuck(self) -> bool:
        """Whether a start or a stop timed out and is still not over: drain, and leave the process.

        Until it is over nothing else can be started or stopped, and sends may have to wait.
        """
        with self._lock:
            sessions = list(self._sessions.values())
        return any(session.closing and not session.finished.is_set() for session in sessions)

    def start(
        self, key: str, jid: str, listener: SessionListener, *, timeout: float = 30.0
    ) -> None:
        """Resume the number ``jid`` (as ``on_paired`` gave it) and return once it is under way.

        The listener may be called before this returns; ``CONNECTED`` usually comes after it.

        Raises :class:`ConflictError` (the key or the number runs here already),
        :class:`NotPairedError` (no such device in the store), :class:`DatabaseError`,
        :class:`BackendError` (WhatsApp out of reach), :class:`TimedOutError` (see :meth:`stuck`).
        """
        parsed = jids.parse(jid)
        if self._has_device is None:
            raise ConfigError("a gateway without has_device can only pair")
        session = Session(key, parsed.user, listener)
        self._register(session)
        try:
            if not self._has_device(jid):
                raise NotPairedError(
                    "this number is no longer linked", hint="link it again: waagent connect"
                )
            session.client = _client(self._dsn, session, jid=parsed)
            self._start(session, timeout)
        except BaseException:
            if not session.closing:
                self._forget(session)
            raise

    def pair(self, key: str, listener: PairingListener) -> None:
        """Link a new number; the listener hears of codes and of the outcome. Returns at once.

        Only as the one thing a process does: a pairing that nobody completes cannot be ended, only
        left by ``os._exit``. Once ``on_paired`` came, :meth:`stop` works. Raises
        :class:`ConflictError` if anything runs here.
        """
        session = PairingSession(key, listener)
        self._register(session, alone=True)
        session.client = _client(self._dsn, session, jid=None)
        session.client._NewClient__onLoginStatus = _status_callback(session)
        session.client.qr(lambda _, code: session.code(code.decode()))
        _thread(session)

    def send_text(self, key: str, chat_jid: str, text: str) -> SentMessage:
        """Send, and wait (75 s at most, by the library) for WhatsApp's acknowledgement.

        Raises a :class:`waagent.whatsapp.errors.SendError`: ``SendRefused``, ``NotConnected`` or
        ``SendUncertain``; and :class:`InvalidInputError` for an address that is no person's.
        """
        to = _jid(jids.parse(chat_jid))
        content = Message(conversation=text)  # a bare str would be searched for mentions and links
        try:
            with _GATE.shared(timeout=_SEND_GATE_SECONDS):
                session = self._sessions.get(key)
                if session is None or not session.up or session.closing:
                    raise NotConnected("the session does not run here")
                answer = session.client.send_message(to, content)
        except GateBusy:
            raise NotConnected("the library is busy starting another session") from None
        except SendMessageError as error:
            raise sending.failure(str(error)) from None
        if not answer.ID:
            raise SendUncertain("an acknowledgement without a message id")
        return SentMessage(wa_message_id=answer.ID, at=translate.moment(answer.Timestamp))

    def stop(self, key: str, *, timeout: float = 15.0) -> bool:
        """Disconnect, deliver what was received already, and end the client.

        False if it would not end in time, or is a pairing without outcome: then only leaving the
        process ends it. Raises :class:`NotFoundError`.
        """
        session = self._sessions.get(key)
        if session is None:
            raise NotFoundError(f"no session {key} runs here")
        return self._stop([session], timeout)

    def close(self, *, timeout: float = 30.0) -> None:
        """Stop everything, as far as it can be stopped in ``timeout`` seconds. Never raises."""
        with self._lock:
            sessions = list(self._sessions.values())
        if sessions and not self._stop(sessions, timeout):
            log.warning("whatsapp.gateway.not_all_stopped", sessions=len(self._sessions))

    def _register(self, session: Session, *, alone: bool = False) -> None:
        with self._lock:
            others = self._sessions.values()
            if session.key in self._sessions:
                raise ConflictError(f"session {session.key} runs here already")
            if session.user and any(session.user == other.user for other in others):
                raise ConflictError("this number runs in this process already")
            pairing_here = any(isinstance(other, PairingSession) for other in others)
            if pairing_here or (alone and self._sessions):
                raise ConflictError("pairing needs a process of its own")
            self._sessions[session.key] = session

    def _forget(self, session: Session) -> None:
        with self._lock:
            self._sessions.pop(session.key, None)

    def _start(self, session: Session, timeout: float) -> None:
        """Hold the gate from before the library's call until it is under way, or over."""
        try:
            _GATE.acquire(timeout=timeout)
        except GateBusy:
            raise TimedOutError("another session is starting or stopping") from None
        settled = False
        try:
            _thread(session)
            settled = session.settled.wait(timeout)
        finally:
            if not settled:
                session.closing = True
                threading.Thread(target=self._clean_up_late, args=(session,), daemon=True).start()
        if not settled:
            raise TimedOutError("the session did not start in time")
        try:
            if not session.up:
                session.client.stop()
                raise _start_error(session)
        finally:
            _GATE.release()
        log.info("whatsapp.session.started", session=session.key)

    def _clean_up_late(self, session: Session) -> None:
        """Keep the gate until a start that timed out is over, then stop what came of it."""
        log.error("whatsapp.session.start_stuck", session=session.key)
        session.settled.wait()
        session.up = False
        try:
            session.client.stop()
        finally:
            _GATE.release()
        session.finished.wait()
        self._forget(session)

    def _stop(self, sessions: list[Session], timeout: float) -> bool:
        """In steps, all together: a deaf server must not cost its time-out once per session."""
        deadline = time.monotonic() + timeout
        usable = [session for session in sessions if session.up and not session.closing]
        for session in usable:
            session.closing = True
        _bounded(_disconnect, usable, deadline)
        _drain(usable, deadline)
        for session in usable:
            _end(session, deadline)
        ended = [session for session in usable if self._ended(session, deadline)]
        return len(ended) == len(sessions)

    def _ended(self, session: Session, deadline: float) -> bool:
        """Wait for the library's call to return, and make sure that no zombie is left."""
        if not session.finished.wait(max(0.0, deadline - time.monotonic())):
            log.error("whatsapp.session.stop_stuck", session=session.key)
            return False
        if _connected(session):
            log.error("whatsapp.session.zombie", session=session.key)
            _end(session, deadline)
            return False
        self._forget(session)
        log.info("whatsapp.session.stopped", session=session.key)
        return True


def create_tables(dsn: str) -> None:
    """Let the library create or upgrade its tables. For :mod:`waagent.whatsapp.create_store` only.

    Raises :class:`MigrationError` with the library's own words.
    """
    no_log = func_callback_bytes2(lambda _address, _size: None)
    answer = gocode.GetAllDevices(dsn.encode(), no_log).decode(errors="replace")
    if answer and not _DEVICE_LIST.match(answer):  # it answers devices, or the text of an error
        raise MigrationError(answer)


def _client(dsn: str, session: Session, *, jid: jids.PersonJid | None) -> Any:
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
    _CLIENTS.append(client)
    client.qr(lambda _client, _code: None)  # the default prints it
    for number in translate.SUBSCRIPTIONS:
        client.event(INT_TO_EVENT[number])(lambda _client, _event: None)
    client.event.execute = _event_callback(session)
    return client


def _event_callback(session: Session) -> Callable[[bytes, int | None, int, int], None]:
    """The library's one entry for events; ctypes prints and drops what it raises, so nothing is."""

    def callback(_uuid: bytes, address: int | None, size: int, number: int) -> None:
        try:
            data = ctypes.string_at(address, size) if address and size > 0 else b""
            event = INT_TO_EVENT[number].FromString(data)
        except Exception as error:
            name = type(error).__name__
            log.error("whatsapp.event.unreadable", session=session.key, number=number, error=name)
            return
        session.handle(number, event)

    return callback


def _status_callback(session: PairingSession) -> Callable[[int, int], None]:
    """The library passes the *address* of the word; it would only print that."""
    return lambda _uuid, address: session.status(ctypes.string_at(address).decode())


def _thread(session: Session) -> None:
    threading.Thread(target=session.run, args=(session.client.connect,), daemon=True).start()


def _jid(parsed: jids.PersonJid) -> Any:
    return JID(
        User=parsed.user,
        Server=parsed.server,
        RawAgent=parsed.agent,
        Device=parsed.device,
        Integrator=0,
        IsEmpty=False,
    )


def _start_error(session: Session) -> WaagentError:
    text = session.error or "it ended at once"
    log.error("whatsapp.session.start_failed", session=session.key, text=library_log.masked(text))
    if "database" in text or "pq:" in text:
        return DatabaseError("the WhatsApp session store cannot be used")
    return BackendError("WhatsApp cannot be reached", hint="check the network; it is tried again")


def _bounded(step: Callable[[Session], None], sessions: list[Session], deadline: float) -> None:
    """Run ``step`` for all sessions side by side, without waiting beyond ``deadline``."""
    threads = [threading.Thread(target=step, args=(session,), daemon=True) for session in sessions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))


def _disconnect(session: Session) -> None:
    """After this the library receives, and so acknowledges, nothing more."""
    try:
        with _GATE.shared(timeout=_DRAIN_MOST):
            if session.up:
                session.client.disconnect()
    except GateBusy:
        log.warning("whatsapp.session.disconnect_skipped", session=session.key)


def _drain(sessions: Iterable[Session], deadline: float) -> None:
    """Let the library hand over what it has acknowledged: ending a client drops its queue."""
    last = min(deadline, time.monotonic() + _DRAIN_MOST)
    for session in sessions:
        session.touch()
    for session in sessions:
        while session.silent_for() < _DRAIN_QUIET and time.monotonic() < last:
            time.sleep(_DRAIN_QUIET / 10)


def _end(session: Session, deadline: float) -> None:
    try:
        with _GATE.exclusive(timeout=max(1.0, deadline - time.monotonic())):
            session.up = False
            session.client.stop()
    except GateBusy:
        log.error("whatsapp.session.stop_blocked", session=session.key)


def _connected(session: Session) -> bool:
    """Asks about a client the library no longer knows, for which this call answers False."""
    with _GATE.shared():
        return bool(session.client.is_connected)
