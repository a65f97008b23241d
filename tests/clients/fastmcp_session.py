"""A session of FastMCP's client. Arguments: the command that starts the server, or its address."""

from __future__ import annotations

import asyncio
import importlib.metadata
import os
import sys

from fastmcp import Client
from fastmcp.client.transports import StdioTransport, StreamableHttpTransport
from fastmcp.exceptions import ToolError

from bench import LISTED, STEPS, is_cancelled, report


async def main() -> None:
    transport = transport_to(sys.argv[1:])
    async with Client(transport) as client:
        assert len(await client.list_tools()) > 80
        listed = await client.call_tool("container_list", {"all": True})
        assert LISTED in listed.content[0].text, listed
        await fails(client)
        await progresses(client)
        await is_cancelled(client)
        await client.call_tool("system_ping", {})
        did = ["list", "call", "errors", "progress", "cancel"]
        report("FastMCP", importlib.metadata.version("fastmcp"), str(client.protocol_version), did)


def transport_to(target: list[str]):
    if target[0].startswith("http"):
        return StreamableHttpTransport(target[0], headers={"Authorization": f"Bearer {os.environ['TOKEN']}"})
    return StdioTransport(target[0], target[1:], env=dict(os.environ))


async def fails(client: Client) -> None:
    try:
        await client.call_tool("container_inspect", {"id": "nobody"})
    except ToolError as error:
        assert "404" in str(error) and "nobody" in str(error), error
    else:
        raise AssertionError("no error")


async def progresses(client: Client) -> None:
    steps = []

    async def step(progress: float, _total: float | None, _message: str | None) -> None:
        steps.append(progress)

    await client.call_tool("exec_run", STEPS, progress_handler=step)
    assert len(steps) >= 3 and steps == sorted(steps), steps


asyncio.run(main())
