// The page of `make site` in a browser: everything that a person does there, and what the page says of the server held
// against the server's own words. Arguments: the server; the page; a folder for screenshots, if they are to be taken.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import puppeteer from "puppeteer-core";

const [server, file, pictures] = process.argv.slice(2);
const ADDRESS = pathToFileURL(file).href;
const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const MAX_BYTES = 400_000;
const DESKTOP = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844, isMobile: true, hasTouch: true };
const AT_ONCE = 4;

const TRIALS = {
  async "the file is small, names no other and has no handlers"() {
    const text = await readFile(file, "utf8");
    assert(Buffer.byteLength(text) <= MAX_BYTES, `${Buffer.byteLength(text)} bytes`);
    const [page] = text.split('<script type="application/json"');
    assert.doesNotMatch(page, /\son\w+=|\sstyle=|(src|href)="(?!data:|#)|@import|url\(/);
    assert.match(page, /default-src 'none'; script-src 'sha256-/);
  },

  async "a command of the docker CLI finds its tool"(page) {
    for (const words of ["constructor", "__proto__", "to string", "*", "\\", "("]) await find(page, words);
    for (const [words, first] of [["docker ps", "container_list"], ["ps", "container_list"],
      ["docker image rm", "image_delete"], ["container_inspect", "container_inspect"],
      ["GET /containers/{id}/json", "container_inspect"], ["container wait for", "container_wait_for"]]) {
      await find(page, words);
      assert.equal((await names(page))[0], first, words);
    }
  },

  async "words of arguments and of other programs find the tools that have them"(page) {
    for (const [words, name, argument] of [["mem_limit", "container_create", "body.HostConfig.Memory"],
      ["PortBindings", "container_create", "body.HostConfig.PortBindings"], ["--publish", "container_create", "body."],
      ["nanoseconds", "container_create", "body.Healthcheck"]]) {
      await find(page, words);
      assert((await names(page)).includes(name), words);
      const match = await page.$eval(`#${name} .match`, (match) => match.textContent);
      assert(match.startsWith(argument), `${words}: ${match}`);
    }
    await find(page, "container zzz");
    assert.match(await page.$eval("#list", (list) => list.textContent), /Nothing has all/);
    assert.match(await page.$eval("#found", (found) => found.textContent), /^0 of \d+ tools$/);
  },

  async "the keyboard alone finds, opens and closes"(page) {
    await page.keyboard.press("/");
    assert.equal(await focused(page), "search");
    await page.keyboard.type("docker ps");
    await page.keyboard.press("Enter");
    assert.equal(await focused(page), "container_list");
    assert.equal(new URL(page.url()).hash, "#container_list");
    assert(await isOpen(page, "container_list"));
    await page.keyboard.press("Escape");
    assert(!(await isOpen(page, "container_list")));
    assert.equal(new URL(page.url()).hash, "");
    await page.keyboard.press("Escape");
    assert.equal(await focused(page), "search");
    await page.keyboard.press("Escape");
    assert.equal((await names(page)).length, await total(page));
    const all = await names(page);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    assert.equal(await focused(page), all[1]);
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowUp");
    assert.equal(await focused(page), "search");
    await page.keyboard.press("Tab");
    assert.equal(await focused(page), "only");
    await page.focus("#host");
    await page.keyboard.type("tcp://a/");
    assert.equal(await page.$eval("#host", (host) => host.value), "tcp://a/", "a slash is typed there");
  },

  async "a link opens its tool, and a wrong one nothing"(page) {
    await page.goto(`${ADDRESS}#container_create`);
    await page.reload();
    assert(await isOpen(page, "container_create"));
    const text = await page.$eval("#container_create", (part) => part.textContent);
    for (const words of ["HostConfig", "in the query", "in the body", "docker create", "409"]) {
      assert(text.includes(words), words);
    }
    await page.evaluate(() => (location.hash = "#exec_run"));
    await page.waitForFunction(() => !document.getElementById("exec_run.body").hidden);
    assert(!(await isOpen(page, "container_create")));
    await page.evaluate(() => (location.hash = "#%3Cimg%20onerror%3D1%3E"));
    assert.equal((await names(page)).length, await total(page));
  },

  async "every tool opens to the deepest member, and all of it is text"(page) {
    const problems = await page.evaluate(() => {
      const wrong = [];
      for (const button of document.querySelectorAll(".head button")) {
        button.click();
        const body = document.getElementById(button.getAttribute("aria-controls"));
        for (let depth = 0; depth < 4; depth++) {
          for (const details of body.querySelectorAll("details")) {
            details.open = true;
            details.dispatchEvent(new Event("toggle"));
          }
        }
        const text = body.textContent;
        const isFilled = text.includes("No arguments") || body.querySelectorAll(".member .type").length > 0;
        if (!isFilled || /undefined|NaN|\[object/.test(text)) wrong.push(`${button.textContent}: ${text}`);
      }
      return wrong;
    });
    assert.deepEqual(problems, []);
  },

  async "each choice of the builder is the server's own"(page) {
    const lines = [];
    const presets = await page.$$eval("#policy option", (options) => options.map(({ value }) => value));
    const tags = await page.$$eval("#tags input", (boxes) => boxes.map(({ value }) => value));
    const some = (place) => tags.filter((_, tag) => (place * 7919 + tag * tag * 31) % 5 < 2);
    let place = 0;
    for (const policy of presets) {
      for (const readOnly of [false, true]) {
        for (const noDestructive of [false, true]) {
          lines.push(await build(page, { policy, readOnly, noDestructive, tags: [] }));
          lines.push(await build(page, { policy, readOnly, noDestructive, tags: some(++place) }));
          lines.push(await build(page, { policy, readOnly, noDestructive, tags: [tags[place % tags.length]] }));
        }
      }
    }
    for (const tag of tags) lines.push(await build(page, { tags: [tag] }));
    lines.push(await build(page, { readOnly: true, tags: ["Image"], confirm: "writes", host: "tcp://[::1]:2375" }));
    await inTurns(lines, async ({ options, names, bytes }) => {
      const { tools } = JSON.parse(await run("tools", "--json", ...options));
      assert.deepEqual(names, tools.map(({ name }) => name).sort(), options.join(" "));
      const last = (await run("tools", ...options)).trim().split("\n").at(-1);
      assert.equal(last, `${names.length} tools, ${bytes} bytes of names, descriptions and schemas`);
    });
    console.log(`site: ${lines.length} command lines held against the server`);
  },

  async "each client's entry is the one that the server prints"(page) {
    const clients = await page.$$eval("#client option", (options) => options.map(({ value }) => value));
    assert.equal(clients.length, 8);
    const narrow = { tags: ["Image", "Volume"], readOnly: true, confirm: "destructive", host: "ssh://me@nas" };
    for (const choice of [{ tags: [] }, narrow]) {
      const { options } = await build(page, choice);
      for (const client of clients) {
        await page.select("#client", client);
        const entry = await page.$eval("#entry pre", (pre) => pre.textContent);
        const printed = await run("install", client, "--print", ...options);
        assert.equal(entry, printed.replace(server, "dockwright"), client);
        const install = await page.$eval("#install pre", (pre) => pre.textContent);
        assert.deepEqual(await wordsOf(install), ["dockwright", "install", client, ...options]);
        assert.doesNotMatch(install.replace(/"[^"]*"/g, ""), /,/, "PowerShell parts words at commas");
      }
    }
  },

  async "a policy is written first, and a wrong address is in no line"(page) {
    await build(page, { policy: "develop", tags: [] });
    const text = (part) => page.$eval(`#${part} pre`, (pre) => pre.textContent);
    const lines = ["dockwright policy preset develop > develop.toml", "dockwright serve --policy=develop.toml"];
    assert.equal(await text("serve"), lines.join("\n"));
    assert.match(await text("entry"), /"--policy=\/path\/to\/develop.toml"/);
    const hostile = ['tcp://a"; id', "tcp://$(id)", "tcp://`id`", "tcp://a\\", "javascript:alert(1)"];
    for (const wrong of ["nas", "tcp://a b", ...hostile]) {
      await build(page, { tags: [], host: wrong });
      assert.equal(await text("serve"), "dockwright serve", wrong);
      assert.match(await page.$eval("#hostProblem", (problem) => problem.textContent), /^Not an address/);
    }
    await build(page, { tags: [], host: "tcp://[::1]:2375" });
    assert.equal(await text("serve"), 'dockwright serve "--host=tcp://[::1]:2375"');
    assert.equal(await page.$eval("#hostProblem", (problem) => problem.textContent), "");
  },

  async "tools that the builder takes out are said to be so, and can be left out"(page) {
    await build(page, { tags: ["Volume"], readOnly: true });
    assert.equal(await page.$eval("#volume_delete .effect", (effect) => effect.textContent), "not exposed");
    assert.equal(await page.$eval("#volume_list .effect", (effect) => effect.textContent), "reads");
    await page.click("#only");
    assert.deepEqual(await names(page), ["volume_inspect", "volume_list", "operation_schema"]);
    await find(page, "exec_run");
    assert.deepEqual(await names(page), []);
    await page.evaluate(() => (location.hash = "#container_list"));
    await page.waitForFunction(() => !document.getElementById("container_list.body").hidden);
  },

  async "words that are HTML stay words"(page) {
    const words = "</script><script>document.title = 'x'</script><img src=x onerror=alert(1)> `<b>` &lt;";
    await fillWith(words);
    await page.goto(HOSTILE);
    await page.evaluate(() => document.querySelectorAll(".head button").forEach((button) => button.click()));
    assert.equal(await page.$eval(".summary", (summary) => summary.textContent), words.replaceAll("`", ""));
    assert.equal(await page.title(), "Dockwright: every tool");
    assert.equal((await page.$$("main img, main b, main script, script:not([id]):not([type])")).length, 0);
    await find(page, "<img");
    assert((await names(page)).length > 50);
  },

  async "a line is copied, or selected where there is no clipboard"(page) {
    await page.click("#serve button");
    await page.waitForFunction(() => /Copied|Selected/.test(document.querySelector("#serve button").textContent));
    assert.equal(await page.evaluate(() => String(getSelection()).trim()), "dockwright serve");
  },

  async "paper shows tools, and neither search nor builder"(page) {
    await page.emulateMediaType("print");
    const isShown = (part) => page.$eval(part, (part) => part.checkVisibility());
    assert(await isShown("#container_list"));
    assert(!(await isShown("#search")) && !(await isShown("#builder")));
  },

  async "light and dark, phone and desktop, have nothing that axe finds, and nothing that scrolls sideways"(page) {
    for (const scheme of ["light", "dark"]) {
      for (const [name, viewport] of [["desktop", DESKTOP], ["phone", PHONE]]) {
        await page.setViewport(viewport);
        await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
        await page.goto(ADDRESS);
        for (const state of ["list", "opened", "built", "found"]) {
          await STATES[state](page);
          assert.deepEqual(await violations(page), [], `${scheme} ${name} ${state}`);
          const [width, inner] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
          assert(width <= inner, `${scheme} ${name} ${state}: ${width} wide in ${inner}`);
          if (pictures) await page.screenshot({ path: join(pictures, `site-${scheme}-${name}-${state}.png`) });
        }
      }
    }
  },
};

// States of the page, each after the one before.
const STATES = {
  async list() {},
  async opened(page) {
    await page.evaluate(() => (location.hash = "#container_create"));
    await page.waitForFunction(() => !document.getElementById("container_create.body").hidden);
    await page.$$eval("#container_create details", (all) => all.forEach((details) => (details.open = true)));
    await settled(page);
  },
  async built(page) {
    await build(page, { tags: ["Container", "Image"], policy: "develop", noDestructive: true, host: "ssh://me@nas" });
    await page.evaluate(() => location.assign("#builder"));
    await settled(page);
  },
  async found(page) {
    await page.evaluate(() => scrollTo(0, 0));
    await build(page, { tags: [] });
    await find(page, "memory");
    await settled(page);
  },
};

const executed = promisify(execFile);
const run = async (...words) => (await executed(server, words, { env: ENVIRONMENT, cwd: FOLDER })).stdout;
// The words that a shell hands to a program.
const wordsOf = async (line) => (await executed("sh", ["-c", `printf '%s\n' ${line}`])).stdout.trimEnd().split("\n");
const settled = (page) => page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 400)));
const total = (page) => page.$$eval(".tool", (tools) => tools.length);
const names = (page) => page.$$eval(".tool:not([hidden])", (tools) => tools.map(({ id }) => id));
const isOpen = (page, name) => page.evaluate((name) => !document.getElementById(`${name}.body`).hidden, name);
const focused = (page) => page.evaluate(() => document.activeElement.closest(".tool")?.id ?? document.activeElement.id);

async function find(page, words) {
  await page.$eval("#search", (search, words) => {
    search.value = words;
    search.dispatchEvent(new Event("input"));
  }, words);
}

// Sets the builder, and reads its command line and the tools that stay.
async function build(page, choice) {
  const { line, ...exposed } = await page.evaluate((choice) => {
    const { tags, policy = "", readOnly = false, noDestructive = false, confirm = "", host = "" } = choice;
    const { elements } = document.getElementById("choices");
    for (const box of document.querySelectorAll("#tags input")) box.checked = tags.includes(box.value);
    elements["read-only"].checked = readOnly;
    elements["no-destructive"].checked = noDestructive;
    Object.assign(elements.policy, { value: policy });
    Object.assign(elements.confirm, { value: confirm });
    Object.assign(elements.host, { value: host });
    document.getElementById("choices").dispatchEvent(new Event("input"));
    const line = document.querySelector("#serve pre").textContent.split("\n").at(-1);
    const [, bytes] = [...document.querySelectorAll("#exposed b")].map((part) => part.textContent.replaceAll(",", ""));
    return {
      line,
      names: [...document.querySelectorAll(".tool:not(.withheld)")].map(({ id }) => id).sort(),
      bytes,
    };
  }, choice);
  return { ...exposed, options: (await wordsOf(line)).slice(2) };
}

async function violations(page) {
  // Not as an element, which the page's policy would refuse.
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`);
}

async function inTurns(items, action) {
  const left = [...items];
  const worker = async () => {
    for (let item = left.shift(); item; item = left.shift()) await action(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

// Writes a copy of the page whose tables have these words in every place where words stand.
async function fillWith(words) {
  const text = await readFile(file, "utf8");
  const [before, json, after] = text.split(/(?<=id="data">)(.*)(?=<\/script>\n<script type="module">)/s);
  assert(!json.includes("<"), "no data ends its element");
  const told = new Set(["words", "description", "title", "commands"]);
  const hostile = JSON.parse(json, (key, value) => (told.has(key) && typeof value === "string" ? words : value));
  await writeFile(new URL(HOSTILE), before + JSON.stringify(hostile).replaceAll("<", "\\u003c") + after);
}

const ENVIRONMENT = { PATH: process.env.PATH, DOCKER_HOST: "unix:///nowhere" };
const FOLDER = await mkdtemp(join(tmpdir(), "dockwright-site-"));
const HOSTILE = pathToFileURL(join(FOLDER, "hostile.html")).href;
ENVIRONMENT.HOME = FOLDER;
// The page shows the tools of Docker Compose too, which the server has where the plugin is; nothing starts this one.
const PLUGINS = join(FOLDER, ".docker", "cli-plugins");
await mkdir(PLUGINS, { recursive: true });
await writeFile(join(PLUGINS, "docker-compose"), "", { mode: 0o755 });
for (const preset of ["observe", "develop", "operate", "open"]) {
  await writeFile(join(FOLDER, `${preset}.toml`), await run("policy", "preset", preset));
}
const axe = await readFile(AXE, "utf8");
const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM, pipe: true, args: ["--no-sandbox", "--disable-gpu", "--disable-lcd-text"],
});
try {
  for (const [name, trial] of Object.entries(TRIALS)) {
    const page = await browser.newPage();
    const [problems, requests] = [[], []];
    page.on("console", (message) => problems.push(message.text()));
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("request", (request) => requests.push(request.url().split("#")[0]));
    await page.setViewport(DESKTOP);
    await page.goto(ADDRESS);
    await trial(page);
    assert.deepEqual(problems, [], name);
    const others = requests.filter((url) => url !== ADDRESS && url !== HOSTILE && !url.startsWith("data:"));
    assert.deepEqual(others, [], name);
    await page.close();
    console.log(`site: ${name}: ok`);
  }
} finally {
  await browser.close();
  await rm(FOLDER, { recursive: true });
}
