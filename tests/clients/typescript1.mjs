// A session of the TypeScript SDK 1. Arguments: the command that starts the server, or its address.

import { createRequire } from "node:module";
import { report, run, target, version } from "./bench.mjs";

const require = createRequire(`${process.env.PACKAGES}/`);
const sdk = (path) => import(require.resolve(`@modelcontextprotocol/sdk/client/${path}.js`));
const [{ Client }, { StdioClientTransport }, { StreamableHTTPClientTransport }] = await Promise.all(
  ["index", "stdio", "streamableHttp"].map(sdk),
);

const to = target(process.argv.slice(2));
const transport = to.url ? new StreamableHTTPClientTransport(to.url, to.options) : new StdioClientTransport(to);
let era;
const hear = transport.setProtocolVersion?.bind(transport);
transport.setProtocolVersion = (version) => {
  era = version;
  hear?.(version);
};
const client = new Client({ name: "test", version: "1" });
await client.connect(transport);
const did = await run(client, (name, args, options) => client.callTool({ name, arguments: args }, undefined, options));
report("TypeScript SDK", version("@modelcontextprotocol/sdk"), era, did);
await client.close();
