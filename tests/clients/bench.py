"""The parts of all sessions: the containers that they find, the audit trail, and the report."""

from __future__ import annotations

import asyncio
import json
import os
import pathlib
import time

IMAGE = "busybox:test"
LISTED = "dockwright-clients-listed"
RUNNING = "dockwright-clients-running"
# A call that steps once a second, and one that never ends.
STEPS = {"id": RUNNING, "body": {"Cmd": ["sh", "-c", "for step in 1 2 3; do echo $step; sleep 1; done"]}}
ENDLESS = {"id": RUNNING}
# The longest time from a cancellation to the line that ends the call.
SOON = 1.0


class Audit:
    """The lines of the audit trail from now on."""

    def __init__(self) -> None:
        self.file = pathlib.Path(os.environ["AUDIT"])
        self.file.touch()
        self.read = self.file.stat().st_size

    def wait_for(self, event: str, tool: str, seconds: float = 60) -> dict:
        """The next line of this event for this tool."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for line in self.file.read_text(encoding="utf-8")[self.read :].splitlines():
                entry = json.loads(line)
                if (entry["event"], entry["tool"]) == (event, tool):
                    return entry
            time.sleep(0.01)
        raise TimeoutError(f"no {event} of {tool} in the audit trail")


async def is_cancelled(client) -> None:
    """Takes back a call that never ends, and the server ends it."""
    audit = Audit()
    call = asyncio.create_task(client.call_tool("container_wait", ENDLESS))
    await asyncio.to_thread(audit.wait_for, "begin", "container_wait")
    call.cancel()
    ended = await asyncio.to_thread(audit.wait_for, "end", "container_wait", SOON)
    assert ended["outcome"] == "cancelled", ended


def report(client: str, version: str, era: str, did: list[str]) -> None:
    """Adds a line to the report that table.py reads. OVER is the way to the server."""
    over = os.environ["OVER"]
    entry = {"client": client, "version": version, "era": era, "over": over, "did": did}
    with open(os.environ["REPORT"], "a", encoding="utf-8") as file:
        file.write(json.dumps(entry) + "\n")
    print(f"{client} {version}, {era}, over {over}: {', '.join(did)}")
