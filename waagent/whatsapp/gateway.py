"""Runs linked numbers through neonize: what the rest of waagent sees of WhatsApp.

Import it only in a process made for this, after its last fork and exec'ed with the endpoint's
environment (``docs/explanation/neonize.md`` has the measurements behind every rule here). Leave
that process by ``os._exit``: the library's threads never end by themselves.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable

import structlog

from waagent.domain.messages import Outgoing, SentMessage
from waagent.errors import (
    BackendError,
    ConfigError,
    ConflictError,
    DatabaseError,
    InvalidInputError,
    NotFoundError,
    NotPairedError,
    TimedOutError,
    WaagentError,
)
from waagent.whatsapp import jids, library, library_log, pairing
from waagent.whatsapp.endpoint import Endpoint
from waagent.whatsapp.gate import Gate, GateBusy
from waagent.whatsapp.listeners import PairingListener, SessionListener
from waagent.whatsapp.operations import Operations
from waagent.whatsapp.process import raise_file_limit, require_environment
from waagent.whatsapp.session import PairingSession, Session
from waagent.whatsapp.trust import trust

log = structlog.get_logger(__name__)

_GATE = Gate()
"""One for the process, as the maps it guards are."""
_DRAIN_QUIET = 0.25
_DRAIN_MOST = 5.0


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
        self._operations = Operations(_GATE, self._sessions.get)
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
            session.client = library.new_client(self._dsn, session, jid=parsed)
            self._start(session, timeout)
        except BaseException:
            if not session.closing:
                self._forget(session)
            raise

    def pair(self, key: str, listener: PairingListener, *, phone: str | None = None) -> None:
        """Link a new number; the listener hears of codes and of the outcome. Returns at once.

        With ``phone`` (the number to link: digits with the country code) a code to be typed on the
        phone is asked for, by ``on_pairing_code``, instead of QR codes.

        Only as the one thing a process does: a pairing that nobody completes cannot be ended, only
        left by ``os._exit``. Once ``on_paired`` came, :meth:`stop` works. Raises
        :class:`ConflictError` if anything runs here, :class:`InvalidInputError` for ``phone``.
        """
        if phone is not None and not pairing.PHONE.fullmatch(phone):
            raise InvalidInputError("not a phone number", hint="digits only, e.g. 6281234567890")

        def ask_code() -> str:
            with _GATE.shared():
                return library.pair_phone(session.client, phone or "")

        session = PairingSession(key, listener, None if phone is None else ask_code)
        self._register(session, alone=True)
        session.client = library.new_pairing_client(self._dsn, session)
        _thread(session)

    def send(self, key: str, chat_jid: str, outgoing: Outgoing) -> SentMessage:
        """Send, and wait (75 s at most, by the library) for WhatsApp's acknowledgement.

        A file is uploaded first, which may take some minutes. Raises a
        :class:`waagent.whatsapp.errors.SendError`: ``SendRefused``, ``NotConnected`` or
        ``SendUncertain``; and :class:`InvalidInputError` for an address that is no person's and for
        what WhatsApp would not take.
        """
        return self._operations.send(key, chat_jid, outgoing)

    def typing(self, key: str, chat_jid: str, composing: bool) -> None:
        """Show the other side that an answer is being typed, or no longer is. Best effort.

        Always end it with ``composing=False``, after the send too: until then WhatsApp takes the
        owner to be at this device, and their phone does not ring. A failure is only logged; raises
        :class:`InvalidInputError` for an address that is no person's.
        """
        self._operations.typing(key, chat_jid, composing)

    def probe(self, key: str, timeout_s: float) -> bool:
        """Whether WhatsApp answers a question within ``timeout_s``. It changes nothing there.

        False as well while the question before is still unanswered.
        """
        return self._operations.probe(key, timeout_s)

    def download(self, key: str, ref: bytes, *, limit: int) -> bytes:
        """The decrypted file of an :class:`InboundMedia` with this ``ref``.

        Refused if it says that it has more than ``limit`` bytes, or turns out to. Takes five
        minutes at most. Raises :class:`waagent.whatsapp.errors.MediaError`, or ``NotConnected`` if
        the session does not run here.
        """
        return self._operations.download(key, ref, limit=limit)

    def await_history(self, key: str, timeout_s: float) -> bool:
        """Wait until history that the phone announced has been handed over; False if it is late.

        WhatsApp is told of the announcement's arrival before the library has fetched what it is
        about, for which it needs the connection: so to be called before a pairing is stopped.
        """
        deadline = time.monotonic() + timeout_s
        session = self._sessions.get(key)
        while session is not None and session.expects_history():
            if time.monotonic() > deadline:
                return False
            time.sleep(_DRAIN_QUIET / 10)
        return True

    def unlink(self, key: str) -> bool:
        """Take the link of a number that has logged in off its phone again; whether that worked.

        Leave the process afterwards, or :meth:`stop` the session: it is of no more use.
        """
        return self._operations.unlink(key)

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


def _thread(session: Session) -> None:
    threading.Thread(target=session.run, args=(session.client.connect,), daemon=True).start()


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
    """Let the library hand over what it has acknowledged: ending a client drops its queue.

    That includes history which it has begun to fetch.
    """
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
