// The data of the page, and the elements that show it. Text is set as text and never read as HTML.

const data = JSON.parse(document.getElementById("data").textContent);
const parts = Object.fromEntries([...document.querySelectorAll("[id]")].map((part) => [part.id, part]));

// An element with these attributes around these parts, each a text or an element.
function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== undefined && child !== null && child !== ""));
  return made;
}

// The parts of a text in which `code` stands between backticks.
const prose = (text) => (text ?? "").split("`").map((part, place) => (place % 2 ? make("code", {}, part) : part));

const number = (value) => value.toLocaleString("en");
const counted = (value, one, many = `${one}s`) => `${number(value)} ${value === 1 ? one : many}`;

// Sets a text, unless it is there: a screen reader would say it again.
function setText(part, text) {
  if (part.textContent !== text) part.textContent = text;
}

// Words of a command line, which break at no hyphen.
const unbroken = (line) => line.split(/( |\n)/).map((word) => (word.trim() ? make("span", {}, word) : word));

// A text to copy, in these parts. Without a clipboard it is selected, so that the keyboard can copy it.
function showCode(part, text, name, shown = unbroken(text), kind = "") {
  const code = make("pre", { class: kind, tabindex: 0, role: "group", "aria-label": name }, ...shown);
  const button = make("button", { type: "button", "aria-label": `Copy: ${name}` }, "Copy");
  button.addEventListener("click", async () => {
    getSelection().selectAllChildren(code);
    const isCopied = await navigator.clipboard?.writeText(text).then(() => true, () => false);
    button.textContent = isCopied ? "Copied" : "Selected";
    setTimeout(() => (button.textContent = "Copy"), 1500);
  });
  part.replaceChildren(code, button);
}

