"""Translates events in a process of its own, since the library's protobufs bring the library along.

Requests are JSON lines ``{"function", "type", "event"}``: the event as protobuf's JSON mapping has
it. Answers are the resulting dataclass (or dataclasses) as an object, or null. The reference of a
file is answered as the message it holds.
"""

from __future__ import annotations

import dataclasses
import json
import os
import sys
from datetime import UTC, datetime
from typing import Any

from waagent.whatsapp import library, session_events, translate
from waagent.whatsapp.history import HistoryCollector

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def run(request: dict[str, Any]) -> Any:
    from google.protobuf.json_format import ParseDict
    from neonize.proto import Neonize_pb2

    event = ParseDict(request["event"], getattr(Neonize_pb2, request["type"])())
    if isinstance(request["function"], int):
        return shown(session_events.session_event(request["function"], event, NOW))
    if request["function"] == "history":
        return history(event)
    return shown(getattr(translate, request["function"])(event))


def history(event: Any) -> Any:
    """What is kept of a blob, of the same blob again, and which faults there were."""
    faults: list[str] = []
    collector = HistoryCollector(lambda error: faults.append(type(error).__name__))
    kept, again = ([shown(each) for each in collector.messages(event, NOW)] for _ in range(2))
    return {"kept": kept, "again": again, "faults": faults}


def shown(result: Any) -> Any:
    from google.protobuf.json_format import MessageToDict

    if result is None:
        return None
    fields = dataclasses.asdict(result)
    if fields.get("media"):
        fields["media"]["ref"] = MessageToDict(library.parse_message(fields["media"]["ref"]))
    return fields


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line)), default=str), flush=True)
    os._exit(0)
