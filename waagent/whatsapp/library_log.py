"""Turns the library's own logging, which Python's ``logging`` gets, into log lines of ours."""

from __future__ import annotations

import logging
import re

import structlog

log = structlog.get_logger(__name__)

LOGGERS = ("neonize", "whatsmeow", "Whatsmeow")
_NUMBERS = re.compile(r"\d{5,}")


def masked(text: str) -> str:
    """``text`` without phone numbers and LIDs, which are runs of digits: ``#`` instead."""
    return _NUMBERS.sub("#", text)


class _Forward(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        try:
            text = masked(record.getMessage())
            log.log(record.levelno, "whatsapp.library", logger_name=record.name, text=text)
        except Exception:
            self.handleError(record)


def capture(root_handlers_before: list[logging.Handler], root_level_before: int) -> None:
    """Undo the ``basicConfig`` of the library's import, and take its warnings, numbers masked."""
    root = logging.getLogger()
    for handler in root.handlers[:]:
        if handler not in root_handlers_before:
            root.removeHandler(handler)
    root.setLevel(root_level_before)
    for name in LOGGERS:
        logger = logging.getLogger(name)
        logger.handlers = [_Forward()]
        logger.propagate = False
        logger.setLevel(logging.WARNING)
    logging.getLogger("neonize.utils.ffmpeg").setLevel(logging.ERROR)  # we ask for none of it
