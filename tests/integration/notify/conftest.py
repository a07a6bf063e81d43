"""One mail server and one web server for all of these tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from notify_servers import MailServer, WebServer, mail_server, web_server


@pytest.fixture(scope="session")
def _mail_server() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture(scope="session")
def _web_server() -> Iterator[WebServer]:
    with web_server() as server:
        yield server


@pytest.fixture
def mail(_mail_server: MailServer) -> MailServer:
    _mail_server.forget()
    return _mail_server


@pytest.fixture
def web(_web_server: WebServer) -> WebServer:
    _web_server.forget()
    return _web_server
