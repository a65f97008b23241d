#!/usr/bin/env node
// Starts the program of this machine, which is in a package of its own. Where Node can, the program takes the place of
// this process; elsewhere it gets the signals that come here, and its end is the end of both.
"use strict";

const { spawn } = require("node:child_process");
const { isatty } = require("node:tty");

const machine = (platform, arch) => ({
  package: `@dockwright/${platform}-${arch}`,
  program: platform === "win32" ? "dockwright.exe" : "dockwright",
});

function find({ package: name, program }) {
  try {
    return require.resolve(`${name}/${program}`);
  } catch {
    console.error(
      `dockwright: the package ${name} is not installed. Either there is no program for this machine, or optional ` +
        "dependencies were left out: install again without --omit=optional and --no-optional.",
    );
    process.exit(1);
  }
}

function run(program, args) {
  if (process.execve && process.platform !== "win32") process.execve(program, [program, ...args], process.env);
  // Before the start, since the program may be signalled through us as soon as it runs. A terminal signals both, and on
  // Windows a signal that we pass on would end the program at once.
  const pass = (signal) => process.platform === "win32" || (signal === "SIGINT" && isatty(2)) || child.kill(signal);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, pass);
  const child = spawn(program, args, { stdio: "inherit" });
  child.on("error", (error) => {
    console.error(`dockwright: ${error.message}`);
    process.exit(1);
  });
  child.on("exit", (code, signal) => {
    if (signal === null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

module.exports = { machine };
if (require.main === module) run(find(machine(process.platform, process.arch)), process.argv.slice(2));
