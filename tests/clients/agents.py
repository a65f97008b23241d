"""Runs an agent whole, with a stand-in for its model: it calls tools, sees an error, waits, gives up, is interrupted.

Arguments: the agent, its program, a folder for its home, and the server: its program with options, or its address.
`dockwright install` connects the agent to a program. RECORD is a folder in which `sent` and `answered` hold the traffic
between both.
"""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
from collections.abc import Iterator

from bench import ENDLESS, LISTED, SOON, STEPS, Audit, report
from models.contents import Contents
from models.messages import Messages
from models.model import Call, Model, Plan, serve
from models.responses import Responses

# The agents are told to wait so long for a call, which is longer than that of STEPS.
PATIENCE_SECONDS = 5
ANSWERED = [
    Call("container_list", {"all": True}),
    Call("container_inspect", {"id": "nobody"}),
    Call("exec_run", STEPS),
    Call("container_wait", ENDLESS),
]
RECORD = pathlib.Path(os.environ["RECORD"])


class Agent:
    """An agent: its model, its arguments, and its configuration for a server."""

    name: str
    # Its name for `dockwright install`.
    client: str
    model: type[Model]
    # Ctrl-C takes its call back.
    is_interrupted = True
    arguments: list[str] = []

    def configure(self, home: pathlib.Path, target: list[str], model: str) -> dict[str, str]:
        """Writes its configuration, and returns its environment."""
        raise NotImplementedError

    def install(self, home: pathlib.Path, target: list[str]) -> None:
        """Connects it to the program. The file at the path in its entry then records the traffic too."""
        program, *options = target
        entry = home / "bin" / "dockwright"
        entry.parent.mkdir(exist_ok=True)
        entry.unlink(missing_ok=True)
        entry.symlink_to(program)
        subprocess.run(
            [entry, "install", self.client, "--host", os.environ["DOCKER_HOST"], *options],
            check=True, cwd=home, env={"HOME": str(home)}, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        entry.unlink()
        record = 'tee -a "{0}/sent" | "{1}" "$@" | tee -a "{0}/answered"'
        entry.write_text(f"#!/bin/sh\n{record.format(RECORD, program)}\n")
        entry.chmod(0o755)


class ClaudeCode(Agent):
    name = "Claude Code"
    client = "claude-code"
    model = Messages
    arguments = ["-p", "go on", "--allowedTools", "ToolSearch,mcp__docker"]

    def configure(self, home: pathlib.Path, target: list[str], model: str) -> dict[str, str]:
        if is_http(target):
            docker = {"type": "http", "url": target[0], "headers": headers()}
            write(home / ".claude.json", {"mcpServers": {"docker": docker}})
        else:
            self.install(home, target)
        return {
            "ANTHROPIC_BASE_URL": model,
            "ANTHROPIC_API_KEY": "none",
            "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
            "MCP_TOOL_TIMEOUT": str(PATIENCE_SECONDS * 1000),
        }


class Codex(Agent):
    name = "Codex"
    client = "codex"
    model = Responses
    arguments = ["exec", "--skip-git-repo-check", "--dangerously-bypass-approvals-and-sandbox", "go on"]

    def configure(self, home: pathlib.Path, target: list[str], model: str) -> dict[str, str]:
        settings = {
            "model": "stand-in",
            "model_provider": "stand-in",
            "model_providers.stand-in": {"name": "stand-in", "base_url": f"{model}/v1", "wire_api": "responses"},
        }
        config = home / ".codex" / "config.toml"
        config.parent.mkdir(exist_ok=True)
        config.write_text("".join(f"{key} = {toml(value)}\n" for key, value in settings.items()))
        if not is_http(target):
            self.install(home, target)
        with config.open("a") as file:
            # The entry is the last table of the file.
            if is_http(target):
                file.write(f'[mcp_servers.docker]\nurl = "{target[0]}"\nbearer_token_env_var = "TOKEN"\n')
            file.write(f"tool_timeout_sec = {PATIENCE_SECONDS}\n")
        return {"TOKEN": os.environ["TOKEN"]}


class Gemini(Agent):
    name = "Gemini CLI"
    client = "gemini"
    model = Contents
    # Without a terminal it does not heed Ctrl-C.
    is_interrupted = False
    arguments = ["--yolo", "--skip-trust", "--model", "gemini-2.5-pro", "--prompt", "go on"]

    def configure(self, home: pathlib.Path, target: list[str], model: str) -> dict[str, str]:
        file = home / ".gemini" / "settings.json"
        file.parent.mkdir(exist_ok=True)
        settings = {
            "security": {"auth": {"selectedType": "gemini-api-key"}},
            "privacy": {"usageStatisticsEnabled": False},
        }
        write(file, settings)
        if is_http(target):
            settings["mcpServers"] = {"docker": {"httpUrl": target[0], "headers": headers()}}
        else:
            self.install(home, target)
            settings = json.loads(file.read_text(encoding="utf-8"))
        settings["mcpServers"]["docker"].update(timeout=PATIENCE_SECONDS * 1000, trust=True)
        write(file, settings)
        return {"GEMINI_API_KEY": "none", "GOOGLE_GEMINI_BASE_URL": model}


def main() -> None:
    name, program, home, *target = sys.argv[1:]
    agent = AGENTS[name]()
    run = Runner(agent, program, pathlib.Path(home), target)
    audit = Audit()
    calls(run, audit)
    version = audit.wait_for("begin", "container_list")["client"].rsplit(" ", 1)[1]
    did = ["list", "call", "errors", "progress", "time-out"]
    if agent.is_interrupted:
        interrupts(run)
        did.append("Ctrl-C")
    report(agent.name, version, era(), did)


class Runner:
    """Starts an agent with a model that follows a plan."""

    def __init__(self, agent: Agent, program: str, home: pathlib.Path, target: list[str]) -> None:
        self.agent, self.program, self.home, self.target = agent, program, home, target
        self.home.mkdir(parents=True, exist_ok=True)

    @contextlib.contextmanager
    def __call__(self, asked: list[Call]) -> Iterator[tuple[Plan, subprocess.Popen]]:
        plan = Plan(asked)
        with serve(self.agent.model, plan) as address:
            own = self.agent.configure(self.home, self.target, address)
            inherited = {name: os.environ[name] for name in ("PATH", "DOCKER_HOST")}
            with subprocess.Popen(
                [self.program, *self.agent.arguments], cwd=self.home, env={**inherited, "HOME": str(self.home), **own},
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            ) as process:  # fmt: skip
                try:
                    yield plan, process
                finally:
                    process.kill()


def calls(run: Runner, audit: Audit) -> None:
    """All calls are made and answered; the agent gives up on the last."""
    with run(ANSWERED) as (plan, process):
        said, _ = process.communicate(timeout=60)
    said = "\n".join([*plan.results, said])
    assert len(plan.results) == len(ANSWERED), said
    listed, missing, stepped, endless = plan.results
    assert len(plan.offered) > 80, said
    assert LISTED in listed, said
    assert "404" in missing and "nobody" in missing, said
    assert "ExitCode" in stepped and "| 3" in stepped, said
    assert "timed out" in endless, said
    assert audit.wait_for("end", "container_wait", SOON)["outcome"] == "cancelled"
    assert (RECORD / "answered").read_bytes().count(b"notifications/progress") >= 3, said


def interrupts(run: Runner) -> None:
    audit = Audit()
    with run([Call("container_wait", ENDLESS)]) as (_, process):
        audit.wait_for("begin", "container_wait")
        process.send_signal(signal.SIGINT)
        ended = audit.wait_for("end", "container_wait", SOON)
        assert ended["outcome"].startswith("cancelled"), ended


def era() -> str:
    """The protocol's revision: that of each request, or the one that the server chose at the start."""
    sent, answered = ((RECORD / side).read_text(encoding="utf-8") for side in ("sent", "answered"))
    found = re.search(r'io\.modelcontextprotocol/protocolVersion":"([0-9-]+)"', sent)
    return (found or re.search(r'"protocolVersion":"([0-9-]+)"', answered)).group(1)


def is_http(target: list[str]) -> bool:
    return target[0].startswith("http")


def headers() -> dict[str, str]:
    return {"Authorization": f"Bearer {os.environ['TOKEN']}"}


def toml(value: object) -> str:
    """JSON is TOML but for tables, which are written inline."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {toml(member)}" for key, member in value.items()) + " }"
    return json.dumps(value)


def write(file: pathlib.Path, value: dict) -> None:
    file.write_text(json.dumps(value), encoding="utf-8")


AGENTS = {"claude-code": ClaudeCode, "codex": Codex, "gemini": Gemini}

main()
