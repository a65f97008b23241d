"""Asks Claude Code's own search of tools the questions of questions.json, and wants the right tool in the first three.

Arguments: the program `claude`, a folder for its home, and the command that starts the server.
"""

from __future__ import annotations

import json
import os
import pathlib
import re
import subprocess
import sys

from models.messages import PREFIX, SEARCH, Messages, text, use
from models.model import Plan, serve

FIRST = 3
WANTED = 18


class Search(Messages):
    """Asked anything, it calls the search with the next question. When all were asked, `loaded` and `found` are set."""

    questions: list[str] = []
    loaded: list[str] = []
    found: list[list[str]] = []

    def content(self, request: dict) -> dict:
        tools = {tool.get("name"): tool for tool in request.get("tools", [])}
        if SEARCH not in tools:
            return text("ok")
        found = searches(request)
        if len(found) < len(self.questions):
            return use(SEARCH, {"query": self.questions[len(found)], "max_results": 5})
        # Tools that are loaded at the start need no search.
        loaded = [name for name, tool in tools.items() if name.startswith(PREFIX) and not tool.get("defer_loading")]
        Search.loaded = [name.removeprefix(PREFIX) for name in loaded]
        Search.found = found
        return text("done")


def main() -> None:
    claude, home, *server = sys.argv[1:]
    questions = json.loads(pathlib.Path(__file__).with_name("questions.json").read_text(encoding="utf-8"))
    Search.questions = list(questions)
    with serve(Search, Plan([])) as address:
        ran = ask(claude, home, server, address)
    if len(Search.found) < len(questions):
        sys.exit(f"search: Claude Code answered {len(Search.found)} questions: {ran.stdout}{ran.stderr}")
    missed = [miss for miss in map(missing, questions.items(), Search.found) if miss]
    for miss in missed:
        print(miss)
    right = len(questions) - len(missed)
    print(f"search: the right tool is in the first {FIRST} in {right} of {len(questions)}; loaded: {Search.loaded}")
    if right < WANTED:
        sys.exit(f"search: {WANTED} are wanted; put words of the question into `search` in spec/overlay/")


def ask(claude: str, home: str, server: list[str], address: str) -> subprocess.CompletedProcess:
    configuration = pathlib.Path(home, "search.json")
    docker = {"command": server[0], "args": server[1:]}
    configuration.write_text(json.dumps({"mcpServers": {"docker": docker}}), encoding="utf-8")
    environment = {
        **os.environ,
        "HOME": home,
        "ANTHROPIC_BASE_URL": address,
        "ANTHROPIC_API_KEY": "none",
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
    }
    command = [claude, "-p", "search", "--mcp-config", configuration, "--strict-mcp-config", "--allowedTools", SEARCH]
    return subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True, timeout=300, check=False)


def missing(question: tuple[str, list[str]], found: list[str]) -> str | None:
    asked, wanted = question
    if any(tool in Search.loaded or tool in found[:FIRST] for tool in wanted):
        return None
    return f"search: {asked!r} finds {found}, not {' or '.join(wanted)}"


def searches(request: dict) -> list[list[str]]:
    """The tools that each search so far has found."""
    blocks = [block for said in request["messages"] if isinstance(said["content"], list) for block in said["content"]]
    results = [block for block in blocks if block.get("type") == "tool_result"]
    return [unique(re.findall(PREFIX + r"(\w+)", json.dumps(result.get("content")))) for result in results]


def unique(names: list[str]) -> list[str]:
    return list(dict.fromkeys(names))


main()
