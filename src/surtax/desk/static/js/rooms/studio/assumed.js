// What a state assumes beside the law and the response, and what must be known of its figures, in words.

import { parts } from "./state.js";

export function wording({ t, f }, all, names) {
  const pair = (what, value) => t("desk.pair", { what, value });
  const titles = new Map(all.measures.map((one) => [one.measure, t.told(one.title)]));
  // Of a measure, or of one of its provisions.
  const measure = (id) => titles.get(id.split("#")[0]) ?? id;
  const goods = (codes) => (codes ? f.list(codes.split("+").map(names.sector)) : t("studio.all_goods"));
  const level = (value, digits) => f.percent(value / 100, digits);

  function rate(text) {
    const one = parts(text);
    if (!one) return text;
    const how = t(`studio.rate.${one.how}`);
    const size = one.how === "add" ? f.pp(one.size / 100, one.size % 1 ? 2 : 0) : f.rate(one.size / 100);
    return pair(t("studio.assumed_way", {
      goods: goods(one.goods), way: t("studio.way", { from: names.region(one.origin), into: names.region(one.into) }),
    }), one.how === "free" ? how : `${size} ${how}`);
  }

  // Short texts, one of each thing that was chosen and is not as the scenario has it.
  function assumed(state) {
    const listed = (key, name) => state[key].length > 0 && pair(t(`studio.${key}`), f.list(state[key].map(name)));
    const chosen = (key, usual) => state[key] !== usual && pair(t(`studio.${key}`), names.choice(key, state[key]));
    const partners = [level(state.partners, state.partners % 1 ? 1 : 0), ...state.partner_sectors.map(names.sector)];
    return [
      ...state.rates.map(rate),
      state.threats && pair(t("studio.threats"), t(`studio.threats.${state.threats}`)),
      listed("answers", f.place),
      listed("without", measure),
      state.claims !== 0 && pair(t("studio.claims"), `${f.signed(state.claims, 0)}\u00a0%`),
      ...all.contents.map(({ fact, value }) => state[fact] !== 100 * value && pair(t(`studio.content.${fact}`), level(state[fact], 0))),
      state.barriers !== 0 && pair(t("studio.barriers"), level(state.barriers, 0)),
      state.barriers !== 0 && state.barrier_set !== "central" && pair(t("studio.barrier_set"), t(`studio.level.${state.barrier_set}`)),
      state.partners !== 0 && pair(t("studio.partners"), partners.join(", ")),
      chosen("sharing", all.sharing[0]),
      ...["horizon", "closure", "elasticities"].map((key) => chosen(key, "")),
    ].filter(Boolean);
  }

  // Sentences, as `surtax solve` says them.
  const noted = (answer) => answer.notes.map((one) => t(`studio.note.${one.note}`, {
    of: f.list(one.of.map(one.note === "silent" ? f.place : measure)), rate: one.rate === null ? "" : f.rate(one.rate), day: f.day(answer.known),
  }));

  return {
    noted,
    // One sentence, or nothing.
    assumed: (state) => {
      const found = assumed(state);
      return found.length ? t("studio.assumed", { what: found.join("; ") }) : "";
    },
  };
}
