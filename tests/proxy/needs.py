"""The table of what programs need, from the audit lines of a run, compared with the one in a page of the documentation.

Arguments: the file of needs and the page; or `--add DEED FILE`, which adds what the audit lines of a deed tell,
from the standard input, to the file of needs.
"""

import json
import pathlib
import re
import sys

HEAD = "| program | does | operations | facets |\n|---|---|---|---|\n"
# Allowed by every preset but the open one, because programs begin with them.
ALWAYS = {"system_ping", "system_ping_head", "system_version"}
PROGRAMS = {"docker_py": "docker-py", "testcontainers": "Testcontainers", "compose": "`docker compose`", "docker": "`docker`"}


def main() -> None:
    if sys.argv[1] == "--add":
        add(sys.argv[2], pathlib.Path(sys.argv[3]))
        return
    needs, page = map(pathlib.Path, sys.argv[1:])
    found = rows([json.loads(line) for line in needs.read_text(encoding="utf-8").splitlines()])
    print(HEAD + "".join(found))
    told = page.read_text(encoding="utf-8").splitlines()
    # Programs do not ask the same in each run: they look again, or find that they need not.
    missing = [row for row in found if not any(tells(line, row) for line in told)]
    if missing:
        sys.exit(f"proxy: {page} does not tell all that these need:\n" + "".join(missing))


def tells(line: str, row: str) -> bool:
    """True if a line of the page is about the deed of a row, and names all that stands there."""
    deed = row.split("`", 1)[0] if not row.startswith("| `") else "|".join(row.split("|")[:3])
    names = set(re.findall(r"`([a-z_]+)`", row))
    return line.startswith(deed) and names <= set(re.findall(r"`([a-z_]+)`", line))


def add(deed: str, needs: pathlib.Path) -> None:
    """Adds the operations of a deed and their facets. A program may look for what is not there."""
    entries = [json.loads(line) for line in sys.stdin]
    ended = [entry for entry in entries if entry["event"] == "end" and not entry.get("rule")]
    if not ended:
        sys.exit(f"proxy: {deed} asks the engine nothing")
    need = {
        "deed": deed,
        "operations": sorted({entry["tool"] for entry in ended} - ALWAYS),
        "facets": sorted({facet for entry in ended for facet in entry.get("facets", [])}),
    }
    with needs.open("a", encoding="utf-8") as file:
        file.write(json.dumps(need) + "\n")


def rows(needs: list[dict]) -> list[str]:
    """One row for a deed, with what it needs beside any of the engines."""
    found: dict[str, tuple[set, set]] = {}
    for need in needs:
        operations, facets = found.setdefault(need["deed"], (set(), set()))
        operations.update(need["operations"])
        facets.update(need["facets"])
    return [f"| {words(deed)} | {listed(operations)} | {listed(facets)} |\n" for deed, (operations, facets) in found.items()]


def words(deed: str) -> str:
    """The program of a deed and what it does there: `docker_run_in_a_terminal` is `docker` and "run in a terminal"."""
    program = next(name for name in PROGRAMS if deed.startswith(name))
    does = deed.removeprefix(program).strip("_").replace("_", " ")
    return f"{PROGRAMS[program]} | {does}"


def listed(names: set[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))


main()
