"""The generateContent API, as far as Gemini CLI needs it."""

from __future__ import annotations

import json

from .model import Call, Model

PREFIX = "mcp_docker_"


class Contents(Model):
    def answer(self, request: dict) -> None:
        if "enerateContent" not in self.path:
            return self.send({"totalTokens": 1})
        candidate = {"content": {"role": "model", "parts": [self.part(request)]}, "finishReason": "STOP", "index": 0}
        counts = {"promptTokenCount": 1, "candidatesTokenCount": 1, "totalTokenCount": 2}
        answer = {"candidates": [candidate], "usageMetadata": counts}
        return self.stream([answer]) if "stream" in self.path else self.send(answer)

    def part(self, request: dict) -> dict:
        tools = [tool for group in request.get("tools", []) for tool in group.get("functionDeclarations", [])]
        self.plan.offered |= {tool["name"].removeprefix(PREFIX) for tool in tools if tool["name"].startswith(PREFIX)}
        parts = [part for content in request.get("contents", []) for part in content["parts"]]
        call = self.plan.next_call([json.dumps(part) for part in parts if "functionResponse" in part]) if tools else None
        return {"functionCall": {"name": PREFIX + call.tool, "args": call.arguments}} if call else {"text": "done"}
