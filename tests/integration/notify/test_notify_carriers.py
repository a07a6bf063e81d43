"""E-mail and apprise against real servers: what arrives, and what is known when nothing does."""

from __future__ import annotations

import logging
import os
import socket
import ssl
from dataclasses import replace
from pathlib import Path

import pytest
import trustme
from aiosmtpd.smtp import AuthResult, LoginPassword
from notify_servers import MailServer, WebServer, closed_port, mail_server

from waagent.notify.mail import Mailer, is_address, parse_relay
from waagent.notify.port import Letter, MaybeSent, NotSent
from waagent.notify.push import Pusher, is_usable

SENDER = "kabar@waagent.test"
OWNER = "rini@dapur.test"
LETTER = Letter(
    id="0b2f1c9e",
    subject="Dapur Bu Rini: WhatsApp 0812…34 terputus – “cek” ya 🙏",
    body="Nomor 0812…34 terputus.\n.baris dengan titik\n..dua titik\n\nSelesai é.\n",
    language="id",
    urgent=True,
)


def mailer(mail: MailServer, *, timeout_s: float = 5) -> Mailer:
    return Mailer(mail.url, SENDER, timeout_s=timeout_s)


def test_a_letter_arrives_as_it_was_written(mail: MailServer) -> None:
    mailer(mail).send(OWNER, LETTER)
    message = mail.only()
    assert message["Subject"] == LETTER.subject
    assert message["From"] == f"waagent <{SENDER}>"
    assert message["To"] == OWNER
    assert message["Message-ID"] == "<0b2f1c9e@waagent.test>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "id"
    assert message["Importance"] == "high"
    assert message["Date"]
    assert message.get_content().replace("\r\n", "\n") == LETTER.body
    mail.raw[0].decode("ascii")  # nothing in it needs a server that takes 8 bits


@pytest.mark.parametrize(
    ("command", "reply", "code", "permanent"),
    [
        ("MAIL", "452 too busy", "smtp_452", False),
        ("RCPT", "550 5.1.1 <rini@dapur.test> unknown", "smtp_550", True),
        ("RCPT", "450 greylisted", "smtp_450", False),
        ("DATA", "554 spam", "smtp_554", True),
        ("DATA", "451 try later", "smtp_451", False),
    ],
)
def test_what_a_server_refuses_was_not_sent(
    mail: MailServer, command: str, reply: str, code: str, permanent: bool
) -> None:
    mail.replies[command] = reply
    with pytest.raises(NotSent) as caught:
        mailer(mail).send(OWNER, LETTER)
    assert (caught.value.code, caught.value.permanent) == (code, permanent)
    assert mail.received == []


def test_a_server_that_is_down_may_be_up_later() -> None:
    down = Mailer(f"smtp+plain://127.0.0.1:{closed_port()}", SENDER)
    with pytest.raises(NotSent, match="smtp_refused_connection") as caught:
        down.send(OWNER, LETTER)
    assert not caught.value.permanent


def test_one_that_never_greets_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(NotSent, match="smtp_timeout"):
            Mailer(f"smtp+plain://127.0.0.1:{port}", SENDER, timeout_s=0.2).send(OWNER, LETTER)


def test_one_that_takes_it_and_says_nothing_may_have_sent_it(mail: MailServer) -> None:
    mail.hang_s = 5
    with pytest.raises(MaybeSent, match="smtp_timeout"):
        mailer(mail, timeout_s=0.3).send(OWNER, LETTER)
    assert len(mail.received) == 1
    mail.released.set()


def test_without_a_server_or_a_sender_nothing_is_sent() -> None:
    with pytest.raises(NotSent, match="smtp_not_configured"):
        Mailer(None, SENDER).send(OWNER, LETTER)
    with pytest.raises(NotSent, match="mail_from_not_configured"):
        Mailer("smtp+plain://127.0.0.1:1", None).send(OWNER, LETTER)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[trustme.CA, Path]:
    ca, file = trustme.CA(), tmp_path_factory.mktemp("ca") / "ca.pem"
    ca.cert_pem.write_to_path(file)
    return ca, file


def test_starttls_and_a_login(
    authority: tuple[trustme.CA, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    ca, file = authority
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    ca.issue_cert("127.0.0.1").configure_cert(context)

    def check(*asked: object) -> AuthResult:
        auth = asked[-1]
        assert isinstance(auth, LoginPassword)
        good = (auth.login, auth.password) == (b"kabar@waagent.test", b"p@ss/1")
        return AuthResult(success=good, handled=False)

    options = {"tls_context": context, "require_starttls": True, "authenticator": check}
    with mail_server(**options, auth_require_tls=True) as server:
        relay = f"smtp://kabar%40waagent.test:p%40ss%2F1@127.0.0.1:{server.port}"
        with pytest.raises(NotSent, match="smtp_certificate"):
            Mailer(relay, None).send(OWNER, LETTER)
        monkeypatch.setitem(os.environ, "SSL_CERT_FILE", str(file))
        Mailer(relay, None).send(OWNER, LETTER)
        assert server.only()["From"] == f"waagent <{SENDER}>", "the user is the sender"
        with pytest.raises(NotSent, match="smtp_login_refused") as caught:
            Mailer(relay.replace("%2F1", "wrong"), None).send(OWNER, LETTER)
        assert caught.value.permanent
        assert len(server.received) == 1


def test_a_server_without_starttls_gets_neither_password_nor_letter(mail: MailServer) -> None:
    relay = f"smtp://kabar%40waagent.test:secret@127.0.0.1:{mail.port}"
    with pytest.raises(NotSent, match="smtp_no_starttls_or_login"):
        Mailer(relay, None).send(OWNER, LETTER)
    assert mail.received == []


@pytest.mark.parametrize("url", ["http://x", "smtp://", "smtp://h:none", "mail.test", "smtp://["])
def test_what_is_no_mail_server_s_url(url: str) -> None:
    with pytest.raises(ValueError, match=r"^(is|must|names) ") as caught:
        parse_relay(url)
    assert url not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("rini@dapur.test", True),
        ("rini+kabar@dapur.co.id", True),
        ("rini", False),
        ("rini@", False),
        ("@dapur.test", False),
        ("rini@dapur.test, x@y.test", False),
        ("Rini <rini@dapur.test>", False),
        ("rini@dapur.test\nBcc: x@y.test", False),
        ("ríni@dapur.test", False),
        ("", False),
    ],
)
def test_addresses(text: str, good: bool) -> None:
    assert is_address(text) is good


def test_apprise_delivers(web: WebServer) -> None:
    Pusher().send(web.url, LETTER)
    (message,) = web.received
    assert message["title"] == LETTER.subject
    assert message["message"].strip() == LETTER.body.strip()
    assert message["type"] == "warning"
    Pusher().send(web.url, replace(LETTER, urgent=False))
    assert web.received[1]["type"] == "info"


@pytest.mark.parametrize(("status", "permanent"), [(404, True), (429, False), (500, False)])
def test_what_a_web_server_refuses_was_not_sent(
    web: WebServer, status: int, permanent: bool
) -> None:
    web.status = status
    with pytest.raises(NotSent, match=f"http_{status}") as caught:
        Pusher().send(web.url, LETTER)
    assert caught.value.permanent is permanent


def test_a_web_server_that_is_not_there(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for host in (f"127.0.0.1:{closed_port()}", "no-such-host.invalid"):
        with pytest.raises(NotSent, match="unreachable") as caught:
            Pusher().send(f"json://user:hush-pw@{host}/hook-token-8472", LETTER)
        assert not caught.value.permanent
    assert "hush" not in caplog.text
    assert "Dapur" not in caplog.text


def test_one_that_takes_it_and_says_nothing(web: WebServer) -> None:
    web.hang_s = 5
    with pytest.raises(MaybeSent, match="no_answer"):
        Pusher().send(web.url, LETTER)
    assert len(web.received) == 1
    web.released.set()


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("json://example.com/x", True),
        ("tgram://123456789:abcdefg_hijklmnop/12315544/", True),
        ("syslog://", False),
        ("nonsense", False),
        ("foo://x", False),
        ("", False),
    ],
)
def test_which_urls_lead_somewhere(url: str, good: bool) -> None:
    assert is_usable(url) is good
    if not good:
        with pytest.raises(NotSent, match="apprise_url"):
            Pusher().send(url, LETTER)
