// One job: what it found so far, or its answer and what can be done with it.

import { fill, h } from "../../dom.js";
import { save, table } from "../../table.js";
import { offers, stateOf as studioOf } from "../studio/state.js";
import { step } from "./names.js";
import { pictures } from "./result.js";

export function jobPage(ctx, known) {
  const { t, f, api } = ctx;
  const titles = Object.fromEntries(known.sectors.map((one) => [one.name, one.text]));
  const node = h("section", { class: "job", "aria-live": "off" });
  let before = "";

  function figures(found) {
    if ("payoff" in found) return t("jobs.figure.payoff", { value: f.change(found.payoff, 4) });
    if ("gain" in found) return t("jobs.figure.gain", { value: f.pp(found.gain, 6) });
    return "";
  }

  const partial = (job) => job.partial.length > 0 && h("details", { open: job.state !== "done" },
    h("summary", {}, t("jobs.partial")),
    table({
      caption: t("jobs.partial"),
      columns: [
        { key: "step", label: t("jobs.partial.step"), show: (text) => step(t, text, f) },
        { key: "figures", label: t("jobs.partial.figure"), number: true, show: figures },
        { key: "seconds", label: t("jobs.partial.seconds"), number: true, show: (v) => f.number(v, 1) },
      ],
      rows: job.partial,
    }));

  // The link to the studio in which what was found is in force.
  const studio = (state) => {
    const link = h("a", { href: "/studio", hidden: true, onclick: (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      ctx.go(link.getAttribute("href"));
    } }, t("jobs.studio"));
    offers(api).then((all) => ctx.link("studio", studioOf(state, all))).then((path) => {
      link.setAttribute("href", path);
      link.hidden = false;
    });
    return link;
  };

  const uses = (job) => h("section", {}, h("h3", {}, t("jobs.on")),
    h("p", {}, h("a", { href: `/response${location.search}`, onclick: (event) => {
      event.preventDefault();
      ctx.set(stateOf(job));
    } }, t("jobs.again"))),
    job.studio && h("p", {}, studio(job.studio)),
    job.files.length > 0 && h("div", {}, h("h4", {}, t("jobs.files")),
      job.kind === "list" && h("p", { class: "small soft" }, t("jobs.files.list")),
      h("ul", { class: "small" }, job.files.map((name) =>
        h("li", {}, h("a", { href: `/api/jobs/${job.id}/files/${name}`, download: name.split("/").at(-1) }, name))))),
    h("h4", {}, t("jobs.command")), h("pre", { tabindex: "0" }, job.command),
    h("p", { class: "downloads" }, h("button", { type: "button", onclick: () =>
      save(`job-${job.id}.json`, "application/json", JSON.stringify(job.result, null, 1)) }, t("jobs.json"))));

  return {
    node,
    async show(number) {
      if (number === null) {
        before = "";
        fill(node);
        return;
      }
      const job = await api.get(`/api/jobs/${number}`);
      const key = JSON.stringify([job.id, job.state, job.partial.length, job.error]);
      if (key === before) return;
      before = key;
      fill(node, h("h2", {}, t("desk.pair", { what: t("jobs.number", { n: job.id }), value: t(`jobs.kind.${job.kind}`) })),
        job.error && h("p", { class: "notice wrong", role: "alert" }, [t("jobs.failed"), t.wrong({ kind: "other", ...job.error })]),
        job.result && pictures(job, ctx, titles), partial(job), job.result && uses(job));
    },
  };
}

// The state of the form that asks what a job asked.
function stateOf(job) {
  const { request, kind } = job;
  const percent = (value) => Math.round(value * 1e6) / 1e4;
  const billions = (text) => (text && text !== "0" ? Number(text) / 1e9 : null);
  const out = { ...request, kind };
  for (const key of ["lower", "upper", "rate"]) if (key in out) out[key] = percent(out[key]);
  for (const key of ["limit", "least_harm", "payments"]) if (key in out) out[key] = billions(out[key]);
  if (out.response === "no-answer") out.response = "";
  if (out.against?.length === 0) delete out.against;
  for (const key of ["player", "closure"]) if (out[key] === null) delete out[key];
  return out;
}
