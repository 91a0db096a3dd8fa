// The response room: ask for a long search, see how far it is, read and use what it found.

import { fill, h } from "../dom.js";
import { form } from "./response/form.js";
import { jobList } from "./response/jobs.js";
import { jobPage } from "./response/page.js";

export const name = "response";
export const KINDS = ["best", "nash", "bargain", "list", "platforms", "sweep"];
export const INSTRUMENTS = ["tariff", "export-tax", "quota", "quota-abroad", "transfer", "barrier", "trade-cost"];

export async function spec(api) {
  const known = await api.get("/api/jobs/choices");
  const names = (rows) => rows.map((one) => one.name);
  const percent = (value) => ({ type: "number", default: value, min: 0, max: 1000 });
  return {
    kind: { type: "choice", choices: KINDS, default: "best" },
    scenario: { type: "choice", choices: names(known.scenarios), default: names(known.scenarios)[0] },
    player: { type: "choice", choices: names(known.players), default: "CAN" },
    against: { type: "list", choices: names(known.players), default: ["USA"], max: 7 },
    objective: { type: "text", default: "real-income" },
    instruments: { type: "list", choices: INSTRUMENTS, default: ["tariff"] },
    sectors: { type: "list", choices: names(known.sectors) },
    lower: percent(0),
    upper: percent(100),
    limit: { type: "number", default: null, min: 0 },
    limit_on: { type: "choice", choices: ["covered", "duty"], default: "covered" },
    rate: percent(25),
    least_harm: { type: "number", default: null, min: 0 },
    payments: { type: "number", default: null, min: 0 },
    ground: { type: "choice", choices: ["", ...names(known.grounds)], default: "" },
    response: { type: "choice", choices: ["", ...names(known.responses)], default: "" },
    answers: { type: "list", choices: known.answers },
    closure: { type: "choice", choices: ["", ...known.closures], default: "" },
    starts: { type: "number", default: 3, min: 1, max: 20 },
    seed: { type: "number", default: 0, min: 0, max: 2147483647 },
    order: { type: "choice", choices: ["simultaneous", "alternating"], default: "simultaneous" },
    points: { type: "number", default: 9, min: 1, max: 25 },
    ranges: { type: "flag", default: true },
    platforms: { type: "list", choices: names(known.platforms), default: names(known.platforms) },
    draws: { type: "number", default: 200, min: 1, max: 20000 },
    threats: { type: "flag", default: true },
    job: { type: "number", default: null, min: 1 },
  };
}

export async function mount(root, ctx) {
  const { t, api } = ctx;
  const known = await api.get("/api/jobs/choices");
  const asked = form(ctx, known, submit);
  const page = jobPage(ctx, known);
  const list = jobList(ctx, { act, show: (job) => ctx.set({ job }) });
  root.append(
    h("h1", {}, t("desk.room.response")), h("p", { class: "soft lead" }, t("jobs.lead")),
    h("div", { class: "response-room" }, asked.node, h("div", {}, list.node, page.node)),
  );
  ctx.key("s", t("jobs.key.submit"), submit);
  let timer = 0;
  let gone = false;
  const states = new Map();

  async function submit() {
    asked.complain(null);
    try {
      const job = await api.post("/api/jobs", asked.request(ctx.get()));
      ctx.set({ job: job.id });
      await look();
      list.focus(job.id);
    } catch (error) {
      asked.complain(error);
    }
  }

  async function act(verb, number) {
    try {
      if (verb === "remove") {
        await api.remove(`/api/jobs/${number}`);
        if (ctx.get().job === number) ctx.set({ job: null });
      } else await api.post(`/api/jobs/${number}/${verb}`, {});
    } catch (error) {
      asked.complain(error);
    }
    await look();
  }

  // One look at the journal; the next follows while something moves.
  async function look() {
    clearTimeout(timer);
    let live = false;
    try {
      const { jobs } = await api.get("/api/jobs");
      if (gone) return;
      list.show(jobs, ctx.get().job);
      live = jobs.some((one) => ["queued", "running"].includes(one.state));
      for (const one of jobs) {
        if (states.has(one.id) && states.get(one.id) !== one.state) {
          ctx.say(t("jobs.announce", { n: one.id, state: t(`jobs.state.${one.state}`) }));
        }
        states.set(one.id, one.state);
      }
      await page.show(jobs.some((one) => one.id === ctx.get().job) ? ctx.get().job : null);
    } catch (error) {
      if (!gone) fill(page.node, h("p", { class: "notice wrong", role: "alert" }, t.wrong(error)));
      live = true;
    }
    if (!gone && live) timer = setTimeout(look, 700);
  }

  let chosen;
  return {
    update(state) {
      asked.show(state);
      if (state.job !== chosen) {
        chosen = state.job;
        look();
      }
    },
    destroy() {
      gone = true;
      clearTimeout(timer);
    },
  };
}
