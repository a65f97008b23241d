// The keyboard, and links to a tool.

function step(from, by) {
  const place = shown.findIndex(({ button }) => button === from);
  const next = place + by < 0 ? parts.search : (shown[place + by]?.button ?? from);
  next.focus();
}

document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const isTyping = target.matches("input[type=search], input[type=text], select");
  const opened = [...rows.values()].find(({ part }) => part.contains(target));
  const actions = {
    "/": () => !isTyping && (parts.search.focus(), parts.search.select(), true),
    ArrowDown: () => (target === parts.search || target === opened?.button) && (step(target, 1), true),
    ArrowUp: () => target === opened?.button && (step(target, -1), true),
    Enter: () => target === parts.search && shown.length > 0 && (open(shown[0]), shown[0].button.focus(), true),
    Escape: () => escape(target, opened),
  };
  if (actions[key]?.()) event.preventDefault();
});

function escape(target, opened) {
  if (opened && !opened.inner.hidden) {
    close(opened);
    opened.button.focus();
    return true;
  }
  if (target === parts.search && parts.search.value) {
    parts.search.value = "";
    show();
    return true;
  }
  if (opened) parts.search.focus();
  return Boolean(opened);
}

// Opens the tool that the address names.
function follow() {
  const linked = rows.get(location.hash.slice(1));
  if (!linked) return;
  if (!linked.part.isConnected) {
    parts.search.value = "";
    parts.only.checked = false;
    show();
  }
  open(linked, { isLink: true });
  linked.part.scrollIntoView();
  linked.button.focus({ preventScroll: true });
}

parts.search.addEventListener("input", () => {
  for (const opened of rows.values()) if (!opened.inner.hidden) close(opened);
  show();
});
parts.only.addEventListener("change", show);
parts.find.addEventListener("submit", (event) => event.preventDefault());
addEventListener("hashchange", follow);

