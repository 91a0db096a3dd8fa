// The part of the form that one shipment and many share: goods, value, days, and the facts asked.

import { combo } from "../../combo.js";
import { date, flag, number, select, text } from "../../controls.js";
import { fill, h } from "../../dom.js";
import { capital } from "../../words.js";

export const ORIGINS = ["CA", "US", "MX", "CN", "JP", "KR", "DE", "GB", "VN", "IN", "BR", "TW"];

// Tell a change once a person pauses.
export function later(act, wait = 300) {
  let timer = 0;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => act(...values), wait);
  };
}

// Of a name from the heading down to the line, the two ends: a person knows the rest by them.
const ends = (name) => {
  const steps = name.split(" › ");
  return steps.length > 1 ? [steps.at(-1), steps[0]] : steps;
};

// The code of the goods, found by its first digits or by words of its name.
export function goodsField(ctx) {
  const { t, api } = ctx;
  const ask = api.newest();
  const isCode = (value) => /^[\d. ]*$/.test(value);
  const suggest = later((start) => {
    if (start.length < 3) return control.offer([]);
    ask((signal) => api.get("/api/duty/lines", { start, into: ctx.get().into }, { signal }),
      (lines) => {
        control.offer(lines.map((one) => [one.code, `${one.code} · ${one.rate}`, ...ends(one.name)]));
        if (!isCode(start)) ctx.say(lines.length ? t("desk.duty.found", { n: lines.length }) : t("desk.duty.found_none"));
      }, () => control.offer([]));
  }, 150);
  const put = later((goods) => ctx.set({ goods }, { done: false }));
  const control = combo({
    label: t("desk.duty.goods"), hint: t("desk.duty.goods_hint"), listLabel: t("desk.duty.lines"),
    oninput: (value) => {
      suggest(value);
      if (value && isCode(value)) put(value);
    },
    onchange: (goods) => goods && isCode(goods) && ctx.set({ goods }),
  });
  return control;
}

export function valueField(ctx) {
  const put = later((value) => ctx.set({ value }, { done: false }));
  return text({ label: ctx.t("desk.duty.value"), mode: "decimal", oninput: put, onchange: (value) => ctx.set({ value }) });
}

export const intoField = (ctx, codes) => select({
  label: ctx.t("desk.into"), choices: codes.map((code) => [code, ctx.f.place(code)]),
  onchange: (into) => ctx.set({ into, claims: [], facts: {} }),
});

export const dayField = (ctx, key) => date({
  label: ctx.t(`desk.duty.${key}`), hint: ctx.t.has(`desk.duty.${key}_hint`) && ctx.t(`desk.duty.${key}_hint`), onchange: (day) => ctx.set({ [key]: day || undefined }),
});

// One control for each fact that the answer asks for. One that is asked again is the same control,
// and keeps the focus.
export function factFields(ctx, heading) {
  const { t } = ctx;
  const node = h("div", { class: "facts" });
  const made = new Map();
  const nameOf = (one) => one.fact + one.unit;
  let held = {};
  let names = "";
  const tell = (name, value) => {
    const facts = { ...ctx.get().facts, [name]: value };
    if (!value) delete facts[name];
    ctx.set({ facts });
  };
  const hint = (one) => t.around("desk.duty.fact_hint", { attested: t.prose(one.attested), until: t.prose(one.until_then) });
  const make = (one) => {
    const options = { label: capital(t.told(one.meaning)), hint: hint(one) };
    if (one.fact === "quantity") {
      return number({ label: t("desk.duty.quantity", { unit: one.unit }), min: 0, unit: one.unit,
        onchange: (value) => ctx.set({ quantity: value === null ? "" : String(value), unit: value === null ? "" : one.unit }) });
    }
    if (one.type === "share") {
      const control = number({ ...options, min: 0, max: 100, unit: "%",
        onchange: (value) => tell(one.fact, value === null ? "" : `${value}%`) });
      const set = control.set;
      control.set = (value) => set(value ? (value.endsWith("%") ? value.slice(0, -1) : String(100 * Number(value))) : "");
      return control;
    }
    if (one.type === "date") return date({ ...options, onchange: (value) => tell(one.fact, value) });
    if (one.type === "bool") {
      return select({ ...options, choices: [["", t("not_given")], ["yes", t("desk.yes")], ["no", t("desk.no")]],
        onchange: (value) => tell(one.fact, value) });
    }
    return text({ ...options, onchange: (value) => tell(one.fact, value) });
  };
  return {
    node,
    controls: () => held,
    show(asks) {
      node.hidden = asks.length === 0;
      const key = asks.map(nameOf).sort().join();
      if (key !== names) {
        names = key;
        for (const one of asks) if (!made.has(nameOf(one))) made.set(nameOf(one), make(one));
        held = Object.fromEntries(asks.map((one) => [one.fact, made.get(nameOf(one))]));
        const focused = document.activeElement;
        fill(node, asks.length > 0 && h("h3", {}, heading), Object.values(held).map((one) => one.node));
        if (node.contains(focused)) focused.focus();
      }
      asks.forEach((one) => held[one.fact].set(one.value ?? ""));
    },
  };
}

export const threatField = (ctx) => flag({
  label: ctx.t("desk.duty.threatened"), onchange: (threatened) => ctx.set({ threatened }),
});
