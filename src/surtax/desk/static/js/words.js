// The page's texts: one catalogue by language, from the server.

import { h } from "./dom.js";

const kept = new Map();

export async function load(language) {
  if (!kept.has(language)) {
    const answer = await fetch(`/api/words/${language}`);
    if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`);
    kept.set(language, await answer.json());
  }
  return speak(kept.get(language));
}

// The text of a key, its {names} filled in; the key itself where there is none, which a test sees.
export function speak(texts) {
  const t = (key, parts = {}) =>
    (texts[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) =>
      name in parts ? String(parts[name]) : whole,
    );
  t.has = (key) => key in texts;
  // An error in the words of its kind. What the server says stands within them: it is English.
  t.wrong = (error) => {
    if (!error?.kind) return error?.message ?? null;
    const key = `desk.error.${error.kind}`;
    const [before, after = null] = t(t.has(key) ? key : "desk.error.other").split("{message}");
    return after === null ? before : [before, h("span", { lang: "en" }, error.message), after];
  };
  return t;
}
