// A client that shows pages: the official SDK's halves of both protocols (the MCP client, and `AppBridge`,
// which checks each message of the page), around a frame in Chromium that is sandboxed as the extension asks.

import assert from "node:assert/strict";

import { AppBridge, RESOURCE_MIME_TYPE, getToolUiResourceUri } from "@modelcontextprotocol/ext-apps/app-bridge";
import { Client } from "@modelcontextprotocol/client";

const TOOL = "container_table";
const HOST = "http://host.test/";
const VIEW = "http://view.test/";

// Starts a server that is reached in this way, shows the page of its table, and calls the table as a model would.
//
// `options` and `environment` are the server's, `input` is the call's (none: no model has called), `mode` is the
// protocol's; `csp: false` is a host that enforces no policy of its own.
export async function showPage(browser, server, reach, { options = [], environment, input, mode, csp = true }) {
  const capabilities = { extensions: { "io.modelcontextprotocol/ui": { mimeTypes: [RESOURCE_MIME_TYPE] } } };
  const client = new Client({ name: "page", version: "1" }, { capabilities, versionNegotiation: { mode } });
  const env = { PATH: process.env.PATH, ...environment };
  const { transport: way, end } = await reach(server, options, env);
  await client.connect(way);
  const tool = (await client.listTools()).tools.find(({ name }) => name === TOOL);
  const uri = getToolUiResourceUri(tool);
  const { contents } = await client.readResource({ uri });
  const listed = (await client.listResources()).resources.map((resource) => resource.uri);

  const page = await browser.newPage();
  const requests = await serve(page, contents[0], csp);
  const problems = [];
  page.on("console", (message) => problems.push(message.text()));
  await page.evaluateOnNewDocument(sayProblems);

  const hostContext = { toolInfo: { tool } };
  const bridge = new AppBridge(client, { name: "stand-in", version: "1" }, { serverTools: {} }, { hostContext });
  const isInitialized = new Promise((resolve) => (bridge.oninitialized = resolve));
  bridge.onsizechange = ({ height }) => inHost(page, (height) => (view.style.height = `${height}px`), height);
  bridge.onerror = (error) => problems.push(`bridge: ${error.message}`);
  await bridge.connect(await transport(page));
  await page.goto(HOST);
  await isInitialized;
  let result = null;
  if (input) {
    await bridge.sendToolInput({ arguments: input });
    result = await client.callTool({ name: TOOL, arguments: input });
    await bridge.sendToolResult(result);
  }
  const view = page.frames().find((frame) => frame.url() === VIEW);
  return {
    bridge, client, contents, listed, page, problems, requests, result, view,
    async close() {
      await bridge.teardownResource({});
      await page.close();
      await client.close();
      await end();
    },
  };
}

// Writes on the console of a document what the browser tells only the document itself.
function sayProblems() {
  addEventListener("error", ({ message }) => console.log(message));
  addEventListener("unhandledrejection", ({ reason }) => console.log(String(reason)));
  addEventListener("securitypolicyviolation", ({ violatedDirective }) => console.log(`refused: ${violatedDirective}`));
}

// Answers the requests for the host's page and the view's; all others are refused. Returns the list of all.
async function serve(page, { text, mimeType, _meta }, csp) {
  const { connectDomains = [], resourceDomains = [], frameDomains = [], baseUriDomains = [] } = _meta.ui.csp;
  const policy = [
    "default-src 'none'",
    ["script-src 'self' 'unsafe-inline'", ...resourceDomains].join(" "),
    ["style-src 'self' 'unsafe-inline'", ...resourceDomains].join(" "),
    ["img-src 'self' data:", ...resourceDomains].join(" "),
    ["connect-src", ...(connectDomains.length ? connectDomains : ["'none'"])].join(" "),
    ["frame-src", ...(frameDomains.length ? frameDomains : ["'none'"])].join(" "),
    ["base-uri", ...(baseUriDomains.length ? baseUriDomains : ["'self'"])].join(" "),
    "object-src 'none'",
  ].join("; ");
  const pages = {
    [HOST]: { contentType: "text/html", body: frameOf(VIEW) },
    [VIEW]: { contentType: mimeType, body: text, headers: csp ? { "content-security-policy": policy } : {} },
  };
  const requests = [];
  await page.setRequestInterception(true);
  page.on("request", (request) => {
    requests.push(request.url());
    const known = pages[request.url()];
    if (known) request.respond({ status: 200, ...known });
    else request.abort();
  });
  return requests;
}

// The host's page: a frame that may run scripts and nothing else, whose messages go to the bridge.
function frameOf(url) {
  return `<!doctype html><link rel="icon" href="data:,">
    <style>body { margin: 0 } iframe { border: 0; width: 100% }</style>
    <iframe id="view" sandbox="allow-scripts" src="${url}"></iframe>
    <script>addEventListener("message", ({ source, data }) => source === view.contentWindow && toHost(data))</script>`;
}

// Runs a function in the host's page. The last messages of a view may come when that is closed.
function inHost(page, action, input) {
  return page.evaluate(action, input).catch((error) => assert.equal(error.name, "TargetCloseError"));
}

async function transport(page) {
  const ends = {
    start: async () => {},
    send: (message) => inHost(page, (message) => view.contentWindow.postMessage(message, "*"), message),
    close: async () => ends.onclose?.(),
  };
  await page.exposeFunction("toHost", (message) => ends.onmessage(message));
  return ends;
}
