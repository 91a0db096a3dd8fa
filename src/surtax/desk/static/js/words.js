// The page's texts: one catalogue by language, from the server.

import { h } from "./dom.js";

const kept = new Map();

export async function load(language) {
  if (!kept.has(language)) {
    const paths = [`/api/words/${language}`, `/api/words/${language}/prose`];
    kept.set(language, await Promise.all(paths.map(fetched)));
  }
  return speak(...kept.get(language), language);
}

async function fetched(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`);
  return answer.json();
}

export const english = (text) => h("span", { lang: "en" }, text);

// The text of a key, its {names} filled in; the key itself where there is none, which a test sees.
export function speak(texts, prose, language) {
  const t = (key, parts = {}) =>
    (texts[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) =>
      name in parts ? String(parts[name]) : whole,
    );
  t.has = (key) => key in texts;
  // Prose of the data, which is English unless somebody has translated it: as text, and as nodes
  // that say which of the two it is.
  t.told = (text) => prose[text] ?? text;
  t.prose = (text) => (language === "en" || text in prose ? t.told(text) : english(text));
  // The text of a key as nodes, its {names} filled with nodes.
  t.around = (key, parts) => t(key).split(/\{(\w+)\}/).map((one, at) => (at % 2 ? parts[one] : one));
  // An error in the words of its kind. What the server says stands within them.
  t.wrong = (error) => {
    if (!error?.kind) return error?.message ?? null;
    const key = `desk.error.${error.kind}`;
    return t.around(t.has(key) ? key : "desk.error.other", { message: english(error.message) });
  };
  return t;
}
