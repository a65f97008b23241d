"""An MCP server in a process of its own, spoken to over stdio."""

import json
import re
import subprocess


class Server:
    """A running server, spoken to in lines of JSON."""

    def __init__(self, command):
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self.last = 0
        self.initialize()

    def initialize(self):
        self.ask(
            "initialize",
            {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "bench", "version": "1"}},
        )
        self.send({"jsonrpc": "2.0", "method": "notifications/initialized"})

    def send(self, message):
        self.process.stdin.write(json.dumps(message).encode() + b"\n")
        self.process.stdin.flush()

    def ask(self, method, params):
        self.last += 1
        self.send({"jsonrpc": "2.0", "id": self.last, "method": method, "params": params})
        while line := self.process.stdout.readline():
            answer = json.loads(line)
            if answer.get("id") == self.last:
                return answer["result"]
        raise RuntimeError(f"{method}: the server ended")

    def kib(self, name):
        """`VmRSS`, the memory that it has now, or `VmHWM`, the most that it had."""
        status = open(f"/proc/{self.process.pid}/status", encoding="ascii").read()
        return int(re.search(rf"{name}:\s+(\d+)", status)[1])

    def end(self):
        self.process.stdin.close()
        self.process.wait(timeout=10)
