// Our own sentences in another language, by the steps of surtax/words/told.py, which says them:
// whole ones by their English, those with parts by the shape that leaves least of them in English.

const NEUTRAL = /^(\d{4}-\d\d-\d\d|[\d.,]+ ?%?|[a-z]+(?:_[a-z]+)+|\d{4}-\d+|[\d.]*(?:\([\da-z.]+\))+)$/;
const CLOSED = { day: /^\d{4}-\d\d-\d\d$/, n: /^[\d.,]+$/ };

const AS_WRITTEN = new Set(["given", "names", "list"]);

// A template as literals, each with the name after it: "a {b} c" is [["a ", "b"], [" c", null]].
function split(template) {
  const cut = template.split(/\{(\w+)\}/);
  const out = [];
  for (let at = 0; at < cut.length; at += 2) {
    if (cut[at] || at + 1 < cut.length) out.push([cut[at], cut[at + 1] ?? null]);
  }
  return out;
}

function shaped([english, said]) {
  const cut = split(english);
  const parts = cut.map(([, name], at) => [name, cut[at + 1]?.[0] ?? ""]).filter(([name]) => name !== null);
  return { head: cut[0][0], parts, said: split(said) };
}

// A function from a sentence to its pieces, each a text and its language.
export function teller(language, sentences, shapes) {
  const own = new Map([...Object.values(sentences).map((one) => [one, one]), ...Object.entries(sentences)]);
  const known = Object.entries(shapes).map(shaped);
  const kept = new Map();
  const number = (text) => (language === "fr" ? text.replaceAll(",", "\u00a0").replace(".", ",") : text);

  function* readings(text, parts) {
    const [[name, after], ...rest] = parts;
    let at = rest.length ? text.indexOf(after, 1) : text.length - after.length;
    while (at > 0 && text.startsWith(after, at)) {
      const part = text.slice(0, at);
      const kind = name.replace(/\d+$/, "");
      if (!CLOSED[kind] || CLOSED[kind].test(part)) {
        const told = AS_WRITTEN.has(kind) ? [[part, language]] : kind === "n" ? [[number(part), language]] : pieces(part);
        if (!name.startsWith("said") || told.every(([, its]) => its === language)) {
          if (!rest.length) yield { [name]: told };
          else for (const more of readings(text.slice(at + after.length), rest)) yield { [name]: told, ...more };
        }
      }
      at = rest.length ? text.indexOf(after, at + 1) : -1;
    }
  }

  const filled = (shape, parts) => shape.said.flatMap(([literal, name]) =>
    [...(literal ? [[literal, language]] : []), ...(name ? parts[name] : [])]);

  function best(text) {
    if (own.has(text)) return [[own.get(text), language]];
    if (!text || NEUTRAL.test(text)) return [[text, language]];
    let found = [[text, "en"]];
    let least = text.length;
    for (const shape of known) {
      if (!text.startsWith(shape.head)) continue;
      for (const parts of readings(text.slice(shape.head.length), shape.parts)) {
        const one = filled(shape, parts);
        const left = one.reduce((sum, [said, its]) => sum + (its === language ? 0 : said.length), 0);
        if (left < least) [found, least] = [one, left];
        if (!left) return found;
      }
    }
    return found;
  }

  function pieces(text) {
    if (!kept.has(text)) kept.set(text, best(text));
    return kept.get(text);
  }

  return pieces;
}
