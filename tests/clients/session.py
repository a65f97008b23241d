"""A session of the Python SDK's client: the life of a container, failures, progress, and a call that is cancelled.

Arguments: a mode of the SDK, and the command that starts the server or its address. The engine is that of DOCKER_HOST.
Over HTTP without sessions, an earlier revision than 2026-07-28 has no way to cancel a call.
"""

from __future__ import annotations

import asyncio
import importlib.metadata
import json
import os
import sys
from contextlib import asynccontextmanager

from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import create_mcp_http_client, streamable_http_client

from bench import IMAGE, STEPS, is_cancelled, report

NAME = "dockwright-session"


async def main() -> None:
    mode, *target = sys.argv[1:]
    async with connected(mode, target) as client:
        await lists(client)
        await lives(client)
        await fails(client)
        await progresses(client)
        did = ["list", "call", "errors", "progress"]
        if not (mode == "legacy" and os.environ["OVER"] == "HTTP"):
            await is_cancelled(client)
            await text(client, "system_ping")
            did.append("cancel")
        report("Python SDK", importlib.metadata.version("mcp"), str(client.protocol_version), did)


@asynccontextmanager
async def connected(mode: str, target: list[str]):
    if not target[0].startswith("http"):
        server = StdioServerParameters(command=target[0], args=target[1:], env=dict(os.environ))
        async with Client(server, mode=mode) as client:
            yield client
        return
    headers = {"Authorization": f"Bearer {os.environ['TOKEN']}"}
    async with create_mcp_http_client(headers=headers) as http:
        async with Client(streamable_http_client(target[0], http_client=http), mode=mode) as client:
            yield client


async def lists(client: Client) -> None:
    tools = (await client.list_tools()).tools
    assert len(tools) > 80, len(tools)
    assert all(tool.annotations.destructive_hint is not None for tool in tools)
    templates = (await client.list_resource_templates()).resource_templates
    assert any(template.uri_template.startswith("docker://containers/") for template in templates)
    assert len((await client.list_prompts()).prompts) > 10
    # Told its revision, the SDK does not ask who the server is.
    assert client.server_info is None or client.server_info.name == "dockwright"


async def lives(client: Client) -> None:
    body = {"Image": IMAGE, "Cmd": ["sleep", "60"], "HostConfig": {"Init": True}}
    created = json.loads((await text(client, "container_create", name=NAME, body=body)).splitlines()[0])
    assert len(created["Id"]) == 64, created
    try:
        await text(client, "container_start", id=NAME)
        assert NAME in await text(client, "container_list")
        assert "running" in await text(client, "container_inspect", id=NAME)
        exit_code = await text(client, "container_inspect", id=NAME, select="State.ExitCode")
        assert exit_code.splitlines()[0] == "0", exit_code
        read = await client.read_resource(f"docker://containers/{NAME}")
        assert NAME in read.contents[0].text
        await text(client, "container_stop", id=NAME, t=1)
        # The list of engine 26 is behind for a moment; what is inspected is not.
        assert "exited" in await text(client, "container_inspect", id=NAME, select="State.Status")
    finally:
        await text(client, "container_delete", id=NAME, force=True)
    assert NAME not in await text(client, "container_list", all=True)


async def fails(client: Client) -> None:
    await text(client, "container_create", name=NAME, body={"Image": IMAGE})
    try:
        taken = await failure(client, "container_create", name=NAME, body={"Image": IMAGE})
        assert "409" in taken and "already in use" in taken, taken
        missing = await failure(client, "container_inspect", id=NAME[:-1])
        assert "404" in missing and NAME in missing, missing
    finally:
        await text(client, "container_delete", id=NAME)
    for arguments, said in (({}, "id"), ({"id": NAME, "tt": 1}, "tt"), ({"id": NAME, "t": "soon"}, "t")):
        wrong = await failure(client, "container_stop", **arguments)
        assert f"`{said}`" in wrong, wrong


async def progresses(client: Client) -> None:
    steps = []

    async def step(progress: float, _total: float | None, message: str | None) -> None:
        steps.append((progress, message))

    result = await client.call_tool("exec_run", STEPS, progress_callback=step)
    assert not result.is_error, result
    assert len(steps) >= 3 and steps == sorted(steps), steps


async def text(client: Client, tool: str, **arguments: object) -> str:
    result = await client.call_tool(tool, arguments)
    said = result.content[0].text
    assert not result.is_error, said
    assert len(result.content) == 1 and result.structured_content is None
    return said


async def failure(client: Client, tool: str, **arguments: object) -> str:
    result = await client.call_tool(tool, arguments)
    assert result.is_error, result
    return result.content[0].text


asyncio.run(main())
