"""The folder `server` of a bundle for all platforms: `dockwright`, which finds the program of its system, and the programs.

Windows finds `dockwright.exe` where `dockwright` is asked for.
"""

from __future__ import annotations

import folder
import project


def server() -> folder.Files:
    files = {"server/dockwright": ((project.PACKAGING / "start.sh").read_bytes(), folder.PROGRAM)}
    for platform in project.PLATFORMS:
        name = f"dockwright-{platform.uname}" if platform.uname else platform.program_name
        files[f"server/{name}"] = (platform.program(), folder.PROGRAM)
    return files


def texts() -> folder.Files:
    icon = {"icon.png": (project.PACKAGING / "icon.png").read_bytes(), "README.md": project.about()}
    return folder.plain(icon | project.legal())
