"""One session of the Python SDK's client: the life of a container, and what failures say.

Arguments: the command that starts the server. The engine is the one of DOCKER_HOST.
"""

import asyncio
import json
import os
import sys

from mcp import Client, StdioServerParameters

IMAGE = "busybox:test"
NAME = "dockwright-session"


async def main() -> None:
    command, *arguments = sys.argv[1:]
    server = StdioServerParameters(command=command, args=arguments, env=dict(os.environ))
    for mode in ("legacy", "auto"):
        async with Client(server, mode=mode) as client:
            await lists(client)
            await lives(client)
            await fails(client)
            print(f"python sdk: {mode} ({client.protocol_version}): ok")


async def lists(client: Client) -> None:
    tools = (await client.list_tools()).tools
    assert len(tools) > 80, len(tools)
    assert all(tool.annotations.destructive_hint is not None for tool in tools)
    templates = (await client.list_resource_templates()).resource_templates
    assert any(template.uri_template.startswith("docker://containers/") for template in templates)
    assert client.server_info.name == "dockwright"


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
