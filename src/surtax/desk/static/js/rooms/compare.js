// Compare: up to four scenarios or platforms on one baseline.

import { bars } from "../charts/bars.js";
import { frame } from "../charts/frame.js";
import { button, select, text } from "../controls.js";
import { fill, h, renew } from "../dom.js";
import { read, write } from "../state.js";
import { table } from "../table.js";
import { wording } from "./studio/assumed.js";
import { counted, moved } from "./studio/results.js";
import { bodyOf, fields, naming, offers, stateOf } from "./studio/state.js";

export const name = "compare";

const MOST = 4;
// What must be one for all, since figures of other assumptions cannot stand side by side.
const SAME = ["on", "known", "closure", "horizon", "elasticities"];

export const spec = { items: { type: "list", max: MOST, default: ["force-and-pivot", "retaliate-and-build"] } };

export async function mount(root, ctx) {
  const { t, f, api } = ctx;
  const all = await offers(api);
  const mine = await fields(api);
  const names = naming(t, all);
  const said = wording(ctx, all, names);
  const base = all.scenarios[0];
  const platform = new Map(all.platforms.map((one) => [one.platform, one]));
  // A response with nothing else changed, as the item that stands for it.
  const answers = new Map(base.responses.map((one) => [write({ response: one.name }, mine) || "-", one.name]));
  const level = (value) => f.change(value, 2);
  const money = (value) => f.bigMoney(value * 1e9, "CAD", { sign: true });
  const titleOf = (item, at) => (platform.has(item)
    ? (t.has(`studio.platform.${item}`) ? t(`studio.platform.${item}`) : platform.get(item).title)
    : answers.has(item) ? names.response(answers.get(item)) : t("studio.own_scenario", { letter: "ABCD"[at] }));
  const stateOfItem = (item) => (platform.has(item)
    ? read(write(stateOf(platform.get(item).state, all), mine), mine) : read(item === "-" ? "" : item, mine));
  const put = (items) => ctx.set({ items });
  const add = select({
    label: t("studio.add_platform"), value: "",
    choices: [["", "–"],
      { group: t("studio.of_responses"), choices: [...answers].map(([item, response]) => [item, names.response(response)]) },
      { group: t("studio.of_platforms"), choices: all.platforms.map((one) => [one.platform, titleOf(one.platform)]) }],
  });
  const more = button(t("studio.add"), () => {
    const item = add.get();
    if (item && !ctx.get().items.includes(item)) put([...ctx.get().items, item]);
    add.set("");
  });
  const pasted = text({
    label: t("studio.add_address"), hint: t("studio.add_address_hint"),
    onchange: (address) => {
      const query = address.includes("?") ? address.slice(address.indexOf("?") + 1) : address;
      if (!address) return;
      const item = write(read(query, mine), mine) || "-";
      pasted.set("");
      put([...ctx.get().items, item]);
    },
  });
  const chips = h("ul", { class: "chips" });
  const problem = h("p", { class: "notice wrong", hidden: true, role: "alert" });
  const bar = h("progress", { "aria-label": t("studio.busy") });
  const step = h("span", {});
  const busy = h("p", { class: "busy", hidden: true }, bar, step);
  const out = h("div", { class: "outcome", "aria-live": "polite" });
  root.append(h("h1", {}, t("desk.room.compare")), h("p", { class: "soft lead" }, t("studio.compare_lead")),
    h("div", { class: "panel" }, h("div", { class: "pair" }, h("div", { class: "with-act" }, add.node, more), pasted.node), chips), problem, busy, out);
  const ask = api.newest();

  function show(found) {
    const [first, ...rest] = found;
    const rows = rest.map((one, at) => ({
      ...one.answer, name: titleOf(ctx.get().items[at], at), low: one.span.player.low, high: one.span.player.high,
      opponent: one.answer.opponent, revenue: one.answer.revenue.find((r) => r.treasury === base.player).collected,
    }));
    const ranked = [...rows].sort((a, b) => b.player - a.player);
    const finding = t(rows.length > 1 ? "studio.compare_finding" : "studio.compare_one", {
      best: ranked[0].name, change: level(ranked[0].player), base: level(first.answer.player), who: names.region(base.player),
    });
    const source = t("studio.source", {
      world: first.answer.world, closure: names.choice("closure", first.answer.closure),
      elasticities: names.choice("elasticities", first.answer.elasticities), known: f.day(first.answer.known),
    });
    const lines = [{ name: t("studio.baseline"), player: first.answer.player, low: first.span.player.low, high: first.span.player.high, soft: true }, ...rows];
    const narrow = innerWidth < 560 ? { width: 350, nameWidth: 130, textWidth: 62 } : { nameWidth: 300 };
    const chart = frame({
      finding, t, name: "compare", source: [t("studio.compare_note", { n: first.span.sets }), " ", source],
      picture: bars(lines.map((one) => ({ name: one.name, value: one.player, low: one.low, high: one.high, text: level(one.player), soft: one.soft })), { label: finding, ...narrow }),
      columns: [{ key: "name", label: t("studio.scenario") }, ...["player", "low", "high"].map((key) => ({
        key, label: t(`studio.${key === "player" ? "income" : key}`), number: true, show: level,
      }))],
      rows: lines,
    });
    const regions = first.answer.regions.filter((one) => one.treasury === base.player);
    const column = (key, label, shower) => ({ key, label, number: true, show: shower });
    const heads = (shower) => [{ key: "name", label: "" }, column("base", t("studio.baseline"), shower), ...rows.map((one, at) => column(`v${at}`, one.name, shower))];
    const across = (name, of) => ({ name, base: of(first), ...Object.fromEntries(rest.map((one, at) => [`v${at}`, of(one)])) });
    const inRegion = (one, region) => one.answer.regions.find((r) => r.region === region);
    const wide = [
      ...["player", "opponent"].map((key) => across(names.region(base[key]), (one) => one.answer[key])),
      ...regions.map(({ region }) => across(names.region(region), (one) => inRegion(one, region).real_income)),
    ];
    // Of every region of the player, a figure that is another than its real income, with its range.
    const beside = (caption, key, spans, show) => [h("h2", {}, caption), table({
      caption, rows: regions.map(({ region }) => across(names.region(region), (one) => ({ value: inRegion(one, region)[key], ...one.span[spans][region] }))),
      columns: heads((one) => [show(one.value), h("span", { class: "soft cite" }, `${show(one.low)} … ${show(one.high)}`)]),
    })];
    const everywhere = found.flatMap((one) => one.answer.regions.filter((r) => r.treasury === base.player));
    wide.push({
      name: t("studio.revenue_of", { who: names.region(base.player) }), money: true,
      base: first.answer.revenue.find((r) => r.treasury === base.player).collected,
      ...Object.fromEntries(rows.map((one, at) => [`v${at}`, one.revenue])),
    });
    const shown = (value, row) => (row.money ? money(value) : level(value));
    // A platform's own text says what it is; a scenario of the studio, what it assumes.
    const lettered = ctx.get().items.map((item, at) => [titleOf(item, at), platform.has(item) || answers.has(item) ? "" : said.assumed(stateOfItem(item))]);
    const notes = new Set(found.flatMap((one) => said.noted(one.answer)));
    renew(out, chart.node, lettered.filter(([, what]) => what).map(([title, what]) => h("p", { class: "soft" }, h("strong", {}, title), " – ", what)),
      [...notes].map((one) => h("p", { class: "notice" }, one)), h("h2", {}, t("studio.side_by_side")), table({
      caption: t("studio.side_by_side"), rows: wide, columns: heads(shown),
    }),
    everywhere.some(moved) && beside(t("costs.real_income_per_head"), "real_income_per_head", "per_head", level),
    everywhere.every(counted) && [
      beside(t("studio.households"), "per_household", "per_household", (value) => f.signed(value, 0)),
      h("p", { class: "foot" }, t("more.households.note"))]);
    ctx.say(finding);
  }

  // How many of the scenarios are solved; 0 when all are.
  const tell = (at, of) => {
    busy.hidden = !at;
    out.classList.toggle("waiting", at > 0);
    if (!at) return;
    Object.assign(bar, { max: of, value: at - 1 });
    fill(step, t("studio.compare_busy", { at, of }));
  };

  return {
    update({ items }) {
      fill(chips, items.map((item, at) => h("li", {}, titleOf(item, at),
        !platform.has(item) && h("a", { href: `/studio?${item === "-" ? "" : item}` }, t("studio.open")),
        button("×", () => put(items.filter((_, k) => k !== at)), { title: t("studio.remove") }))));
      chips.querySelectorAll("button").forEach((one, at) => one.setAttribute("aria-label", t("desk.pair", { what: t("studio.remove"), value: titleOf(items[at], at) })));
      const states = items.map(stateOfItem);
      const differ = SAME.filter((key) => new Set(states.map((one) => one[key])).size > 1);
      problem.hidden = !differ.length && items.length > 0;
      busy.hidden = true;
      out.classList.remove("waiting");
      if (!items.length) {
        fill(problem, t("studio.compare_none"));
        fill(out);
        return;
      }
      if (differ.length) {
        fill(problem, t("studio.compare_differ", { what: f.list(differ.map((key) => t(`studio.field.${key}`))) }));
        fill(out);
        return;
      }
      const shared = Object.fromEntries(SAME.map((key) => [key, states[0][key]]));
      const every = [read(write(shared, mine), mine), ...states].map((one) => bodyOf(one, all));
      ask(async (signal) => {
        const found = [];
        for (const body of every) {
          tell(found.length + 1, every.length);
          found.push({ answer: await api.post("/api/studio", body, { signal }), span: await api.post("/api/studio/ranges", body, { signal }) });
        }
        return found;
      }, (found) => {
        tell(0);
        show(found);
      }, (error) => {
        tell(0);
        problem.hidden = false;
        fill(problem, t.wrong(error));
      });
    },
  };
}
