// A session of the TypeScript SDK 2. Arguments: a mode of the SDK, and the command that starts the server, or its
// address.

import { pathToFileURL } from "node:url";
import { report, run, target, version } from "./bench.mjs";

const sdk = (path) => import(pathToFileURL(`${process.env.PACKAGES}/@modelcontextprotocol/client/dist/${path}.mjs`));
const { Client, StreamableHTTPClientTransport } = await sdk("index");
const { StdioClientTransport } = await sdk("stdio");

const [mode, ...words] = process.argv.slice(2);
const to = target(words);
const transport = to.url ? new StreamableHTTPClientTransport(to.url, to.options) : new StdioClientTransport(to);
const client = new Client({ name: "test", version: "1" }, { versionNegotiation: { mode } });
await client.connect(transport);
const did = await run(client, (name, args, options) => client.callTool({ name, arguments: args }, options));
report("TypeScript SDK", version("@modelcontextprotocol/client"), client.getNegotiatedProtocolVersion(), did);
await client.close();
