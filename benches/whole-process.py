#!/usr/bin/env python3
"""Whole-process figures of MCP servers for Docker, ours and its rivals, in one run on one engine.

In: arguments `NAME=COMMAND…`, each a server that speaks MCP on stdio, or over HTTP if the command begins with an address
(`NAME=http://127.0.0.1:8080/mcp COMMAND…`); DOCKER_HOST as a unix socket.
Out: a table: spawn to the answer of tools/list, resident memory then, size of the tool list, a list of 20 containers
beside the same over a raw socket. Medians; the rivals run in turns with ours, so that a noisy machine hurts all alike.
"""

import http.client
import json
import os
import re
import shlex
import socket
import statistics
import subprocess
import sys
import time
import urllib.parse

from server import Server

SPAWNS = 15
CALLS = 60
LIST_TOOL = re.compile(r"^(container_list|list_containers|ContainerList|containerlist)$", re.IGNORECASE)


def started(command):
    return HttpServer(command[0], command[1:]) if command[0].startswith("http:") else Server(command)


class HttpServer(Server):
    """The same over HTTP, an answer as JSON or as one event."""

    def __init__(self, address, command):
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.last = 0
        self.address = urllib.parse.urlsplit(address)
        self.headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
        deadline = time.monotonic() + 10
        while True:
            try:
                self.connection = http.client.HTTPConnection(self.address.hostname, self.address.port)
                self.connection.connect()
                break
            except ConnectionRefusedError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.001)
        self.initialize()

    def send(self, message):
        self.connection.request("POST", self.address.path, json.dumps(message), self.headers)
        response = self.connection.getresponse()
        if session := response.getheader("Mcp-Session-Id"):
            self.headers["Mcp-Session-Id"] = session
        self.body = response.read().decode()

    def ask(self, method, params):
        self.last += 1
        self.send({"jsonrpc": "2.0", "id": self.last, "method": method, "params": params})
        data = [line.removeprefix("data:") for line in self.body.splitlines() if line.startswith(("data:", "{"))]
        for answer in map(json.loads, filter(str.strip, data)):
            if "result" in answer:
                return answer["result"]
        raise RuntimeError(f"{method}: {self.body[:200]}")

    def end(self):
        self.process.terminate()
        self.process.wait(timeout=10)


def spawn_to_list(command):
    start = time.perf_counter()
    server = started(command)
    tools = server.ask("tools/list", {})["tools"]
    elapsed = (time.perf_counter() - start) * 1000
    resident = server.kib("VmRSS")
    server.end()
    return elapsed, resident, tools


def raw_list(path):
    """The same list over a socket that stays open: what no server can be faster than."""
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(path)
    stream = connection.makefile("rb")
    times = []
    for _ in range(CALLS):
        start = time.perf_counter()
        connection.sendall(b"GET /v1.41/containers/json?all=true HTTP/1.1\r\nHost: docker\r\n\r\n")
        read_answer(stream)
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def read_answer(stream):
    length, chunked = 0, False
    while (line := stream.readline().strip().lower()) != b"":
        if line.startswith(b"content-length:"):
            length = int(line.split(b":")[1])
        chunked |= line == b"transfer-encoding: chunked"
    while chunked:
        size = int(stream.readline(), 16)
        stream.read(size + 2)
        chunked = size > 0
    stream.read(length)


def list_calls(command, tools):
    name = next((tool["name"] for tool in tools if LIST_TOOL.match(tool["name"])), None)
    if name is None:
        return None, None
    server = started(command)
    times, size = [], 0
    for _ in range(CALLS):
        start = time.perf_counter()
        try:
            result = server.ask("tools/call", {"name": name, "arguments": {"all": True}})
        except RuntimeError as failure:
            print(failure, file=sys.stderr)
            return None, None
        times.append((time.perf_counter() - start) * 1000)
        size = len(json.dumps(result["content"]))
    server.end()
    return statistics.median(times), size


def main():
    servers = [(name, shlex.split(command)) for name, command in (word.split("=", 1) for word in sys.argv[1:])]
    spawns = {name: [] for name, _ in servers}
    for _ in range(SPAWNS):
        for name, command in servers:
            spawns[name].append(spawn_to_list(command))
    raw = raw_list(os.environ["DOCKER_HOST"].removeprefix("unix://"))
    print(f"{'server':24} {'tools':>5} {'list bytes':>10} {'start ms':>9} {'RSS MiB':>8} {'list 20 ms':>10} {'reply bytes':>11}")
    for name, command in servers:
        elapsed = statistics.median(spawn[0] for spawn in spawns[name])
        resident = statistics.median(spawn[1] for spawn in spawns[name]) / 1024
        tools = spawns[name][-1][2]
        call, size = list_calls(command, tools)
        listed = len(json.dumps(tools, separators=(",", ":")))
        call = "none" if call is None else f"{call:.2f}"
        print(f"{name:24} {len(tools):5} {listed:10} {elapsed:9.1f} {resident:8.1f} {call:>10} {size or '':>11}")
    print(f"{'raw socket':24} {'':5} {'':10} {'':9} {'':8} {raw:10.2f}")


main()
