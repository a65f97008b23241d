"""The Messages API, as far as Claude Code needs it."""

from __future__ import annotations

import json
import re

from .model import Call, Model

SEARCH = "ToolSearch"
PREFIX = "mcp__docker__"


class Messages(Model):
    def answer(self, request: dict) -> None:
        if "count_tokens" in self.path:
            return self.send({"input_tokens": 1})
        if "/v1/messages" not in self.path:
            return self.send({})
        content = self.content(request)
        return self.stream(events(content)) if request.get("stream") else self.send(message(content))

    def content(self, request: dict) -> dict:
        """The next call; requests without tools, such as for a title, get a word."""
        tools = {tool["name"] for tool in request.get("tools", [])}
        if SEARCH not in tools:
            return text("ok")
        # Tools that are deferred stand in a message, by their names.
        self.plan.offered |= set(re.findall(PREFIX + r"(\w+)", json.dumps(request)))
        call = self.plan.next_call(results(request))
        if call is None:
            return text("done")
        name = PREFIX + call.tool
        # A tool that is deferred becomes one of the tools when it was searched for.
        return use(name, call.arguments) if name in tools else use(SEARCH, {"query": f"select:{name}"})


def results(request: dict) -> list[str]:
    """The results of the server's tools so far."""
    blocks = [block for said in request["messages"] if isinstance(said["content"], list) for block in said["content"]]
    names = {block["id"]: block["name"] for block in blocks if block.get("type") == "tool_use"}
    found = [block for block in blocks if block.get("type") == "tool_result"]
    return [json.dumps(block.get("content")) for block in found if names[block["tool_use_id"]].startswith(PREFIX)]


def text(said: str) -> dict:
    return {"type": "text", "text": said}


def use(name: str, arguments: dict) -> dict:
    use.number = getattr(use, "number", 0) + 1
    return {"type": "tool_use", "id": f"toolu_{use.number}", "name": name, "input": arguments}


def message(content: dict | None) -> dict:
    reason = None if content is None else "tool_use" if content["type"] == "tool_use" else "end_turn"
    return {
        "id": "msg_1", "type": "message", "role": "assistant", "model": "stand-in", "stop_reason": reason,
        "stop_sequence": None, "content": [content] if content else [],
        "usage": {"input_tokens": 1, "output_tokens": 1},
    }  # fmt: skip


def events(content: dict) -> list[dict]:
    if content["type"] == "text":
        start, delta = {**content, "text": ""}, {"type": "text_delta", "text": content["text"]}
    else:
        start = {**content, "input": {}}
        delta = {"type": "input_json_delta", "partial_json": json.dumps(content["input"])}
    stop = {"stop_reason": message(content)["stop_reason"], "stop_sequence": None}
    return [
        {"type": "message_start", "message": message(None)},
        {"type": "content_block_start", "index": 0, "content_block": start},
        {"type": "content_block_delta", "index": 0, "delta": delta},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": stop, "usage": {"output_tokens": 1}},
        {"type": "message_stop"},
    ]
