#!/usr/bin/env python3
"""pack.py FOLDER ARCHIVE: packs the folder into a .tar.gz, .tar or .zip that depends on its content alone.

Entries are sorted, belong to root, and have the time in SOURCE_DATE_EPOCH.
"""

import gzip
import os
import pathlib
import sys
import tarfile
import time
import zipfile

TIME = int(os.environ["SOURCE_DATE_EPOCH"])


def main(folder, archive):
    root = pathlib.Path(folder)
    paths = [root, *sorted(root.rglob("*"))]
    entries = [(path, path.relative_to(root.parent).as_posix()) for path in paths]
    if archive.endswith(".zip"):
        zip_files(entries, archive)
    elif archive.endswith(".gz"):
        with open(archive, "wb") as raw, gzip.GzipFile("", "wb", mtime=TIME, fileobj=raw) as packed:
            tar(entries, packed)
    else:
        # Without the folder itself: for what is unpacked into another one.
        with open(archive, "wb") as raw:
            tar([(path, path.relative_to(root).as_posix()) for path in paths[1:]], raw)


def tar(entries, out):
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as packed:
        for path, name in entries:
            entry = packed.gettarinfo(path, name)
            entry.uid = entry.gid = 0
            entry.uname = entry.gname = ""
            entry.mtime, entry.mode = TIME, mode(path)
            if path.is_file():
                with path.open("rb") as content:
                    packed.addfile(entry, content)
            else:
                packed.addfile(entry)


def zip_files(entries, archive):
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for path, name in entries:
            if path.is_file():
                entry = zipfile.ZipInfo(name, time.gmtime(TIME)[:6])
                entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, mode(path) << 16
                # Or the name of this system stands in it.
                entry.create_system = 3
                packed.writestr(entry, path.read_bytes())


def mode(path):
    """Whatever the umask was."""
    return 0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644


if __name__ == "__main__":
    main(*sys.argv[1:])
