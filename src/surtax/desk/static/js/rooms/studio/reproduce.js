// “Reproduce this”: the command, the Python and the scenario file of a state.

import { button } from "../../controls.js";
import { fill, h } from "../../dom.js";
import { save } from "../../table.js";

export function reproduce({ t, api }) {
  const inside = h("div", {});
  let body = null;
  const ask = api.newest();
  const show = () => body && ask((signal) => api.post("/api/studio/file", body, { signal }), (told) => {
    const block = (words, text) => [h("h4", {}, words), h("pre", { tabindex: "0" }, text)];
    fill(inside, h("p", {}, t("studio.reproduce_hint")),
      block(t("studio.command"), told.command), block("Python", told.python), block(told.name, told.file),
      button(t("studio.save_file"), () => save(told.name, "application/yaml", told.file)));
  }, (error) => fill(inside, h("p", {}, t.wrong(error))));
  const node = h("details", { class: "reproduce", ontoggle: () => node.open && show() },
    h("summary", {}, t("studio.reproduce")), inside);
  return {
    node,
    told(next) {
      body = next;
      if (node.open) show();
    },
  };
}
