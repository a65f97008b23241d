// The ways to a server: a process over stdio, or one that serves HTTP on loopback with a token of its own.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";

// Each starts a server, and gives the transport to it and a function that ends it.
export const WAYS = {
  async stdio(command, args, env) {
    return { transport: new StdioClientTransport({ command, args, env, stderr: "ignore" }), async end() {} };
  },

  // With sessions, because a client of an older revision says only at its beginning that it shows pages.
  async HTTP(command, args, env) {
    const folder = await mkdtemp(join(tmpdir(), "dockwright-page-"));
    const tokens = join(folder, "tokens");
    const listen = ["serve", "--listen", "127.0.0.1:0", "--sessions", "--token-file", tokens, "--audit", "/dev/null"];
    const server = spawn(command, [...listen, ...args], { env, stdio: ["ignore", "ignore", "pipe"] });
    const [line] = await once(createInterface(server.stderr), "line");
    const url = new URL(line.match(/http:[^;]*/)[0]);
    const token = (await readFile(tokens, "utf8")).trim().split(/\s+/).at(-1);
    const requestInit = { headers: { Authorization: `Bearer ${token}` } };
    const end = async () => {
      const ended = once(server, "exit");
      server.kill();
      await ended;
      await rm(folder, { recursive: true });
    };
    return { transport: new StreamableHTTPClientTransport(url, { requestInit }), end };
  },
};
