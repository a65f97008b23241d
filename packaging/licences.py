#!/usr/bin/env python3
"""licences.py TOOLCHAIN TARGET…: prints the licences of all that is linked into the program, each text once.

Their authors ask for it wherever the program goes. TOOLCHAIN is the folder where `fetch` unpacked Rust's std and zig.
"""

import pathlib
import sys

import crates

NAMES = ("LICEN", "COPYING", "COPYRIGHT", "NOTICE", "UNLICENSE")
MIT = """Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE."""
HEAD = "Dockwright contains the work of others, under the licences below. Each text names the parts that it is for."


def main(toolchain, targets):
    users, shown = {}, {}
    for part, texts in [*crates_with_texts(targets), *runtimes_with_texts(pathlib.Path(toolchain))]:
        if not texts:
            raise SystemExit(f"error: {part} has no text of a licence")
        for text in texts:
            # Texts that differ in their line breaks are one.
            words = " ".join(text.split())
            shown.setdefault(words, "\n".join(line.rstrip() for line in text.strip().splitlines()))
            users.setdefault(words, []).append(part)
    print(HEAD)
    for words, parts in sorted(users.items(), key=lambda item: item[1]):
        print(f"\n{'=' * 80}\n{', '.join(parts)}\n{'=' * 80}\n\n{shown[words]}")


def crates_with_texts(targets):
    for package in crates.linked(targets):
        # Our own are under the licence beside this file.
        if package["source"] is None:
            continue
        texts = files(pathlib.Path(package["manifest_path"]).parent)
        if not texts and package["license"] == "MIT":
            texts = [f"Copyright (c) {', '.join(package['authors'])}\n\n{MIT}"]
        yield f"{package['name']} {package['version']} ({package['license']})", texts


def runtimes_with_texts(toolchain):
    """Rust's std with the crates in it, and the C libraries that targets link statically."""
    rust = toolchain / "tools/usr/lib/rustlib/src/rust"
    yield "Rust's std (MIT OR Apache-2.0)", [(rust / "COPYRIGHT").read_text(), f"The Rust Project Contributors\n\n{MIT}"]
    for crate in sorted((rust / "library/vendor").iterdir()):
        texts = files(crate)
        # Those of platforms for which nothing is built here may have none.
        if texts:
            yield f"{crate.name} (in Rust's std)", texts
    (zig,) = toolchain.glob("zig/python/lib/python3*/site-packages/ziglang")
    yield "zig's compiler runtime (MIT)", [(zig / "LICENSE").read_text()]
    yield "musl (MIT)", [(zig / "lib/libc/musl/COPYRIGHT").read_text()]
    yield "LLVM's libunwind (Apache-2.0 WITH LLVM-exception)", [(zig / "lib/libunwind/LICENSE.TXT").read_text()]
    documents = toolchain / "tools/usr/share/doc"
    yield "mingw-w64's runtime", [(documents / "mingw-w64-x86-64-dev/copyright").read_text()]
    yield "GCC's runtime on Windows (GPL-3.0 WITH GCC-exception-3.1)", [
        (documents / "gcc-mingw-w64-base/copyright").read_text()
    ]


def files(folder):
    found = [path for path in folder.iterdir() if path.name.upper().startswith(NAMES) and path.is_file()]
    return [path.read_text(errors="replace") for path in sorted(found)]


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
