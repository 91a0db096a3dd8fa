// Keys: one letter for an action, told in a dialog, off while a person types, and able to be
// switched off altogether.

import { fill, h } from "./dom.js";

const STORED = "surtax-keys";
const held = new Map();

export function remember(name, value) {
  try {
    if (value === undefined) return localStorage.getItem(name);
    localStorage.setItem(name, value);
  } catch {
    // A browser that keeps nothing: the choice lasts as long as the page.
  }
  return null;
}

let on = remember(STORED) !== "off";

// A key with its words; the way to take it back.
export function key(letter, words, act) {
  held.set(letter, { words, act });
  return () => held.get(letter)?.act === act && held.delete(letter);
}

const typing = (node) =>
  node.closest?.("input:not([type=range]):not([type=checkbox]):not([type=radio]), textarea, select, dialog");

export function listen() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const found = held.get(event.key);
    if (!found || (!on && event.key !== "?")) return;
    event.preventDefault();
    found.act();
  });
}

export function dialog(t) {
  const list = h("dl", {});
  const box = h("input", { type: "checkbox", onchange: () => {
    on = box.checked;
    remember(STORED, on ? "on" : "off");
  } });
  const node = h("dialog", { class: "keys", "aria-labelledby": "keys-title" },
    h("h2", { id: "keys-title" }, t("desk.keys")),
    list,
    h("p", {}, t("desk.keys_more")),
    h("label", {}, box, t("desk.keys_on")),
    h("form", { method: "dialog" }, h("button", { class: "main" }, t("desk.close"))));
  return {
    node,
    open() {
      box.checked = on;
      fill(list, [...held].map(([letter, { words }]) => [h("dt", {}, h("kbd", {}, letter)), h("dd", {}, words)]));
      node.showModal();
    },
  };
}
