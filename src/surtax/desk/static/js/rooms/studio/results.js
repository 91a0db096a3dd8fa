// What a state means: headline, provinces, countries, sectors, revenue and rates, each with its finding.

import { bars } from "../../charts/bars.js";
import { frame } from "../../charts/frame.js";
import { tiles } from "../../charts/tiles.js";
import { fill, h } from "../../dom.js";

const SHOWN = 12;

// Regions of which a figure per head is another than their own, and those whose households are counted.
export const moved = (row) => Math.abs(row.real_income_per_head - row.real_income) > 5e-9;
export const counted = (row) => row.per_household !== null;

export function results(ctx, all, names) {
  const { t, f, say } = ctx;
  const base = all.scenarios[0];
  const player = base.player;
  let now = null;
  let span = null;
  let pin = null;
  let charts = null;
  let followed = "";
  let told = 0;
  const headline = h("div", { class: "headline" }, h("p", { class: "soft" }, t("studio.solving")));
  const node = h("div", {}, headline);
  const level = (value) => f.change(value, 2);
  const between = (range) => (range ? `${level(range.low)} … ${level(range.high)}` : "");
  const money = (value) => f.bigMoney(value * 1e9, "CAD", { sign: true });

  const source = () => t("studio.source", {
    world: now.world, closure: names.choice("closure", now.closure), elasticities: names.choice("elasticities", now.elasticities), known: f.day(now.known),
  });

  const incomeOf = (answer) => answer.regions.find((one) => one.region === followed).real_income;

  function head() {
    const line = (who, value, range, was) => h("p", { class: "figure" },
      h("strong", {}, level(value)), " ", h("span", {}, t("studio.real_income", { who })), " ",
      h("span", { class: "range" }, range ? t("studio.range", { range: between(range), n: span.sets }) : t("studio.range_soon")),
      was !== undefined && h("span", { class: "against" }, t("studio.against", { was: level(was), change: level(value - was) })));
    fill(headline, h("h2", {}, t("studio.headline", { who: names.region(player), change: level(now.player) })),
      h("p", { class: "soft" }, t("studio.says", { day: f.day(now.on), known: f.day(now.known), response: names.response(now.response) })),
      now.assumed && h("p", { class: "soft" }, now.assumed),
      now.noted.map((one) => h("p", { class: "notice" }, one)),
      now.stale && h("p", { class: "notice" }, t("desk.stale", { day: f.day(now.verified_to) })),
      followed && line(names.region(followed), incomeOf(now), span?.regions[followed], pin ? incomeOf(pin) : undefined),
      line(names.region(player), now.player, span?.player, pin?.player),
      line(names.region(base.opponent), now.opponent, span?.opponent, pin?.opponent));
  }

  function provinces() {
    const rows = now.regions.filter((one) => one.treasury === player);
    const was = new Map(pin?.regions.map((one) => [one.region, one.real_income]));
    const sorted = [...rows].sort((a, b) => a.real_income - b.real_income);
    const [worst, second] = sorted;
    const best = sorted.at(-1);
    const finding = worst.real_income < -5e-6
      ? t("studio.provinces_lose", { first: names.region(worst.region), second: names.region(second.region), change: level(worst.real_income) })
      : t("studio.provinces_gain", { first: names.region(best.region), change: level(best.real_income) });
    const values = Object.fromEntries(rows.map((one) => [one.region, {
      value: one.real_income, text: level(one.real_income),
      soft: pin ? `${level(one.real_income - was.get(one.region))}` : shortRange(span?.regions[one.region]),
    }]));
    return {
      finding, picture: tiles(values, { label: finding, narrow: innerWidth < 560 }),
      source: [t(pin ? "studio.provinces_pinned" : "studio.provinces_note"), " ", source()], name: "provinces",
      columns: [{ key: "name", label: t("studio.province") }, number("real_income", t("studio.income")), number("low", t("studio.low")),
        number("high", t("studio.high")), ...(rows.some(moved) ? [ranged("real_income_per_head", t("costs.real_income_per_head"), level, span?.per_head)] : []),
        ...(rows.some(counted) ? [ranged("per_household", t("more.amount_household"), wholeMoney, span?.per_household)] : []), number("prices", t("studio.prices")), number("output", t("studio.output")), ...(rows.some((one) => Math.abs(one.jobs) >= 1) ? [whole("jobs", t("studio.jobs"))] : []), whole("shifted", t("studio.shifted")), ...(pin ? [number("pinned", t("studio.pinned"))] : [])],
      rows: rows.map((one) => ({ ...one, ...span?.regions[one.region], name: names.region(one.region), pinned: was.get(one.region) })),
    };
  }
  const shortRange = (range) => range && `${f.signed(100 * range.low, 1)} … ${f.signed(100 * range.high, 1)}`;
  const number = (key, label) => ({ key, label, number: true, show: (value) => (value === undefined ? "" : level(value)) });
  // A figure with its range in lighter ink beneath.
  const ranged = (key, label, show, spans) => ({ key, label, number: true, show: (value, row) => (value === null ? "" : [show(value),
    spans?.[row.region] && h("span", { class: "soft cite" }, `${show(spans[row.region].low)} … ${show(spans[row.region].high)}`)]) });
  const wholeMoney = (value) => f.signed(value, 0);
  const whole = (key, label) => ({ key, label, number: true, show: (value) => f.signed(value, 0) });

  function countries() {
    const others = now.regions.filter((one) => one.treasury !== player);
    const rows = [{ region: player, real_income: now.player, ...span?.player },
      ...others.map((one) => ({ ...one, ...span?.regions[one.region] }))].sort((a, b) => a.real_income - b.real_income);
    const finding = t("studio.countries", { who: names.region(rows[0].region), change: level(rows[0].real_income) });
    return {
      finding, picture: bars(rows.map((one) => ({ name: names.region(one.region), value: one.real_income, low: one.low, high: one.high, text: level(one.real_income) })), { label: finding, ...room() }),
      source: [t("studio.countries_note"), " ", source()], name: "countries",
      columns: [{ key: "name", label: t("studio.country") }, number("real_income", t("studio.income")), number("low", t("studio.low")), number("high", t("studio.high"))],
      rows: rows.map((one) => ({ ...one, name: names.region(one.region) })),
    };
  }
  const room = (textWidth = 66) => (innerWidth < 560 ? { width: 350, nameWidth: 116, textWidth } : {});

  function sectors() {
    const sorted = [...now.sectors].sort((a, b) => a.output - b.output);
    const top = sorted.length > SHOWN ? [...sorted.slice(0, SHOWN / 2), ...sorted.slice(-SHOWN / 2)] : sorted;
    const lost = sorted[0];
    const finding = t("studio.sectors", { sector: names.sector(lost.sector), change: f.change(lost.output, 1), jobs: f.signed(Math.round(lost.jobs / 100) * 100, 0) });
    return {
      finding, picture: bars(top.map((one) => ({ name: names.sector(one.sector), value: one.output, ...span?.sectors[one.sector], text: f.change(one.output, 1) })), { label: finding, nameWidth: 240, ...room() }),
      source: [t("studio.sectors_note"), " ", source()], name: "sectors",
      columns: [{ key: "name", label: t("studio.sector") }, number("output", t("studio.output")), { key: "amount", label: t("studio.amount"), number: true, show: money }, whole("jobs", t("studio.jobs"))],
      rows: sorted.map((one) => ({ ...one, name: names.sector(one.sector) })),
    };
  }

  function revenue() {
    const rows = now.revenue.filter((one) => Math.abs(one.collected) > 0.005).map((one) => ({ ...one, ...span?.revenue[one.treasury] }));
    const own = now.revenue.find((one) => one.treasury === player);
    const finding = t("studio.revenue", { who: names.region(player), money: f.bigMoney(own.collected * 1e9, "CAD") });
    const rate = now.rates.find((one) => one.into === base.opponent && one.from === player);
    return {
      finding, picture: bars(rows.map((one) => ({ name: names.region(one.treasury), value: one.collected, low: one.low, high: one.high, text: money(one.collected) })), { label: finding, textWidth: 96, ...room(92) }),
      source: [t("studio.rate_now", { rate: f.percent(rate.rate), change: f.pp(rate.rate - rate.before) }), " ", t("studio.revenue_note"), " ", source()], name: "revenue",
      columns: [{ key: "name", label: t("studio.treasury") }, { key: "collected", label: t("studio.collected"), number: true, show: money }],
      rows: rows.map((one) => ({ ...one, name: names.region(one.treasury) })),
    };
  }

  function rates() {
    const rows = now.rates.map((one) => ({ ...one, name: t("studio.way", { from: names.region(one.from), into: names.region(one.into) }) }));
    const most = [...rows].sort((a, b) => b.rate - a.rate)[0];
    const finding = t("studio.rates", { way: most.name, rate: f.percent(most.rate) });
    return {
      finding, picture: bars(rows.map((one) => ({ name: one.name, value: one.rate, text: f.percent(one.rate) })), { label: finding, nameWidth: 240, ...room() }),
      source: [t("studio.rates_note"), " ", source()], name: "rates",
      columns: [{ key: "name", label: t("studio.goods_way") }, { key: "rate", label: t("desk.rate"), number: true, show: (v) => f.percent(v) },
        { key: "before", label: t("studio.before"), number: true, show: (v) => f.percent(v) }],
      rows,
    };
  }

  function draw() {
    if (!now) return;
    head();
    const data = [provinces(), countries(), sectors(), revenue(), rates()];
    if (!charts) {
      charts = data.map((one) => frame({ ...one, t }));
      node.append(h("div", { class: "charts" }, charts.map((one) => one.node)));
    } else charts.forEach((one, at) => one.update(data[at]));
  }

  return {
    node,
    shown: () => now !== null,
    // An answer, with the sentences on what it assumes and on what must be known of it.
    show(answer, said) {
      now = { ...answer, ...said };
      span = null;
      draw();
      clearTimeout(told);
      told = setTimeout(() => say(t("studio.headline", { who: names.region(player), change: level(now.player) })), 700);
    },
    spread(found) {
      span = found;
      draw();
    },
    follow(region) {
      if (region === followed) return;
      followed = region;
      if (now) head();
    },
    pinned(answer) {
      pin = answer;
      draw();
    },
  };
}
