"""The crates that are linked into the program, as cargo tells them. Knows nothing of licences or of SBOMs."""

import json
import os
import re
import subprocess
import tomllib

PACKAGE = "dockwright-server"


def linked(targets):
    """The packages of `cargo metadata` that are part of the program for any of the targets, sorted, each once."""
    named = {name_and_version for target in targets for name_and_version in tree(target)}
    packages = [package for package in metadata()["packages"] if (package["name"], package["version"]) in named]
    return sorted(packages, key=lambda package: (package["name"], package["version"]))


def tree(target):
    """Names and versions; crates that only run while others are compiled are no part of the program."""
    lines = cargo("tree", "--package", PACKAGE, "--target", target, "--edges", "normal,no-proc-macro", "--prefix", "none")
    return {(name, version) for name, version in re.findall(r"^(\S+) v(\S+)", lines, re.MULTILINE)}


def metadata():
    return json.loads(cargo("metadata", "--format-version", "1"))


def checksums():
    """The SHA-256 of each crate's package, by name and version."""
    with open("Cargo.lock", "rb") as lock:
        packages = tomllib.load(lock)["package"]
    return {(package["name"], package["version"]): package.get("checksum") for package in packages}


def cargo(*arguments):
    return subprocess.run(
        [os.environ.get("CARGO", "cargo"), *arguments, "--locked"], check=True, stdout=subprocess.PIPE, text=True
    ).stdout
