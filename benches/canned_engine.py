"""A canned engine on a unix socket: one container, whose log is long, and builds that read their context to its end.

Arguments: the path of the socket and the bytes of the log.
"""

import json
import socket
import sys
import threading

BLOCK = 32 << 10
# Frames as an engine sends them for lines that fill its buffer, joined in chunks.
PIECE = b"%x\r\n%s\r\n" % (BLOCK, (b"\1\0\0\0" + (BLOCK - 8).to_bytes(4, "big")).ljust(BLOCK, b"x"))
HEAD = b"HTTP/1.1 200 OK\r\nApi-Version: 1.45\r\nOstype: linux\r\nDocker-Experimental: false\r\n"
LOG = HEAD + b"Content-Type: application/vnd.docker.multiplexed-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
LABELS = {"dockwright.owner": "agent-1"}
CONTAINER = {"Id": "c" * 64, "Name": "/web", "Config": {"Labels": LABELS, "Tty": False, "Image": "busybox:test"}, "HostConfig": {}}
VERSION = {"ApiVersion": "1.45", "MinAPIVersion": "1.24", "Version": "26.1.5", "Os": "linux"}


def main() -> None:
    path, size = sys.argv[1], int(sys.argv[2])
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(1024)
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(connection, size), daemon=True).start()


def serve(connection: socket.socket, size: int) -> None:
    stream = connection.makefile("rb", buffering=1 << 18)
    try:
        while request := stream.readline():
            chunked = False
            while line := stream.readline().strip():
                chunked |= line.lower() == b"transfer-encoding: chunked"
            if not answer(connection, stream, request.split()[1], chunked, size):
                return
    except OSError:
        pass
    finally:
        connection.close()


def answer(connection: socket.socket, stream, path: bytes, chunked: bool, size: int) -> bool:
    """Answers a request, and tells whether the connection stays."""
    read = drain(stream) if chunked else 0
    if b"/logs" in path and b"follow" in path:
        connection.sendall(LOG + PIECE)
        stream.read(1)
    elif b"/logs" in path:
        connection.sendall(LOG)
        pieces = PIECE * 8
        for _ in range(size // BLOCK // 8 + 1):
            connection.sendall(pieces)
        connection.sendall(b"0\r\n\r\n")
    elif b"/build" in path:
        send_json(connection, {"stream": f"Successfully built {read} bytes"})
    elif b"_ping" in path:
        connection.sendall(HEAD + b"Content-Type: text/plain\r\nContent-Length: 2\r\n\r\nOK")
        return True
    else:
        found = VERSION if b"/version" in path else CONTAINER if b"/containers/" in path and b"/json" in path else None
        send_json(connection, {"message": "no such object"} if found is None else found, b"404 Not Found" if found is None else b"200 OK")
        return True
    return False


def send_json(connection: socket.socket, value: dict, status: bytes = b"200 OK") -> None:
    body = json.dumps(value).encode()
    head = HEAD.replace(b"200 OK", status)
    connection.sendall(head + b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))


def drain(stream) -> int:
    """Reads a chunked body, and returns its length."""
    total = 0
    buffer = memoryview(bytearray(1 << 18))
    while length := int(stream.readline().split(b";")[0], 16):
        total += length
        while length:
            length -= stream.readinto(buffer[: min(length, len(buffer))])
        stream.readline()
    stream.readline()
    return total


main()
