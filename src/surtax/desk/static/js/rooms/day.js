// A day in the dispute: a slider over days of law, a second over days of knowledge.

import { blame, dayMarks, daySlider, radios, select } from "../controls.js";
import { fill, h } from "../dom.js";
import { eventList, measureGroups } from "./day/law.js";
import { ratesPage } from "./day/rates.js";

export const name = "day";

export const INTO = ["US", "CA", "CN", "EU", "MX"];
export const FROM = ["", "CA", "US", "MX", "CN", "EU", "GB", "JP", "KR", "BR", "IN", "VN", "CH", "TW"];

export async function spec(api) {
  const { complete_from: min, verified_to: max } = await api.get("/api/about");
  return {
    on: { type: "date", default: max, min, max },
    as: { type: "choice", choices: ["then", "now", "pick"], default: "then" },
    known: { type: "date", default: max, min, max },
    into: { type: "choice", choices: INTO, default: "US" },
    from: { type: "choice", choices: FROM, default: "CA" },
  };
}

const knownOf = (state, last) => ({ then: state.on, now: last, pick: state.known })[state.as];

export async function mount(root, ctx) {
  const { t, f, api } = ctx;
  const { complete_from: min, verified_to: max } = await api.get("/api/about");
  const ticks = await api.get("/api/day/ticks");
  const now = () => knownOf(ctx.get(), max);
  const control = {
    on: daySlider({
      label: t("desk.day.on"), min, max, value: max, format: f.day, mark: dayMarks(ticks.on, min, max),
      oninput: (on) => ctx.set({ on }, { done: false }), onchange: (on) => ctx.set({ on }),
    }),
    as: radios({
      label: t("desk.day.as"), className: "row", value: "then",
      choices: ["then", "now", "pick"].map((one) => [one, t(`desk.day.as.${one}`)]),
      onchange: (as) => ctx.set({ as, known: now() }),
    }),
    known: daySlider({
      label: t("desk.day.known"), min, max, value: max, format: f.day, mark: dayMarks(ticks.known, min, max),
      oninput: (known) => ctx.set({ known, as: "pick" }, { done: false }),
      onchange: (known) => ctx.set({ known, as: "pick" }),
    }),
    into: select({
      label: t("desk.into"), choices: INTO.map((code) => [code, f.place(code)]),
      onchange: (into) => ctx.set({ into }),
    }),
    from: select({
      label: t("desk.from"), choices: FROM.map((code) => [code, code ? f.place(code) : t("desk.all_origins")]),
      onchange: (from) => ctx.set({ from }),
    }),
  };
  const step = (key, words) => h("button", { type: "button", onclick: () => jump(key) }, words);
  const previous = step("previous", t("desk.day.previous"));
  const next = step("next", t("desk.day.next"));
  const problem = h("p", { class: "notice wrong", hidden: true, role: "alert" });
  const rates = h("section", { class: "rates", "aria-label": t("desk.day.rates") });
  const law = h("section", { class: "law", "aria-label": t("desk.day.law") });
  const events = h("section", { class: "events", "aria-label": t("desk.day.events") });
  root.append(
    h("h1", {}, t("desk.room.day")), h("p", { class: "soft lead" }, t("desk.day.lead")),
    h("div", { class: "panel days" },
      h("div", { class: "wide" }, control.on.node, control.known.node),
      h("div", { class: "narrow" }, control.as.node, h("div", { class: "pair" }, control.into.node, control.from.node),
        h("div", { class: "pair" }, previous, next))),
    problem, h("div", { class: "three" }, rates, law, events),
  );

  let told = null;
  const jump = (key) => told?.[key] && ctx.set({ on: told[key] });
  ctx.key("p", t("desk.day.previous"), () => jump("previous"));
  ctx.key("n", t("desk.day.next"), () => jump("next"));

  const askLaw = api.newest();
  const askPath = api.newest();
  const complain = (error) => {
    const placed = blame(control, error, t);
    problem.hidden = !error || placed;
    fill(problem, t.wrong(error));
  };
  const page = ratesPage(rates, ctx, min);
  let timer = 0;
  let asked = "";

  function askRates(question) {
    clearTimeout(timer);
    askPath((signal) => api.get("/api/day/path", question, { signal }), (path) => {
      if (ctx.get().on !== question.on) return;
      page.show(path, ctx.get(), question.known);
      if (path.ranged < path.of) timer = setTimeout(() => askRates(question), path.done < path.of ? 300 : 700);
    }, (error) => page.none(t.wrong(error)));
  }

  return {
    update(state) {
      const known = knownOf(state, max);
      control.on.set(state.on);
      control.known.set(known);
      control.as.set(state.as);
      control.into.set(state.into);
      control.from.set(state.from);
      const question = { on: state.on, known, into: state.into, from: state.from };
      const key = JSON.stringify(question);
      if (key === asked) return;
      asked = key;
      askLaw((signal) => api.get("/api/day", question, { signal }), (answer) => {
        complain(null);
        told = answer;
        previous.disabled = !answer.previous;
        next.disabled = !answer.next;
        measureGroups(law, answer, ctx);
        eventList(events, answer, ctx);
      }, complain);
      // A path that was rated already holds every day: no question is needed to move along it.
      if (!ticks.rated.includes(state.into)) page.none(t("desk.day.no_rates", { place: f.place(state.into) }));
      else {
        if (page.holds(state, known)) page.move(state, known);
        if (!page.holds(state, known) || !page.ranged()) askRates(question);
      }
    },
    destroy: () => clearTimeout(timer),
  };
}
