"""A WhatsApp to run against, on loopback: server, people, scenarios. Extra: ``waagent[sandbox]``.

Importing this package costs next to nothing; ``start`` runs the server in a process of its own.
"""

from __future__ import annotations

from waagent.sandbox.process import SandboxProcess, start

__all__ = ["SandboxProcess", "start"]
