"""Whatever ``apprise`` speaks: Telegram, Slack, ntfy, plain webhooks and many more.

It answers with yes or no only. Why, and whether a no can be one after all, is in what it logs; that
may name tokens and numbers, so nothing of it leaves this module but a code.
"""

from __future__ import annotations

import logging
import re
from urllib.parse import urlsplit

from waagent.notify.port import Letter, MaybeSent, NotSent

TIMEOUT_S = 20
LOCAL_SCHEMES = frozenset(
    {"blink1", "dbus", "glib", "gnome", "kde", "macosx", "qt", "rsyslog", "syslog", "windows"}
)
"""These show something on the machine of waagent, where no owner sits."""

_STATUS = re.compile(r"error=(\d{3})\b")
_NEVER_LEFT = (
    "NewConnectionError",
    "ConnectTimeout",
    "NameResolutionError",
    "CertificateVerificationError",
    "CERTIFICATE_VERIFY_FAILED",
)
_PASSING = frozenset({408, 425, 429})

# Its messages hold targets and tokens. Level and handler are needed for its callback to see them.
_logger = logging.getLogger("apprise")
_logger.propagate = False
_logger.addHandler(logging.NullHandler())
_logger.setLevel(logging.DEBUG)


def is_usable(url: str) -> bool:
    """Whether apprise can read ``url``, and it leads away from this machine's own screen."""
    import apprise  # on first use: it takes longer to import than most commands to run

    scheme = urlsplit(url.strip()).scheme.lower() if ":" in url else ""
    if not scheme or scheme in LOCAL_SCHEMES:
        return False
    return apprise.Apprise.instantiate(url, suppress_exceptions=True) is not None


class Pusher:
    """Sends through apprise URLs."""

    def __init__(self, *, timeout_s: float = TIMEOUT_S) -> None:
        self._timeout = timeout_s

    def send(self, target: str, letter: Letter) -> None:
        """Send ``letter`` through the URL ``target``. Raises NotSent, MaybeSent."""
        import apprise

        service = apprise.Apprise()
        if not is_usable(target) or not service.add(target):
            raise NotSent("apprise_url", permanent=True)
        heard: list[str] = []
        sent = service.notify(
            body=letter.body,
            title=letter.subject,
            notify_type=apprise.NotifyType.WARNING if letter.urgent else apprise.NotifyType.INFO,
            body_format=apprise.NotifyFormat.TEXT,
            timeout=self._timeout,
            log_callback=lambda entry, _service: heard.append(entry.message),
            log_level=logging.DEBUG,
        )
        if not sent:
            raise _failure(heard)


def _failure(heard: list[str]) -> NotSent | MaybeSent:
    """An answer that is no 2xx is a refusal; no answer after connecting may be anything."""
    text = "\n".join(heard)
    status = _STATUS.search(text)
    if status is not None:
        code = int(status[1])
        return NotSent(f"http_{code}", permanent=400 <= code < 500 and code not in _PASSING)
    if any(mark in text for mark in _NEVER_LEFT):
        return NotSent("unreachable")
    return MaybeSent("no_answer")
