"""A stand-in for a model: an HTTP server on loopback that asks an agent for the calls of a plan, one after the other.

It knows no model's protocol; messages.py, responses.py and contents.py each speak one.
"""

from __future__ import annotations

import contextlib
import dataclasses
import http.server
import json
import threading
from collections.abc import Iterator


@dataclasses.dataclass
class Call:
    """A call of a tool of the server."""

    tool: str
    arguments: dict


@dataclasses.dataclass
class Plan:
    """The calls that an agent is asked for, and what it sent so far."""

    calls: list[Call]
    results: list[str] = dataclasses.field(default_factory=list)
    offered: set[str] = dataclasses.field(default_factory=set)

    def next_call(self, results: list[str]) -> Call | None:
        """The first call without a result; an agent sends all results with each request."""
        if len(results) > len(self.results):
            self.results = results
        return self.calls[len(results)] if len(results) < len(self.calls) else None


class Model(http.server.BaseHTTPRequestHandler):
    """Answers requests. A protocol sets `answer()`."""

    protocol_version = "HTTP/1.1"
    plan: Plan

    def do_GET(self) -> None:
        self.send({})

    do_HEAD = do_GET

    def do_POST(self) -> None:
        self.answer(json.loads(self.rfile.read(int(self.headers.get("content-length", 0))) or b"{}"))

    def answer(self, request: dict) -> None:
        raise NotImplementedError

    def send(self, value: dict) -> None:
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def stream(self, events: list[dict]) -> None:
        """Sends events, each under the name of its `type` if it has one."""
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        self.close_connection = True
        for event in events:
            name = f"event: {event['type']}\n" if "type" in event else ""
            self.wfile.write(f"{name}data: {json.dumps(event)}\n\n".encode())

    def log_message(self, *_: object) -> None:
        pass


@contextlib.contextmanager
def serve(protocol: type[Model], plan: Plan) -> Iterator[str]:
    """The address of a model that follows a plan."""
    model = type(protocol.__name__, (protocol,), {"plan": plan})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), model)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
