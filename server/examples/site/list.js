// The rows of the list, and the one that is opened, which the address names.

const rows = new Map(data.tools.map((tool) => [tool.name, row(tool)]));

// Tools under a heading.
function section(heading, tools) {
  const parts = tools.map(({ name }) => rows.get(name).part);
  return make("section", { class: "group", "aria-label": heading }, make("h2", {}, heading), ...parts);
}

function effectOf({ reads, destroys }) {
  if (reads) return ["reads", ""];
  return destroys ? ["may destroy", "bad"] : ["changes", ""];
}

function row(tool) {
  const [effect, kind] = effectOf(tool);
  const body = `${tool.name}.body`;
  const button = make("button", { type: "button", "aria-expanded": "false", "aria-controls": body }, tool.name);
  const match = make("p", { class: "match", hidden: true });
  const endpoint = tool.method
    ? make("span", { class: "endpoint" }, make("span", { class: "method" }, tool.method), make("span", {}, tool.path))
    : make("span", { class: "endpoint" }, tool.uses?.length ? counted(tool.uses.length, "operation") : "no request");
  const head = make("div", { class: "head" },
    make("h3", {}, button), endpoint,
    make("p", { class: "summary" }, ...prose(tool.words)), make("span", { class: `effect ${kind}` }, effect), match);
  const inner = make("div", { class: "body", id: body, hidden: true });
  const part = make("article", { class: "tool", id: tool.name }, head, inner);
  const made = { tool, part, button, inner, match, effect: head.querySelector(".effect"), word: effect };
  button.addEventListener("click", () => (inner.hidden ? open(made) : close(made)));
  return made;
}

// ---- An opened tool.

function open(opened, { isLink = false } = {}) {
  for (const other of rows.values()) if (other !== opened && !other.inner.hidden) close(other);
  if (!opened.inner.hasChildNodes()) opened.inner.append(...details(opened.tool));
  opened.inner.hidden = false;
  opened.button.setAttribute("aria-expanded", "true");
  if (!isLink) history.replaceState(null, "", `#${opened.tool.name}`);
}

function close({ tool, button, inner }) {
  inner.hidden = true;
  button.setAttribute("aria-expanded", "false");
  if (location.hash === `#${tool.name}`) history.replaceState(null, "", location.pathname + location.search);
}

function details(tool) {
  const effects = [
    tool.reads ? "changes nothing" : tool.destroys ? "may destroy data, state or work" : "changes something",
    !tool.reads && (tool.repeats ? "a second call changes nothing more" : "a second call acts again"),
    tool.leaves && "reaches beyond the engine",
  ];
  const facts = [
    ["Effect", effects.filter(Boolean).join("; ")],
    ["Uses", tool.uses?.length && listed(tool.uses.map(link))],
    ["API", tool.method && lifetime(tool)],
    ["Found by", tool.commands && listed(phrasesOf(tool).map(commandWord))],
    ["Errors", tool.errors?.length && `${tool.errors.join(", ")}, among others`],
    ["Facets", tool.facets?.length && facets(tool)],
    ["Cost", `${counted(tool.bytes, "byte")} of the list of tools`],
  ];
  const list = make("dl", { class: "facts" });
  for (const [name, value] of facts) {
    if (value) list.append(make("dt", {}, name), make("dd", {}, ...[value].flat()));
  }
  const hasArguments = Object.keys(tool.schema.properties ?? {}).length > 0;
  return [list, make("h4", {}, hasArguments ? "Arguments" : "No arguments"),
    ...(hasArguments ? [members(tool.schema, tool.places)] : [])];
}

const commandWord = (phrase) => (phrase.startsWith("docker ") ? make("code", {}, phrase) : phrase);
const phrasesOf = (tool) => tool.commands.split(/[,:]/).map((phrase) => phrase.trim()).filter(Boolean);

// These parts, with commas between.
const listed = (parts) => parts.flatMap((part, place) => (place ? [", ", part] : [part]));
const link = (name) => make("a", { href: `#${name}` }, make("code", {}, name));

function lifetime({ since, until }) {
  if (since && until) return `${since} to ${until}`;
  return since ? `since ${since}` : until ? `until ${until}` : `every version since ${data.api[0]}`;
}

// The parts of a request that a policy decides on.
function facets(tool) {
  const every = tool.facets.filter(([, paths]) => paths.includes("")).map(([name]) => name);
  const some = tool.facets.filter(([, paths]) => !paths.includes(""));
  const always = every.length ? `${every.join(", ")}: every request` : "";
  if (!some.length) return always;
  const items = some.map(([name, paths]) =>
    make("li", {}, `${name}: `, ...listed(paths.map((path) => make("code", {}, path)))));
  const summary = `${always ? `${always}; ` : ""}${counted(some.length, "more by its arguments", "by its arguments")}`;
  return make("details", {}, make("summary", {}, summary), make("ul", {}, ...items));
}

