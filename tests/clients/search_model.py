"""A model for Claude Code that only searches: asked anything, it calls ToolSearch with the next question of a list.

It speaks the part of the Messages API that Claude Code needs.
"""

import http.server
import json
import re

SEARCH = "ToolSearch"
PREFIX = "mcp__docker__"


class Model(http.server.BaseHTTPRequestHandler):
    """Answers requests. When all questions were asked, `loaded` and `found` are set."""

    protocol_version = "HTTP/1.1"
    questions: list[str] = []
    loaded: list[str] = []
    found: list[list[str]] = []

    def do_GET(self) -> None:
        self.answer({})

    do_HEAD = do_GET

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers.get("content-length", 0))) or b"{}")
        if "count_tokens" in self.path:
            return self.answer({"input_tokens": 1})
        if "/v1/messages" not in self.path:
            return self.answer({})
        content = self.next_step(request)
        if request.get("stream"):
            return self.stream(content)
        return self.answer(message(content, stop_reason(content)))

    def next_step(self, request: dict) -> dict:
        """The next search while there are questions; requests without tools, such as for a title, get a word."""
        tools = {tool.get("name"): tool for tool in request.get("tools", [])}
        if SEARCH not in tools:
            return {"type": "text", "text": "ok"}
        found = searches(request)
        if len(found) < len(self.questions):
            question = {"query": self.questions[len(found)], "max_results": 5}
            return {"type": "tool_use", "id": f"toolu_{len(found)}", "name": SEARCH, "input": question}
        # Tools that are loaded at the start need no search.
        loaded = [name for name, tool in tools.items() if name.startswith(PREFIX) and not tool.get("defer_loading")]
        Model.loaded = [name.removeprefix(PREFIX) for name in loaded]
        Model.found = found
        return {"type": "text", "text": "done"}

    def answer(self, value: dict) -> None:
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def stream(self, content: dict) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        self.close_connection = True
        if content["type"] == "text":
            start, delta = {**content, "text": ""}, {"type": "text_delta", "text": content["text"]}
        else:
            start = {**content, "input": {}}
            delta = {"type": "input_json_delta", "partial_json": json.dumps(content["input"])}
        end = {"delta": {"stop_reason": stop_reason(content), "stop_sequence": None}, "usage": {"output_tokens": 1}}
        events = [
            {"type": "message_start", "message": message(None, None)},
            {"type": "content_block_start", "index": 0, "content_block": start},
            {"type": "content_block_delta", "index": 0, "delta": delta},
            {"type": "content_block_stop", "index": 0},
            {"type": "message_delta", **end},
            {"type": "message_stop"},
        ]
        for event in events:
            self.wfile.write(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode())

    def log_message(self, *_: object) -> None:
        pass


def searches(request: dict) -> list[list[str]]:
    """The tools that each search so far has found."""
    blocks = [block for said in request["messages"] if isinstance(said["content"], list) for block in said["content"]]
    results = [block for block in blocks if block.get("type") == "tool_result"]
    return [unique(re.findall(PREFIX + r"(\w+)", json.dumps(result.get("content")))) for result in results]


def unique(names: list[str]) -> list[str]:
    return list(dict.fromkeys(names))


def message(content: dict | None, reason: str | None) -> dict:
    usage = {"input_tokens": 1, "output_tokens": 1}
    return {
        "id": "msg_1", "type": "message", "role": "assistant", "model": "stand-in", "usage": usage,
        "content": [content] if content else [], "stop_reason": reason, "stop_sequence": None,
    }  # fmt: skip


def stop_reason(content: dict) -> str:
    return "tool_use" if content["type"] == "tool_use" else "end_turn"
