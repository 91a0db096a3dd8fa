// What a search found: its finding, how good it is, its rates, who gains and loses, the law.

import { bars } from "../../charts/bars.js";
import { frame } from "../../charts/frame.js";
import { h } from "../../dom.js";
import { table } from "../../table.js";
import { instrument, region, sector } from "./names.js";

const MOST = 15;

export function pictures(job, ctx, titles) {
  const several = ["nash", "bargain"].includes(job.kind);
  const made = { t: ctx.t, f: ctx.f, titles: { ...titles, several }, r: job.result, job };
  made.source = made.t("jobs.source", {
    world: made.r.world, known: made.f.day(made.r.vintage.known), model: made.r.vintage.model,
  });
  const parts = { platforms, sweep, list }[job.kind] ?? answer;
  return h("div", {}, parts(made));
}

const small = (value) => (value === 0 ? "0" : Number(value).toExponential(1).replace("-", "−"));

function answer(m) {
  const { t, f, r } = m;
  const first = r.payoffs[0];
  const pct = (value) => f.change(value, 3);
  const finding = {
    best: () => t("jobs.finding.best", { who: region(t, first.player), gain: f.pp(first.gain, 3), before: pct(first.before), value: pct(first.value) }),
    nash: () => t("jobs.finding.nash", { who: region(t, first.player), value: pct(first.value), left: small(r.exploitability) }),
    bargain: () => (r.agreed ? t("jobs.finding.bargain", { who: region(t, first.player), gain: f.pp(first.gain, 3) }) : t("jobs.finding.no_bargain")),
  }[r.mode]();
  return [
    h("p", { class: "big-finding" }, finding), payoffs(m), rates(m), r.frontier && frontier(m), regions(m), certain(m), law(m),
  ];
}

function payoffs({ t, f, r, source }) {
  const pct = (value) => f.change(value, 3);
  return frame({
    finding: t("jobs.payoffs"), source, name: "payoffs", t,
    picture: bars(r.payoffs.map((row) => ({
      name: region(t, row.player), value: row.value, low: row.low, high: row.high, text: pct(row.value),
    })), { label: t("jobs.payoffs") }),
    columns: [
      { key: "player", label: t("jobs.t.player"), show: (code) => region(t, code) },
      { key: "before", label: t("jobs.t.before"), number: true, show: pct },
      { key: "value", label: t("jobs.t.value"), number: true, show: pct },
      { key: "low", label: t("jobs.t.range"), number: true, show: (low, row) => `${pct(low)} … ${pct(row.high)}` },
      { key: "gain", label: t("jobs.t.gain"), number: true, show: (v) => f.pp(v, 3) },
    ],
    rows: r.payoffs,
  }).node;
}

function rates({ t, f, r, titles, source }) {
  const worth = (value, row) => (row.unit === "currency" ? f.bigMoney(value, coin(r)) : f.percent(value, 1));
  const used = r.tariffs.filter((row) => Math.abs(row.value) > 5e-5).sort((a, b) => b.value - a.value);
  const shown = used.filter((row) => row.unit !== "currency").slice(0, MOST);
  const top = used[0];
  const finding = top
    ? t("jobs.rates", { n: f.number(used.length), name: instrument(t, top, titles), value: worth(top.value, top) }) : t("jobs.rates.none");
  return frame({
    finding, source, name: "instruments", t,
    picture: shown.length > 0 && bars(shown.map((row) => ({
      name: instrument(t, row, titles), value: row.value, low: row.low, high: row.high, text: worth(row.value, row),
    })), { label: finding, nameWidth: 280 }),
    columns: [
      { key: "instrument", label: t("jobs.t.instrument"), show: (_, row) => instrument(t, row, titles) },
      { key: "value", label: t("jobs.t.rate"), number: true, show: worth },
      { key: "low", label: t("jobs.t.range"), number: true, show: (low, row) => `${worth(low, row)} … ${worth(row.high, row)}` },
      { key: "trade", label: t("jobs.t.trade"), number: true, show: (v) => f.bigMoney(v, coin(r)) },
      { key: "duty", label: t("jobs.t.duty"), number: true, show: (v) => f.bigMoney(v, coin(r)) },
    ],
    rows: r.tariffs,
  }).node;
}

const COINS = { "C$": "CAD", "US$": "USD", "€": "EUR" };
const coin = (r) => COINS[r.currency.split(" ")[0]] ?? r.currency.split(" ")[0];

function regions({ t, f, r, source }) {
  const pct = (value) => f.change(value, 2);
  const top = r.regions.reduce((a, b) => (Math.abs(a.real_income) >= Math.abs(b.real_income) ? a : b));
  const finding = t("jobs.regions", { region: region(t, top.region), value: pct(top.real_income) });
  return frame({
    finding, source, name: "regions", t,
    picture: bars(r.regions.map((row) => ({ name: region(t, row.region), value: row.real_income, text: pct(row.real_income) })),
      { label: finding, nameWidth: 208, height: 24 }),
    columns: [
      { key: "region", label: t("jobs.t.region"), show: (code) => region(t, code) },
      { key: "real_income", label: t("jobs.t.income"), number: true, show: (v) => f.change(v, 3) },
    ],
    rows: r.regions,
  }).node;
}

function frontier({ t, f, r, source }) {
  const who = r.players[0];
  const gains = r.frontier.map((point) => point.gains[who]);
  const pp = (value) => f.pp(value, 3);
  const finding = t("jobs.frontier", { who: region(t, who), low: pp(Math.min(...gains)), high: pp(Math.max(...gains)) });
  return h("div", {}, h("h3", {}, finding), table({
    caption: finding,
    columns: [
      { key: "power", label: t("jobs.t.power", { who: region(t, who) }), number: true, show: (v) => f.percent(v, 0) },
      ...r.players.map((one) => ({ key: one, label: region(t, one), number: true, show: (_, row) => pp(row.gains[one]) })),
    ],
    rows: r.frontier,
  }), h("p", { class: "foot" }, source));
}

function certain({ t, f, r }) {
  const lines = [
    "kkt" in r && t("jobs.kkt", { value: small(r.kkt) }),
    r.mode === "best" && t("jobs.exploitability.best", { n: r.optima.length, value: small(r.exploitability) }),
    r.mode !== "best" && r.exploitability !== null && t("jobs.exploitability", { value: small(r.exploitability) }),
    "gap" in r && t("jobs.gap", { value: small(r.gap) }),
    ...Object.entries(r.caps ?? {}).map(([name, cap]) => t("jobs.cap", { name, used: f.percent(1 - cap.slack, 1) })),
    t(r.sets > 1 ? "jobs.sets" : "jobs.sets.one", { n: r.sets, closure: closure(t, r.closure), elasticities: r.elasticities }),
  ].filter(Boolean);
  return h("section", {}, h("h3", {}, t("jobs.certain")), h("ul", {}, lines.map((line) => h("li", {}, line))),
    h("p", { class: "small soft" }, t.prose(r.status)));
}

const closure = (t, name) => (t.has(`closure.${name}`) ? t(`closure.${name}`) : name);

function law({ t, r }) {
  const told = new Map();
  for (const one of r.measures) for (const note of one.legality ?? []) told.set(note.text, note);
  return h("section", {}, h("h3", {}, t("jobs.law")),
    h("p", {}, r.ground ? t("jobs.law.ground", { text: t(`jobs.ground.${r.ground.ground}`) }) : t("jobs.law.none")),
    told.size > 0 && h("ul", { class: "small" },
      [...told.values()].map((note) => h("li", {}, t.prose(note.text), " (", t.prose(note.citation), ")."))));
}

function list(m) {
  const { t, f, r, titles, source } = m;
  const money = (value) => f.bigMoney(value, r.value_currency);
  const cost = (value) => f.bigMoney(value, coin(r), { sign: true });
  const [who, other] = r.players;
  const top = r.sectors[0];
  const finding = t("jobs.listed", { sector: sector(t, top.sector, titles[top.sector]), value: money(top.value) });
  const left = Object.entries(r.left_out).filter(([, row]) => row.items).map(([reason, row]) =>
    t("jobs.left_out.one", { items: f.number(row.items), money: money(row.value), reason: t.told(reason) }));
  return [
    h("p", { class: "big-finding" }, t("jobs.finding.list", {
      items: f.number(r.tariffs.length), money: money(r.value), who: region(t, who), own: cost(r.costs.own.value),
      other: region(t, other), theirs: cost(r.costs.theirs.value),
    })),
    frame({
      finding, source: r.value_source, name: "list-by-sector", t,
      picture: bars(r.sectors.slice(0, MOST).map((row) => ({
        name: sector(t, row.sector, titles[row.sector]), value: row.value, text: money(row.value),
      })), { label: finding, nameWidth: 240 }),
      columns: [
        { key: "sector", label: t("jobs.t.sector"), show: (code) => sector(t, code, titles[code]) },
        { key: "items", label: t("jobs.t.items"), number: true, show: (v) => f.number(v) },
        { key: "value", label: t("jobs.t.trade"), number: true, show: money },
        { key: "share", label: t("jobs.t.share"), number: true, show: (v) => f.percent(v, 1) },
      ],
      rows: r.sectors,
    }).node,
    left.length > 0 && h("p", {}, t("jobs.left_out", { what: left.join("; ") })),
    regions({ ...m, source }), certain(m), law(m),
  ];
}

function platforms({ t, f, r, source }) {
  const pct = (value) => f.change(value, 3);
  const ranked = [...r.rows].sort((a, b) => b.real_income.value - a.real_income.value);
  const finding = t("jobs.finding.platforms", {
    best: ranked[0].name, value: pct(ranked[0].real_income.value), worst: ranked.at(-1).name,
    low: pct(ranked.at(-1).real_income.value), who: region(t, "CAN"),
  });
  return [frame({
    finding, source, name: "platforms", t,
    picture: bars(r.rows.map((row) => ({
      name: row.name, value: row.real_income.value, low: row.real_income.low, high: row.real_income.high, text: pct(row.real_income.value),
    })), { label: finding, nameWidth: 208 }),
    columns: [
      { key: "name", label: t("jobs.kind.platforms"), show: (name) => name },
      { key: "real_income", label: t("jobs.t.income"), number: true, show: (v) => pct(v.value) },
      { key: "range", label: t("jobs.t.range"), number: true, show: (_, row) => `${pct(row.real_income.low)} … ${pct(row.real_income.high)}` },
    ],
    rows: r.rows.map(({ name, real_income }) => ({ name, real_income })),
  }).node];
}

function sweep({ t, f, r, source }) {
  const pct = (value) => f.change(value, 2);
  const shares = r.quantiles.filter((row) => row.figure.startsWith("real income"));
  const top = shares[0];
  const named = (figure) => `${t("jobs.t.income")}, ${region(t, figure.replace("real income", "").trim())}`;
  const finding = t("jobs.finding.sweep", { figure: named(top.figure), low: pct(top.p05), high: pct(top.p95) });
  return [
    frame({
      finding, source, name: "sweep", t,
      picture: bars(shares.slice(0, MOST).map((row) => ({
        name: named(row.figure), value: row.p50, low: row.p05, high: row.p95, text: pct(row.p50),
      })), { label: finding, nameWidth: 208 }),
      columns: [
        { key: "figure", label: t("jobs.t.figure") },
        ...["p05", "p25", "p50", "p75", "p95"].map((key) => ({ key, label: key, number: true, show: (v, row) => (row.figure.startsWith("real income") ? pct(v) : f.number(v, 3)) })),
      ],
      rows: r.quantiles,
    }).node,
    h("p", {}, t("jobs.converged", { n: f.number(r.converged), of: f.number(r.draws) })),
  ];
}
