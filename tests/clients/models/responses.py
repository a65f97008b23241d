"""The Responses API, as far as Codex needs it."""

from __future__ import annotations

import json

from .model import Call, Model

NAMESPACE = "docker"


class Responses(Model):
    number = 0

    def answer(self, request: dict) -> None:
        if "/responses" not in self.path:
            return self.send({})
        type(self).number += 1
        item = self.item(request)
        response = {"id": f"resp_{self.number}"}
        usage = {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2}
        return self.stream([
            {"type": "response.created", "response": response},
            {"type": "response.output_item.done", "output_index": 0, "item": item},
            {"type": "response.completed", "response": {**response, "output": [item], "usage": usage}},
        ])

    def item(self, request: dict) -> dict:
        items = request.get("input", [])
        tools = namespaces(request.get("tools", [])) + [
            found for item in items if item.get("type") == "tool_search_output" for found in namespaces(item["tools"])
        ]
        offered = {tool["name"]: space["name"] for space in tools for tool in space["tools"]}
        self.plan.offered |= set(offered)
        call = self.plan.next_call([output(item) for item in items if item.get("type") == "function_call_output"])
        number = self.number
        if call is None:
            said = {"type": "output_text", "text": "done", "annotations": []}
            return {"type": "message", "id": f"msg_{number}", "role": "assistant", "content": [said]}
        if call.tool in offered:
            return {
                "type": "function_call", "id": f"fc_{number}", "call_id": f"call_{number}", "name": call.tool,
                "namespace": offered[call.tool], "arguments": json.dumps(call.arguments),
            }  # fmt: skip
        query = {"query": call.tool.replace("_", " "), "limit": 20}
        return {
            "type": "tool_search_call", "id": f"ts_{number}", "call_id": f"call_{number}", "execution": "client",
            "status": "completed", "arguments": query,
        }  # fmt: skip


def namespaces(tools: list[dict]) -> list[dict]:
    return [tool for tool in tools if tool.get("type") == "namespace" and NAMESPACE in tool["name"]]


def output(item: dict) -> str:
    return item["output"] if isinstance(item["output"], str) else json.dumps(item["output"])
