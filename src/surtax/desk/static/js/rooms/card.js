// The journalist's card: one number, its date and source, a picture, and a snippet to embed.

import { tiles } from "../charts/tiles.js";
import { button, select } from "../controls.js";
import { fill, h } from "../dom.js";
import { save } from "../table.js";
import { wording } from "./studio/assumed.js";
import { bodyOf, fields, naming, offers } from "./studio/state.js";

export const name = "card";

export async function spec(api) {
  const all = await offers(api);
  const regions = all.scenarios[0].regions.map((one) => one.name);
  return { show: { type: "choice", default: "CAN", choices: ["CAN", ...regions] }, ...(await fields(api)) };
}

export async function mount(root, ctx) {
  const { t, f, api } = ctx;
  const all = await offers(api);
  const names = naming(t, all);
  const said = wording(ctx, all, names);
  const base = all.scenarios[0];
  const level = (value) => f.change(value, 2);
  const show = select({
    label: t("studio.card_show"), onchange: (code) => ctx.set({ show: code }),
    choices: ["CAN", ...base.regions.map((one) => one.name)].map((code) => [code, names.region(code)]),
  });
  const paper = h("article", { class: "clip" });
  const code = h("textarea", { readonly: true, rows: 6, "aria-label": t("studio.embed") });
  const problem = h("p", { class: "notice wrong", hidden: true, role: "alert" });
  const copy = button(t("studio.copy"), async () => {
    code.select();
    await navigator.clipboard?.writeText(code.value);
    ctx.say(t("studio.copied"));
  });
  const download = button("SVG", () => save("surtax-card.svg", "image/svg+xml", picture()));
  const back = button(t("studio.open_studio"), async () => {
    const { show: _, ...state } = ctx.get();
    ctx.go(await ctx.link("studio", state));
  });
  const tools = self === top ? h("div", { class: "panel no-print" }, show.node,
    h("h2", {}, t("studio.embed")), h("p", { class: "hint" }, t("studio.embed_hint")), code,
    h("div", { class: "acts" }, copy, download, back)) : null;
  root.append(h("h1", { class: "hidden" }, t("desk.room.card")), problem, paper, tools ?? "");
  let found = null;
  let span = null;
  fill(paper, h("p", { class: "soft" }, t("studio.solving")));

  function figures(state) {
    const row = found.regions.find((one) => one.region === state.show);
    const value = row ? row.real_income : found.player;
    const range = span && (row ? span.regions[state.show] : span.player);
    return {
      value: level(value),
      what: t("studio.card_what", { who: names.region(state.show), day: f.day(found.on), response: names.response(found.response) }),
      // What must be known of the number goes wherever the card goes.
      more: [said.assumed(state), ...said.noted(found)].filter(Boolean),
      range: range ? t("studio.range", { range: `${level(range.low)} … ${level(range.high)}`, n: span.sets }) : "",
      source: t("studio.card_source", { model: found.vintage.model, name: found.name, known: f.day(found.known) }),
    };
  }
  const map = (label, narrow = false) => tiles(Object.fromEntries(found.regions.filter((one) => one.treasury === base.player)
    .map((one) => [one.region, { value: one.real_income, text: level(one.real_income) }])), { label, narrow });

  // The card as one picture with literal colours and no script, which stands on any page.
  function picture() {
    const told = figures(ctx.get());
    const escape = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
    const inside = map(told.what);
    inside.querySelectorAll("rect:not([fill])").forEach((one) => one.setAttribute("fill", "#c9ced4"));
    inside.querySelectorAll("text").forEach((one) => {
      one.setAttribute("text-anchor", "middle");
      one.setAttribute("dominant-baseline", "central");
      one.setAttribute("fill", "#14181d");
    });
    const drawn = [...inside.childNodes].map((one) => new XMLSerializer().serializeToString(one))
      .join("").replaceAll(/ class="[^"]*"/g, "").replaceAll(' xmlns="http://www.w3.org/2000/svg"', "");
    const lines = wrapped(told.what, 62);
    const text = (y, size, fillColor, words, weight = 400) =>
      `<text x="24" y="${y}" font-size="${size}" font-weight="${weight}" fill="${fillColor}">${escape(words)}</text>`;
    const small = told.more.flatMap((one) => wrapped(one, 100));
    const least = 108 + 24 * lines.length;
    const top = least + 20 * small.length;
    return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 ${top + 400}" width="760" height="${top + 400}" font-family="system-ui,sans-serif" role="img" aria-label="${escape([told.value, told.what, ...told.more].join(" "))}">`
      + `<rect width="760" height="${top + 400}" fill="#ffffff"/>${text(68, 52, "#1b1f24", told.value, 700)}`
      + lines.map((line, at) => text(108 + 24 * at, 18, "#1b1f24", line)).join("")
      + small.map((line, at) => text(least + 20 * at, 14, "#57606a", line)).join("") + text(top, 15, "#57606a", told.range)
      + `<g transform="translate(24 ${top + 24})" font-size="14">${drawn}</g>`
      + `${text(top + 376, 13, "#57606a", told.source)}</svg>`;
  }

  function draw(state) {
    if (!found) return;
    const told = figures(state);
    fill(paper, h("p", { class: "big" }, told.value), h("h2", {}, told.what),
      told.more.map((one) => h("p", { class: "soft" }, one)), h("p", { class: "range" }, told.range || t("studio.range_soon")),
      map(told.what, innerWidth < 560), h("p", { class: "foot" }, told.source));
    code.value = `<figure style="margin:0">${picture()}</figure>`;
  }

  const ask = api.newest();
  let asked = "";
  const fail = (error) => {
    problem.hidden = false;
    fill(problem, t.wrong(error));
  };
  return {
    update(state) {
      show.set(state.show);
      const body = bodyOf(state, all);
      const key = JSON.stringify(body);
      if (key === asked) return draw(state);
      asked = key;
      ask(async (signal) => [await api.post("/api/studio", body, { signal }), await api.post("/api/studio/ranges", body, { signal })], ([answer, ranges]) => {
        problem.hidden = true;
        found = answer;
        span = ranges;
        draw(ctx.get());
      }, fail);
    },
  };
}

function wrapped(text, most) {
  const lines = [""];
  for (const word of text.split(" ")) {
    if ((lines.at(-1) + word).length > most) lines.push("");
    lines[lines.length - 1] += `${lines.at(-1) ? " " : ""}${word}`;
  }
  return lines;
}
