// The page of `container_table` in a browser, beside a real engine and one that says anything.
// Arguments: the server; a folder for screenshots, if they are to be taken. DOCKER_HOST is the real engine.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import puppeteer from "puppeteer-core";

import { startEngine } from "./engine.mjs";
import { showPage } from "./host.mjs";
import { WAYS } from "./reach.mjs";

const [server, pictures] = process.argv.slice(2);
const NAME = "dockwright-page";
const HOSTILE = "<img src=x onerror=alert(1)>";
const MIB = 2 ** 20;

const FLEET = [
  { name: "db", image: "postgres:17", state: "running", health: "healthy", since: 260000, cpu: 0.84, memory: 412 * MIB,
    limit: 1024 * MIB, output: [] },
  { name: "web", image: "nginx:1.27", state: "running", since: 9000, cpu: 0.121, memory: 38 * MIB, limit: 64 * MIB,
    ports: [{ IP: "0.0.0.0", PrivatePort: 80, PublicPort: 8080, Type: "tcp" }],
    output: [[1, '172.18.0.1 "GET / HTTP/1.1" 200 615'], [2, "open() \"/favicon.ico\" failed: no such file"],
      [1, '172.18.0.1 "GET /favicon.ico HTTP/1.1" 404 153']] },
  { name: "worker", image: "shop/worker:3", state: "running", health: "unhealthy", since: 700, cpu: 0.02,
    memory: 96 * MIB, restarts: 4, output: [] },
  { name: "migrate", image: "shop/worker:3", state: "exited", code: 0, output: [] },
];

const TRIALS = {
  async "a real engine's containers, those that are new, and their logs"(show) {
    run("-d", "--name", NAME, "busybox:test", "sh", "-c", `echo '${HOSTILE}'; echo broken >&2; sleep 100`);
    const { view, result, listed, close } = await show({ environment: real, input: { all: true } });
    assert.deepEqual(listed, ["ui://dockwright/containers"]);
    assert.deepEqual(result.structuredContent, JSON.parse(result.content[0].text.split("\n")[0]));
    await until(view, hasRow, NAME);
    run("-d", "--name", `${NAME}-new`, "busybox:test", "sleep", "100");
    assert(!(await rowNames(view)).includes(`${NAME}-new`));
    await view.click("#refresh");
    await until(view, hasRow, `${NAME}-new`);
    await openLogs(view, NAME);
    assert.deepEqual((await logLines(view)).sort(), ["err| broken", `out| ${HOSTILE}`]);
    assert.equal(await view.$eval("#lines .bad", (line) => line.textContent), "err| broken\n");
    assert.equal(await view.$("#lines img"), null);
    await close();
  },

  async "the revision without a handshake, and a page that no model has called"(show) {
    const { client, view, close } = await show({ environment: real, mode: "auto" });
    assert.equal(client.getNegotiatedProtocolVersion(), "2026-07-28");
    await until(view, hasRow, NAME);
    execFileSync("docker", ["stop", "--time", "0", NAME]);
    await view.click("#refresh");
    await until(view, (name) => !rows.textContent.includes(`${name}busybox`), NAME);
    await view.click("#all");
    await until(view, hasRow, NAME);
    await close();
  },

  async "words of the engine that are HTML stay words"(show) {
    const output = [[1, HOSTILE], [2, "</pre><script>x()"]];
    const engine = await startEngine([{ name: HOSTILE, image: HOSTILE, state: "running", output }]);
    const { view, close } = await show({ environment: { DOCKER_HOST: engine.address }, input: {} });
    await until(view, hasRow, HOSTILE);
    await openLogs(view, HOSTILE);
    assert.deepEqual(await logLines(view), [`out| ${HOSTILE}`, "err| </pre><script>x()"]);
    assert.equal(await view.$eval("#logsTitle", (title) => title.textContent), `Logs of ${HOSTILE}`);
    assert.equal((await view.$$("img, #rows script, #lines script")).length, 0);
    await close();
    await engine.stop();
  },

  async "messages that are not the host's are ignored"(show) {
    const engine = await startEngine(FLEET);
    const { view, close } = await show({ environment: { DOCKER_HOST: engine.address }, input: {} });
    await until(view, hasRow, "web");
    await view.evaluate(() => {
      const params = { isError: true, content: [{ type: "text", text: "forged" }] };
      postMessage({ jsonrpc: "2.0", method: "ui/notifications/tool-result", params }, "*");
      return new Promise((resolve) => addEventListener("message", () => setTimeout(resolve), { once: true }));
    });
    assert(await view.$eval("#problem", (part) => part.hidden));
    await close();
    await engine.stop();
  },

  async "an engine that was never there has a message"(show) {
    const { view, close } = await show({ environment: { DOCKER_HOST: "unix:///nowhere" }, input: {} });
    await until(view, () => !problem.hidden && problem.textContent.includes("cannot reach the engine"));
    await close();
  },

  async "an engine that goes down has a message, and its rows stay until it is back"(show) {
    const engine = await startEngine(FLEET);
    const { view, close } = await show({ environment: { DOCKER_HOST: engine.address }, input: {} });
    await until(view, hasRow, "web");
    await engine.stop();
    await view.click("#refresh");
    await until(view, () => !problem.hidden && problem.textContent.includes("cannot reach the engine"));
    assert((await rowNames(view)).includes("web") && (await view.$("#rows.stale")));
    await engine.start();
    await view.click("#live");
    await until(view, () => problem.hidden && !rows.classList.contains("stale"));
    await close();
    await engine.stop();
  },

  async "several engines are shown together, with the failure of one"(show) {
    const engine = await startEngine(FLEET);
    const options = ["--engine", `up=${engine.address}`, "--engine", "down=unix:///nowhere"];
    const { view, close } = await show({ options });
    await until(view, hasRow, "web");
    assert((await view.$eval("#problem", (part) => part.textContent)).startsWith("down: "));
    await openLogs(view, "web");
    assert.equal((await logLines(view)).length, 3);
    await close();
    await engine.stop();
  },

  async "rows alone, of a server without the tool for logs, for a call that selected something else"(show) {
    const engine = await startEngine(FLEET);
    const environment = { DOCKER_HOST: engine.address };
    const options = ["--exclude-tools", "container_logs"];
    const { view, close } = await show({ options, environment, input: { select: "[].name" } });
    await until(view, hasRow, "web");
    assert.equal(await view.$("#rows button"), null);
    await close();
    await engine.stop();
  },

  async "by keyboard alone, and as a screen reader is told"(show) {
    const engine = await startEngine(FLEET);
    const { view, page, close } = await show({ environment: { DOCKER_HOST: engine.address }, input: { all: true } });
    await until(view, hasRow, "web");
    await view.focus("#refresh");
    for (const step of ["scroll", "db", "web"]) {
      await page.keyboard.press("Tab");
      const focused = await view.evaluate(() => document.activeElement.id || document.activeElement.textContent);
      assert.equal(focused, step);
    }
    await page.keyboard.press("Enter");
    await until(view, () => lines.children.length === 3);
    assert.equal(await view.$eval("[aria-expanded=true]", (button) => button.textContent), "web");
    await view.focus("#lines");
    await page.keyboard.press("Escape");
    await until(view, () => logs.hidden && document.activeElement.textContent === "web");
    await page.keyboard.press("Space");
    await until(view, () => !logs.hidden);
    await view.evaluate(() => refresh.click());
    await until(view, () => refresh.textContent === "Refresh" && document.activeElement.textContent === "web");
    for (const [role, name] of [["region", "Containers"], ["table", "Containers"], ["button", "Refresh"],
      ["checkbox", "Every 5 s"], ["columnheader", "CPU"], ["rowheader", "web nginx:1.27"], ["log", "Logs of web"]]) {
      assert(await view.$(`::-p-aria([name="${name}"][role="${role}"])`), `${role} ${name}`);
    }
    await close();
    await engine.stop();
  },

  async "light and dark, by the host or else by the browser"(show) {
    const engine = await startEngine(FLEET);
    const environment = { DOCKER_HOST: engine.address };
    for (const theme of ["light", "dark"]) {
      const other = theme === "light" ? "dark" : "light";
      const { view, page, bridge, close } = await show({ environment, input: { all: true } });
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }]);
      await until(view, hasRow, "web");
      assert.equal(await brightness(view), theme);
      bridge.setHostContext({ theme: other });
      await until(view, (other) => document.documentElement.style.colorScheme === other, other);
      assert.equal(await brightness(view), other);
      bridge.setHostContext({ theme });
      await openLogs(view, "web");
      if (pictures) await picture(page, view, theme);
      bridge.setHostContext({ theme, styles: { variables: { "--color-background-primary": "rgb(1, 2, 3)" } } });
      await until(view, () => getComputedStyle(document.documentElement).backgroundColor === "rgb(1, 2, 3)");
      await close();
    }
    await engine.stop();
  },

  async "the page reaches no network, even if its host allows it"(show) {
    const engine = await startEngine(FLEET);
    const environment = { DOCKER_HOST: engine.address };
    const { view, problems, close } = await show({ environment, input: {}, csp: false });
    await until(view, hasRow, "web");
    const tries = await view.evaluate(async () => {
      const outcome = (promise) => promise.then(() => "reached", () => "refused");
      const image = new Image();
      const loaded = new Promise((resolve, reject) => Object.assign(image, { onload: resolve, onerror: reject }));
      image.src = "http://elsewhere.test/image";
      document.body.append(image);
      return Promise.all([outcome(fetch("http://elsewhere.test/fetch")), outcome(loaded)]);
    });
    assert.deepEqual(tries, ["refused", "refused"]);
    assert.deepEqual(problems.splice(0).sort(), ["refused: connect-src", "refused: img-src"]);
    await close();
    await engine.stop();
  },
};

const real = { DOCKER_HOST: process.env.DOCKER_HOST };
const run = (...words) => execFileSync("docker", ["run", ...words], { stdio: "pipe" });
const hasRow = (name) => [...rows.querySelectorAll("th")].some((head) => head.firstChild.textContent === name);
const until = (view, condition, ...input) => view.waitForFunction(condition, { timeout: 20000 }, ...input);
const rowNames = (view) => view.$$eval("#rows th", (heads) => heads.map((head) => head.firstChild.textContent));
const logLines = (view) => view.$eval("#lines", (part) => part.textContent.split("\n").slice(0, -1));

async function openLogs(view, name) {
  const click = (buttons, name) => buttons.find((button) => button.textContent === name).click();
  await view.$$eval("#rows button", click, name);
  await until(view, () => lines.children.length > 0);
}

async function brightness(view) {
  const colour = await view.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  return colour.match(/\d+/g).every((part) => Number(part) > 128) ? "light" : "dark";
}

async function picture(page, view, theme) {
  const width = 680;
  await page.setViewport({ width, height: 800 });
  const isWhole = (width) =>
    innerWidth === width && innerHeight === Math.ceil(document.documentElement.getBoundingClientRect().height);
  await until(view, isWhole, width);
  const clip = { x: 0, y: 0, width, height: await view.evaluate(() => innerHeight) };
  // A view that is not painted yet is all of one colour, and small.
  let image = await page.screenshot({ clip });
  while (image.length < 10_000) image = await page.screenshot({ clip });
  assert(image.length <= 60_000, `${image.length} bytes`);
  await writeFile(join(pictures, `containers-${theme}.png`), image);
}

const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM, pipe: true, args: ["--no-sandbox", "--disable-gpu", "--disable-lcd-text"],
});
try {
  for (const [way, reach] of Object.entries(WAYS)) await tryAll(way, reach);
} finally {
  await browser.close();
}

async function tryAll(way, reach) {
  try {
    for (const [name, trial] of Object.entries(TRIALS)) {
      const shown = [];
      await trial(async (options) => {
        shown.push(await showPage(browser, server, reach, options));
        return shown.at(-1);
      });
      for (const { problems, requests } of shown) {
        assert.deepEqual(problems, [], name);
        assert.deepEqual(requests, ["http://host.test/", "http://view.test/"], name);
      }
      console.log(`page over ${way}: ${name}: ok`);
    }
  } finally {
    for (const name of [NAME, `${NAME}-new`]) execFileSync("docker", ["rm", "--force", name], { stdio: "ignore" });
  }
}
