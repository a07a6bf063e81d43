"""What ``waagent doctor`` says of the terminal it runs in."""

from __future__ import annotations

import os
import shutil
import sys

from waagent.domain.checks import Check, Level
from waagent.services.doctor_checks import found

COLUMNS, LINES = 80, 24
"""What every screen has room in."""


def check_terminal() -> Check:
    """Its size, encoding and colours. Where nobody looks there is nothing to find fault with."""
    if not sys.stdout.isatty():
        return found("terminal", Level.OK, key="terminal.none", facts={"terminal": False})
    size = shutil.get_terminal_size()
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    facts = {
        "terminal": True,
        "columns": size.columns,
        "lines": size.lines,
        "utf8": encoding == "utf8",
        "colours": _colours(),
    }
    if not facts["utf8"]:
        return found("terminal", Level.WARN, key="terminal.ascii", facts=facts)
    if size.columns < COLUMNS or size.lines < LINES:
        return found("terminal", Level.WARN, key="terminal.small", facts=facts)
    return found("terminal", Level.OK, facts=facts)


def _colours() -> str:
    """How many a program may use here: ``none``, ``16``, ``256`` or ``all``."""
    term = os.environ.get("TERM", "")
    if term == "dumb" or os.environ.get("NO_COLOR"):
        return "none"
    if os.environ.get("COLORTERM") in ("truecolor", "24bit"):
        return "all"
    return "256" if "256" in term else "16"
