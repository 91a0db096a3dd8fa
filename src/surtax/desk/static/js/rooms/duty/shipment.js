// One shipment: what it owes follows what is typed; only facts that matter are asked.

import { blame, checks, text } from "../../controls.js";
import { fill, h, renew } from "../../dom.js";
import { claim } from "../../names.js";
import { INTO } from "../duty.js";
import { dayField, factFields, goodsField, intoField, later, ORIGINS, threatField, valueField } from "./form.js";
import { answerCard } from "./result.js";

export function shipmentView(ctx) {
  const { t, f, api, say } = ctx;
  const claims = checks({ label: t("desk.duty.claims"), choices: [], onchange: (claims) => ctx.set({ claims }) });
  const put = later((from) => ctx.set({ from, claims: [], facts: {} }, { done: false }));
  const control = {
    goods: goodsField(ctx),
    from: text({ label: t("desk.from"), hint: t("desk.duty.from_hint"), suggest: ORIGINS.map((code) => [code, f.place(code)]),
      oninput: put, onchange: (from) => ctx.set({ from }) }),
    into: intoField(ctx, INTO),
    value: valueField(ctx),
    on: dayField(ctx, "on"),
    known: dayField(ctx, "known"),
    threatened: threatField(ctx),
    claims,
  };
  const facts = factFields(ctx, t("desk.duty.facts"));
  const feeFacts = factFields(ctx, t("desk.duty.fee_facts"));
  const problem = h("p", { class: "notice wrong", role: "alert", hidden: true });
  const result = h("section", { "aria-label": t("desk.duty.answer") });
  const node = h("div", { class: "desk" },
    h("form", { class: "panel", onsubmit: (event) => event.preventDefault() },
      control.goods.node,
      h("div", { class: "pair" }, control.from.node, control.into.node),
      control.value.node,
      h("div", { class: "pair" }, control.on.node, control.known.node),
      claims.node, facts.node, feeFacts.node, control.threatened.node),
    h("div", {}, problem, result));
  const ask = api.newest();
  let asked = "";
  const complain = (error) => {
    const all = { ...facts.controls(), ...feeFacts.controls(), ...control };
    problem.hidden = !error;
    fill(problem, t.wrong(error));
    blame(all, error, t);
    result.classList.toggle("waiting", Boolean(error));
  };
  return {
    node,
    update(state) {
      for (const key of ["goods", "from", "into", "value", "on", "known", "threatened"]) {
        if (document.activeElement?.id !== control[key].node.querySelector("input, select").id) control[key].set(state[key]);
      }
      const { view, origins, days, prefer, ...rest } = state;
      const question = { ...rest, known: state.known || null };
      const key = JSON.stringify(question);
      if (key === asked) return;
      asked = key;
      ask((signal) => api.post("/api/duty", question, { signal }), (told) => {
        complain(null);
        claims.node.hidden = told.claims.length === 0;
        claims.offer(told.claims.map((one) => [one.claim, claim(t, one.claim), t.prose(one.title)]),
          told.claims.filter((one) => one.made).map((one) => one.claim));
        facts.show(told.asks);
        feeFacts.show(told.fee_asks);
        renew(result, answerCard(told.answer, state, ctx));
        say(told.answer.admissible ? t("desk.duty.owes", { total: f.money(told.answer.total, told.answer.currency) }) : t("duty.barred"));
      }, complain);
    },
  };
}
