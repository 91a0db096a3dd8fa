// States of a room made from its spec: whole, valid, and different for every seed.

async function states(room, count) {
  const api = await import("/static/js/api.js");
  const { read, write, cleaned } = await import("/static/js/state.js");
  const module = await import(`/static/js/rooms/${room}.js`);
  const spec = typeof module.spec === "function" ? await module.spec(api) : module.spec;
  let seed = 20250328;
  const random = () => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed / 2147483648;
  };
  const pick = (choices) => choices[Math.floor(random() * choices.length)];
  const some = (choices, most) => choices.filter(() => random() < 0.5).slice(0, most ?? choices.length);
  const values = {
    choice: (field) => pick(field.choices ?? [field.default]),
    flag: () => random() < 0.5,
    number: (field) => {
      if (field.default === null) return null;
      const [low, high] = [field.min ?? 0, Math.min(field.max ?? 100, 1000)];
      return Math.round((low + random() * (high - low)) * 4) / 4;
    },
    date: (field) => pick([field.default ?? "", field.min, "2025-03-28", "2025-04-03"].filter((one) => one !== undefined)),
    list: (field) => (field.choices ? some(field.choices, field.max) : (field.default ?? [])),
    map: (field) => (field.choices ? Object.fromEntries(some(field.choices, 3).map((key) => [key, "0.1"])) : (field.default ?? {})),
    text: (field) => field.default ?? "",
  };
  const made = [];
  while (made.length < count) {
    const wished = Object.fromEntries(Object.entries(spec).map(([key, field]) => [key, values[field.type](field)]));
    const state = cleaned(wished, spec);
    const query = write(state, spec);
    made.push({
      query,
      whole: JSON.stringify(read(query, spec)) === JSON.stringify(state),
      fixed: write(read(query, spec), spec) === query,
    });
  }
  return made;
}
