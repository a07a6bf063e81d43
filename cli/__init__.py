"""The ``waagent`` command: parses, calls one service, presents."""

from __future__ import annotations
