// Out: an engine on loopback with the containers that a trial gives it, and the few answers that the page's tools need.
// It says what no real engine would, such as a name that is HTML.

import { createServer } from "node:http";

const SECOND = 1e9;
const CPUS = 4;
const HOST_MEMORY = 8 * 2 ** 30;

// Starts an engine with these containers. `cpu` is a share of one CPU, `memory` and `limit` are bytes, `since` is the
// time since the start in seconds, `code` the exit code, and `output` a list of `[1 for stdout or 2 for stderr, line]`.
export async function startEngine(containers) {
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://engine").pathname).replace(/^\/v[\d.]+/, "");
    const { type = "application/json", body } = answer(containers, path) ?? {};
    response.writeHead(body === undefined ? 404 : 200, { "api-version": "1.51", "content-type": type });
    response.end(body ?? JSON.stringify({ message: `No such container: ${path}` }));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  return {
    address: `tcp://127.0.0.1:${port}`,
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
    start: () => new Promise((resolve) => server.listen(port, "127.0.0.1", resolve)),
  };
}

function answer(containers, path) {
  const json = (value) => ({ body: JSON.stringify(value) });
  if (path === "/_ping") return { type: "text/plain", body: "OK" };
  if (path === "/version") return json({ ApiVersion: "1.51", MinAPIVersion: "1.24", Version: "28.5.2" });
  if (path === "/containers/json") return json(containers.map(listed));
  const [, key, part] = path.match(/^\/containers\/(.*)\/(\w+)$/) ?? [];
  const place = containers.findIndex((container, index) => [container.name, id(index)].includes(key));
  if (place < 0) return undefined;
  if (part === "json") return json(inspected(containers[place], place));
  if (part === "stats") return json(sample(containers[place]));
  const body = Buffer.concat(containers[place].output.map(frame));
  return { type: "application/vnd.docker.multiplexed-stream", body };
}

const id = (place) => String(place + 1).padStart(64, "0");

function listed({ name, image, state, ports = [] }, place) {
  const Labels = { note: name };
  return { Id: id(place), Names: [`/${name}`], Image: image, State: state, Status: state, Labels, Ports: ports };
}

function inspected({ name, state, health, code = 0, since = 60, limit = 0, restarts = 0 }, place) {
  const State = {
    Status: state,
    Running: state === "running",
    ExitCode: code,
    StartedAt: new Date(Date.now() - since * 1000).toISOString(),
    ...(health && { Health: { Status: health } }),
  };
  return { Id: id(place), Name: `/${name}`, State, RestartCount: restarts, HostConfig: { Memory: limit } };
}

function sample({ cpu = 0, memory = 0, limit }) {
  const now = Date.now() / 1000;
  return {
    read: new Date().toISOString(),
    cpu_stats: {
      cpu_usage: { total_usage: Math.round(now * cpu * SECOND) },
      system_cpu_usage: Math.round(now * CPUS * SECOND),
      online_cpus: CPUS,
    },
    precpu_stats: { cpu_usage: { total_usage: 0 } },
    memory_stats: { usage: memory, limit: limit || HOST_MEMORY, stats: {} },
  };
}

// A line as one frame of a multiplexed stream.
function frame([stream, line]) {
  const text = Buffer.from(`${line}\n`);
  const head = Buffer.alloc(8);
  head[0] = stream;
  head.writeUInt32BE(text.length, 4);
  return Buffer.concat([head, text]);
}
