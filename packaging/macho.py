#!/usr/bin/env python3
"""macho.py TARGET PROGRAM: judges a program for macOS by its load commands, where nothing can run it.

It must be for that processor and for macOS 11 or newer ones, and ask for no libraries beside the system's. An Apple
processor starts only what has an ad-hoc signature whose hashes are those of its pages; an Intel processor asks for none.
"""

import hashlib
import struct
import sys

MAGIC_64 = 0xFEEDFACF
SIGNED = "aarch64-apple-darwin"
PROCESSORS = {"aarch64-apple-darwin": 0x0100000C, "x86_64-apple-darwin": 0x01000007}
LOAD_DYLIB, CODE_SIGNATURE, BUILD_VERSION, VERSION_MIN = 0xC, 0x1D, 0x32, 0x24
EMBEDDED_SIGNATURE, CODE_DIRECTORY, AD_HOC = 0xFADE0CC0, 0xFADE0C02, 0x2
NEWEST_MINIMUM = (11, 0)


def main(target, path):
    with open(path, "rb") as program:
        image = program.read()
    magic, processor, _, kind, count = struct.unpack_from("<5I", image)
    check(magic == MAGIC_64 and kind == 2, "not a 64-bit program of Mach-O")
    check(processor == PROCESSORS[target], f"for processor {processor:#x}")
    commands = list(load_commands(image, count))
    libraries = [text(body) for command, body in commands if command == LOAD_DYLIB]
    for library in libraries:
        check(library.startswith(("/usr/lib/", "/System/Library/Frameworks/")), f"needs {library}")
    minimum = minimum_version(commands)
    check(minimum <= NEWEST_MINIMUM, f"needs macOS {minimum}")
    signature = f"{signed_pages(image, commands)} signed pages" if target == SIGNED else "signature not asked for"
    print(f"{target}: macOS {'.'.join(map(str, minimum))}, {', '.join(libraries)}, {signature}")


def load_commands(image, count):
    at = 32
    for _ in range(count):
        command, size = struct.unpack_from("<2I", image, at)
        yield command & 0x7FFFFFFF, image[at : at + size]
        at += size


def text(body):
    """The name in a command that begins with the offset of one."""
    (offset,) = struct.unpack_from("<I", body, 8)
    return body[offset:].split(b"\0")[0].decode()


def minimum_version(commands):
    for command, body in commands:
        if command in (BUILD_VERSION, VERSION_MIN):
            (version,) = struct.unpack_from("<I", body, 12 if command == BUILD_VERSION else 8)
            return (version >> 16, version >> 8 & 0xFF)
    raise SystemExit("error: no minimum version of macOS")


def signed_pages(image, commands):
    """Compares each page with its hash in the signature, and returns their number."""
    places = [struct.unpack_from("<2I", body, 8) for command, body in commands if command == CODE_SIGNATURE]
    check(len(places) == 1, "no signature")
    blob = image[places[0][0] : sum(places[0])]
    magic, _, count = struct.unpack_from(">3I", blob)
    check(magic == EMBEDDED_SIGNATURE, "a signature of an unknown form")
    for index in range(count):
        (at,) = struct.unpack_from(">I", blob, 12 + 8 * index + 4)
        if struct.unpack_from(">I", blob, at)[0] == CODE_DIRECTORY:
            return check_directory(image, blob[at:])
    raise SystemExit("error: a signature without hashes")


def check_directory(image, directory):
    flags, hashes = struct.unpack_from(">2I", directory, 12)
    slots, end = struct.unpack_from(">2I", directory, 28)
    size, kind, _, shift = struct.unpack_from("4B", directory, 36)
    check(flags & AD_HOC, "a signature that is not ad hoc")
    check((size, kind) == (32, 2), "hashes that are not SHA-256")
    page = 1 << shift
    for slot in range(slots):
        content = image[slot * page : min((slot + 1) * page, end)]
        told = directory[hashes + slot * size : hashes + (slot + 1) * size]
        check(hashlib.sha256(content).digest() == told, f"page {slot} is not the one that was signed")
    return slots


def check(holds, problem):
    if not holds:
        raise SystemExit(f"error: {problem}")


if __name__ == "__main__":
    main(*sys.argv[1:])
