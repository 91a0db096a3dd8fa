// What a shipment owes: the total and its range, layer by layer, and what is not owed and why.

import { h } from "../../dom.js";
import { downloads, save, table } from "../../table.js";
import { capital } from "../../words.js";

export function answerCard(answer, state, ctx) {
  const { t, f } = ctx;
  const money = (value) => f.money(value, answer.currency);
  const rateOf = (row) => (row.rate === null ? "" : row.unit ? `${f.number(row.rate, 4)} / ${t.told(row.unit)}` : f.rate(row.rate));
  const columns = [
    { key: "title", label: t("duty.layer"), long: true, show: (title, row) => row.citation === undefined ? title
      : [h("span", {}, t.prose(title)), h("span", { class: "soft cite" }, t.prose(row.citation)), (row.because ?? []).map((one) =>
        h("span", { class: "soft cite" }, t.prose(one)))] },
    { key: "basis_value", label: t("duty.base"), number: true, show: (value, row) => row.citation === undefined || value === null ? ""
      : [money(value), " ", row.basis !== "customs value" && h("span", { class: "soft cite" }, t.prose(row.basis))] },
    { key: "rate", label: t("duty.times"), number: true, show: (_, row) => row.citation === undefined ? f.percent(row.rate, 2) : rateOf(row) },
    { key: "amount", label: t("duty.amount"), number: true, show: money },
  ];
  const title = t("desk.duty.meta", {
    goods: answer.goods, source: f.place(answer.from), into: f.place(answer.into === "EU27" ? "EU" : answer.into),
    value: money(answer.value), on: f.day(answer.on),
  });
  const range = answer.missing_facts.length > 0 && (answer.high === null
    ? t("duty.range_open", { low: money(answer.low) })
    : t("duty.range", { low: money(answer.low), high: money(answer.high) }));
  const name = `duty-${answer.goods}-${answer.from}-${answer.into}-${answer.on}`;
  // Several provisions of a measure may yield for one reason, which is said once.
  const unlike = (rows) => [...new Map(rows.map((row) => [`${row.title} ${row.reason ?? row.citation}`, row])).values()];
  const list = (rows, words) => rows.length > 0 && [
    h("h3", {}, words),
    h("ul", { class: "why" }, unlike(rows).map((row) => h("li", {}, h("b", {}, t.prose(row.title)), t("colon"), " ", t.prose(row.reason ?? row.citation)))),
  ];
  return h("div", { class: "answer" },
    h("p", { class: "soft" }, title),
    answer.stale && h("p", { class: "notice" }, t("desk.stale", { day: f.day(answer.verified_to) })),
    answer.admissible
      ? h("p", { class: "big" }, money(answer.total), " ", h("small", {}, t("duty.rate", { rate: f.percent(answer.rate, 2) })))
      : [h("p", { class: "big" }, t("duty.barred")), list(answer.bans, t("desk.duty.bans"))],
    answer.admissible && range && h("p", { class: "range" }, range),
    answer.hints.map((one) => h("p", { class: "notice" }, t.prose(one))),
    answer.zone.map((one) => h("p", { class: "notice" }, t.prose(one))),
    answer.layers.length > 0 && [
      table({ caption: t("desk.duty.layers"), columns, rows: answer.layers, className: "layers",
        foot: answer.admissible ? { title: t("duty.total"), rate: answer.rate, amount: answer.total } : null }),
      downloads(name, ["measure", "title", "authority", "instrument", "citation", "basis", "basis_value", "rate", "unit", "amount"].map((key) => ({ key })), answer.layers, t)],
    list(answer.suppressed, t("duty.suppressed")),
    list(answer.unknown, t("duty.unknown")),
    answer.fees.length > 0 && [
      h("h3", {}, t("duty.fees")),
      table({ caption: t("duty.fees"), columns, rows: answer.fees, className: "layers" })],
    answer.fee_facts.length > 0 && [
      h("h3", {}, t("desk.duty.fee_facts")),
      h("ul", { class: "why" }, answer.fee_facts.map((one) => h("li", {}, capital(t.told(one.meaning)), ". ",
        t.around("duty.until_then", { text: t.prose(one.until_then) }))))],
    h("details", {}, h("summary", {}, t("desk.duty.more")),
      list(answer.fees_suppressed, t("desk.duty.fees_not")),
      h("p", {}, t.around("desk.duty.not_included", { what: answer.not_included.length ? answer.not_included.flatMap((one, at) => [at > 0 && "; ", t.prose(one)]) : t("none") })),
      h("p", { class: "foot" }, t("desk.vintage", { known: f.day(answer.known), verified: f.day(answer.verified_to) })),
      h("pre", { tabindex: "0" }, command(state, answer)),
      h("p", { class: "downloads" }, h("button", { type: "button",
        onclick: () => save(`${name}-answer.json`, "application/json", JSON.stringify(answer, null, 1)) }, t("desk.duty.whole")))));
}

// The command that gives the same answer.
function command(state, answer) {
  const quote = (text) => (/^[\w.:%/-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
  const parts = ["surtax duty", quote(state.goods), "--from", quote(state.from), "--into", state.into, "--value", quote(state.value),
    "--on", answer.on, "--known", answer.known];
  state.claims.forEach((claim) => parts.push("--claim", quote(claim)));
  Object.entries(state.facts).forEach(([fact, value]) => parts.push("--fact", quote(`${fact}=${value}`)));
  if (state.quantity) parts.push("--quantity", quote(state.quantity), "--unit", quote(state.unit));
  if (state.threatened) parts.push("--include threatened");
  return parts.join(" ");
}
