// The studio's state: its fields in the address, and as the server takes them.

let kept = null;

// What the controls may be set to; asked once.
export const offers = (api) => (kept ??= api.get("/api/studio").catch((error) => {
  kept = null;
  throw error;
}));

const names = (rows) => rows.map((one) => one.name);

export async function fields(api) {
  const all = await offers(api);
  const base = all.scenarios[0];
  const about = await api.get("/api/about");
  const content = Object.fromEntries(all.contents.map((one) => [
    one.fact, { type: "number", default: 100 * one.value, min: 0, max: 100 },
  ]));
  return {
    on: { type: "date", default: base.on, min: base.before, max: about.verified_to },
    known: { type: "date", default: base.known, min: base.before, max: about.verified_to },
    response: { type: "choice", default: base.responses[0].name, choices: names(base.responses) },
    answers: { type: "list", choices: base.answers },
    threats: { type: "choice", default: "", choices: ["", "low", "central", "high"] },
    rates: { type: "list", max: 80 },
    without: { type: "list", max: 40, choices: all.measures.map((one) => one.measure) },
    claims: { type: "number", default: 0, min: -100, max: 100 },
    ...content,
    barriers: { type: "number", default: 0, min: 0, max: 100 },
    barrier_set: { type: "choice", default: "central", choices: all.barrier_sets },
    partners: { type: "number", default: 0, min: 0, max: 50 },
    partner_sectors: { type: "list", max: 40, choices: names(base.sectors) },
    sharing: { type: "choice", default: all.sharing[0], choices: all.sharing },
    closure: { type: "choice", default: "", choices: ["", ...all.closures] },
    horizon: { type: "choice", default: "", choices: ["", ...all.horizons] },
    elasticities: { type: "choice", default: "", choices: ["", ...all.elasticities] },
  };
}

// A state as the server takes it: rates and shares as short texts.
export function bodyOf(state, all) {
  const base = all.scenarios[0];
  const share = (percent) => `${Number(percent.toFixed(4))}%`;
  const told = {
    scenario: base.name, claims: share(state.claims), barriers: share(state.barriers),
    partners: share(state.partners), rates: state.rates, without: state.without, threats: state.threats, answers: state.answers,
    closure: state.closure, horizon: state.horizon, elasticities: state.elasticities, contents: {},
  };
  if (state.barriers) told.barrier_set = state.barrier_set;
  if (state.partners) told.partner_sectors = state.partner_sectors;
  if (state.on !== base.on || state.known !== base.known) Object.assign(told, { on: state.on, known: state.known });
  if (state.response !== base.responses[0].name) told.response = state.response;
  if (state.sharing !== all.sharing[0]) told.sharing = state.sharing;
  for (const one of all.contents) {
    if (state[one.fact] !== 100 * one.value) told.contents[one.fact] = share(state[one.fact]);
  }
  return told;
}

// The state of a body, such as a platform's; what it leaves out is not in it.
export function stateOf(body, all) {
  const number = (text) => Number(text.replace("%", ""));
  const out = {};
  for (const key of ["on", "known", "response", "answers", "threats", "rates", "without", "barrier_set",
    "partner_sectors", "sharing", "closure", "horizon", "elasticities"]) {
    if (body[key]?.length) out[key] = body[key];
  }
  for (const key of ["claims", "barriers", "partners"]) if (body[key]) out[key] = number(body[key]);
  for (const one of all.contents) {
    if (body.contents?.[one.fact]) out[one.fact] = number(body.contents[one.fact]);
  }
  return out;
}

// A rate's text in parts, and back: { goods, origin, into, how: add | to | free, size }.
export function parts(text) {
  const found = /^(?:(\S+) )?(\w+)>(\w+) (?:([+-][\d.]+)%|=([\d.]+)%|free)$/.exec(text);
  if (!found) return null;
  const [, goods = "", origin, into, added, whole] = found;
  const how = added !== undefined ? "add" : whole !== undefined ? "to" : "free";
  return { goods, origin, into, how, size: Number(added ?? whole ?? 0) };
}

export function textOf({ goods, origin, into, how, size }) {
  const way = `${goods ? `${goods} ` : ""}${origin}>${into}`;
  if (how === "free") return `${way} free`;
  return how === "to" ? `${way} =${Math.max(0, size)}%` : `${way} ${size < 0 ? "" : "+"}${size}%`;
}

const named = (t, key, otherwise) => (t.has(key) ? t(key) : otherwise);

// Names of regions, sectors and choices in the page's language.
export function naming(t, all) {
  const base = all.scenarios[0];
  const region = new Map(base.regions.map((one) => [one.name, one.title]));
  const sector = new Map(base.sectors.map((one) => [one.name, one.title]));
  return {
    region: (code) => code === "CAN" ? t("studio.place.CAN") : named(t, `studio.place.${code}`, region.get(code) ?? code),
    sector: (code) => named(t, `sector.${code}`, sector.get(code) ?? code),
    response: (code) => named(t, `studio.response.${code}`, base.responses.find((one) => one.name === code)?.title ?? code),
    choice: (kind, code) => named(t, `${kind}.${code}`, code),
  };
}
