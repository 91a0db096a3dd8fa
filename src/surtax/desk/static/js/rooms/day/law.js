// The law of a day in its states, and the events around it.

import { fill, h } from "../../dom.js";
import { authority, kind } from "../../names.js";
import { downloads } from "../../table.js";

const STATES = ["in_force", "signed", "threatened"];
const OTHERS = ["proposed", "conditional", "suspended"];
const PAST = ["ended", "void"];
const FEW = 8;
const COLUMNS = ["id", "title", "status", "kind", "rate", "from", "to", "known_from", "authority", "instrument", "citation"];
const opened = new Set(); // what a person has opened stays open as the day moves

const isDuty = (row) => row.kind === "duty" || row.kind === "fee";

export function measureGroups(root, answer, { t, f }) {
  const of = (status) => grouped(answer.measures.filter((row) => row.status === status));
  const state = (status) => {
    const groups = of(status);
    return h("section", { class: `state ${status}` },
      h("h3", {}, h("i", { class: `mk ${status}` }), t(`state.${status}`), h("span", { class: "soft" }, ` ${groups.length}`)),
      groups.length ? list(groups, status, t, f) : h("p", { class: "small soft" }, t("none")));
  };
  const others = OTHERS.filter((status) => of(status).length);
  const past = PAST.flatMap((status) => of(status).map((group) => ({ ...group, status })));
  fill(root,
    h("h2", {}, t("desk.day.law")),
    answer.stale && h("p", { class: "notice" }, t("desk.stale", { day: f.day(answer.verified_to) })),
    STATES.map(state), others.map(state),
    past.length > 0 && fold("past", t("desk.day.past", { n: past.length }), past.map((group) => item(group, group.status, t, f))),
    downloads(`measures-${answer.into}-${answer.on}`, COLUMNS.map((key) => ({ key })), answer.measures, t));
}

function grouped(rows) {
  const out = new Map();
  for (const row of rows) {
    const key = row.id.split("#")[0];
    if (!out.has(key)) out.set(key, { id: key, title: row.title, authority: row.authority, rows: [] });
    out.get(key).rows.push(row);
  }
  // Duties first: what only relieves or orders them comes after.
  return [...out.values()].sort((a, b) => b.rows.some(isDuty) - a.rows.some(isDuty));
}

function list(groups, status, t, f) {
  const first = groups.slice(0, FEW).map((group) => item(group, status, t, f));
  const more = groups.slice(FEW).map((group) => item(group, status, t, f));
  return [h("ul", { class: "measures" }, first),
    more.length > 0 && fold(`more-${status}`, t("law.more", { n: more.length }), more)];
}

function fold(key, words, items) {
  const box = h("details", { open: opened.has(key), ontoggle: () => (box.open ? opened.add(key) : opened.delete(key)) },
    h("summary", {}, words), h("ul", { class: "measures" }, items));
  return box;
}

function item(group, status, t, f) {
  const duties = group.rows.filter((row) => row.rate);
  const rates = [...new Set(duties.map((row) => said(row.rate, t, f)))];
  const begins = group.rows.map((row) => row.from).filter(Boolean).sort()[0];
  const when = begins && t(status === "in_force" ? "law.since" : "law.from", { day: f.day(begins) });
  const key = `${status}:${group.id}`;
  const box = h("details", { open: opened.has(key), ontoggle: () => (box.open ? opened.add(key) : opened.delete(key)) },
    h("summary", {}, t("desk.day.provisions", { n: group.rows.length })),
    h("ul", { class: "provisions" }, group.rows.map((row) => h("li", {},
      h("b", {}, row.rate ? said(row.rate, t, f) : kind(t, row.kind)), " ", t.prose(row.id.split("#")[1]),
      row.from && h("span", { class: "soft" }, `, ${f.day(row.from)}${row.to ? ` – ${f.day(row.to)}` : ""}`),
      h("span", { class: "soft cite" }, t.prose(row.citation)), row.says && h("span", { class: "soft cite" }, t.prose(row.says))))));
  return h("li", {},
    h("span", { class: `what ${PAST.includes(status) ? status : ""}` }, t.prose(group.title)),
    h("span", { class: "r" }, rates.length > 3 ? t("desk.day.rates_n", { low: rates[0], n: rates.length - 1 }) : rates.join(", ") || t("law.no_rate")),
    h("span", { class: "d" }, [authority(t, group.authority), when].filter(Boolean).join(", ")), box);
}

// A rate as the law writes it, in the signs of the language.
function said(rate, t, f) {
  if (rate.startsWith("unknown")) return t("law.unknown_rate");
  if (rate.startsWith("declared")) return t("desk.day.declared");
  const signs = f.language === "fr" ? rate.replace(/(\d)\.(\d)/g, "$1,$2") : rate;
  return signs.replaceAll("%", "\u00a0%");
}

export function eventList(root, answer, { t, f }) {
  const rows = answer.events.map((event) => {
    const here = event.date === answer.on;
    const later = event.date > answer.on;
    return h("li", { class: here ? "here" : later ? "later" : null, "aria-current": here ? "date" : null },
      h("time", { datetime: event.date }, f.day(event.date)),
      h("span", { class: "tag" }, kind(t, event.kind)),
      h("span", { class: "what" }, t.prose(event.title)),
      h("span", { class: "soft cite" }, t.prose(event.citation)));
  });
  fill(root, h("h2", {}, t("desk.day.events")),
    h("p", { class: "small soft" }, t("desk.day.events_note", { on: f.day(answer.on), known: f.day(answer.known) })),
    rows.length ? h("ol", { class: "timeline" }, rows) : h("p", {}, t("none")),
    downloads(`events-${answer.into}-${answer.on}`, ["date", "kind", "title", "measure", "citation", "known_from"].map((key) => ({ key })), answer.events, t));
}
