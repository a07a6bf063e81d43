"""waagent: a terminal-first WhatsApp CRM for Indonesian small businesses."""

from __future__ import annotations

__version__ = "0.1.0"
