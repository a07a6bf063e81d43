"""Errors of service calls become a toast; none becomes a traceback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from textual.dom import DOMNode

from tui.messages import Failed
from tui.safe import one_line
from tui.strings import t
from waagent.errors import WaagentError

log = structlog.get_logger(__name__)


@contextmanager
def reported(node: DOMNode, title: str) -> Iterator[None]:
    """Report whatever the block raises under ``title`` (a key of the strings), and go on."""
    try:
        yield
    except Exception as error:
        if not isinstance(error, WaagentError):
            log.exception("tui.error", action=title)
        node.app.post_message(Failed(t(title), error))


def explain(error: Exception) -> str:
    """What to say of ``error``: its message and hint; of an unforeseen one, nothing internal."""
    if isinstance(error, WaagentError):
        parts = [one_line(error.message), one_line(error.hint or "")]
    else:
        parts = [t("error.unexpected"), t("error.unexpected.hint")]
    return "\n".join(part for part in parts if part)
