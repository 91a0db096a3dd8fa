// Effective rates of a day: the headline with its range, the path by authority, and the partners.

import { bars } from "../../charts/bars.js";
import { frame } from "../../charts/frame.js";
import { steps } from "../../charts/steps.js";
import { fill, h } from "../../dom.js";
import { authority } from "../../names.js";

const COLORS = ["o1", "o2", "o3", "o4"];

export function ratesPage(root, { t, f, set, say }, since) {
  let path = null;
  let chart = null;
  let partners = null;
  const headline = h("div", {});
  const parts = h("ul", { class: "parts" });
  const progress = h("p", { class: "small soft", hidden: true });

  const turnOn = (on) => path.turns.findLast((turn) => turn.from <= on);
  // The range in words; nothing where the assumed shares change nothing.
  const spanOf = (range) => (!range ? t("desk.day.range_soon")
    : range.high - range.low < 5e-5 ? t("desk.day.range_none")
      : t("desk.day.range", { low: f.percent(range.low), high: f.percent(range.high) }));
  const nameOf = (one) => (one.code === "rest" ? t("desk.day.rest") : f.place(one.code));

  const share = (key, label) => ({ key, label, number: true, show: (value) => f.percent(value ?? null, 2) });
  const rateColumns = [share("rate", t("desk.rate")), share("low", t("desk.day.low")), share("high", t("desk.day.high"))];

  function series() {
    const most = (name) => Math.max(...path.turns.map((turn) => turn.authorities[name] ?? 0));
    const ranked = [...path.authorities].sort((a, b) => (b === "base") - (a === "base") || most(b) - most(a));
    return { named: ranked.slice(0, COLORS.length), others: ranked.slice(COLORS.length) };
  }

  function move(state, known) {
    const { named, others } = series();
    const valuesOf = (turn) => turn.rate === null ? null : {
      ...Object.fromEntries(named.map((one) => [one, turn.authorities[one] ?? 0])),
      ...(others.length ? { others: others.reduce((sum, one) => sum + (turn.authorities[one] ?? 0), 0) } : {}),
    };
    const shown = [...named.map((one, k) => ({ name: one, color: COLORS[k] })), ...(others.length ? [{ name: "others", color: "o5" }] : [])];
    const here = turnOn(state.on);
    const first = path.turns[0];
    const ready = here?.rate !== null && first.rate !== null;
    const finding = here?.rate == null ? t("desk.day.rating") : t(ready && here !== first ? "desk.day.finding" : "desk.day.finding_first", {
      place: f.place(path.into.slice(0, 2)), day: f.day(state.on), rate: f.percent(here.rate),
      change: ready ? f.pp(here.rate - first.rate) : "", since: f.day(since),
    });
    const partner = path.partners.find((one) => one.code === (state.from === "EU" ? "EU27" : state.from));
    fill(headline,
      h("p", { class: "big" }, here?.rate == null ? "…" : f.percent(here.rate)),
      here?.rate != null && h("p", { class: "range" }, spanOf(here.range)),
      h("p", { class: "small soft" }, t("desk.day.rate_is", { place: f.place(path.into.slice(0, 2)), year: path.year })),
      partner && here?.partners[partner.code] !== undefined &&
        h("p", {}, t("desk.day.partner_rate", { partner: nameOf(partner), rate: f.percent(here.partners[partner.code]) }), here.range && ", ",
          here.range && h("span", { class: "range" }, spanOf(here.ranges[partner.code]))));
    progress.hidden = path.ranged === path.of;
    fill(progress, path.done < path.of ? t("desk.day.progress", { done: path.done, of: path.of })
      : t("desk.day.progress_ranges", { done: path.ranged, of: path.of }));
    const word = (one) => (one === "others" ? t("desk.day.others") : authority(t, one, path.year));
    const values = here && valuesOf(here);
    fill(parts, values && shown.filter((one) => values[one.name] > 0).map((one) =>
      h("li", {}, h("i", { class: `swatch ${one.color}` }), h("span", {}, word(one.name)), h("b", {}, f.percent(values[one.name], 2)))));
    const source = t("desk.day.source", { source: path.source, claims: path.claims ? t("desk.day.claims", { year: path.claims }) : "", known: f.day(path.known) });
    const narrow = root.clientWidth < 480;
    const told = {
      finding, source, name: `effective-rates-${path.into}-known-${path.known}`,
      picture: steps(path.turns.map((turn) => ({ from: turn.from, values: valuesOf(turn), range: turn.range })), shown, {
        since: path.since, until: path.until, on: state.on, known, f, label: finding, width: narrow ? 360 : 600, height: narrow ? 220 : 260,
        said: { on: f.dayShort(state.on), known: t("desk.day.known_mark", { day: f.dayShort(known) }) },
        onpick: (on) => set({ on }),
      }),
      columns: [
        { key: "from", label: t("desk.from_day"), show: f.day },
        ...rateColumns,
        ...path.authorities.map((one) => ({ key: one, label: authority(t, one, path.year), number: true, show: (v) => f.percent(v ?? 0, 2) })),
      ],
      rows: path.turns.filter((turn) => turn.rate !== null).map((turn) => ({ from: turn.from, rate: turn.rate, ...turn.range, ...turn.authorities })),
    };
    if (!chart) chart = frame({ ...told, t });
    else chart.update(told);
    const rows = path.partners.map((one) => ({
      code: one.code, name: nameOf(one), imports: one.imports, rate: here?.partners[one.code] ?? null, ...here?.ranges[one.code],
    }));
    const known_ = rows.filter((row) => row.rate !== null);
    const top = known_.filter((row) => row.code !== "rest").reduce((a, b) => (a && a.rate >= b.rate ? a : b), null);
    const toldPartners = {
      finding: top && known_.length > 1
        ? t("desk.day.partners", { partner: top.name, rate: f.percent(top.rate) }) : t("desk.day.partners_none"),
      picture: bars(known_.map((row) => ({ name: row.name, value: row.rate, low: row.low, high: row.high, text: f.percent(row.rate), soft: partner && row.code !== partner.code })),
        { width: narrow ? 360 : 600, label: t("desk.day.by_partner") }),
      source: t("desk.day.partner_note", { money: f.bigMoney(path.imports, path.currency), year: path.year }),
      name: `effective-rates-${path.into}-${state.on}-by-partner`,
      columns: [
        { key: "name", label: t("desk.day.partner") },
        { key: "imports", label: t("desk.day.imports"), number: true, show: (v) => f.bigMoney(v, path.currency) },
        ...rateColumns,
      ],
      rows,
    };
    if (!partners) partners = frame({ ...toldPartners, t });
    else partners.update(toldPartners);
    if (!chart.node.isConnected || !headline.isConnected) {
      fill(root, h("h2", {}, t("desk.day.rates")), headline, progress, chart.node, parts, partners.node);
    }
    say(finding);
  }

  return {
    holds: (state, known) => Boolean(path) && path.done === path.of && path.known === known &&
      path.asked.into === state.into && path.asked.from === state.from,
    ranged: () => path.ranged === path.of,
    move,
    show(answer, state, known) {
      path = { ...answer, asked: { into: state.into, from: state.from } };
      move(state, known);
    },
    none(message) {
      path = null;
      chart = partners = null;
      fill(root, h("h2", {}, t("desk.day.rates")), h("p", { class: "notice" }, message));
    },
  };
}
