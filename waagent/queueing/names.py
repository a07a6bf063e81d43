"""Names of queues and jobs. A test resolves every job name to a function in ``workers``."""

from __future__ import annotations

from typing import Final

SESSIONS: Final = "sessions"
PAIRING: Final = "pairing"
AI: Final = "ai"
MAINTENANCE: Final = "maintenance"
NOTIFY: Final = "notify"

QUEUES: Final = (SESSIONS, PAIRING, AI, MAINTENANCE, NOTIFY)

HOST_SESSIONS: Final = "workers.session_host.host_sessions"
PAIR_SESSION: Final = "workers.pairing.pair_session"
PROCESS_CONVERSATION: Final = "workers.jobs.process_conversation"
WRITE_FOLLOW_UP: Final = "workers.jobs.write_follow_up"
TICK: Final = "workers.jobs.tick"
SEND_NOTIFICATION: Final = "workers.notify.send_notification"

JOBS: Final = (
    HOST_SESSIONS,
    PAIR_SESSION,
    PROCESS_CONVERSATION,
    WRITE_FOLLOW_UP,
    TICK,
    SEND_NOTIFICATION,
)
"""Every job there is."""
