// The deeds of a session with a TypeScript SDK, whose two majors differ in how a client is made.

import assert from "node:assert/strict";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const LISTED = "dockwright-clients-listed";
const RUNNING = "dockwright-clients-running";
const STEPS = { id: RUNNING, body: { Cmd: ["sh", "-c", "for step in 1 2 3; do echo $step; sleep 1; done"] } };
const SOON = 1000;

/** The version of an installed package. */
export function version(name) {
  return JSON.parse(readFileSync(`${process.env.PACKAGES}/${name}/package.json`, "utf8")).version;
}

/** The server's address, or the command that starts it. */
export function target(words) {
  const [first, ...rest] = words;
  if (!first.startsWith("http")) return { command: first, args: rest, env: process.env };
  const headers = { Authorization: `Bearer ${process.env.TOKEN}` };
  return { url: new URL(first), options: { requestInit: { headers } } };
}

/** Runs all deeds. `call` takes a tool, arguments and options of a request. */
export async function run(client, call) {
  assert((await client.listTools()).tools.length > 80);
  const listed = await call("container_list", { all: true });
  assert(listed.content[0].text.includes(LISTED), listed.content[0].text);
  const missing = await call("container_inspect", { id: "nobody" });
  assert(missing.isError && /404.*nobody/.test(missing.content[0].text), missing.content[0].text);
  await progresses(call);
  await isCancelled(call);
  return ["list", "call", "errors", "progress", "cancel"];
}

/** Steps keep a client waiting beyond its time-out. */
async function progresses(call) {
  const steps = [];
  const onprogress = (step) => steps.push(step.progress);
  const result = await call("exec_run", STEPS, { onprogress, timeout: 2000, resetTimeoutOnProgress: true });
  assert(!result.isError, JSON.stringify(result));
  assert(steps.length >= 3, `steps: ${steps}`);
}

async function isCancelled(call) {
  const read = existsSync(process.env.AUDIT) ? readFileSync(process.env.AUDIT).length : 0;
  const abort = new AbortController();
  const waiting = call("container_wait", { id: RUNNING }, { signal: abort.signal });
  await auditLine(read, "begin", 60_000);
  abort.abort("enough");
  await assert.rejects(waiting);
  const ended = await auditLine(read, "end", SOON);
  assert.equal(ended.outcome, "cancelled");
  assert(!(await call("system_ping", {})).isError);
}

async function auditLine(read, event, patience) {
  for (const until = Date.now() + patience; Date.now() < until; await sleep(10)) {
    const lines = existsSync(process.env.AUDIT) ? readFileSync(process.env.AUDIT).subarray(read).toString() : "";
    const entries = lines.split("\n").filter(Boolean).map((line) => JSON.parse(line));
    const found = entries.find((entry) => entry.event === event && entry.tool === "container_wait");
    if (found) return found;
  }
  throw new Error(`no ${event} of container_wait in the audit trail`);
}

/** Adds a line to the report that table.py reads. OVER is the way to the server. */
export function report(client, version, era, did) {
  const over = process.env.OVER;
  appendFileSync(process.env.REPORT, `${JSON.stringify({ client, version, era, over, did })}\n`);
  console.log(`${client} ${version}, ${era}, over ${over}: ${did.join(", ")}`);
}
