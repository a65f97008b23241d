"""A session with a server over stdio that proves it: who it is, its tools, a call, and an engine's refusal.

The server gets all requests at once, and answers them before it ends with its input.
"""

from __future__ import annotations

import json
import subprocess

REQUESTS = [
    ("initialize", {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "dist", "version": "1"}}),
    ("tools/list", {}),
    ("tools/call", {"name": "system_ping", "arguments": {}}),
    ("tools/call", {"name": "container_inspect", "arguments": {"id": "nobody"}}),
]


def talk(command: list[str], environment: dict[str, str], version: str, read_only: bool = False) -> None:
    """Starts a server and fails unless it is this version, with the tools that it must have, at a live engine."""
    started, listed, called, refused = answers(command, environment)
    assert started["serverInfo"]["name"] == "dockwright", started
    assert started["serverInfo"]["version"] == version, started
    names = {tool["name"] for tool in listed["tools"]}
    assert "container_list" in names and len(names) > 30, names
    assert ("container_delete" in names) != read_only, names
    assert not called.get("isError"), called
    assert refused["isError"] and "404" in json.dumps(refused), refused


def answers(command: list[str], environment: dict[str, str]) -> list[dict]:
    """The results of the requests, in their order."""
    sent = [{"id": number, "method": method, "params": params} for number, (method, params) in enumerate(REQUESTS)]
    sent.insert(1, {"method": "notifications/initialized"})
    lines = "".join(json.dumps({"jsonrpc": "2.0"} | message) + "\n" for message in sent)
    done = subprocess.run(command, env=environment, input=lines, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, f"{command}: {done.returncode}: {done.stderr}"
    said = {answer["id"]: answer for answer in map(json.loads, done.stdout.splitlines()) if "id" in answer}
    assert len(said) == len(REQUESTS), f"{command}: {done.stdout}{done.stderr}"
    return [said[number]["result"] for number in range(len(REQUESTS))]
