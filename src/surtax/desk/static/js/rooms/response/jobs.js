// The jobs of this desk, the newest first: how far each is, and what can be done with it.

import { fill, h } from "../../dom.js";
import { step } from "./names.js";

export const time = (t, f, seconds) =>
  seconds < 90 ? t("jobs.seconds", { n: f.number(Math.max(1, seconds)) }) : t("jobs.minutes", { n: f.number(seconds / 60) });

export function jobList({ t, f }, { act, show }) {
  const rows = h("ul", { class: "jobs" });
  const empty = h("p", { class: "soft" }, t("jobs.none"));
  const made = new Map();

  const press = (verb, number, label) =>
    h("button", { type: "button", class: "plain", onclick: () => act(verb, number) },
      label, h("span", { class: "hidden" }, ` ${t("jobs.of", { n: number })}`));

  function row(id) {
    const open = h("button", { type: "button", class: "plain", onclick: () => show(id) });
    const bar = h("progress", { "aria-label": t("jobs.number", { n: id }) });
    const said = h("span", { class: "soft small" });
    const acts = h("span", { class: "acts" });
    const node = h("li", {}, h("div", { class: "head" }, open, acts), bar, said);
    let before = "";
    let offered = null;
    return {
      node,
      update(job, chosen) {
        const key = JSON.stringify([job, chosen]);
        if (key === before) return;
        before = key;
        const live = ["queued", "running"].includes(job.state);
        node.classList.toggle("chosen", chosen);
        if (chosen) open.setAttribute("aria-current", "true");
        else open.removeAttribute("aria-current");
        fill(open, t("desk.pair", { what: t("jobs.number", { n: id }), value: `${t(`jobs.kind.${job.kind}`)}, ${t(`jobs.state.${job.state}`)}` }));
        bar.hidden = !live;
        if (job.total) {
          bar.max = job.total;
          bar.value = Math.min(job.done, job.total);
        } else bar.removeAttribute("value");
        const left = job.left === null ? t("jobs.left_unknown") : t("jobs.left", { time: time(t, f, job.left) });
        const now = job.state === "running" && job.text
          ? `${step(t, job.text, f)} · ${t("jobs.progress", { done: job.done, total: Math.max(job.done, job.total) })} · ${left}` : "";
        fill(said, now);
        const verb = live ? "cancel" : ["failed", "cancelled"].includes(job.state) ? "resume" : "";
        if (verb === offered) return; // a button under a finger or a key stays where it is
        offered = verb;
        const focused = acts.contains(document.activeElement);
        fill(acts, verb && press(verb, id, t(`jobs.${verb}`)), !live && press("remove", id, t("jobs.remove")));
        if (focused) acts.querySelector("button")?.focus();
      },
    };
  }

  return {
    // After a search was started: its row, which tells how far it is, comes into sight.
    focus: (id) => made.get(id)?.node.querySelector("button").focus(),
    node: h("section", { "aria-label": t("jobs.list") }, h("h2", {}, t("jobs.list")), rows, empty),
    show(jobs, chosen) {
      empty.hidden = jobs.length > 0;
      const known = new Set(jobs.map((one) => one.id));
      for (const [id, one] of made) {
        if (!known.has(id)) {
          one.node.remove();
          made.delete(id);
        }
      }
      jobs.forEach((job, at) => {
        if (!made.has(job.id)) {
          made.set(job.id, row(job.id));
          rows.insertBefore(made.get(job.id).node, rows.children[at] ?? null);
        }
        made.get(job.id).update(job, job.id === chosen);
      });
    },
  };
}
