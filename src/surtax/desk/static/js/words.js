// The page's texts: one catalogue by language, from the server.

const kept = new Map();

export async function load(language) {
  if (!kept.has(language)) {
    const answer = await fetch(`/api/words/${language}`);
    if (!answer.ok) throw new Error((await answer.json()).error.message);
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
  return t;
}
