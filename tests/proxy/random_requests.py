"""Random requests through the proxy, and everything that then exists inspected on the engine itself.

Arguments: the socket of the engine and that of the proxy. SEED repeats a run, REQUESTS is the number of requests.
"""

from __future__ import annotations

import os
import random
import sys
from collections import Counter

import oracle
from engine import Engine
from grammar import Grammar

INSPECTED_EVERY = 100


def main() -> None:
    engine, proxy = map(Engine, sys.argv[1:])
    seed = int(os.environ.get("SEED") or random.SystemRandom().randrange(1 << 32))
    number = int(os.environ.get("REQUESTS") or 2000)
    print(f"proxy: {number} random requests of seed {seed}")
    grammar = Grammar(random.Random(seed))
    outcomes: Counter[str] = Counter()
    for count in range(1, number + 1):
        method, path, body, query = grammar.request()
        status, answer = proxy.ask(method, path, body, **query)
        grammar.learn(path, status, answer)
        outcomes[outcome(status, answer)] += 1
        if count % INSPECTED_EVERY == 0:
            oracle.inspect(engine)
            remove_some(engine)
    print("proxy:", ", ".join(f"{number} {name}" for name, number in sorted(outcomes.items())))
    assert outcomes["passed"] > number / 10, "hardly a request passed, so this shows nothing"
    assert outcomes["denied"] > number / 10, "hardly a request was denied, so this shows nothing"
    assert not outcomes["failed"], "the proxy failed"


def outcome(status: int, answer: object) -> str:
    message = answer.get("message", "") if isinstance(answer, dict) else ""
    if message.startswith("denied by"):
        return "denied"
    if status < 400:
        return "passed"
    # 500 and 503 are answers of engines too, to values that make no sense to them.
    return "failed" if status in (502, 504) else "refused by the engine"


def remove_some(engine: Engine) -> None:
    """Keeps the engine small."""
    for container in engine.get("/containers/json", all="1"):
        if "/foreign" not in container["Names"] and random.random() < 0.7:
            engine.ask("DELETE", f"/containers/{container['Id']}", force="1", v="1")


main()
