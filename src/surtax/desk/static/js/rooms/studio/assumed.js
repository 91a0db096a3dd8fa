// What a state assumes beside the law and the response, and what must be known of its figures, in words.

import { inside } from "../../words.js";
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
    const tell = (key, given) => t(`studio.said.${key}`, given);
    const { answers, without, claims, barriers, barrier_set: set, partners, partner_sectors: sold } = state;
    return [
      ...state.rates.map(rate),
      state.threats && tell(`threats.${state.threats}`),
      answers.length > 0 && tell("answers", { who: f.list(answers.map(f.place)) }),
      without.length > 0 && tell("without", { what: f.list(without.map(measure)) }),
      claims !== 0 && tell(claims > 0 ? "claims" : "no_claims", { share: level(Math.abs(claims), 0) }),
      ...all.contents.map(({ fact, value }) => state[fact] !== 100 * value
        && pair(inside(t(`studio.content.${fact}`)), level(state[fact], 0))),
      barriers !== 0 && tell("barriers", { share: level(barriers, 0) }),
      barriers !== 0 && set !== "central" && tell("barrier_set", { level: t(`studio.level.${set}`) }),
      partners !== 0 && tell("partners", {
        goods: sold.length ? f.list(sold.map(names.sector)) : t("studio.all_goods"), share: level(partners, partners % 1 ? 1 : 0),
      }),
      state.sharing !== all.sharing[0] && tell("sharing", { who: inside(names.choice("sharing", state.sharing)) }),
      state.horizon && tell(`horizon.${state.horizon}`),
      state.closure && inside(names.choice("closure", state.closure)),
      state.elasticities && tell("elasticities", { set: names.choice("elasticities", state.elasticities) }),
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
