"""Files in a folder or in a zip, the same bytes each time: a name, its content, and its mode."""

from __future__ import annotations

import pathlib
import shutil
import zipfile

FILE = 0o100644
PROGRAM = 0o100755

Files = dict[str, tuple[bytes, int]]


def plain(files: dict[str, bytes]) -> Files:
    return {name: (content, FILE) for name, content in files.items()}


def write(folder: pathlib.Path, files: Files) -> None:
    """Writes a folder that holds these files and no others."""
    shutil.rmtree(folder, ignore_errors=True)
    for name, (content, mode) in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        file.chmod(mode & 0o777)


def write_zip(file: pathlib.Path, files: Files) -> None:
    """Writes a zip in the order given. Each entry has the first date that zips know."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, (content, mode) in files.items():
            entry = zipfile.ZipInfo(name)
            entry.create_system = 3
            entry.external_attr = mode << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
