"""Objects that are replaced while the proxy decides: one of the caller's goes, and one of somebody else takes its name.

Arguments: the socket of the engine and that of the proxy. Whatever passed must have acted on the caller's alone.
"""

from __future__ import annotations

import random
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from engine import Engine

SECONDS = 10
OWNER = {"dockwright.owner": "agent-1"}
SLEEP = {"Image": "busybox:test", "Cmd": ["sleep", "1000"]}


class Replaced:
    """A name that one object after the other has, by turns the caller's and somebody else's."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        # The ids of the caller's, and of all that were reached. They are compared in the end, because one can be reached
        # before its id is told here.
        self.own: set[str] = set()
        self.reached: set[str] = set()
        self.turns = 0

    def replace(self, over: threading.Event) -> None:
        while not over.is_set():
            is_own = self.turns % 2 == 0
            made = self.make(OWNER if is_own else {})
            if is_own:
                self.own.add(made)
            time.sleep(random.uniform(0, 0.2))
            self.remove(made)
            self.turns += 1

    def must(self, method: str, path: str, body: dict | None = None, **query: str) -> dict:
        status, answer = self.engine.ask(method, path, body, **query)
        assert status < 300, (method, path, status, answer)
        return answer

    def remove_container(self, container: str) -> None:
        self.engine.ask("DELETE", f"/containers/{container}", force="1")


class Container(Replaced):
    """A container that the caller starts a process in."""

    def make(self, labels: dict) -> str:
        made = self.must("POST", "/containers/create", SLEEP | {"Labels": labels}, name="replaced")["Id"]
        self.must("POST", f"/containers/{made}/start")
        return made

    def remove(self, made: str) -> None:
        self.remove_container(made)

    def act(self, proxy: Engine) -> int:
        status, answer = proxy.ask("POST", "/containers/replaced/exec", {"Cmd": ["true"]})
        if status == 201:
            found, process = self.engine.ask("GET", f"/exec/{answer['Id']}/json")
            self.reached |= {process["ContainerID"]} if found == 200 else set()
        return status


class Network(Replaced):
    """A network that the caller starts a container on."""

    def make(self, labels: dict) -> str:
        return self.must("POST", "/networks/create", {"Name": "replaced", "Labels": labels})["Id"]

    def remove(self, made: str) -> None:
        # One that a container is on stays until that is removed.
        while self.engine.ask("DELETE", f"/networks/{made}")[0] == 403:
            time.sleep(0.001)

    def act(self, proxy: Engine) -> int:
        body = SLEEP | {"HostConfig": {"NetworkMode": "replaced"}}
        status, answer = proxy.ask("POST", "/containers/create", body)
        if status == 201:
            started, _ = proxy.ask("POST", f"/containers/{answer['Id']}/start")
            networks = self.engine.get(f"/containers/{answer['Id']}/json")["NetworkSettings"]["Networks"]
            self.reached |= {network["NetworkID"] for network in networks.values()} if started == 204 else set()
            self.remove_container(answer["Id"])
        return status


class Image(Replaced):
    """An image that the caller makes a container of."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        base = self.must("POST", "/containers/create", SLEEP)["Id"]
        self.images = {}
        for labels in OWNER, {}:
            body = {"Labels": labels | {"of": "replacements"}}
            self.images[bool(labels)] = self.must("POST", "/commit", body, container=base)["Id"]
        self.remove_container(base)

    def make(self, labels: dict) -> str:
        image = self.images[bool(labels)]
        self.must("POST", f"/images/{image}/tag", repo="replaced", tag="1")
        return image

    def remove(self, made: str) -> None:
        """The next one takes the tag."""

    def act(self, proxy: Engine) -> int:
        status, answer = proxy.ask("POST", "/containers/create", {"Image": "replaced:1", "Cmd": ["true"]})
        if status == 201:
            self.reached.add(self.engine.get(f"/containers/{answer['Id']}/json")["Image"])
            self.remove_container(answer["Id"])
        return status


def main() -> None:
    engine, proxy = map(Engine, sys.argv[1:])
    for kind in Container, Network, Image:
        replaced = kind(engine)
        over = threading.Event()
        with ThreadPoolExecutor() as pool:
            replacing = pool.submit(replaced.replace, over)
            try:
                outcomes = call(replaced, proxy)
            finally:
                over.set()
            replacing.result()
        print(f"proxy: {kind.__name__.lower()} replaced {replaced.turns} times:", dict(outcomes))
        assert replaced.reached <= replaced.own, f"a foreign {kind.__name__.lower()} was reached by its name"
        assert any(status < 300 for status in outcomes) and any(status >= 400 for status in outcomes), outcomes
    for image in replaced.images.values():
        engine.ask("DELETE", f"/images/{image}", force="1")


def call(replaced: Replaced, proxy: Engine) -> Counter:
    """Counts the statuses of what the caller does again and again."""
    outcomes: Counter = Counter()
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        outcomes[replaced.act(proxy)] += 1
    return outcomes


main()
