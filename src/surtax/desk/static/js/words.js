// The page's texts: one catalogue by language, from the server.

import { h } from "./dom.js";
import { formats } from "./numbers.js";
import { teller } from "./told.js";

const kept = new Map();

export async function load(language) {
  if (!kept.has(language)) {
    const paths = ["", "/prose", "/shapes"].map((part) => `/api/words/${language}${part}`);
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

const DAY = /^\d{4}-\d\d-\d\d$/;
const RATE = /^[\d.,]+ ?%$/;

// The text of a key, its {names} filled in; the key itself where there is none, which a test sees.
export function speak(texts, sentences, shapes, language) {
  const t = (key, parts = {}) =>
    (texts[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) =>
      name in parts ? String(parts[name]) : whole,
    );
  t.has = (key) => key in texts;
  // Prose of the data, which is English where nobody has translated it: as text, and as nodes that
  // say which of the two each part is.
  const pieces = teller(language, sentences, shapes);
  const f = formats(language);
  const signs = (text) => (language === "en" ? text : DAY.test(text) ? f.day(text)
    : RATE.test(text) ? text.replace(".", ",").replace(/ ?%$/, "\u00a0%") : text);
  t.pieces = (text) => (language === "en" ? [[text, "en"]] : pieces(text));
  t.told = (text) => t.pieces(text).map(([said]) => signs(said)).join("");
  t.prose = (text) => t.pieces(text).map(([said, its]) => (its === language ? signs(said) : english(said)));
  // The text of a key as nodes, its {names} filled with nodes.
  t.around = (key, parts) => t(key).split(/\{(\w+)\}/).map((one, at) => (at % 2 ? parts[one] : one));
  // An error as the server says it; in the words of its kind where that is in English alone.
  t.wrong = (error) => {
    if (!error?.kind) return error?.message ?? null;
    const [place, ...sentences] = parted(error);
    const said = sentences.map(t.pieces);
    if (language !== "en" && said.every(([[, its], ...more]) => its !== "en" || more.length)) {
      return [place && !error.field && [t.prose(place), t("colon"), " "],
        sentences.map((one, at) => [at > 0 && " ", begun(t.prose(one))])];
    }
    const key = `desk.error.${error.kind}`;
    return t.around(t.has(key) ? key : "desk.error.other", { message: english(error.message) });
  };
  return t;
}

export const capital = (text) => text.slice(0, 1).toUpperCase() + text.slice(1);

// A text as it stands within a sentence: its first letter small, unless more capitals follow.
export const inside = (text) => (/^\p{Lu}(?!\p{Lu})/u.test(text) ? text.slice(0, 1).toLowerCase() + text.slice(1) : text);

const begun = ([first, ...rest]) => [typeof first === "string" ? capital(first) : first, ...rest];

// A message in parts: its place, and its sentences. Where the place is not told apart, it is what
// stands before a colon as the name of a file does.
function parted({ message, where }) {
  const place = where ?? /^(\S+\.\w+(?:, line \d+)?): /.exec(message)?.[1] ?? "";
  const rest = place && message.startsWith(`${place}: `) ? message.slice(place.length + 2) : message;
  return [place, ...rest.split(/(?<=[.!?]) (?=[A-Z])/)];
}
