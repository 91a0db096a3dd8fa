// A file of entries: rated, audited and refund-checked on this machine, in the work folder.

import { checks, date, select } from "../../controls.js";
import { fill, h } from "../../dom.js";
import { table } from "../../table.js";
import { INTO } from "../duty.js";

const TASKS = ["rate", "audit", "refund"];

export function entriesView(ctx) {
  const { t, f, api, say } = ctx;
  const tasks = checks({ label: t("desk.entries.tasks"), value: TASKS, choices: TASKS.map((one) => [one, t(`desk.entries.${one}`), t(`desk.entries.${one}_hint`)]) });
  const ground = select({ label: t("desk.entries.ground"), choices: [["", "…"]] });
  const into = select({ label: t("desk.entries.into"), choices: [["", t("desk.entries.by_column")], ...INTO.map((code) => [code, f.place(code)])] });
  const known = date({ label: t("desk.duty.known") });
  const input = h("input", { type: "file", accept: ".csv,text/csv", id: "entries-file", onchange: () => input.files[0] && send(input.files[0]) });
  const drop = h("div", { class: "drop" },
    h("label", { for: "entries-file" }, h("b", {}, t("desk.entries.drop")), h("span", { class: "hint" }, t("desk.entries.bounds"))), input);
  const status = h("div", { class: "status" });
  const result = h("section", { "aria-label": t("desk.duty.answer") });
  const node = h("div", { class: "desk" },
    h("form", { class: "panel", onsubmit: (event) => event.preventDefault() }, tasks.node, ground.node, into.node, known.node,
      h("p", { class: "small soft" }, t("desk.entries.private"))),
    h("div", {}, drop, status, result));
  let about = null;
  let run = null;
  let timer = 0;
  let sending = null;

  Promise.all([api.get("/api/about"), api.get("/api/entries/grounds")]).then(([told, grounds]) => {
    about = told;
    ground.offer(grounds.map((one) => [one.ground, `${t.told(one.title)} (${f.place(one.into)})`]), grounds[0]?.ground);
    drop.querySelector(".hint").textContent = t("desk.entries.bounds", { size: f.number(told.max_upload / 2 ** 20) });
  }, (error) => complain(error));

  for (const kind of ["dragover", "dragenter"]) {
    drop.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.add("over");
    });
  }
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    if (event.dataTransfer.files[0]) send(event.dataTransfer.files[0]);
  });

  const complain = (error) => {
    fill(status, h("p", { class: "notice wrong", role: "alert" }, t.wrong(error)));
    input.value = "";
  };

  async function send(file) {
    await forget();
    fill(result);
    if (about && file.size > about.max_upload) {
      complain({ message: t("desk.entries.too_large", { size: f.number(about.max_upload / 2 ** 20) }) });
      return;
    }
    sending = new AbortController();
    const bar = h("progress", { max: 1, value: 0, "aria-label": t("desk.entries.sending") });
    fill(status, h("p", {}, t("desk.entries.sending")), bar, stopButton(() => sending.abort()));
    try {
      run = await api.upload("/api/entries", file, {
        do: tasks.get(), ground: ground.get(), into: into.get(), known: known.get(),
      }, { signal: sending.signal, told: (share) => (bar.value = share) });
      input.value = "";
      look();
    } catch (error) {
      if (error.name === "AbortError") fill(status);
      else complain(error);
    }
  }

  const stopButton = (act) => h("button", { type: "button", onclick: act }, t("desk.entries.stop"));

  async function look() {
    const mine = run.id;
    try {
      const told = await api.get(`/api/entries/${mine}`);
      if (run?.id !== mine) return;
      run = told;
    } catch (error) {
      complain(error);
      return;
    }
    show();
    if (run.state === "waiting" || run.state === "running") timer = setTimeout(look, 500);
    else say(t("desk.entries.done", { name: run.name }));
  }

  async function forget() {
    clearTimeout(timer);
    const old = run;
    run = null;
    fill(status);
    fill(result);
    if (old) await api.remove(`/api/entries/${old.id}`).catch(() => {});
  }

  function show() {
    const busy = run.state === "waiting" || run.state === "running";
    fill(status, busy
      ? [h("p", {}, t(`desk.entries.${run.state}`, { name: run.name, task: run.task ? t(`desk.entries.${run.task}`) : "", lines: f.number(run.lines) })),
        h("progress", { max: 1, value: run.share, "aria-label": run.name }), stopButton(forget)]
      : [h("p", {}, t("desk.entries.done", { name: run.name })),
        h("button", { type: "button", onclick: forget }, t("desk.entries.remove"))]);
    fill(result,
      Object.entries(run.errors).map(([task, message]) => h("p", { class: "notice wrong" }, t.around("desk.pair", { what: h("b", {}, t(`desk.entries.${task}`)), value: t.wrong({ kind: "other", message }) }))),
      run.answers.rate && rated(run.answers.rate, t, f),
      run.answers.audit && audited(run.answers.audit, t, f),
      run.answers.refund && refunded(run.answers.refund, t, f),
      run.files.length > 0 && [h("h3", {}, t("desk.entries.files")),
        h("ul", { class: "files" }, run.files.map((file) => h("li", {},
          h("a", { href: `/api/entries/${run.id}/${encodeURIComponent(file.name)}`, download: file.name }, file.name),
          h("span", { class: "soft" }, ` ${f.number(Math.ceil(file.bytes / 1024))} KB`))))],
      h("details", {}, h("summary", {}, t("desk.entries.columns")), h("p", { class: "small" }, t.prose(run.family)),
        table({ caption: t("desk.entries.columns"), columns: [{ key: "header", label: t("desk.entries.header") }, { key: "column", label: t("desk.entries.read_as") }],
          rows: Object.entries(run.columns).map(([header, column]) => ({ header, column })) }),
        run.unused.length > 0 && h("p", { class: "small" }, t("desk.entries.unused", { what: run.unused.join(", ") }))));
  }

  return { node, update() {}, destroy: () => {
    clearTimeout(timer);
    sending?.abort();
  } };
}

const card = (title, ...children) => h("div", { class: "card" }, h("h3", {}, title), children);
const amounts = (value, currency, f) => typeof value === "object" && value !== null
  ? f.list(Object.entries(value).map(([name, one]) => f.money(one, name))) : f.money(value, currency);
const rejected = (answer, t, f) => [
  answer.rejected > 0 && h("p", {}, t("desk.entries.rejected", { n: f.number(answer.rejected), file: answer.rejects })),
  answer.stale > 0 && h("p", {}, t("desk.entries.stale", { n: f.number(answer.stale), day: f.day(answer.verified_to) })),
];
const pairs = (caption, rows, columns) => table({ caption, columns, rows });

function rated(answer, t, f) {
  const owed = Object.entries(answer.duty_by_currency).map(([name, value]) => f.money(value, name));
  return card(t("desk.entries.rate"),
    h("p", { class: "big" }, owed.join(", ") || "–"),
    h("p", { class: "soft" }, t("desk.entries.rated", { lines: f.number(answer.lines), seconds: f.number(answer.seconds, 1), known: f.day(answer.known) })),
    rejected(answer, t, f));
}

function audited(answer, t, f) {
  const rows = Object.entries(answer.findings).map(([finding, row]) => ({ finding, ...row }));
  return card(t("desk.entries.audit"),
    h("p", {}, t("desk.entries.audited", { clean: f.number(answer.clean), lines: f.number(answer.lines - answer.rejected) })),
    rows.length > 0 && pairs(t("desk.entries.audit"), rows, [
      { key: "finding", label: t("desk.entries.finding"), show: t.prose },
      { key: "count", label: t("desk.entries.lines"), number: true, show: (n) => f.number(n) },
      { key: "amount", label: t("desk.entries.over"), number: true, show: (value) => amounts(value, answer.currency, f) }]),
    h("p", {}, t("desk.entries.paid", { over: amounts(answer.over_paid, answer.currency, f), under: amounts(answer.under_paid, answer.currency, f) })),
    rejected(answer, t, f));
}

function refunded(answer, t, f) {
  const money = (value) => f.money(value, answer.currency);
  return card(t("desk.entries.refund"),
    h("p", { class: "big" }, money(answer.refundable)),
    h("p", { class: "soft" }, t("desk.entries.refunded", { eligible: f.number(answer.eligible), lines: f.number(answer.lines), known: f.day(answer.known) })),
    answer.citation && h("p", { class: "small soft" }, t.prose(answer.citation)),
    answer.elsewhere.length > 0 && h("p", { class: "small soft" }, t("desk.entries.elsewhere", { what: answer.elsewhere.join(", ") })),
    answer.routes.length > 0 && pairs(t("desk.entries.routes"), answer.routes, [
      { key: "route", label: t("desk.entries.route"), show: t.prose },
      { key: "deadline", label: t("desk.entries.until"), show: (day) => (day ? f.day(day) : "–") },
      { key: "lines", label: t("desk.entries.lines"), number: true, show: (n) => f.number(n) },
      { key: "amount", label: t("duty.amount"), number: true, show: money }]),
    Object.keys(answer.by_month).length > 0 && pairs(t("desk.entries.by_month"),
      Object.entries(answer.by_month).map(([month, amount]) => ({ month, amount })),
      [{ key: "month", label: t("desk.entries.month") }, { key: "amount", label: t("duty.amount"), number: true, show: money }]),
    Object.keys(answer.not_eligible).length > 0 && pairs(t("desk.entries.not_back"),
      Object.entries(answer.not_eligible).map(([reason, lines]) => ({ reason, lines })),
      [{ key: "reason", label: t("desk.entries.not_back"), show: t.prose }, { key: "lines", label: t("desk.entries.lines"), number: true, show: (n) => f.number(n) }]),
    rejected(answer, t, f));
}
