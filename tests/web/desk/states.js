// States of a room made from its spec: whole, valid, and different for every seed. Calm ones
// keep what the law and the content of goods are, which takes many seconds to rate anew.

async function states(room, count, calm = false) {
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
  // What lists without choices hold: rates, scenarios of the studio, origins and days.
  const LISTED = {
    rates: ["CAN>USA free", "STL CAN>USA +10%", "USA>CAN =25%", "CHN>USA -5%"],
    items: ["-", "barriers=50", "response=matching", "barriers=20&partners=5"],
    origins: ["JP", "KR"], days: ["2025-04-10", "2025-10-10"], claims: ["usmca"],
  };
  const values = {
    choice: (field) => pick(field.choices ?? [field.default]),
    flag: () => random() < 0.5,
    number: (field) => {
      if (field.default === null) return null;
      const [low, high] = [field.min ?? 0, Math.min(field.max ?? 100, 1000)];
      return Math.round((low + random() * (high - low)) * 4) / 4;
    },
    date: (field) => pick([field.default ?? "", field.min, "2025-03-28", "2025-04-03"].filter((one) => one !== undefined)),
    list: (field, key) => (field.choices ? some(field.choices, field.max) : some([...(field.default ?? []), ...(LISTED[key] ?? [])], field.max)),
    map: (field) => (field.choices ? Object.fromEntries(some(field.choices, 3).map((key) => [key, "0.1"])) : (field.default ?? {})),
    text: (field) => field.default ?? "",
  };
  const made = [];
  while (made.length < count) {
    const wished = Object.fromEntries(Object.entries(spec).map(([key, field]) => [key, values[field.type](field, key)]));
    const rated = (key) => /^(on|known|without|claims|threats)$|_content$/.test(key);
    for (const key of Object.keys(spec)) if (calm && rated(key)) wished[key] = spec[key].default;
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
