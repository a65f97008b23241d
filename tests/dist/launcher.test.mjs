// The launcher of the npm package: which package has a machine's program, and what comes through to it and back where
// Node starts it beside itself.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

const launcher = new URL("../../packaging/launcher.js", import.meta.url).pathname;
const { machine } = createRequire(import.meta.url)(launcher);

const timeout = 60_000;

// A folder with the launcher beside a program that is this script.
function installed(script) {
  const folder = mkdtempSync(join(tmpdir(), "launcher-"));
  const found = machine(process.platform, process.arch);
  const place = join(folder, "node_modules", found.package);
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, found.program), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  cpSync(launcher, join(folder, "dockwright.js"));
  return { folder, start: [join(folder, "dockwright.js"), "a b", "--c"] };
}

test("each machine has a package of its own, and Windows an .exe", () => {
  assert.deepEqual(machine("win32", "x64"), { package: "@dockwright/win32-x64", program: "dockwright.exe" });
  assert.deepEqual(machine("darwin", "arm64"), { package: "@dockwright/darwin-arm64", program: "dockwright" });
});

test("arguments, input, output and the exit code come through", () => {
  const { folder, start } = installed('printf "%s|" "$@"; cat; exit 7');
  const { status, stdout } = spawnSync(process.execPath, start, { input: "in", encoding: "utf8" });
  assert.deepEqual([status, stdout], [7, "a b|--c|in"]);
  rmSync(folder, { recursive: true });
});

for (const trap of ["", "trap 'echo got; exit 5' TERM;"]) {
  test(`a program ${trap ? "that takes" : "that ends by"} a signal gets it once, and its end is ours`, { timeout }, async () => {
    const { folder, start } = installed(`${trap} echo up; while :; do sleep 0.05; done`);
    const child = spawn(process.execPath, start, { stdio: ["ignore", "pipe", "inherit"] });
    let said = "";
    child.stdout.on("data", (data) => {
      if (!said) child.kill("SIGTERM");
      said += data;
    });
    const end = await new Promise((done) => child.on("close", (code, signal) => done([code, signal])));
    assert.deepEqual([said, end], trap ? ["up\ngot\n", [5, null]] : ["up\n", [null, "SIGTERM"]]);
    rmSync(folder, { recursive: true });
  });
}

test("without the package of this machine it says so", () => {
  const { folder, start } = installed("exit 0");
  rmSync(join(folder, "node_modules"), { recursive: true });
  const { status, stderr } = spawnSync(process.execPath, start, { encoding: "utf8" });
  assert.equal(status, 1);
  assert.match(stderr, /@dockwright\/\S+ is not installed/);
  assert.equal(stderr.trim().split("\n").length, 1);
  rmSync(folder, { recursive: true });
});
