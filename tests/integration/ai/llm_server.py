"""A small server of the OpenAI protocol on 127.0.0.1, with one way of misbehaving at a time."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

GOOD = {
    "status": "hot_lead",
    "intent": "payment",
    "sentiment": "neutral",
    "needs_follow_up": True,
    "product": "Nasi Box",
    "need": "Menanyakan rekening untuk membayar nasi box.",
    "confidence": 0.9,
}


class LlmServer(ThreadingHTTPServer):
    """``script`` holds the mode of each request in turn; the last one is used again and again."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script: list[str] = ["ok"]
        self.text = ""
        """What the mode ``text`` answers."""
        self.requests: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self.keys: list[str] = []
        self.stopping = threading.Event()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def formats(self) -> list[str]:
        """The type of ``response_format`` of each request."""
        return [request.get("response_format", {}).get("type", "none") for request in self.requests]

    def next_mode(self) -> str:
        return self.script.pop(0) if len(self.script) > 1 else self.script[0]


class _Handler(BaseHTTPRequestHandler):
    server: LlmServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.requests.append(json.loads(body))
        self.server.paths.append(self.path)
        self.server.keys.append(self.headers.get("authorization", ""))
        mode = self.server.next_mode()
        try:
            getattr(self, f"_{mode}")()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _send(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        self.send_header("content-type", headers.pop("kind", "application/json"))
        self.send_header("content-length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def _completion(self, content: str | None, **choice: object) -> bytes:
        message = {
            "role": "assistant",
            "content": content,
            "refusal": choice.pop("refusal", None),
        }
        record = {
            "id": "x",
            "object": "chat.completion",
            "created": 1,
            "model": "test",
            "choices": [{"index": 0, "message": message, "finish_reason": "stop", **choice}],
            "usage": {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120},
        }
        return json.dumps(record).encode()

    def _error(self, status: int, **headers: str) -> None:
        echoed = json.dumps(self.server.requests[-1])
        self._send(status, json.dumps({"error": {"message": echoed}}).encode(), **headers)

    def _ok(self) -> None:
        self._send(200, self._completion(json.dumps(GOOD)))

    def _text(self) -> None:
        self._send(200, self._completion(self.server.text))

    def _fenced(self) -> None:
        self._send(200, self._completion(f"```json\n{json.dumps(GOOD, indent=1)}\n```"))

    def _thinking(self) -> None:
        text = f"<think>{{hmm}} maybe {{'a': 1}}</think> Here it is: {json.dumps(GOOD)} Done."
        self._send(200, self._completion(text))

    def _ollama_completion(self, message: dict[str, str], finish: str = "stop") -> bytes:
        """As Ollama writes it: a fingerprint of its own, no ``refusal``, a line's end."""
        record = {
            "id": "chatcmpl-831",
            "object": "chat.completion",
            "created": 1_763_800_000,
            "model": self.server.requests[-1]["model"],
            "system_fingerprint": "fp_ollama",
            "choices": [
                {
                    "index": 0,
                    "message": {"role": "assistant", **message},
                    "finish_reason": finish,
                }
            ],
            "usage": {"prompt_tokens": 1201, "completion_tokens": 83, "total_tokens": 1284},
        }
        return json.dumps(record).encode() + b"\n"

    def _ollama_error(self, status: int, kind: str, message: str) -> None:
        error = {"message": message, "type": kind, "param": None, "code": None}
        self._send(status, json.dumps({"error": error}).encode() + b"\n")

    def _ollama(self) -> None:
        """A schema is kept to by its grammar; the JSON comes indented."""
        content = f"{json.dumps(GOOD, indent=2)} \n"
        self._send(200, self._ollama_completion({"content": content}))

    def _ollama_thinking(self) -> None:
        """A model that thinks: its thoughts come in a field of their own."""
        thoughts = "The customer asks for a bank account, so {status: hot_lead} ..."
        message = {"content": json.dumps(GOOD), "reasoning": thoughts}
        self._send(200, self._ollama_completion(message))

    def _ollama_only_thoughts(self) -> None:
        """Its thoughts filled the context: there is no answer."""
        message = {"content": "", "reasoning": "Let me think. " * 50}
        self._send(200, self._ollama_completion(message, "length"))

    def _ollama_loose(self) -> None:
        """A cloud model: the schema is accepted and not kept to."""
        message = {"content": "**Status:** hot lead, wants to pay"}
        self._send(200, self._ollama_completion(message))

    def _ollama_no_model(self) -> None:
        self._ollama_error(404, "not_found_error", "model 'x' not found")

    def _ollama_busy(self) -> None:
        busy = "server busy, please try again.  maximum pending requests exceeded"
        self._ollama_error(503, "api_error", busy)

    def _optional(self) -> None:
        answer = {key: GOOD[key] for key in GOOD if key not in ("product", "need")}
        self._send(200, self._completion(json.dumps({**answer, "reasoning": "x"})))

    def _nulls(self) -> None:
        self._send(200, self._completion(json.dumps({**GOOD, "product": None, "need": None})))

    def _badlabel(self) -> None:
        self._send(200, self._completion(json.dumps({**GOOD, "status": "maybe_lead"})))

    def _missing(self) -> None:
        self._send(200, self._completion(json.dumps({"status": "hot_lead", "extra": 1})))

    def _extra(self) -> None:
        self._send(200, self._completion(json.dumps({**GOOD, "reasoning": "because"})))

    def _prose(self) -> None:
        self._send(200, self._completion("The customer seems very interested!"))

    def _refusal(self) -> None:
        self._send(200, self._completion(None, refusal="I cannot help with that."))

    def _length(self) -> None:
        self._send(200, self._completion('{"status": "hot', finish_reason="length"))

    def _filtered(self) -> None:
        self._send(200, self._completion("", finish_reason="content_filter"))

    def _empty(self) -> None:
        self._send(200, b'{"choices": []}')

    def _html(self) -> None:
        self._send(200, b"<html><body>Please log in</body></html>", kind="text/html")

    def _noformat(self) -> None:
        self._error(400) if "response_format" in self.server.requests[-1] else self._ok()

    def _noschema(self) -> None:
        wanted = self.server.requests[-1].get("response_format", {}).get("type")
        self._error(400) if wanted == "json_schema" else self._ok()

    def _e400(self) -> None:
        self._error(400)

    def _e401(self) -> None:
        self._error(401)

    def _e404(self) -> None:
        self._error(404)

    def _e429(self) -> None:
        self._error(429)

    def _e429later(self) -> None:
        self._error(429, retry_after="100")

    def _e500(self) -> None:
        self._error(500)

    def _slow(self) -> None:
        self.server.stopping.wait(10)
        self._ok()

    def _drip(self) -> None:
        body = self._completion(json.dumps(GOOD))
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        until = time.monotonic() + 10
        for byte in body:
            if self.server.stopping.wait(0.1) or time.monotonic() > until:
                return
            self.wfile.write(bytes([byte]))
            self.wfile.flush()


@contextmanager
def running() -> Iterator[LlmServer]:
    """A server for the length of the block."""
    server = LlmServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.stopping.set()
        server.shutdown()
        thread.join()
        server.server_close()
