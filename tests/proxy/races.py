"""Names that change hands while the proxy decides: a foreign container and one of the caller's swap theirs all the time.

Arguments: the socket of the engine and that of the proxy. What the caller does by name must never reach the foreign one.
"""

from __future__ import annotations

import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from engine import Engine

SECONDS = 10
NAME = "contested"
OWNER = {"dockwright.owner": "agent-1"}
ENVIRONMENT = ["SECRET=of-somebody-else"]


def main() -> None:
    engine, proxy = map(Engine, sys.argv[1:])
    own = make(engine, {"Labels": OWNER})
    foreign = make(engine, {"Env": ENVIRONMENT})
    before = facts(engine, foreign)
    over = threading.Event()
    with ThreadPoolExecutor() as pool:
        swapping = pool.submit(swap, engine, own, foreign, over)
        calling = [pool.submit(call, proxy, act, over) for act in ACTS]
        time.sleep(SECONDS)
        over.set()
        outcomes = [called.result() for called in calling]
        print(f"proxy: races: the name changed hands {swapping.result()} times:", *map(dict, outcomes))
    for outcome in outcomes:
        assert outcome["done"] and outcome[404], "only one of the two containers was met"
    assert facts(engine, foreign) == before, "a foreign container was reached by its name"
    for container in own, foreign:
        engine.ask("DELETE", f"/containers/{container}", force="1")


def make(engine: Engine, body: dict) -> str:
    body = {"Image": "busybox:test", "Cmd": ["sh", "-c", "trap 'echo reached' USR1; while :; do sleep 0.1; done"]} | body
    status, made = engine.ask("POST", "/containers/create", body)
    assert status == 201, made
    engine.ask("POST", f"/containers/{made['Id']}/start")
    return made["Id"]


def swap(engine: Engine, own: str, foreign: str, over: threading.Event) -> int:
    """Gives the name to one of the two, then to the other, and returns how often."""
    count = 0
    while not over.is_set():
        count += 1
        for container in own, foreign:
            engine.ask("POST", f"/containers/{container}/rename", name=NAME)
            time.sleep(0.001)
            engine.ask("POST", f"/containers/{container}/rename", name=f"{NAME}-{container[:4]}-{count}")
    return 2 * count


def facts(engine: Engine, container: str) -> dict:
    """All that the acts below would change."""
    found = engine.get(f"/containers/{container}/json")
    _, log = engine.ask("GET", f"/containers/{container}/logs", stdout="1")
    return {key: found[key] for key in ["State", "ExecIDs"]} | {"Memory": found["HostConfig"]["Memory"], "Log": log}


def signals(proxy: Engine) -> int:
    return proxy.ask("POST", f"/containers/{NAME}/kill", signal="USR1")[0]


def executes(proxy: Engine) -> int:
    return proxy.ask("POST", f"/containers/{NAME}/exec", {"Cmd": ["true"]})[0]


def updates(proxy: Engine) -> int:
    return proxy.ask("POST", f"/containers/{NAME}/update", {"Memory": 64 << 20, "MemorySwap": 128 << 20})[0]


def looks(proxy: Engine) -> int:
    status, found = proxy.ask("GET", f"/containers/{NAME}/json")
    assert status != 200 or found["Config"]["Env"] != ENVIRONMENT, "a foreign container is shown"
    return status


ACTS = [signals, executes, updates, looks]


def call(proxy: Engine, act, over: threading.Event) -> Counter:
    """Counts the outcomes of an act that is done again and again."""
    outcomes: Counter = Counter()
    while not over.is_set():
        status = act(proxy)
        outcomes["done" if status < 300 else status] += 1
    return outcomes


main()
