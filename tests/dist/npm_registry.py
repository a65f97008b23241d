"""A stand-in for npm's registry on loopback that has the packages of a folder, and nothing else."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import http.server
import json
import pathlib
import tarfile
import threading
import urllib.parse
from collections.abc import Iterator


@contextlib.contextmanager
def serve(folder: pathlib.Path) -> Iterator[str]:
    """The address of a registry with the packages of this folder."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Registry)
    server.address = f"http://127.0.0.1:{server.server_address[1]}/"
    server.files = {f"/files/{file.name}": file for file in folder.glob("*.tgz")}
    server.packages = {package["name"]: entry(package, server.address) for package in map(package_of, server.files.values())}
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.address
    finally:
        server.shutdown()
        server.server_close()


def package_of(file: pathlib.Path) -> dict:
    """The `package.json` of a tarball, with the place and the checksum of that."""
    with tarfile.open(file) as packed:
        package = json.load(packed.extractfile("package/package.json"))
    integrity = base64.b64encode(hashlib.sha512(file.read_bytes()).digest()).decode()
    return package | {"dist": {"tarball": f"files/{file.name}", "integrity": f"sha512-{integrity}"}}


def entry(package: dict, address: str) -> dict:
    version = package["version"]
    package["dist"]["tarball"] = address + package["dist"]["tarball"]
    return {"name": package["name"], "dist-tags": {"latest": version}, "versions": {version: package}}


class Registry(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        path = urllib.parse.unquote(self.path)
        package, file = self.server.packages.get(path[1:]), self.server.files.get(path)
        if package:
            self.send(200, json.dumps(package).encode())
        elif file:
            self.send(200, file.read_bytes())
        else:
            self.send(404, b"{}")

    def send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass
