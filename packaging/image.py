#!/usr/bin/env python3
"""image.py LAYER ARCHITECTURE VERSION FOLDER: makes a folder that, packed, is an image of one layer.

It is an OCI layout, with the list that engines before 25 read.
"""

import datetime
import hashlib
import json
import os
import pathlib
import sys
import tomllib

CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"


def main(layer, architecture, version, folder):
    blobs = pathlib.Path(folder) / "blobs/sha256"
    blobs.mkdir(parents=True)
    content = pathlib.Path(layer).read_bytes()
    layer = add(blobs, LAYER, content)
    config = add(blobs, CONFIG, packed(configuration(layer["digest"], architecture, version)))
    manifest = add(blobs, MANIFEST, packed({"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [layer]}))
    name = published()["image"] or "dockwright"
    # Engines with containerd's store read no other name than this annotation.
    full = name if "." in name.partition("/")[0] else f"docker.io/{name if '/' in name else f'library/{name}'}"
    named = [
        manifest
        | {
            "annotations": {"io.containerd.image.name": f"{full}:{tag}", "org.opencontainers.image.ref.name": tag},
            "platform": {"architecture": architecture, "os": "linux"},
        }
        for tag in (version, "latest")
    ]
    files = {
        "oci-layout": {"imageLayoutVersion": "1.0.0"},
        "index.json": {"schemaVersion": 2, "mediaType": INDEX, "manifests": named},
        "manifest.json": [{"Config": path(config), "RepoTags": [f"{name}:{version}", f"{name}:latest"], "Layers": [path(layer)]}],
    }
    for file, value in files.items():
        (pathlib.Path(folder) / file).write_bytes(packed(value))


def configuration(layer, architecture, version):
    created = datetime.datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), datetime.timezone.utc)
    created = created.strftime("%Y-%m-%dT%H:%M:%SZ")
    labels = {
        "org.opencontainers.image.created": created,
        "org.opencontainers.image.description": "MCP server for every endpoint of any Docker Engine",
        "org.opencontainers.image.licenses": "Apache-2.0",
        "org.opencontainers.image.title": "Dockwright",
        "org.opencontainers.image.version": version,
    }
    addresses = {
        "io.modelcontextprotocol.server.name": published()["server"],
        "org.opencontainers.image.source": published()["repository"],
    }
    labels |= {label: address for label, address in addresses.items() if address}
    return {
        "created": created,
        "architecture": architecture,
        "os": "linux",
        "config": {"Entrypoint": ["/dockwright"], "Labels": labels},
        "rootfs": {"type": "layers", "diff_ids": [layer]},
        "history": [{"created": created, "created_by": "packaging/image"}],
    }


def published():
    with open("Cargo.toml", "rb") as file:
        workspace = tomllib.load(file)["workspace"]
    return {"repository": workspace["package"]["repository"], **workspace["metadata"]["published"]}


def add(blobs, media_type, content):
    digest = hashlib.sha256(content).hexdigest()
    (blobs / digest).write_bytes(content)
    return {"mediaType": media_type, "digest": f"sha256:{digest}", "size": len(content)}


def path(blob):
    return "blobs/" + blob["digest"].replace(":", "/")


def packed(value):
    return json.dumps(value, indent=1, sort_keys=True).encode()


if __name__ == "__main__":
    main(*sys.argv[1:])
