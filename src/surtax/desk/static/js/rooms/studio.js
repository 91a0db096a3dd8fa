// The scenario studio: controls at the left, what they mean at the right, at once.

import { blame, button, checks, date, flag, select, slider } from "../controls.js";
import { fill, h } from "../dom.js";
import { read, write } from "../state.js";
import { results } from "./studio/results.js";
import { rateControls } from "./studio/rates.js";
import { steady } from "./studio/ask.js";
import { wording } from "./studio/assumed.js";
import { bodyOf, fields, naming, offers } from "./studio/state.js";
import { reproduce } from "./studio/reproduce.js";

export const name = "studio";

const NOTICED = 200; // milliseconds

export async function spec(api) {
  const regions = (await offers(api)).scenarios[0].regions.map((one) => one.name);
  return { ...(await fields(api)), show: { type: "choice", default: "", choices: ["", ...regions] }, pin: { type: "text", max: 6000 } };
}

export async function mount(root, ctx) {
  const { t, f, api } = ctx;
  const all = await offers(api);
  const base = all.scenarios[0];
  const mine = await fields(api);
  const names = naming(t, all);
  const said = wording(ctx, all, names);
  const states = new WeakMap(); // of the bodies that were asked
  const share = (value) => f.percent(value / 100, 0);
  const moves = (key) => ({
    oninput: (value) => ctx.set({ [key]: value }, { done: false }), onchange: (value) => ctx.set({ [key]: value }),
  });
  const choose = (key, label, choices, hint) => select({ label, choices, hint, onchange: (value) => ctx.set({ [key]: value }) });
  const slide = (key, label, min, max, step, format, hint) =>
    slider({ label, hint, min, max, step, value: mine[key].default, format, ...moves(key) });
  const listed = (kind, codes, usual) => [...(usual ? [["", usual]] : []), ...codes.map((one) => [one, names.choice(kind, one)])];
  const control = {
    response: choose("response", t("studio.response"), base.responses.map((one) => [one.name, names.response(one.name)])),
    answers: checks({
      label: t("studio.answers"), hint: t("studio.answers_hint"), className: "row",
      choices: base.answers.map((code) => [code, f.place(code)]), onchange: (answers) => ctx.set({ answers }),
    }),
    threats: choose("threats", t("studio.threats"), ["", "low", "central", "high"].map((one) => [one, t(`studio.threats.${one || "none"}`)])),
    on: date({ label: t("desk.day.on"), min: mine.on.min, max: mine.on.max, onchange: (on) => on && ctx.set({ on, known: on }) }),
    claims: slide("claims", t("studio.claims"), -100, 100, 5, (v) => f.signed(v, 0) + "\u00a0%", t("studio.claims_hint")),
    ...Object.fromEntries(all.contents.map(({ fact }) => [fact, slide(fact, t(`studio.content.${fact}`), 0, 100, 1, share)])),
    barriers: slide("barriers", t("studio.barriers"), 0, 100, 1, share, t("studio.barriers_hint")),
    barrier_set: choose("barrier_set", t("studio.barrier_set"), all.barrier_sets.map((one) => [one, t(`studio.level.${one}`)])),
    partners: slide("partners", t("studio.partners"), 0, 20, 0.5, (v) => f.percent(v / 100, 1), t("studio.partners_hint")),
    sharing: choose("sharing", t("studio.sharing"), listed("sharing", all.sharing)),
    horizon: choose("horizon", t("studio.horizon"), listed("horizon", all.horizons, t("studio.usual"))),
    closure: choose("closure", t("studio.closure"), listed("closure", all.closures, t("studio.usual"))),
    elasticities: choose("elasticities", t("studio.elasticities"), listed("elasticities", all.elasticities, t("studio.usual"))),
  };
  const rates = rateControls(ctx, all, names, () => ctx.get().rates, (list, options) => ctx.set({ rates: list }, options));
  const aside = ["us/s232/autos", "us/s232/steel", "us/s232/aluminium", "us/ieepa/fentanyl-ca"].filter((one) => all.measures.some((m) => m.measure === one));
  const without = aside.map((one) => ({
    one,
    control: flag({
      label: t.prose(all.measures.find((m) => m.measure === one).title),
      onchange: (on) => ctx.set({ without: on ? [...ctx.get().without, one] : ctx.get().without.filter((m) => m !== one) }),
    }),
  }));
  const bare = (state) => write(state, mine);
  const pin = button(t("studio.pin"), () => ctx.set({ pin: bare(ctx.get()) || "-" }), { title: "p" });
  const unpin = button(t("studio.unpin"), () => ctx.set({ pin: "" }));
  const reset = button(t("studio.reset"), () => ctx.go(location.pathname + (ctx.language === "fr" ? "?lang=fr" : "")));
  const side = button(t("studio.compare"), async () => {
    const { pin: pinned, show: _, ...state } = ctx.get();
    ctx.go(await ctx.link("compare", { items: [...(pinned ? [pinned] : []), bare(state) || "-"] }));
  });
  const card = button(t("studio.card"), async () => {
    const { show, ...state } = ctx.get();
    ctx.go(await ctx.link("card", show ? { ...state, show } : state));
  });
  ctx.key("p", t("studio.pin"), () => pin.click());
  ctx.key("r", t("studio.reset"), () => reset.click());
  const follow = select({
    label: t("studio.follow"), onchange: (show) => ctx.set({ show }),
    choices: [["", "–"], ...base.regions.map((one) => [one.name, names.region(one.name)])],
  });
  const again = reproduce(ctx);
  const problem = h("p", { class: "notice wrong", hidden: true, role: "alert" });
  const busy = h("p", { class: "busy", hidden: true }, h("progress", { "aria-label": t("studio.busy") }), h("span", {}, t("studio.busy")));
  const out = results(ctx, all, names);
  const glance = h("p", { class: "glance", "aria-hidden": "true" });
  const part = (key, open, ...nodes) => h("details", { class: "part", open }, h("summary", {}, t(`studio.part.${key}`)), nodes);
  root.append(
    h("h1", {}, t("desk.room.studio")), h("p", { class: "soft lead" }, t("studio.lead")),
    h("div", { class: "workbench" },
      h("section", { class: "steer panel", "aria-label": t("studio.controls") },
        part("rates", true, rates.node),
        part("answer", true, control.response.node, control.sharing.node, control.answers.node, control.threats.node),
        part("home", true, control.barriers.node, control.barrier_set.node, control.partners.node),
        part("law", false, control.on.node, h("fieldset", { class: "field" }, h("legend", {}, t("studio.without")), without.map((one) => one.control.node))),
        part("content", false, control.claims.node, all.contents.map(({ fact }) => control[fact].node)),
        part("how", false, control.horizon.node, control.closure.node, control.elasticities.node), glance),
      h("section", { class: "outcome", "aria-label": t("studio.outcome") },
        h("div", { class: "acts" }, pin, unpin, reset, side, card), follow.node, problem, busy, out.node, again.node)),
  );

  let last = "";
  let timer = 0;
  let late = 0;
  // An answer that takes longer than an eye notices says so, and the old figures turn pale.
  const wait = (on) => {
    clearTimeout(late);
    const show = () => {
      busy.hidden = !on;
      out.node.classList.toggle("waiting", on);
      out.node.setAttribute("aria-busy", String(on));
    };
    if (on && busy.hidden) late = setTimeout(show, NOTICED);
    else show();
  };
  const complain = (error) => {
    wait(false);
    problem.hidden = !error;
    fill(problem, t.wrong(error));
    blame(control, error, t);
    out.node.classList.toggle("waiting", Boolean(error));
    out.node.hidden = Boolean(error) && !out.shown();
  };
  const main = steady(api, "/api/studio", (answer, body) => {
    complain(null);
    if (JSON.stringify(body) !== last) wait(true);
    out.show(answer, { assumed: said.assumed(states.get(body)), noted: said.noted(answer) });
    fill(glance, t("studio.headline", { who: names.region(base.player), change: f.change(answer.player, 2) }));
    clearTimeout(timer);
    timer = setTimeout(() => spread.ask(body), 250);
  }, complain);
  const spread = steady(api, "/api/studio/ranges", (span, body) => {
    if (JSON.stringify(body) === last) out.spread(span);
  }, () => {}, main);
  const pinned = steady(api, "/api/studio", (answer) => out.pinned(answer), complain);
  let pinnedAs = null;

  return {
    update(state) {
      for (const [key, one] of Object.entries(control)) one.set(state[key]);
      for (const { one, control: box } of without) box.set(state.without.includes(one));
      rates.update(state.rates);
      follow.set(state.show);
      out.follow(state.show);
      unpin.hidden = !state.pin;
      const body = bodyOf(state, all);
      const key = JSON.stringify(body);
      if (state.pin !== pinnedAs) {
        pinnedAs = state.pin;
        if (state.pin) pinned.ask(bodyOf(read(state.pin, mine), all));
        else out.pinned(null);
      }
      if (key === last) return;
      last = key;
      clearTimeout(timer);
      spread.forget();
      again.told(body);
      wait(true);
      states.set(body, state);
      main.ask(body);
    },
    destroy: () => [timer, late].forEach(clearTimeout),
  };
}
