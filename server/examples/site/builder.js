// The builder: choices in, the command line, a client's entry and the tools that stay out.

const EXAMPLES = "unix:///run/docker.sock, ssh://user@host or tcp://host:2376";
const ADDRESS = /^(unix|npipe|tcp|http|https|ssh):\/\/[\w.~:/@%[\]-]+$/;

for (const tag of data.tags) {
  const all = data.tools.filter((tool) => tool.tag === tag).length;
  const box = make("input", { type: "checkbox", name: "tag", value: tag });
  parts.tags.append(make("label", {}, box, make("span", {}, tag), make("small", { "data-tag": tag }, String(all))));
}
parts.policy.append(make("option", { value: "" }, "None"), ...data.presets.map(({ name }) => make("option", {}, name)));
parts.client.append(...data.clients.map(({ name }) => make("option", {}, name)));

// The choices as they stand.
function choices() {
  const { "read-only": readOnly, "no-destructive": noDestructive } = parts.choices.elements;
  const tags = [...parts.tags.querySelectorAll("input:checked")].map(({ value }) => value);
  const host = parts.host.value.trim();
  return {
    tags, host: ADDRESS.test(host) ? host : "", isWrong: host !== "" && !ADDRESS.test(host),
    readOnly: readOnly.checked, noDestructive: noDestructive.checked,
    policy: parts.policy.value, confirm: parts.confirm.value,
  };
}

// The options of the server, as `dockwright install` writes them.
function options({ tags, host, readOnly, noDestructive, policy, confirm }, folder) {
  return [
    tags.length && `--tags=${tags.join(",")}`,
    readOnly && "--read-only",
    noDestructive && "--no-destructive",
    policy && `--policy=${folder}${policy}.toml`,
    confirm && `--confirm=${confirm}`,
    host && `--host=${host}`,
  ].filter(Boolean);
}

// The tools that a server with these options exposes.
function exposedTools({ tags, readOnly, noDestructive, policy }) {
  const preset = policy ? 1 + data.presets.findIndex(({ name }) => name === policy) : 0;
  const combination = 4 * preset + 2 * readOnly + noDestructive;
  const chosen = (tags.length ? tags : data.tags).reduce((bits, tag) => bits | (1 << data.tags.indexOf(tag)), 0);
  return data.tools.filter(({ exposed }) => exposed[combination] & chosen);
}

// Shells read brackets and the like otherwise, PowerShell also commas.
const quoted = (word) => (/^[\w.~:/@%=+-]+$/.test(word) ? word : `"${word}"`);
const commandLine = (...words) => ["dockwright", ...words].map(quoted).join(" ");

function entryOf(client, options) {
  const [start, separator, end] = data.clients.find(({ name }) => name === client).entry;
  return [start, ...options.map((option) => separator + JSON.stringify(option)), end].join("");
}

function build() {
  const chosen = choices();
  const exposed = new Set(exposedTools(chosen));
  const bytes = [...exposed].reduce((sum, tool) => sum + tool.bytes, 0);
  for (const { tool, part, effect, word } of rows.values()) {
    const isExposed = exposed.has(tool);
    part.classList.toggle("withheld", !isExposed);
    setText(effect, isExposed ? word : "not exposed");
  }
  for (const count of parts.tags.querySelectorAll("small")) {
    const tools = data.tools.filter(({ tag }) => tag === count.dataset.tag);
    setText(count, `${tools.filter((tool) => exposed.has(tool)).length}/${tools.length}`);
  }
  parts.exposed.replaceChildren(
    make("b", {}, number(exposed.size)), ` of ${counted(data.tools.length, "tool")}, `,
    make("b", {}, number(bytes)), " bytes");
  const preset = data.presets.find(({ name }) => name === chosen.policy);
  setText(parts.policyWords, preset?.words ?? "");
  setText(parts.hostProblem, chosen.isWrong ? `Not an address, such as ${EXAMPLES}.` : "");
  parts.host.setAttribute("aria-invalid", String(chosen.isWrong));

  const write = chosen.policy ? `dockwright policy preset ${chosen.policy} > ${chosen.policy}.toml\n` : "";
  const client = parts.client.value;
  showCode(parts.serve, write + commandLine("serve", ...options(chosen, "")), "Command line");
  showCode(parts.install, write + commandLine("install", client, ...options(chosen, "")), "Install");
  const entry = entryOf(client, options(chosen, "/path/to/"));
  showCode(parts.entry, entry, "Entry", [entry], "whole");
  show();
}

for (const part of [parts.choices, parts.client]) part.addEventListener("input", build);
parts.choices.addEventListener("submit", (event) => event.preventDefault());
const versions = [...new Set(data.api)].join(" to ");
setText(parts.build, `Version ${data.version}, Docker Engine API ${versions}`);
build();
follow();
