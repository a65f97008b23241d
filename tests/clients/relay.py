"""A relay on loopback: what clients send to PORT goes to SERVER_PORT, and both directions are recorded.

Arguments: PORT, SERVER_PORT and the two files. With ADDED_TOKEN in the environment, each request gets this token,
for clients that cannot be told one.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys

HOST = re.compile(rb"\r\n(host:)", re.IGNORECASE)


async def main() -> None:
    port, server_port, sent, answered = sys.argv[1:]
    token = os.environ.get("ADDED_TOKEN")

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            server_reader, server_writer = await asyncio.open_connection("127.0.0.1", int(server_port))
        except ConnectionError:
            # Somebody asks for the relay itself, before the server is there.
            return writer.close()
        await asyncio.gather(
            pass_on(reader, server_writer, sent, token), pass_on(server_reader, writer, answered, None)
        )

    server = await asyncio.start_server(relay, "127.0.0.1", int(port))
    await server.serve_forever()


async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, file: str, token: str | None) -> None:
    """Passes bytes on until either side ends. Headers of the suite's requests come in one piece."""
    try:
        while data := await reader.read(1 << 16):
            with open(file, "ab") as record:
                record.write(data)
            if token:
                data = HOST.sub(rb"\r\nAuthorization: Bearer " + token.encode() + rb"\r\n\1", data)
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


asyncio.run(main())
