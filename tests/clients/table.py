"""The table of clients: from the report of a run, compared with the one in a page of the documentation.

Arguments: the report and the page. With NEWEST set, other versions ran than those of
the page, and the table is only printed.
"""

from __future__ import annotations

import json
import os
import pathlib
import sys

WAYS = ["stdio", "HTTP", "HTTP with sessions"]
HEAD = f"| client | version | revision | {' | '.join(WAYS)} |\n{'|---' * 6}|\n"


def main() -> None:
    report, page = map(pathlib.Path, sys.argv[1:])
    table = HEAD + "".join(rows([json.loads(line) for line in report.read_text(encoding="utf-8").splitlines()]))
    print(table)
    if not os.environ.get("NEWEST") and table not in page.read_text(encoding="utf-8"):
        sys.exit(f"clients: {page} has another table than this one")


def rows(entries: list[dict]) -> list[str]:
    """One row for a client of a version at a revision, in the order in which they ran first."""
    found: dict[tuple, dict] = {}
    for entry in entries:
        row = found.setdefault((entry["client"], entry["version"], entry["era"]), {})
        # A client that runs beside several engines does the same there.
        row[entry["over"]] = ", ".join(entry["did"])
    return [f"| {' | '.join([*key, *(row.get(way, '') for way in WAYS)])} |\n" for key, row in found.items()]


main()
