// The arguments of tools: their types in words, and members as deep as a reader opens them.

const resolved = (schema) => (schema.$ref ? { ...data.definitions[schema.$ref], ...schema, $ref: undefined } : schema);

const TYPES = { string: "text", integer: "integer", number: "number", boolean: "true or false", object: "object" };

// The type of a value in words: `list of text`, `"a" or "b"`.
function typeOf(schema) {
  const { type, enum: members, anyOf, items, additionalProperties } = resolved(schema);
  if (members) return members.map((member) => JSON.stringify(member)).join(" or ");
  if (anyOf) return [...new Set(anyOf.map(typeOf))].join(" or ");
  if (Array.isArray(type)) return type.map((type) => typeOf({ type, items })).join(" or ");
  if (type === "array") return items && typeOf(items) !== "any" ? `list of ${typeOf(items)}` : "list";
  if (type === "object" && additionalProperties?.type) return `map to ${typeOf(additionalProperties)}`;
  return TYPES[type] ?? "any";
}

// The object whose members a reader may look into: the value, or each item of it.
function objectOf(schema) {
  const whole = resolved(schema);
  if (whole.properties && Object.keys(whole.properties).length) return whole;
  if (whole.anyOf) return whole.anyOf.map(objectOf).find(Boolean);
  const inner = [whole.items, whole.additionalProperties].find((part) => part && typeof part === "object");
  return inner && objectOf(inner);
}

// A list of an object's members. Those of a tool have places in the request.
function members(schema, places = {}) {
  const needed = schema.required ?? [];
  const item = ([name, member]) => memberItem(name, member, needed.includes(name), places[name]);
  return make("ul", { class: "members" }, ...Object.entries(schema.properties).map(item));
}

function memberItem(name, schema, isNeeded, place) {
  const { description, default: usual } = resolved(schema);
  const hasDefault = usual !== undefined && usual !== "";
  const type = [typeOf(schema), hasDefault && `default ${JSON.stringify(usual)}`, place && `in the ${place}`];
  const item = make("li", { class: "member" },
    make("span", { class: "name" }, name),
    make("span", { class: "type" }, type.filter(Boolean).join(", ")),
    isNeeded ? make("span", { class: "needed" }, "required") : "");
  if (description) item.append(make("p", {}, ...prose(description)));
  const object = objectOf(schema);
  if (object) item.append(disclosure(counted(Object.keys(object.properties).length, "member"), () => members(object)));
  return item;
}

// Details that are made when they are opened first.
function disclosure(summary, content) {
  const details = make("details", {}, make("summary", {}, summary));
  details.addEventListener("toggle", () => details.children.length === 1 && details.append(content()));
  return details;
}

// All arguments of a tool at every depth: the path, and the words about it. No definition stands within itself.
function argumentsOf(tool) {
  const found = [];
  const walk = (schema, path, above) => {
    for (const [name, member] of Object.entries(objectOf(schema)?.properties ?? {})) {
      const here = path ? `${path}.${name}` : name;
      found.push({ path: here, words: resolved(member).description ?? "", members: resolved(member).enum ?? [] });
      const reference = member.$ref ?? member.items?.$ref ?? member.additionalProperties?.$ref;
      if (!reference || !above.includes(reference)) walk(member, here, reference ? [...above, reference] : above);
    }
  };
  walk(tool.schema, "", []);
  return found;
}

