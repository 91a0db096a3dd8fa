// What is asked of a search: the fields of its kind, in the order in which one decides.

import { blame, checks, flag, number, radios, select, text } from "../../controls.js";
import { fill, h } from "../../dom.js";
import { INSTRUMENTS, KINDS } from "../response.js";
import { region, sector } from "./names.js";

const MAIN = {
  best: ["scenario", "player", "against", "objective", "limit", "upper"],
  nash: ["scenario", "player", "against", "objective", "upper"],
  bargain: ["scenario", "player", "against", "objective", "payments"],
  list: ["scenario", "player", "against", "limit", "rate", "least_harm"],
  platforms: ["platforms"],
  sweep: ["scenario", "response", "draws", "threats"],
};
const MORE = {
  best: ["instruments", "lower", "limit_on", "rate", "least_harm", "ground", "response", "answers", "closure", "starts", "seed", "ranges"],
  nash: ["instruments", "lower", "order", "response", "answers", "closure", "ranges"],
  bargain: ["sectors", "instruments", "lower", "upper", "points", "response", "answers", "closure", "ranges"],
  list: ["ground", "response", "answers", "closure", "ranges"],
  platforms: ["answers"],
  sweep: ["answers", "seed"],
};
const PERCENT = ["lower", "upper", "rate"];
const BILLIONS = ["limit", "least_harm", "payments"];

export function form(ctx, known, submit) {
  const { t } = ctx;
  const told = (key) => ({ onchange: (value) => ctx.set({ [key]: value }) });
  const words = (rows) => rows.map((one) => [one.name, t.told(one.text)]);
  const hint = (key) => (t.has(`jobs.${key}.hint`) ? t(`jobs.${key}.hint`) : undefined);
  const box = (key, options = {}) => number({ label: t(`jobs.${key}`), hint: hint(key), ...told(key), ...options });
  const pick = (key, choices) => select({ label: t(`jobs.${key}`), hint: hint(key), choices, ...told(key) });
  const several = (key, choices) => checks({ label: t(`jobs.${key}`), hint: hint(key), className: "row", choices, ...told(key) });
  const players = known.players.map((one) => [one.name, region(t, one.name)]);
  const controls = {
    kind: radios({
      label: t("jobs.kind"), ...told("kind"),
      choices: KINDS.map((kind) => [kind, t(`jobs.kind.${kind}`), t(`jobs.kind.${kind}.text`)]),
    }),
    scenario: pick("scenario", words(known.scenarios)),
    player: pick("player", players),
    against: several("against", players),
    objective: text({ label: t("jobs.objective"), hint: hint("objective"), ...told("objective") }),
    instruments: several("instruments", INSTRUMENTS.map((kind) => [kind, t(`jobs.instrument.${kind}`)])),
    sectors: several("sectors", known.sectors.map((one) => [one.name, sector(t, one.name, one.text)])),
    lower: box("lower", { unit: "%", min: 0, step: 1 }),
    upper: box("upper", { unit: "%", min: 0, step: 1 }),
    limit: box("limit", { min: 0 }),
    limit_on: pick("limit_on", ["covered", "duty"].map((one) => [one, t(`jobs.limit_on.${one}`)])),
    rate: box("rate", { unit: "%", min: 0, step: 1 }),
    least_harm: box("least_harm", { min: 0 }),
    payments: box("payments", { min: 0 }),
    ground: pick("ground", [["", t("jobs.ground.none")], ...known.grounds.map(({ name }) => [name, t(`jobs.ground.${name}`)])]),
    response: pick("response", []),
    answers: several("answers", known.answers.map((code) => [code, ctx.f.place(code)])),
    closure: pick("closure", [["", t("jobs.closure.own")],
      ...known.closures.map((one) => [one, t.has(`closure.${one}`) ? t(`closure.${one}`) : one])]),
    starts: box("starts", { min: 1, max: 20, step: 1 }),
    seed: box("seed", { min: 0, step: 1 }),
    order: pick("order", ["simultaneous", "alternating"].map((one) => [one, t(`jobs.order.${one}`)])),
    points: box("points", { min: 1, max: 25, step: 1 }),
    ranges: flag({ label: t("jobs.ranges"), hint: hint("ranges"), ...told("ranges") }),
    platforms: several("platforms", words(known.platforms)),
    draws: box("draws", { min: 1, max: 20000, step: 1 }),
    threats: flag({ label: t("jobs.threats"), ...told("threats") }),
  };
  const main = h("div", {});
  const more = h("div", {});
  const rest = h("details", {}, h("summary", {}, t("jobs.more")), more);
  const wrong = h("p", { class: "notice wrong", role: "alert", hidden: true });
  const node = h("section", { class: "panel", "aria-label": t("jobs.ask") },
    controls.kind.node, main, rest, wrong,
    h("button", { type: "button", class: "main", onclick: submit }, t("jobs.submit")));
  let kind = "";
  return {
    node,
    show(state) {
      if (state.kind !== kind) {
        kind = state.kind;
        const first = kind === "sweep" ? "jobs.response.first" : "jobs.response.none";
        controls.response.offer([["", t(first)], ...words(known.responses)], state.response);
        fill(main, MAIN[kind].map((key) => controls[key].node));
        fill(more, MORE[kind].map((key) => controls[key].node));
        rest.hidden = !MORE[kind].length;
      }
      for (const [key, control] of Object.entries(controls)) control.set(state[key]);
    },
    // The body of the question, rates as shares and money in full.
    request(state) {
      const out = { kind: state.kind };
      for (const key of [...MAIN[state.kind], ...MORE[state.kind]]) {
        const value = state[key];
        if (value === null || value === "" || value.length === 0) continue;
        out[key] = PERCENT.includes(key) ? value / 100 : BILLIONS.includes(key) ? String(value * 1e9) : value;
      }
      return out;
    },
    complain(error) {
      const placed = blame(controls, error, t);
      wrong.hidden = !error || placed;
      fill(wrong, t.wrong(error));
      if (placed) controls[error.field].focus();
    },
  };
}
