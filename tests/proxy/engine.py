"""Requests to a unix socket, each on a connection of its own."""

from __future__ import annotations

import http.client
import json
import socket
from urllib.parse import urlencode


class Connection(http.client.HTTPConnection):
    """A connection to a unix socket."""

    def __init__(self, path: str) -> None:
        super().__init__("docker", timeout=60)
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Engine:
    """An engine, or a proxy before one."""

    def __init__(self, path: str) -> None:
        self.path = path

    def ask(self, method: str, path: str, body: dict | None = None, **query: str) -> tuple[int, object]:
        """The status of the answer, and its JSON if it has any."""
        connection = Connection(self.path)
        target = f"/v1.41{path}?{urlencode(query)}" if query else f"/v1.41{path}"
        content = None if body is None else json.dumps(body)
        connection.request(method, target, content, {"Content-Type": "application/json"} if content else {})
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        try:
            return answer.status, json.loads(text)
        except ValueError:
            return answer.status, text

    def get(self, path: str, **query: str) -> object:
        """The JSON of an answer that must be one."""
        status, value = self.ask("GET", path, **query)
        assert status == 200, (path, status, value)
        return value
