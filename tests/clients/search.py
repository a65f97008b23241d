"""Asks Claude Code's own search of tools the questions of questions.json, and wants the right tool in the first three.

Arguments: the program `claude`, a folder for its home, and the command that starts the server.
"""

import http.server
import json
import os
import pathlib
import subprocess
import sys
import threading

from search_model import SEARCH, Model

FIRST = 3
WANTED = 18


def main() -> None:
    claude, home, *server = sys.argv[1:]
    questions = json.loads(pathlib.Path(__file__).with_name("questions.json").read_text(encoding="utf-8"))
    Model.questions = list(questions)
    model = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Model)
    threading.Thread(target=model.serve_forever, daemon=True).start()
    ran = ask(claude, home, server, model.server_address[1])
    if len(Model.found) < len(questions):
        sys.exit(f"search: Claude Code answered {len(Model.found)} questions: {ran.stdout}{ran.stderr}")
    missed = [miss for miss in map(missing, questions.items(), Model.found) if miss]
    for miss in missed:
        print(miss)
    right = len(questions) - len(missed)
    print(f"search: the right tool is in the first {FIRST} in {right} of {len(questions)}; loaded: {Model.loaded}")
    if right < WANTED:
        sys.exit(f"search: {WANTED} are wanted; put words of the question into `search` in spec/overlay/")


def ask(claude: str, home: str, server: list[str], port: int) -> subprocess.CompletedProcess:
    configuration = pathlib.Path(home, "search.json")
    docker = {"command": server[0], "args": server[1:]}
    configuration.write_text(json.dumps({"mcpServers": {"docker": docker}}), encoding="utf-8")
    environment = {
        **os.environ,
        "HOME": home,
        "ANTHROPIC_BASE_URL": f"http://127.0.0.1:{port}",
        "ANTHROPIC_API_KEY": "none",
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
    }
    command = [claude, "-p", "search", "--mcp-config", configuration, "--strict-mcp-config", "--allowedTools", SEARCH]
    return subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True, timeout=300, check=False)


def missing(question: tuple[str, list[str]], found: list[str]) -> str | None:
    asked, wanted = question
    if any(tool in Model.loaded or tool in found[:FIRST] for tool in wanted):
        return None
    return f"search: {asked!r} finds {found}, not {' or '.join(wanted)}"


main()
