"""A process of its own that links a number or hosts sessions, run by ``host_town.py``.

``host_process.py pair TENANT SESSION PAIRING CHANGE_NUMBER`` (0 or 1), or
``host_process.py host NAME LIMITS`` (JSON).
"""

from __future__ import annotations

import json
import os
import sys

from waagent.domain.health import Limits
from workers.horse import StopFlag, open_gateway
from workers.pairing import pair_session
from workers.runtime import services, start_logging
from workers.session_host import SessionHost


def main() -> None:
    kind, *arguments = sys.argv[1:]
    if kind == "pair":
        tenant, session, pairing, change_number = arguments
        pair_session(tenant, session, pairing, 60, "", int(change_number))
    else:
        name, limits = arguments
        start_logging("session host")
        stop = StopFlag()
        opened = services()
        gateway = open_gateway(opened, opened.core.db.url, f"waagent-{name}")
        SessionHost(opened, gateway, name, stop, Limits(**json.loads(limits))).run()
    sys.stdout.flush()
    os._exit(0)


main()
