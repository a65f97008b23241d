"""Facts of the project for all channels: version, words, addresses, settings, and what is in dist/bin and dist/shared.

It writes nothing and knows no channel.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import pathlib
import re
import struct
import sys
import tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent
PACKAGING = ROOT / "packaging"
DIST = ROOT / "dist"
AUTHORS = "The Dockwright developers"
LICENCE = "Apache-2.0"
KEYWORDS = ["docker", "mcp", "containers", "compose", "swarm"]
LEGAL = ["LICENSE", "NOTICE", "THIRD-PARTY-LICENSES.txt"]
# The top-level domain never resolves.
UNPUBLISHED = "unpublished.invalid"


@dataclasses.dataclass(frozen=True)
class Platform:
    """A kind of machine with the names that Node and `uname` have for it, and the target whose program serves it."""

    node: str
    uname: str
    target: str

    @property
    def system(self) -> str:
        return self.node.split("-")[0]

    @property
    def cpu(self) -> str:
        return self.node.split("-")[1]

    @property
    def program_name(self) -> str:
        return "dockwright.exe" if self.system == "win32" else "dockwright"

    def program(self) -> bytes:
        path = DIST / "bin" / self.target / self.program_name
        if not path.is_file():
            sys.exit(f"error: there is no {path.relative_to(ROOT)}: run `make dist`")
        return path.read_bytes()


# A static program of Linux runs on every distribution, so it comes first.
PLATFORMS = [
    Platform("linux-x64", "Linux-x86_64", "x86_64-unknown-linux-musl"),
    Platform("linux-arm64", "Linux-aarch64", "aarch64-unknown-linux-musl"),
    Platform("darwin-x64", "Darwin-x86_64", "x86_64-apple-darwin"),
    Platform("darwin-arm64", "Darwin-arm64", "aarch64-apple-darwin"),
    Platform("win32-x64", "", "x86_64-pc-windows-gnu"),
]


@dataclasses.dataclass(frozen=True)
class Published:
    """The addresses in `Cargo.toml`; empty where there is none."""

    repository: str
    image: str
    server: str

    def or_nowhere(self) -> Published:
        """The addresses for files that cannot do without."""
        return Published(
            self.repository or f"https://{UNPUBLISHED}/dockwright",
            self.image or f"{UNPUBLISHED}/dockwright",
            self.server or f"{UNPUBLISHED}/dockwright",
        )

    def download(self, file: str) -> str:
        return f"{self.repository}/releases/download/v{version()}/{file}"


@functools.cache
def manifest(file: str) -> dict:
    return tomllib.loads((ROOT / file).read_text(encoding="utf-8"))


def version() -> str:
    return manifest("Cargo.toml")["workspace"]["package"]["version"]


def description() -> str:
    return manifest("server/Cargo.toml")["package"]["description"]


def published() -> Published:
    workspace = manifest("Cargo.toml")["workspace"]
    return Published(workspace["package"]["repository"], **workspace["metadata"]["published"])


def settings() -> dict[str, dict]:
    """The settings of `settings.toml`, by their variables."""
    return manifest("packaging/settings.toml")


def legal() -> dict[str, bytes]:
    """The texts of licences that go with the program to wherever it goes."""
    return {name: (DIST / "shared" / name).read_bytes() for name in LEGAL}


def about() -> bytes:
    return (PACKAGING / "about.md").read_bytes()


def archive_root(target: str) -> str:
    """The folder in an archive, after which the archive is named."""
    return f"dockwright-{version()}-{target}"


def archive(target: str) -> pathlib.Path:
    """The archive of a target's program, which `make dist` makes."""
    file = DIST / f"{archive_root(target)}.{'zip' if 'windows' in target else 'tar.gz'}"
    if not file.is_file():
        sys.exit(f"error: there is no dist/{file.name}: run `make dist`")
    return file


def sha256(file: pathlib.Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def is_static(program: bytes) -> bool:
    """A program of Linux that asks for no loader (PT_INTERP), so for no C library either."""
    start, = struct.unpack_from("<Q", program, 0x20)
    size, count = struct.unpack_from("<HH", program, 0x36)
    kinds = [struct.unpack_from("<I", program, start + size * number)[0] for number in range(count)]
    return 3 not in kinds


def oldest_glibc(program: bytes) -> str:
    """The oldest release of the GNU C library with all that a program of Linux asks for, such as `2_34`."""
    minors = re.findall(rb"GLIBC_2\.(\d+)", program)
    return f"2_{max(map(int, minors))}"
