// The same goods from several origins and on several days, held against the first.

import { bars } from "../../charts/bars.js";
import { frame } from "../../charts/frame.js";
import { blame, checks, date, flag } from "../../controls.js";
import { fill, h, renew } from "../../dom.js";
import { claim } from "../../names.js";
import { table } from "../../table.js";
import { INTO } from "../duty.js";
import { goodsField, intoField, ORIGINS, threatField, valueField } from "./form.js";

export function waysView(ctx) {
  const { t, f, api, say } = ctx;
  const add = date({ label: t("desk.duty.add_day"), onchange: (day) => {
    if (day) ctx.set({ days: [...new Set([...ctx.get().days, day])].sort() });
    add.set("");
  } });
  const days = h("ul", { class: "chips" });
  const control = {
    goods: goodsField(ctx),
    value: valueField(ctx),
    into: intoField(ctx, INTO),
    origins: checks({ label: t("desk.duty.origins"), className: "columns",
      choices: ORIGINS.map((code) => [code, f.place(code)]), onchange: (origins) => ctx.set({ origins }) }),
    prefer: flag({ label: t("desk.duty.prefer"), onchange: (prefer) => ctx.set({ prefer }) }),
    threatened: threatField(ctx),
  };
  const problem = h("p", { class: "notice wrong", role: "alert", hidden: true });
  const result = h("section", { "aria-label": t("desk.duty.answer") });
  const node = h("div", { class: "desk" },
    h("form", { class: "panel", onsubmit: (event) => event.preventDefault() },
      control.goods.node, h("div", { class: "pair" }, control.value.node, control.into.node),
      control.origins.node, add.node, days, control.prefer.node, control.threatened.node),
    h("div", {}, problem, result));
  const ask = api.newest();
  let asked = "";
  const complain = (error) => {
    problem.hidden = !error;
    fill(problem, t.wrong(error));
    if (error?.field === "from") error.field = "origins";
    blame(control, error, t);
    result.classList.toggle("waiting", Boolean(error));
  };
  return {
    node,
    update(state) {
      for (const [key, one] of Object.entries(control)) {
        if (!one.node.contains(document.activeElement) || key === "origins") one.set(state[key]);
      }
      const shown = state.days.length ? state.days : [state.on];
      fill(days, shown.map((day) => h("li", {}, f.day(day), state.days.length > 0 && h("button", {
        type: "button", "aria-label": t("desk.duty.remove_day", { day: f.day(day) }),
        onclick: () => ctx.set({ days: state.days.filter((one) => one !== day) }),
      }, "×"))));
      const question = {
        goods: state.goods, value: state.value, into: state.into, origins: state.origins, on: shown, known: state.known || null,
        prefer: state.prefer, threatened: state.threatened, quantity: state.quantity, unit: state.unit,
        facts: Object.fromEntries(Object.entries(state.facts).map(([key, value]) => [key, [value]])),
      };
      const key = JSON.stringify(question);
      if (key === asked) return;
      asked = key;
      if (!state.origins.length) {
        complain({ message: t("desk.duty.choose_origin"), field: "origins" });
        return;
      }
      ask((signal) => api.post("/api/duty/alternatives", question, { signal }), (told) => {
        complain(null);
        renew(result, sideBySide(told, ctx));
        say(t("desk.duty.ways_said", { n: told.alternatives.length }));
      }, complain);
    },
  };
}

function sideBySide(told, { t, f }) {
  const money = (value) => (value === null ? "–" : f.money(value, told.currency));
  const several = new Set(told.alternatives.map((one) => one.on)).size > 1;
  const nameOf = (one) => [f.place(one.from), several && f.day(one.on)].filter(Boolean).join(", ");
  const entering = told.alternatives.filter((one) => one.total !== null);
  const least = entering.reduce((a, b) => (a && a.total <= b.total ? a : b), null);
  const most = entering.reduce((a, b) => (a && a.total >= b.total ? a : b), null);
  const tied = (one) => {
    const names = entering.filter((other) => other.total === one.total).map(nameOf);
    return names.length > 2 ? `${names[0]} (${t("law.more", { n: names.length - 1 })})` : f.list(names);
  };
  const finding = !least ? t("duty.barred") : least.total === most.total
    ? t("desk.duty.ways_same", { total: money(least.total) })
    : t("desk.duty.ways_finding", { least: tied(least), low: money(least.total), most: tied(most), high: money(most.total) });
  const columns = [
    { key: "from", label: t("desk.from"), show: (code) => f.place(code) },
    { key: "on", label: t("desk.duty.on"), show: f.day },
    { key: "claims", label: t("desk.duty.claims"), show: (claims) => claims.map((one) => claim(t, one)).join(", ") },
    { key: "total", label: t("duty.total"), number: true, show: (value) => (value === null ? t("desk.duty.no_entry") : money(value)) },
    { key: "rate", label: t("duty.times"), number: true, show: (value) => (value === null ? "" : f.percent(value, 2)) },
    { key: "difference", label: t("desk.duty.to_first"), number: true, show: (value, row) => row.alternative === 1 || value === null ? "" : `${value > 0 ? "+" : ""}${money(value)}` },
  ];
  const chart = frame({
    finding, t, name: `ways-${told.goods}-${told.into}`, columns, rows: told.alternatives,
    source: `${t("desk.duty.ways_source", { goods: told.goods, value: money(told.value), into: f.place(told.into === "EU27" ? "EU" : told.into) })} ${t("desk.vintage", { known: f.day(told.known), verified: f.day(told.verified_to) })}`,
    picture: bars(entering.map((one) => ({ name: nameOf(one), value: one.total, low: one.low, high: one.high ?? undefined, text: money(one.total) })),
      window.innerWidth < 480
      ? { label: finding, width: 360, nameWidth: several ? 170 : 90, textWidth: 120 }
      : { label: finding, nameWidth: several ? 240 : 140, textWidth: 120 }),
  });
  return [
    chart.node,
    table({ caption: t("desk.duty.view.ways"), columns, rows: told.alternatives }),
    told.alternatives.slice(1).filter((one) => one.differs.length).map((one) => [
      h("h3", {}, t("desk.duty.why", { way: nameOf(one) })),
      h("ul", { class: "why" }, one.differs.map((d) => h("li", {},
        h("b", {}, t.prose(d.title)), ` ${money(d.first ?? 0)} → ${money(d.here ?? 0)}`, t("colon"), " ", t.prose(d.why),
        d.citation && !d.why.includes(d.citation) && h("span", { class: "soft cite" }, t.prose(d.citation))))),
    ]),
    told.alternatives.some((one) => one.missing_facts.length) && h("p", { class: "range" }, t("desk.duty.ways_missing", {
      facts: [...new Set(told.alternatives.flatMap((one) => one.missing_facts.map((m) => t.told(m.meaning))))].join(", ") })),
  ];
}
