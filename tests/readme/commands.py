"""In: a page of Markdown. Out: its commands, one a line, in order: the lines of its blocks of `sh`, and code in the text
that calls `dockwright` with arguments."""

import re
import sys

PIECE = re.compile(r"^```(?P<language>\S*)\n(?P<block>.*?)^```$|`(?P<code>dockwright [^`]+)`", re.DOTALL | re.MULTILINE)

for piece in PIECE.finditer(open(sys.argv[1], encoding="utf-8").read()):
    if code := piece["code"]:
        print(" ".join(code.split()))
    elif piece["language"] == "sh":
        for line in piece["block"].replace("\\\n", " ").splitlines():
            if command := re.sub(r"(^|\s+)#.*", "", line):
                print(command)
