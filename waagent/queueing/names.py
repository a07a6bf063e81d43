"""Names of queues and jobs. A test resolves every job name to a function in ``workers``."""

from __future__ import annotations

from typing import Final

SESSIONS: Final = "sessions"
PAIRING: Final = "pairing"
AI: Final = "ai"
MAINTENANCE: Final = "maintenance"

QUEUES: Final = (SESSIONS, PAIRING, AI, MAINTENANCE)

HOST_SESSIONS: Final = "workers.session_host.host_sessions"
PAIR_SESSION: Final = "workers.pairing.pair_session"
PROCESS_CONVERSATION: Final = "workers.jobs.process_conversation"
TICK: Final = "workers.jobs.tick"

JOBS: Final = (HOST_SESSIONS, PAIR_SESSION, PROCESS_CONVERSATION, TICK)
"""Every job there is."""
