"""E-mail through the operator's SMTP server.

Spoken a command at a time rather than by ``smtplib.SMTP.send_message``: only so can it be told
whether the server had the message when something broke. Until the last line of the message is on
its way nothing can have been sent; after that, without an answer, it may have been.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from email.utils import format_datetime, localtime
from urllib.parse import unquote, urlsplit

from waagent.notify.port import Letter, MaybeSent, NotSent

TIMEOUT_S = 10.0
"""For each answer of the server."""
SCHEMES = {"smtps": 465, "smtp": 587, "smtp+plain": 25}
"""TLS from the start; STARTTLS, which the server must offer; neither. With their usual ports."""

_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """An SMTP server, from ``smtps://USER:PASSWORD@HOST:PORT``."""

    scheme: str
    host: str
    port: int
    user: str | None
    password: str | None = field(repr=False)


def parse_relay(url: str) -> Relay:
    """The server that ``url`` names. Raises ValueError, which never repeats the URL."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ValueError("is no URL") from None
    if parts.scheme not in SCHEMES:
        raise ValueError(f"must start with {'://, '.join(SCHEMES)}://")
    if not host:
        raise ValueError("names no host")
    return Relay(
        scheme=parts.scheme,
        host=host,
        port=port or SCHEMES[parts.scheme],
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
    )


def is_address(text: str) -> bool:
    """Whether ``text`` is an ASCII address such as ``rini@example.com``, and nothing more."""
    if not text.isascii() or "@" not in text:
        return False
    try:
        return Address(addr_spec=text).addr_spec == text and bool(Address(addr_spec=text).domain)
    except Exception:  # the parser of the standard library leaks IndexError and others
        return False


class Mailer:
    """Sends e-mail. Without a server every letter fails with ``smtp_not_configured``."""

    def __init__(
        self, url: str | None, sender: str | None, *, timeout_s: float = TIMEOUT_S
    ) -> None:
        self._relay = parse_relay(url) if url else None
        self._sender = sender
        self._timeout = timeout_s

    def send(self, target: str, letter: Letter) -> None:
        """Send ``letter`` to the address ``target``. Raises NotSent, MaybeSent."""
        if self._relay is None:
            raise NotSent("smtp_not_configured", permanent=True)
        sender = self._sender or self._relay.user or ""
        if not is_address(sender):
            raise NotSent("mail_from_not_configured", permanent=True)
        message = _message(sender, target, letter)
        with self._connected(self._relay) as smtp:
            _refuse(*smtp.mail(sender))
            _refuse(*smtp.rcpt(target))
            with _nothing_sent():
                code, _ = smtp.docmd("DATA")
            if code != 354:
                raise _refusal(code)
            _transmit(smtp, message)

    @contextmanager
    def _connected(self, relay: Relay) -> Generator[smtplib.SMTP]:
        """A session that is ready for a message; whatever fails before one went out is NotSent."""
        smtp: smtplib.SMTP | None = None
        try:
            with _nothing_sent():
                smtp = self._open(relay)
                smtp.ehlo_or_helo_if_needed()
                if relay.scheme == "smtp":
                    smtp.starttls(context=ssl.create_default_context())
                    smtp.ehlo()
                if relay.user and relay.password is not None:
                    smtp.login(relay.user, relay.password)
            with _nothing_sent():
                yield smtp
            with suppress(OSError, smtplib.SMTPException):
                smtp.quit()
        finally:
            if smtp is not None:
                smtp.close()

    def _open(self, relay: Relay) -> smtplib.SMTP:
        if relay.scheme == "smtps":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(relay.host, relay.port, timeout=self._timeout, context=context)
        return smtplib.SMTP(relay.host, relay.port, timeout=self._timeout)


def _message(sender: str, target: str, letter: Letter) -> bytes:
    message = EmailMessage(policy=POLICY)
    message["Subject"] = letter.subject
    message["From"] = Address("waagent", addr_spec=sender)
    message["To"] = target
    message["Date"] = format_datetime(localtime())
    # The same at every try, so that a mail server or reader can tell a copy.
    message["Message-ID"] = f"<{letter.id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    if letter.urgent:
        message["Importance"] = "high"
    message.set_content(letter.body, charset="utf-8", cte="quoted-printable")
    message["Content-Language"] = letter.language
    return message.as_bytes()


def _transmit(smtp: smtplib.SMTP, message: bytes) -> None:
    """The message itself and the server's answer to it."""
    try:
        smtp.send(_LEADING_DOT.sub(b"..", message) + b".\r\n")
        code, _ = smtp.getreply()
    except (OSError, smtplib.SMTPException) as error:
        raise MaybeSent(_network_code(error)) from None
    _refuse(code, b"")


def _refuse(code: int, _text: bytes) -> None:
    if not 200 <= code < 300:
        raise _refusal(code)


def _refusal(code: int) -> NotSent:
    """4xx passes, 5xx does not; what is no SMTP answer at all (-1) may."""
    return NotSent(f"smtp_{code}" if code > 0 else "smtp_no_answer", permanent=500 <= code < 600)


@contextmanager
def _nothing_sent() -> Generator[None]:
    """Failures before the message is on its way. Their texts may hold the address: only codes."""
    try:
        yield
    except smtplib.SMTPAuthenticationError as error:
        raise NotSent("smtp_login_refused", permanent=error.smtp_code >= 500) from None
    except smtplib.SMTPNotSupportedError:
        raise NotSent("smtp_no_starttls_or_login", permanent=True) from None
    except smtplib.SMTPResponseException as error:
        raise _refusal(error.smtp_code) from None
    except ssl.SSLCertVerificationError:
        raise NotSent("smtp_certificate", permanent=True) from None
    except (OSError, smtplib.SMTPException) as error:
        raise NotSent(_network_code(error)) from None


_NETWORK: tuple[tuple[type[BaseException], str], ...] = (
    (TimeoutError, "smtp_timeout"),
    (ConnectionRefusedError, "smtp_refused_connection"),
    (ssl.SSLError, "smtp_tls"),
    (smtplib.SMTPServerDisconnected, "smtp_disconnected"),
)


def _network_code(error: BaseException) -> str:
    if isinstance(error.__context__, OSError):
        error = error.__context__  # smtplib calls a time-out "disconnected"
    return next((code for kind, code in _NETWORK if isinstance(error, kind)), "smtp_unreachable")
