// The search: words in, the tools that have all of them, the best first.

const indices = new Map();
const meanings = new Map(Object.entries(data.words));

// The words of a tool, in small letters.
function indexOf(tool) {
  if (!indices.has(tool)) {
    const lower = (text) => text.toLowerCase();
    const found = argumentsOf(tool).map((argument) =>
      ({ ...argument, name: lower(argument.path), text: lower(`${argument.words} ${argument.members.join(" ")}`) }));
    indices.set(tool, {
      name: tool.name,
      commands: lower(tool.commands),
      phrases: phrasesOf(tool).map(lower),
      words: lower(`${tool.words} ${tool.title} ${tool.tag ?? ""}`),
      endpoint: lower(`${tool.method ?? ""} ${tool.path ?? ""}`),
      facets: (tool.facets ?? []).map(([name]) => name).join(" "),
      arguments: found,
    });
  }
  return indices.get(tool);
}

// The arguments that a word of the docker CLI, Compose or an SDK means.
function meant(word, tool) {
  const paths = meanings.get(word.replace(/^-+/, "").replaceAll("-", "_")) ?? [];
  const own = paths.map((path) => path.split(" ")).filter((path) => path.length === 1 || path[0] === tool.id);
  return own.map((path) => path.at(-1));
}

// Tells if a word of a text begins so.
function begins(text, word) {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (at === 0 || !/[a-z0-9]/.test(text[at - 1])) return true;
  }
  return false;
}

// The weight of a tool for a word, and the argument that has it; null if nothing does.
function weigh(index, tool, word) {
  const parts = index.name.split("_");
  if (index.name === word) return [100];
  if (parts.includes(word)) return [60];
  if (index.name.includes(word)) return [40];
  if (index.commands.split(/[^a-z0-9]+/).includes(word)) return [35];
  if (index.words.split(/[^a-z0-9]+/).includes(word)) return [20];
  if (index.endpoint.includes(word)) return [18];
  if (begins(index.commands, word) || begins(index.words, word)) return [12];
  const paths = meant(word, tool);
  const argument = index.arguments.find(({ path }) => paths.includes(path))
    ?? index.arguments.find(({ name }) => name.split(".").includes(word))
    ?? index.arguments.find(({ name, text }) => begins(text, word) || (word.length > 2 && name.includes(word)));
  if (argument) return [paths.includes(argument.path) ? 10 : 5, argument];
  return index.facets.includes(word) ? [4] : null;
}

// The tools that have every word, the best first, each with the argument that has one.
function search(text) {
  const phrase = text.trim().toLowerCase().replace(/\s+/g, " ");
  const words = phrase.split(" ").filter((word, place, all) => word !== "docker" || all.length === 1);
  const found = [];
  for (const tool of data.tools) {
    const index = indexOf(tool);
    const weights = words.map((word) => weigh(index, tool, word));
    if (weights.includes(null)) continue;
    const command = phrase.replace(/^docker /, "");
    const bonus = index.phrases.includes(`docker ${command}`) ? 300
      : index.phrases.some((other) => other.startsWith(`docker ${command} `)) ? 30 : 0;
    const weight = weights.reduce((sum, [weight]) => sum + weight, bonus);
    found.push({ tool, weight, argument: weights.find(([, argument]) => argument)?.[1] });
  }
  return found.sort((one, other) => other.weight - one.weight);
}

// ---- The tools that are shown, in this order.

let shown = [];

// Shows the tools that the search finds, or all of them by tag.
function show() {
  const text = parts.search.value.trim();
  const isShown = ({ tool }) => !parts.only.checked || !rows.get(tool.name).part.classList.contains("withheld");
  const byTag = [...data.tags, null].flatMap((tag) => data.tools.filter((tool) => tool.tag === tag));
  const found = (text ? search(text) : byTag.map((tool) => ({ tool }))).filter(isShown);
  shown = found.map(({ tool }) => rows.get(tool.name));
  for (const { match } of rows.values()) match.hidden = true;
  found.forEach(showMatch);
  parts.list.replaceChildren(...(text ? [sectionOf(found)] : sectionsByTag(found)));
  const all = counted(data.tools.length, "tool");
  setText(parts.found, shown.length === data.tools.length ? all : `${number(shown.length)} of ${all}`);
}

function sectionOf(found) {
  if (!found.length) return make("p", { class: "nothing" }, "Nothing has all of these words.");
  return section("Best first", found.map(({ tool }) => tool));
}

function sectionsByTag(found) {
  const tools = (tag) => found.map(({ tool }) => tool).filter((tool) => tool.tag === tag);
  const made = [...data.tags, null].map((tag) => [tag ?? "Of the server itself", tools(tag)]);
  return made.filter(([, tools]) => tools.length).map(([heading, tools]) => section(heading, tools));
}

// The argument that was found, below the words of its tool.
function showMatch({ tool, argument }) {
  if (!argument) return;
  const { match } = rows.get(tool.name);
  match.replaceChildren(make("code", {}, argument.path), argument.words ? ": " : "", ...prose(argument.words));
  match.hidden = false;
}

