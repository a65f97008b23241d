"""Installs what is in dist/ by each channel and talks to the server that comes out. Prints the seconds of each.

CLIENTS is the folder of the programs that install; arguments name channels. It runs beside an engine, without a network.
"""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile

import npm_registry
from session import talk

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path += [str(ROOT / "packaging"), str(ROOT / "tests/clients")]

import project  # noqa: E402
from models import messages  # noqa: E402
from models.model import Call, Plan, serve  # noqa: E402

CLIENTS = pathlib.Path(os.environ["CLIENTS"])
DIST, VERSION = project.DIST, project.version()
NODES = {"own": "", "22": f"{CLIENTS}/node/node_modules/node/bin:"}
HERE = next(platform for platform in project.PLATFORMS if platform.node == "linux-x64")


def main() -> None:
    channels = [archive, deb, image, listed_image, pip, uv, npm, npx, mcpb, claude_plugin]
    for channel in [channel for channel in channels if channel.__name__ in sys.argv[1:]] or channels:
        began = time.monotonic()
        with tempfile.TemporaryDirectory() as home:
            channel(pathlib.Path(home))
        print(f"dist: {channel.__name__}: ok, {time.monotonic() - began:.1f} s", flush=True)


def environment(home: pathlib.Path, **more: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(home), "DOCKER_HOST": os.environ["DOCKER_HOST"], **more}


def run(*command: object, **options) -> str:
    options = {"check": True, "capture_output": True, "text": True, "timeout": 300} | options
    try:
        return subprocess.run([str(word) for word in command], **options).stdout
    except subprocess.CalledProcessError as error:
        sys.exit(f"dist: {command}: {error.returncode}\n{error.stdout}{error.stderr}")


def archive(home: pathlib.Path) -> None:
    with tarfile.open(project.archive(HERE.target)) as packed:
        packed.extractall(home, filter="data")
    talk([str(home / project.archive_root(HERE.target) / "dockwright")], environment(home), VERSION)
    windows = "x86_64-pc-windows-gnu"
    with zipfile.ZipFile(project.archive(windows)) as packed:
        assert f"{project.archive_root(windows)}/dockwright.exe" in packed.namelist(), packed.namelist()


def deb(home: pathlib.Path) -> None:
    run("dpkg-deb", "--extract", DIST / f"dockwright_{VERSION}_amd64.deb", home)
    talk([str(home / "usr/bin/dockwright")], environment(home), VERSION)


def image(home: pathlib.Path) -> None:
    run("docker", "load", "--input", DIST / f"dockwright-{VERSION}-image-amd64.tar")
    name = f"{project.published().image or 'dockwright'}:{VERSION}"
    socket = os.environ["DOCKER_HOST"].removeprefix("unix://")
    start = ["docker", "run", "--rm", "--interactive", "--network", "none", "--volume", f"{socket}:/var/run/docker.sock"]
    talk([*start, name], environment(home), VERSION)
    talk([*start, "--env", "DOCKWRIGHT_READ_ONLY=true", name], environment(home), VERSION, read_only=True)


def listed_image(home: pathlib.Path) -> None:
    """The image as the MCP registry and Docker's catalogue have it started."""
    server = json.loads((DIST / "listings/server.json").read_text())
    listed = next(package for package in server["packages"] if package["registryType"] == "oci")
    arguments = [word for argument in listed["runtimeArguments"] for word in (argument["name"], argument["value"])]
    run("docker", "tag", f"{project.published().image or 'dockwright'}:{VERSION}", listed["identifier"])
    talk(["docker", "run", "--interactive", "--rm", *arguments, listed["identifier"]], environment(home), VERSION)


def pip(home: pathlib.Path) -> None:
    run(sys.executable, "-m", "venv", home / "venv")
    installer = [home / "venv/bin/python", "-m", "pip", "--disable-pip-version-check"]
    run(*installer, "install", "--no-index", "--find-links", DIST / "wheels", "dockwright")
    talk([str(home / "venv/bin/dockwright")], environment(home), VERSION)
    run(*installer, "uninstall", "--yes", "dockwright")
    assert not (home / "venv/bin/dockwright").exists()


def uv(home: pathlib.Path) -> None:
    """uvx starts the program from a cache, and `uv tool install` leaves it where a client finds it."""
    source = ["--offline", "--no-index", "--find-links", str(DIST / "wheels"), "dockwright"]
    start = [str(CLIENTS / "uv/bin/uvx"), *source]
    env = environment(home, UV_PYTHON=str(pathlib.Path(sys.executable).resolve()))
    talk([*start], env, VERSION)
    talk([*start, "--read-only"], env, VERSION, read_only=True)
    refused = subprocess.run([*start, "install", "cursor"], env=env, capture_output=True, text=True, check=False)
    assert refused.returncode == 1 and "is in a cache" in refused.stderr, refused
    run(CLIENTS / "uv/bin/uv", "tool", "install", *source, env=env)
    installed = home / ".local/bin/dockwright"
    talk([str(installed)], env, VERSION)
    run(installed, "install", "cursor", env=env)
    assert json.loads((home / ".cursor/mcp.json").read_text())["mcpServers"]["docker"]["command"] == str(installed)


def npm(home: pathlib.Path) -> None:
    """npm installs the program of this machine and no other, runs nothing, and both kinds of start behave."""
    with npm_registry.serve(DIST / "npm") as address:
        install = ["npm", "install", "--global", "--prefix", home, "--registry", address, "--ignore-scripts"]
        run(*install, "dockwright", env=environment(home))
        installed = list(home.rglob("@dockwright/*"))
        assert [folder.name for folder in installed] == [HERE.node], installed
        for path in NODES.values():
            starts(home / "bin/dockwright", environment(home, PATH=path + os.environ["PATH"]))
        shutil.rmtree(installed[0])
        alone = subprocess.run([home / "bin/dockwright"], env=environment(home), capture_output=True, text=True)
        assert alone.returncode == 1 and f"@dockwright/{HERE.node} is not installed" in alone.stderr, alone
        run("npm", "uninstall", "--global", "--prefix", home, "dockwright", env=environment(home))
        assert not (home / "bin/dockwright").exists()


def starts(program: pathlib.Path, env: dict[str, str]) -> None:
    """It talks, its exit codes come through, and a signal ends it and leaves nothing."""
    talk([str(program)], env, VERSION)
    assert subprocess.run([program, "--nonsense"], env=env, capture_output=True).returncode == 2
    for number in (signal.SIGTERM, signal.SIGINT):
        with subprocess.Popen([program], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=-3) as server:
            server.stdin.write(b'{"jsonrpc":"2.0","id":1,"method":"ping"}\n')
            server.stdin.flush()
            assert b'"id":1' in server.stdout.readline()
            server.send_signal(number)
            assert server.wait(20) in (128 + number, -number), server.returncode
            # The end of what it writes: no process is left that holds it.
            assert server.stdout.read() == b""


def npx(home: pathlib.Path) -> None:
    with npm_registry.serve(DIST / "npm") as address:
        start = ["npx", "--yes", "--registry", address, "dockwright"]
        talk(start, environment(home), VERSION)
        talk([*start, "--read-only"], environment(home), VERSION, read_only=True)


def mcpb(home: pathlib.Path) -> None:
    """The bundle is valid, and starts with its form left empty, and with each field filled in."""
    tool, bundle = CLIENTS / "mcpb/node_modules/.bin/mcpb", DIST / f"dockwright-{VERSION}.mcpb"
    run(tool, "unpack", bundle, home / "bundle")
    run(tool, "validate", home / "bundle")
    run(tool, "info", bundle)
    manifest = json.loads((home / "bundle/manifest.json").read_text())
    fields = manifest["user_config"]
    assert all("default" in field and not field["required"] for field in fields.values()), fields
    (home / "policy.toml").write_text(run(home / "bundle/server/dockwright", "policy", "preset", "open"))
    (home / "engines.toml").write_text(f'[engines.here]\naddress = "{os.environ["DOCKER_HOST"]}"\n')
    filled = {
        "host": os.environ["DOCKER_HOST"],
        "context": "default",
        "read_only": True,
        "no_destructive": False,
        "policy": str(home / "policy.toml"),
        "engines": str(home / "engines.toml"),
        "allow_path": str(home),
        "allow_write": str(home),
    }
    assert filled.keys() == fields.keys(), fields.keys() - filled.keys()
    for form in [{}, *({name: value} for name, value in filled.items())]:
        command, variables = started_by(manifest, home / "bundle", form)
        talk(command, environment(home, **variables), VERSION, read_only=bool(form.get("read_only")))
    windows = manifest["server"]["mcp_config"]["platform_overrides"]["win32"]["command"]
    assert (home / "bundle" / windows.removeprefix("${__dirname}/")).is_file(), windows


def started_by(manifest: dict, folder: pathlib.Path, form: dict) -> tuple[list[str], dict[str, str]]:
    """The command and the variables that Claude Desktop makes of a form: defaults where nothing was filled in."""
    values = {name: field["default"] for name, field in manifest["user_config"].items()} | form
    texts = {name: str(value).lower() if isinstance(value, bool) else value for name, value in values.items()}

    def fill(text: str) -> str:
        for name, value in {"__dirname": str(folder), **{f"user_config.{name}": text for name, text in texts.items()}}.items():
            text = text.replace(f"${{{name}}}", value)
        assert "${" not in text, text
        return text

    server = manifest["server"]["mcp_config"]
    command = [fill(word) for word in [server["command"], *server["args"]]]
    return command, {name: fill(value) for name, value in server["env"].items()}


class Listener(messages.Messages):
    """A model that keeps what it is sent."""

    heard: list[str] = []

    def content(self, request: dict) -> dict:
        self.heard.append(json.dumps(request))
        return super().content(request)


def claude_plugin(home: pathlib.Path) -> None:
    """Claude Code finds nothing wrong with it, shows its skills, and calls its tools; installed, it is connected."""
    bundle = DIST / f"dockwright-{VERSION}-claude-plugin.zip"
    run("unzip", "-q", bundle, "-d", home / "plugin")
    claude = CLIENTS / "claude-code/node_modules/.bin/claude"
    env = environment(home, ANTHROPIC_API_KEY="none", CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC="1")
    run(claude, "plugin", "validate", "--strict", "--profile", "directory", home / "plugin", env=env, cwd=home)
    messages.PREFIX = "mcp__plugin_dockwright_docker__"
    plan = Plan([Call("system_ping", {}), Call("container_inspect", {"id": "nobody"})])
    with serve(Listener, plan) as address:
        asked = ["-p", "go on", "--plugin-dir", bundle, "--allowedTools", f"ToolSearch,{messages.PREFIX.rstrip('_')}"]
        run(claude, *asked, env=env | {"ANTHROPIC_BASE_URL": address}, cwd=home, stdin=subprocess.DEVNULL)
    assert len(plan.results) == 2 and "404" in plan.results[1] and len(plan.offered) > 50, plan
    skills = [folder.name for folder in (home / "plugin/skills").iterdir()]
    unheard = [skill for skill in skills if not any(f"dockwright:{skill}" in heard for heard in Listener.heard)]
    assert len(skills) > 10 and not unheard, unheard
    run(claude, "plugin", "marketplace", "add", home / "plugin", env=env, cwd=home)
    run(claude, "plugin", "install", "dockwright@dockwright", env=env, cwd=home)
    connected = run(claude, "mcp", "list", env=env, cwd=home)
    assert any("plugin:dockwright:docker" in line and "Connected" in line for line in connected.splitlines()), connected


main()
