// A day in the dispute: a slider over days of law, a second over days of knowledge.

import { bars } from "../charts/bars.js";
import { frame } from "../charts/frame.js";
import { steps } from "../charts/steps.js";
import { blame, dayMarks, daySlider, radios, select } from "../controls.js";
import { fill, h } from "../dom.js";
import { authority } from "../names.js";
import { eventList, measureGroups } from "./day/law.js";

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
    const placed = blame(control, error);
    problem.hidden = !error || placed;
    fill(problem, error?.message ?? "");
  };
  const page = ratesPage(rates, ctx, min);
  let timer = 0;
  let asked = "";

  function askRates(question) {
    clearTimeout(timer);
    askPath((signal) => api.get("/api/day/path", question, { signal }), (path) => {
      if (ctx.get().on !== question.on) return;
      page.show(path, ctx.get(), question.known);
      if (path.done < path.of) timer = setTimeout(() => askRates(question), 300);
    }, (error) => page.none(error.message));
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
      else if (page.holds(state, known)) page.move(state, known);
      else askRates(question);
    },
    destroy: () => clearTimeout(timer),
  };
}

const COLORS = ["o1", "o2", "o3", "o4"];

// The headline, the path with its parts by authority, and the partners.
function ratesPage(root, { t, f, set, say }, since) {
  let path = null;
  let chart = null;
  let partners = null;
  const headline = h("div", {});
  const parts = h("ul", { class: "parts" });
  const progress = h("p", { class: "small soft", hidden: true });

  const turnOn = (on) => path.turns.findLast((turn) => turn.from <= on);
  const nameOf = (one) => (one.code === "rest" ? t("desk.day.rest") : f.place(one.code));

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
      h("p", { class: "small soft" }, t("desk.day.rate_is", { place: f.place(path.into.slice(0, 2)), year: path.year })),
      partner && here?.partners[partner.code] !== undefined &&
        h("p", {}, t("desk.day.partner_rate", { partner: nameOf(partner), rate: f.percent(here.partners[partner.code]) })));
    progress.hidden = path.done === path.of;
    fill(progress, t("desk.day.progress", { done: path.done, of: path.of }));
    const word = (one) => (one === "others" ? t("desk.day.others") : authority(t, one, path.year));
    const values = here && valuesOf(here);
    fill(parts, values && shown.filter((one) => values[one.name] > 0).map((one) =>
      h("li", {}, h("i", { class: `swatch ${one.color}` }), h("span", {}, word(one.name)), h("b", {}, f.percent(values[one.name], 2)))));
    const source = t("desk.day.source", { source: path.source, claims: path.claims ? t("desk.day.claims", { year: path.claims }) : "", known: f.day(path.known) });
    const narrow = root.clientWidth < 480;
    const told = {
      finding, source, name: `effective-rates-${path.into}-known-${path.known}`,
      picture: steps(path.turns.map((turn) => ({ from: turn.from, values: valuesOf(turn) })), shown, {
        since: path.since, until: path.until, on: state.on, known, f, label: finding, width: narrow ? 360 : 600, height: narrow ? 220 : 260,
        said: { on: f.dayShort(state.on), known: t("desk.day.known_mark", { day: f.dayShort(known) }) },
        onpick: (on) => set({ on }),
      }),
      columns: [
        { key: "from", label: t("desk.from_day"), show: f.day },
        { key: "rate", label: t("desk.rate"), number: true, show: (v) => f.percent(v, 2) },
        ...path.authorities.map((one) => ({ key: one, label: authority(t, one, path.year), number: true, show: (v) => f.percent(v ?? 0, 2) })),
      ],
      rows: path.turns.filter((turn) => turn.rate !== null).map((turn) => ({ from: turn.from, rate: turn.rate, ...turn.authorities })),
    };
    if (!chart) chart = frame({ ...told, t });
    else chart.update(told);
    const rows = path.partners.map((one) => ({
      code: one.code, name: nameOf(one), imports: one.imports, rate: here?.partners[one.code] ?? null,
    }));
    const known_ = rows.filter((row) => row.rate !== null);
    const top = known_.filter((row) => row.code !== "rest").reduce((a, b) => (a && a.rate >= b.rate ? a : b), null);
    const toldPartners = {
      finding: top && known_.length > 1
        ? t("desk.day.partners", { partner: top.name, rate: f.percent(top.rate) }) : t("desk.day.partners_none"),
      picture: bars(known_.map((row) => ({ name: row.name, value: row.rate, text: f.percent(row.rate), soft: partner && row.code !== partner.code })),
        { width: narrow ? 360 : 600, label: t("desk.day.by_partner") }),
      source: t("desk.day.partner_note", { money: f.bigMoney(path.imports, path.currency), year: path.year }),
      name: `effective-rates-${path.into}-${state.on}-by-partner`,
      columns: [
        { key: "name", label: t("desk.day.partner") },
        { key: "imports", label: t("desk.day.imports"), number: true, show: (v) => f.bigMoney(v, path.currency) },
        { key: "rate", label: t("desk.rate"), number: true, show: (v) => f.percent(v, 2) },
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
