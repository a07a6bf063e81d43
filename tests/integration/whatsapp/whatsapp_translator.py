"""Translates events in a process of its own, since the library's protobufs bring the library along.

Requests are JSON lines ``{"function", "type", "event"}``: the event as protobuf's JSON mapping has
it. Answers are the resulting dataclass as an object, or null.
"""

from __future__ import annotations

import dataclasses
import json
import os
import sys
from datetime import UTC, datetime
from typing import Any

from waagent.whatsapp import gateway, translate  # noqa: F401  (the gateway sets the library up)

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def run(request: dict[str, Any]) -> Any:
    from google.protobuf.json_format import ParseDict
    from neonize.proto import Neonize_pb2

    event = ParseDict(request["event"], getattr(Neonize_pb2, request["type"])())
    if isinstance(request["function"], int):
        result = translate.session_event(request["function"], event, NOW)
    else:
        result = getattr(translate, request["function"])(event)
    return None if result is None else dataclasses.asdict(result)


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line)), default=str), flush=True)
    os._exit(0)
