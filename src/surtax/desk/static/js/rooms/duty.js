// The duty desk: one shipment, ways to bring it in side by side, or a file of entries.

import { h } from "../dom.js";
import { entriesView } from "./duty/entries.js";
import { shipmentView } from "./duty/shipment.js";
import { waysView } from "./duty/ways.js";

export const name = "duty";
export const INTO = ["US", "CA", "CN", "EU", "MX"];
const VIEWS = { one: shipmentView, ways: waysView, file: entriesView };

export async function spec(api) {
  const { verified_to: last } = await api.get("/api/about");
  return {
    view: { type: "choice", choices: Object.keys(VIEWS), default: "one" },
    goods: { type: "text", default: "8703.23.01", max: 20 },
    from: { type: "text", default: "CA", max: 60 },
    into: { type: "choice", choices: INTO, default: "US" },
    value: { type: "text", default: "40000", max: 30 },
    on: { type: "date", default: last },
    known: { type: "date", default: "" },
    claims: { type: "list", max: 8 },
    facts: { type: "map" },
    quantity: { type: "text", max: 30 },
    unit: { type: "text", max: 30 },
    threatened: { type: "flag" },
    origins: { type: "list", default: ["CA", "MX", "CN"], max: 12 },
    days: { type: "list", max: 6 },
    prefer: { type: "flag" },
  };
}

export async function mount(root, ctx) {
  const { t } = ctx;
  const tabs = Object.fromEntries(Object.keys(VIEWS).map((view) => [view,
    h("button", { type: "button", onclick: () => ctx.set({ view }) }, t(`desk.duty.view.${view}`))]));
  const place = h("div", {});
  root.append(h("h1", {}, t("desk.room.duty")), h("p", { class: "soft lead" }, t("desk.duty.lead")),
    h("div", { class: "tabs", role: "group", "aria-label": t("desk.duty.views") }, Object.values(tabs)), place);
  const made = {};
  let shown = "";
  return {
    update(state) {
      if (state.view !== shown) {
        shown = state.view;
        made[shown] ??= VIEWS[shown](ctx);
        place.replaceChildren(made[shown].node);
        for (const [view, tab] of Object.entries(tabs)) tab.setAttribute("aria-pressed", String(view === shown));
      }
      made[shown].update(state);
    },
    destroy: () => Object.values(made).forEach((view) => view.destroy?.()),
  };
}
