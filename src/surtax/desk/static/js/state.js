// The address is the state. A room's spec names its fields in order:
//   { key: { type: "date" | "number" | "text" | "choice" | "list" | "flag" | "map",
//            default, min, max, step, choices } }
// read(query, spec) gives a whole state, wrong values replaced by defaults; write(state, spec) gives
// the canonical query: spec order, defaults left out. write(read(query)) is a fixed point and
// read(write(state)) is the state.

const DAY = /^\d{4}-\d{2}-\d{2}$/;

export function read(query, spec) {
  const given = new Map();
  for (const pair of query.replace(/^\?/, "").split("&")) {
    const at = pair.indexOf("=");
    if (at < 0) continue;
    const key = decode(pair.slice(0, at));
    if (key in spec && !given.has(key)) given.set(key, pair.slice(at + 1));
  }
  const state = {};
  for (const [key, field] of Object.entries(spec)) {
    const value = given.has(key) ? parse(given.get(key), field) : undefined;
    state[key] = value === undefined ? initial(field) : value;
  }
  return state;
}

export function write(state, spec) {
  const out = [];
  for (const [key, field] of Object.entries(spec)) {
    const value = clean(state[key], field);
    if (value === undefined) continue;
    const text = print(value, field);
    if (text === print(initial(field), field)) continue;
    out.push(`${encodeURIComponent(key)}=${text}`);
  }
  return out.join("&");
}

// A state whose values are all valid; wrong ones become defaults.
export function cleaned(state, spec) {
  const out = {};
  for (const [key, field] of Object.entries(spec)) {
    const value = clean(state[key], field);
    out[key] = value === undefined ? initial(field) : value;
  }
  return out;
}

const EMPTY = { date: "", number: null, text: "", choice: "", list: [], flag: false, map: {} };

function initial(field) {
  const value = field.default === undefined ? EMPTY[field.type] : field.default;
  if (field.type === "list") return [...value];
  if (field.type === "map") return { ...value };
  return value;
}

function parse(text, field) {
  switch (field.type) {
    case "list":
      return clean(text === "" ? [] : text.split(",").map(decode), field);
    case "map":
      return clean(
        Object.fromEntries(
          (text === "" ? [] : text.split(","))
            .map((pair) => pair.split(":"))
            .filter((pair) => pair.length === 2)
            .map(([key, value]) => [decode(key), decode(value)]),
        ),
        field,
      );
    case "flag":
      return { 1: true, 0: false }[text];
    case "number":
      return decode(text).trim() === "" ? null : clean(Number(decode(text)), field);
    default:
      return clean(decode(text), field);
  }
}

function print(value, field) {
  switch (field.type) {
    case "list":
      return value.map(encodeURIComponent).join(",");
    case "map":
      return Object.keys(value)
        .sort()
        .map((key) => `${encodeURIComponent(key)}:${encodeURIComponent(value[key])}`)
        .join(",");
    case "flag":
      return value ? "1" : "0";
    case "number":
      return value === null ? "" : String(value);
    default:
      return encodeURIComponent(value);
  }
}

function clean(value, field) {
  if (value === undefined || value === null) {
    return field.type === "number" && value === null ? null : undefined;
  }
  switch (field.type) {
    case "date":
      return isDay(value) && within(value, field) ? value : undefined;
    case "number":
      return cleanNumber(value, field);
    case "choice":
      return !field.choices || field.choices.includes(value) ? value : undefined;
    case "list": {
      const items = value.map(String).filter((one) => one !== "");
      const valid = field.choices ? items.filter((one) => field.choices.includes(one)) : items;
      const few = field.repeats ? valid : [...new Set(valid)];
      return few.slice(0, field.max ?? few.length);
    }
    case "map": {
      const pairs = Object.entries(value).filter(
        ([key, one]) => key !== "" && one !== "" && (!field.choices || field.choices.includes(key)),
      );
      return Object.fromEntries(pairs.map(([key, one]) => [key, String(one)]));
    }
    case "flag":
      return Boolean(value);
    default:
      return String(value).slice(0, field.max ?? 500);
  }
}

function cleanNumber(value, field) {
  const number = Number(value);
  if (!Number.isFinite(number)) return undefined;
  const bounded = Math.min(field.max ?? Infinity, Math.max(field.min ?? -Infinity, number));
  // Sliders give 0.30000000000000004; the address says 0.3. Minus zero is zero.
  return Number(bounded.toPrecision(12)) + 0;
}

const within = (day, field) =>
  day === "" || ((!field.min || day >= field.min) && (!field.max || day <= field.max));

function isDay(text) {
  if (text === "") return true;
  if (!DAY.test(text)) return false;
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().slice(0, 10) === text;
}

function decode(text) {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return "";
  }
}
