"""The rows of an attacker through the proxy, and everything on the engine inspected after each of them.

Arguments: the file of the rows, the socket of the engine, and those of the proxies for the rows of the reference policy and
for the wide ones. A denied row must have changed nothing, and one that passed only what the policy allows.
"""

from __future__ import annotations

import io
import pathlib
import socket
import sys
import tarfile
from collections import Counter

import oracle
from engine import Engine

OWNER = {"dockwright.owner": "agent-1"}
SLEEP = {"Image": "busybox:test", "Cmd": ["sleep", "100000"], "Labels": OWNER, "HostConfig": {"Init": True}}
# Such as the oracle expects of the caller's containers.
LIMITS = {"CapDrop": ["ALL"], "SecurityOpt": ["no-new-privileges"], "Memory": oracle.GIB, "PidsLimit": 100}
VOLUMES = {"foreign", "v-own", "goodvolume"}
# Ids that the rows know, which are those of no engine.
OWN_ID, OTHER_ID, OTHER_IMAGE = "aaaaaaaaaaaa" + 13 * "1111", "bbbbbbbbbbbb" + 13 * "2222", "cccccccccccc" + 13 * "3333"
NAMES = {"c-other": "foreign", "n-other": "foreign", "v-other": "foreign", "secret:1": "foreign:1", "theirs:1": "foreign:1"}


class World:
    """The engine, with the caller's objects that the rows name."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.version = min(engine.get("/version")["ApiVersion"], "1.51", key=lambda text: int(text.split(".")[1]))
        self.foreign = engine.get("/containers/foreign/json")["Id"]
        self.image = engine.get("/images/foreign:1/json")["Id"].removeprefix("sha256:")
        self.restore()

    def restore(self) -> None:
        """Removes what a row made, and makes what the rows name."""
        ask = self.engine.ask
        for service in self.engine.get("/services"):
            ask("DELETE", f"/services/{service['ID']}")
        for container in self.engine.get("/containers/json", all="1"):
            if container["Id"] != self.foreign:
                ask("DELETE", f"/containers/{container['Id']}", force="1", v="1")
        for network in self.engine.get("/networks"):
            if network["Name"] not in {*oracle.OWN_NETWORKS, oracle.FOREIGN, "n-own"}:
                ask("DELETE", f"/networks/{network['Id']}")
        for volume in self.engine.get("/volumes")["Volumes"]:
            if volume["Name"] not in VOLUMES:
                ask("DELETE", f"/volumes/{volume['Name']}")
        ask("POST", "/volumes/create", {"Name": "v-own", "Labels": OWNER})
        ask("POST", "/volumes/create", {"Name": "goodvolume"})
        ask("POST", "/networks/create", {"Name": "n-own", "Labels": OWNER, "CheckDuplicate": True})
        host = SLEEP["HostConfig"] | LIMITS
        self.own = self.must("/containers/create", SLEEP | {"HostConfig": host}, name="c-own")["Id"]
        self.must(f"/containers/{self.own}/start")
        self.must("/commit", {"Labels": OWNER}, container=self.own, repo="mine", tag="1")
        self.exec = self.must(f"/containers/{self.own}/exec", {"Cmd": ["true"]})["Id"]
        self.state = self.look()

    def must(self, path: str, body: dict | None = None, **query: str) -> dict:
        status, answer = self.engine.ask("POST", path, body, **query)
        assert status < 300, (path, status, answer)
        return answer

    def look(self) -> list[str]:
        """All objects with their names and labels, and the foreign ones with all that can change."""
        get = self.engine.get
        containers = get("/containers/json", all="1")
        # Tasks come and go by themselves.
        containers = [one for one in containers if "com.docker.swarm.task.id" not in one["Labels"]]
        seen = [f"{one['Id']} {one['Names']} {one['Labels']}" for one in containers]
        seen += [f"{one['Name']} {one['Labels']}" for one in get("/volumes")["Volumes"]]
        seen += [f"{one['Id']} {one['Name']} {one['Labels']}" for one in get("/networks")]
        seen += [f"{one['Id']} {sorted(one['RepoTags'] or [])}" for one in get("/images/json")]
        seen += [f"{one['ID']} {one['Spec']['Name']} {one['Version']}" for one in get("/services")]
        return sorted(seen) + self.look_at_foreign()

    def look_at_foreign(self) -> list[str]:
        found = self.engine.get(f"/containers/{self.foreign}/json")
        members = found["Name"], found["State"], found["ExecIDs"], found["Image"], found["HostConfig"]["Memory"]
        networks = self.engine.get("/networks/foreign")["Containers"]
        return [str(members), str(sorted(networks)), self.engine.get("/images/foreign:1/json")["Id"]]

    def fill(self, text: str) -> str:
        """A row for this engine."""
        for name, own in NAMES.items():
            text = text.replace(name, own)
        for known, real in (OWN_ID, self.own), (OTHER_ID, self.foreign), (OTHER_IMAGE, self.image):
            for length in 64, 12, 6:
                text = text.replace(known[:length], real[:length])
        return text.replace("e-own", self.exec).replace("/v1.51/", f"/v{self.version}/")


def main() -> None:
    rows, engine, *sockets = sys.argv[1:]
    world = World(Engine(engine))
    proxies = dict(zip(("= reference", "= wide"), sockets))
    proxy, outcomes, wrong = "", Counter(), []
    for line in pathlib.Path(rows).read_text(encoding="utf-8").splitlines():
        if line in proxies:
            proxy = proxies[line]
        elif line and not line.startswith("#"):
            try:
                outcomes[outcome(world, proxy, line)] += 1
            except (AssertionError, SystemExit) as problem:
                wrong.append(f"{line}\n    {str(problem)[:400]}")
                world.restore()
    print("proxy:", ", ".join(f"{number} {name}" for name, number in sorted(outcomes.items())))
    if wrong:
        sys.exit("\n".join([f"proxy: {len(wrong)} rows do what they must not:", *wrong]))
    assert outcomes["passed"] > 100 and outcomes["refused"] > 400, "so few rows show nothing"


def outcome(world: World, proxy: str, line: str) -> str:
    """Sends a row, and judges what it did."""
    _, method, target, *rest = line.split(maxsplit=3)
    status = send(proxy, method, world.fill(target), world.fill(rest[0]) if rest else "")
    state = world.look()
    if 400 <= status < 500:
        assert state == world.state, f"is refused and changes {set(state) ^ set(world.state)}"
        return "refused"
    assert state[-3:] == world.state[-3:], f"passes and changes what is foreign: {state[-3:]}"
    if method not in ("GET", "HEAD"):
        oracle.inspect(world.engine)
        world.restore()
    return "passed" if status < 400 else "failed on the engine"


def send(proxy: str, method: str, target: str, body: str) -> int:
    """The status of the answer to a request, whatever its target looks like; what follows may have no end."""
    content, kind = (archive(), "application/x-tar") if body == "tar" else (body.encode(), "application/json")
    head = f"{method} {target} HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n"
    if content:
        head += f"Content-Type: {kind}\r\nContent-Length: {len(content)}\r\n"
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(60)
        connection.connect(proxy)
        connection.sendall(head.encode() + b"\r\n" + content)
        answer = b""
        connection.settimeout(2)
        try:
            while piece := connection.recv(1 << 16):
                answer += piece
        except TimeoutError:
            pass
    # One that waits for its end has passed.
    return int(answer.split(b" ", 2)[1]) if answer else 200


def archive() -> bytes:
    """The context of a build."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as context:
        for name in "Dockerfile", "D":
            member = tarfile.TarInfo(name)
            content = b"FROM busybox:test\nLABEL of=attacks\n"
            member.size = len(content)
            context.addfile(member, io.BytesIO(content))
    return file.getvalue()


main()
