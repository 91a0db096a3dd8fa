// A day in the dispute.

import { h } from "../dom.js";

export const name = "day";
export const spec = {};

export async function mount(root, { t, f, api }) {
  const about = await api.get("/api/about");
  root.append(h("h1", {}, t("desk.room.day")), h("p", {}, f.day(about.verified_to)));
  return { update() {}, destroy() {} };
}
