#!/usr/bin/env python3
"""sbom.py TARGET: prints what the program for that target is made of, as JSON of CycloneDX 1.5.

It depends on Cargo.lock and the time in SOURCE_DATE_EPOCH alone, so it has no serial number.
"""

import datetime
import json
import os
import sys

import crates


def main(target):
    packages = crates.linked([target])
    sums = crates.checksums()
    references = {package["id"]: reference(package) for package in packages}
    program = next(package for package in packages if package["name"] == crates.PACKAGE)
    bom = {
        "$schema": "http://cyclonedx.org/schema/bom-1.5.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "timestamp": time(),
            "component": component(program, sums) | {"type": "application"},
            "properties": [{"name": "cargo:target", "value": target}],
        },
        "components": [component(package, sums) for package in packages if package is not program],
        "dependencies": list(dependencies(references)),
    }
    print(json.dumps(bom, indent=1, ensure_ascii=False))


def component(package, sums):
    found = {
        "type": "library",
        "bom-ref": reference(package),
        "name": package["name"],
        "version": package["version"],
        "licenses": [{"expression": package["license"].replace("/", " OR ")}],
        "purl": reference(package),
    }
    if package["description"]:
        found["description"] = " ".join(package["description"].split())
    checksum = sums[package["name"], package["version"]]
    if checksum:
        found["hashes"] = [{"alg": "SHA-256", "content": checksum}]
    if package["repository"]:
        found["externalReferences"] = [{"type": "vcs", "url": package["repository"]}]
    return found


def reference(package):
    return f"pkg:cargo/{package['name']}@{package['version']}"


def dependencies(references):
    """Which of these packages needs which; what only builds or tests need is not among them."""
    for node in sorted(crates.metadata()["resolve"]["nodes"], key=lambda node: node["id"]):
        if node["id"] in references:
            normal = [edge["pkg"] for edge in node["deps"] if any(kind["kind"] is None for kind in edge["dep_kinds"])]
            needed = sorted({references[package] for package in normal if package in references})
            yield {"ref": references[node["id"]], "dependsOn": needed}


def time():
    seconds = int(os.environ["SOURCE_DATE_EPOCH"])
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


if __name__ == "__main__":
    main(sys.argv[1])
