// A text box with a list of what it may mean: arrow keys choose, Enter takes, Escape closes.

import { field } from "./controls.js";
import { fill, h, uid } from "./dom.js";

// offer([[value, title, ...notes], …]) opens the list; taking one tells onchange(value).
export function combo({ label, hint, listLabel, oninput, onchange }) {
  const id = uid("c");
  const list = h("ul", { class: "options", id: `${id}-list`, role: "listbox", "aria-label": listLabel, hidden: true });
  const input = h("input", {
    type: "text", id, autocomplete: "off", spellcheck: "false", role: "combobox",
    "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id,
  });
  const framed = field(id, { label, hint, className: "combo" }, h("div", { class: "with-options" }, input, list));
  let values = [];
  let at = -1;
  const open = (wanted) => {
    list.hidden = !wanted;
    input.setAttribute("aria-expanded", String(wanted));
    if (!wanted) mark(-1);
  };
  const mark = (next) => {
    at = next;
    [...list.children].forEach((one, k) => one.setAttribute("aria-selected", String(k === at)));
    if (at < 0) input.removeAttribute("aria-activedescendant");
    else {
      input.setAttribute("aria-activedescendant", list.children[at].id);
      list.children[at].scrollIntoView({ block: "nearest" });
    }
  };
  const take = (k) => {
    input.value = values[k];
    open(false);
    onchange(values[k]);
  };
  const offer = (options) => {
    values = options.map(([value]) => value);
    fill(list, options.map(([, title, ...notes], k) =>
      h("li", { id: `${id}-${k}`, role: "option", "aria-selected": "false", onmousedown: (event) => {
        event.preventDefault(); // the box keeps the focus
        take(k);
      } }, h("b", {}, title), notes.map((note) => h("span", { class: "small", lang: "en" }, note)))));
    mark(-1);
    open(options.length > 0 && document.activeElement === input);
  };
  input.addEventListener("input", () => oninput(input.value.trim()));
  input.addEventListener("change", () => onchange(input.value.trim()));
  input.addEventListener("blur", () => open(false));
  input.addEventListener("keydown", (event) => {
    const last = values.length - 1;
    const moves = { ArrowDown: at < last ? at + 1 : 0, ArrowUp: at > 0 ? at - 1 : last };
    if (event.key in moves && last >= 0) {
      open(true);
      mark(moves[event.key]);
    } else if (event.key === "Enter" && at >= 0) take(at);
    else if (event.key === "Escape" && !list.hidden) open(false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  return {
    ...framed, offer,
    get: () => input.value.trim(),
    set: (value) => document.activeElement !== input && (input.value = value ?? ""),
    disable: (flag) => (input.disabled = flag),
    focus: () => input.focus(),
  };
}
