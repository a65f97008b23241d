"""Figures of proxies before a Docker socket: clients at once, latency, rates of long streams, memory.

In: the program `dockwright` and the folder of the rivals; beside a real engine at DOCKER_HOST.
Out: tables. The subjects take turns, and each figure is the median of its turns.
"""

from __future__ import annotations

import contextlib
import glob
import os
import pathlib
import selectors
import socket
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time

AT_ONCE = 1000
OPEN = 200
TURNS = 5
# Turns of what takes seconds.
LONG_TURNS = 3
PINGS = 2000
SIZE = 1 << 30
# A real engine reads a log slowly, and its rate does not depend on the length.
REAL_LOG_SIZE = 1 << 27
BLOCK = 1 << 18
HERE = pathlib.Path(__file__).parent
POLICY = HERE.parent / "tests/proxy/policy.toml"
LABEL = "dockwright.owner=agent-1"
DOCKERFILE = b"FROM busybox:test\n"
PING = b"GET /_ping HTTP/1.1\r\nHost: docker\r\n\r\n"
LIST = b"GET /v1.45/containers/json HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n"
LOGS = b"GET /v1.45/containers/web/logs?stdout=1&tail=all HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n"
FOLLOW = b"GET /v1.45/containers/web/logs?stdout=1&follow=1 HTTP/1.1\r\nHost: docker\r\n\r\n"
BUILD = (
    b"POST /v1.45/build HTTP/1.1\r\nHost: docker\r\nContent-Type: application/x-tar\r\n"
    b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
)


class Subject:
    """A way to an engine: its name, its socket, and the process of the proxy if there is one."""

    def __init__(self, name: str, path: str, process: subprocess.Popen | None = None) -> None:
        self.name, self.path, self.process = name, path, process

    def connect(self) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(self.path)
        return connection

    def kib(self) -> int | None:
        """The memory of the proxy and of the processes that it started: of what they share, each has its part."""
        if not self.process:
            return None
        family = {self.process.pid}
        for status in glob.glob("/proc/[0-9]*/stat"):
            with contextlib.suppress(OSError):
                fields = open(status, encoding="ascii", errors="replace").read().rpartition(")")[2].split()
                if int(fields[1]) == self.process.pid:
                    family.add(int(status.split("/")[2]))
        return sum(proportional_kib(process) for process in family)


def proportional_kib(process: int) -> int:
    with contextlib.suppress(OSError):
        lines = open(f"/proc/{process}/smaps_rollup", encoding="ascii").read().splitlines()
        return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return 0


@contextlib.contextmanager
def subjects(engine: str, folder: str, dockwright: str, rivals: str):
    """An engine's socket, and the proxies before it."""
    os.makedirs(folder)
    commands = {
        "socat": rival(rivals, "socat") + ["-t", "1000", f"UNIX-LISTEN:{folder}/socat,fork,backlog=1024", f"UNIX-CONNECT:{engine}"],
        "HAProxy": rival(rivals, "haproxy") + ["-db", "-f", haproxy_file(engine, folder)],
        "dockwright": [dockwright, "proxy", "--host", f"unix://{engine}", "--listen", f"unix://{folder}/dockwright", "--policy", str(POLICY)],
    }
    found = [Subject("direct", engine)]
    try:
        for name, command in commands.items():
            process = subprocess.Popen(command, env=environment(rivals, name), stderr=open(f"{folder}/{name}.stderr", "w"))
            found.append(Subject(name, f"{folder}/{name}", process))
            wait_for(f"{folder}/{name}", process)
        yield found
    finally:
        for subject in found[1:]:
            subject.process.terminate()
            subject.process.wait()


def rival(rivals: str, name: str) -> list[str]:
    unpacked = glob.glob(f"{rivals}/{name}/usr/*bin/{name}")
    return [unpacked[0] if unpacked else name]


def environment(rivals: str, name: str) -> dict[str, str]:
    if name == "dockwright":
        return dict(os.environ)
    return os.environ | {"LD_LIBRARY_PATH": ":".join(glob.glob(f"{rivals}/{name.lower()}/usr/lib/*-linux-gnu*"))}


def haproxy_file(engine: str, folder: str) -> str:
    path = f"{folder}/haproxy.cfg"
    pathlib.Path(path).write_text(
        "global\n maxconn 4000\ndefaults\n mode http\n timeout connect 5s\n timeout client 1h\n timeout server 1h\n"
        f"frontend clients\n bind unix@{folder}/HAProxy\n default_backend engine\n"
        f"backend engine\n server engine unix@{engine}\n",
        encoding="utf-8",
    )
    return path


def wait_for(path: str, process: subprocess.Popen) -> None:
    until = time.monotonic() + 10
    while not os.path.exists(path):
        if process.poll() is not None or time.monotonic() > until:
            sys.exit(f"{process.args[0]} does not listen: {open(f'{path}.stderr').read()}")
        time.sleep(0.01)
    # A socket is there before somebody listens.
    time.sleep(0.1)


def at_once(subject: Subject, request: bytes) -> float:
    """Seconds until all clients, who come at once, have an answer."""
    begun = time.monotonic()
    selector = selectors.DefaultSelector()
    for _ in range(AT_ONCE):
        connection = subject.connect()
        connection.sendall(request)
        selector.register(connection, selectors.EVENT_READ)
    left = AT_ONCE
    while left:
        for key, _ in selector.select():
            answer = key.fileobj.recv(65536)
            if not answer.startswith(b"HTTP/1.1 200"):
                sys.exit(f"{subject.name}: {answer[:300]!r}")
            selector.unregister(key.fileobj)
            key.fileobj.close()
            left -= 1
    return time.monotonic() - begun


def latency(subject: Subject) -> float:
    """The median of milliseconds for an answer on a connection that stays."""
    connection = subject.connect()
    times = []
    for _ in range(PINGS):
        begun = time.perf_counter()
        connection.sendall(PING)
        answer = connection.recv(65536)
        times.append(time.perf_counter() - begun)
        if not answer.endswith(b"OK"):
            sys.exit(f"{subject.name}: {answer!r}")
    return statistics.median(times) * 1000


def log_rate(subject: Subject, size: int) -> float:
    """Bytes a second of a log."""
    connection = subject.connect()
    begun = time.monotonic()
    connection.sendall(LOGS)
    buffer = bytearray(BLOCK)
    received = connection.recv_into(buffer)
    if not buffer.startswith(b"HTTP/1.1 200"):
        sys.exit(f"{subject.name}: {bytes(buffer[:300])!r}")
    while more := connection.recv_into(buffer):
        received += more
    if received < size:
        sys.exit(f"{subject.name}: the log ended after {received} bytes")
    return received / (time.monotonic() - begun)


def build_rate(subject: Subject) -> float:
    """Bytes a second of the context of a build, until the engine has built."""
    connection = subject.connect()
    piece = chunk(bytes(BLOCK))
    begun = time.monotonic()
    connection.sendall(BUILD + chunk(file_head("Dockerfile", len(DOCKERFILE)) + DOCKERFILE.ljust(512, b"\0")))
    connection.sendall(chunk(file_head("zeros", SIZE)))
    # Who refuses a build answers before its end.
    with contextlib.suppress(BrokenPipeError):
        for _ in range(SIZE // BLOCK):
            connection.sendall(piece)
        connection.sendall(chunk(bytes(1024)) + b"0\r\n\r\n")
    answer = b""
    while more := connection.recv(65536):
        answer += more
    if b"Successfully built" not in answer:
        sys.exit(f"{subject.name}: {answer[:300]!r}")
    return SIZE / (time.monotonic() - begun)


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def file_head(name: str, size: int) -> bytes:
    """The block of a tar archive that begins a file."""
    file = tarfile.TarInfo(name)
    file.size = size
    return file.tobuf()


def open_memory(subject: Subject) -> tuple[int, int, int] | None:
    """KiB before, with many connections that are idle, and with many that follow a log."""
    if not subject.process:
        return None
    before = subject.kib()
    idle = [ask(subject, PING) for _ in range(OPEN)]
    with_idle = subject.kib()
    following = [ask(subject, FOLLOW) for _ in range(OPEN)]
    with_streams = subject.kib()
    for connection in idle + following:
        connection.close()
    return before, with_idle, with_streams


def ask(subject: Subject, request: bytes) -> socket.socket:
    connection = subject.connect()
    connection.sendall(request)
    if not connection.recv(65536).startswith(b"HTTP/1.1 200"):
        sys.exit(f"{subject.name}: no answer")
    return connection


def compare(title: str, unit: str, found: list[Subject], figure, turns_of_each: int = TURNS) -> None:
    """Prints a figure of all subjects, who take turns, and its ratio to that without a proxy."""
    turns = {subject.name: [] for subject in found}
    for _ in range(turns_of_each):
        for subject in found:
            turns[subject.name].append(figure(subject))
    medians = {name: statistics.median(values) for name, values in turns.items()}
    print(f"{title:24}", *(f"{name} {value:8.3f} {unit} ({value / medians['direct']:.2f})" for name, value in medians.items()), sep="  ", flush=True)


def main() -> None:
    dockwright, rivals = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        real_engine(os.environ["DOCKER_HOST"].removeprefix("unix://"), f"{folder}/real", dockwright, rivals)
        canned = f"{folder}/canned.sock"
        with subprocess.Popen([sys.executable, HERE / "canned_engine.py", canned, str(SIZE)]) as engine:
            try:
                wait_for(canned, engine)
                canned_engine(canned, f"{folder}/canned", dockwright, rivals)
            finally:
                engine.terminate()


def real_engine(path: str, folder: str, dockwright: str, rivals: str) -> None:
    write_log = f"yes $(head -c 1000 /dev/zero | tr '\\0' x) | head -c {REAL_LOG_SIZE}"
    subprocess.run(["docker", "run", "--name", "web", "--label", LABEL, "busybox:test", "sh", "-c", write_log], stdout=subprocess.DEVNULL, check=True)
    print("a real engine")
    with subjects(path, folder, dockwright, rivals) as found:
        compare(f"{AT_ONCE} pings at once", "s", found, lambda subject: at_once(subject, PING))
        compare(f"{AT_ONCE} lists at once", "s", found, lambda subject: at_once(subject, LIST))
        compare("a ping, p50", "ms", found, latency)
        compare("128 MiB of logs", "GB/s", found, lambda subject: log_rate(subject, REAL_LOG_SIZE) / 1e9, LONG_TURNS)
        compare("1 GiB of build context", "GB/s", found, lambda subject: build_rate(subject) / 1e9, LONG_TURNS)


def canned_engine(path: str, folder: str, dockwright: str, rivals: str) -> None:
    print("a canned engine, which does nothing but send and receive")
    with subjects(path, folder, dockwright, rivals) as found:
        compare("1 GiB of logs", "GB/s", found, lambda subject: log_rate(subject, SIZE) / 1e9, LONG_TURNS)
        compare("1 GiB of build context", "GB/s", found, lambda subject: build_rate(subject) / 1e9, LONG_TURNS)
        for subject in found:
            if kib := open_memory(subject):
                print(f"{subject.name}: {kib[0]} KiB, {kib[1]} with {OPEN} idle connections, {kib[2]} with {OPEN} followed logs more")


main()
