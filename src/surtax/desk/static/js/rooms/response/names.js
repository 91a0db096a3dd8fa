// Names of players, regions, sectors and steps as the page says them.

import { capital } from "../../words.js";

const first = (t, keys, otherwise) => keys.filter((key) => t.has(key)).map((key) => t(key))[0] ?? otherwise;

export const region = (t, code) =>
  code.split("+").map((one) => capital(first(t, [`jobs.who.${one}`, `region.${one}`], one))).join(" + ");

export const sector = (t, code, text = code) => first(t, [`sector.${code}`], text);

// A lever such as CAN/tariff:MTV:USA in words.
export function instrument(t, row, titles) {
  if (titles.several && row.kind === "tariff") {
    return t("jobs.duty_of", { sector: sector(t, row.sector, titles[row.sector]), who: row.player, partner: row.partner });
  }
  const kind = t(`jobs.instrument.${row.kind}`);
  const parts = [row.sector && row.sector.split("+").map((one) => sector(t, one, titles[one])).join(" + "),
    row.partner && region(t, row.partner)].filter(Boolean);
  return row.kind === "tariff" && row.sector ? parts.join(", ") : [kind, ...parts].join(", ");
}

const STEPS = [
  [/^the law and the world$/, "world", () => ({})],
  [/^start (\d+)/, "start", ([, n]) => ({ n })],
  [/^polish$/, "polish", () => ({})],
  [/^round (\d+): (\S+) to gain$/, "gain", ([, n, gain]) => ({ n, gain: Number(gain) * 100 })],
  [/^round (\d+)/, "round", ([, n]) => ({ n })],
  [/^(?:what|alone,) (\S+?)(?: could still gain)?$/, "alone", ([, who], t) => ({ who: region(t, who) })],
  [/^(?:the )?settlement$/, "settlement", () => ({})],
  [/^frontier\D*(\d+)/, "frontier", ([, n]) => ({ n })],
  [/^list (\d+)$/, "list", ([, n]) => ({ n })],
  [/^under (.*)$/, "under", ([, what]) => ({ what })],
  [/^(?:the )?baseline$/, "baseline", () => ({})],
  [/^draws (\d+) to (\d+)$/, "draws", ([, a, b]) => ({ a, b })],
  [/^kept from before$/, "kept", () => ({})],
];

export function step(t, text, f) {
  for (const [pattern, key, parts] of STEPS) {
    const found = pattern.exec(text);
    if (!found) continue;
    const told = parts(found, t);
    if (key === "gain") told.gain = f.number(told.gain, 5);
    return t(`jobs.step.${key}`, told);
  }
  return text;
}
