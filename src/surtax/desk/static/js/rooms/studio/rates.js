// Rates by partner and sector: two sliders everybody asks for, and as many rows as are wanted.

import { button, select, slider } from "../../controls.js";
import { fill, h } from "../../dom.js";
import { parts, textOf } from "./state.js";

const USUAL = [{ origin: "CAN", into: "USA" }, { origin: "USA", into: "CAN" }];
const isUsual = (one, way) =>
  one && !one.goods && one.how === "add" && one.origin === way.origin && one.into === way.into;

// set(rates, { done }) changes the state's list.
export function rateControls({ t, f }, all, names, get, set) {
  const percent = (value) => f.pp(value / 100, 0);
  // What is free stands first, since the file says so too.
  const put = (rates, done = true) =>
    set([...rates].sort((a, b) => b.endsWith("free") - a.endsWith("free")), { done });
  const usual = USUAL.map((way) => {
    const move = (size, done) => {
      const rest = get().filter((text) => !isUsual(parts(text), way));
      put(size ? [...rest, textOf({ ...way, goods: "", how: "add", size })] : rest, done);
    };
    return {
      way,
      control: slider({
        label: t(`studio.rate.${way.origin}.${way.into}`), min: -25, max: 50, step: 1, value: 0, format: percent,
        oninput: (size) => move(size, false), onchange: (size) => move(size, true),
      }),
    };
  });
  const rows = h("div", { class: "rates" });
  let shown = [];
  const add = button(t("studio.rate.more"), () =>
    put([...get(), textOf({ goods: "STL", origin: "CAN", into: "USA", how: "add", size: 10 })]));
  const treasuries = [...new Set(all.scenarios[0].regions.map((one) => one.treasury))];
  const goods = all.scenarios[0].sectors.filter((one) => one.goods);

  function row(at) {
    const here = () => parts(shown[at].text);
    const change = (patch, done = true) => {
      const next = textOf({ ...here(), ...patch });
      const list = get();
      const place = list.indexOf(shown[at].text);
      shown[at].text = next;
      put(list.with(place, next), done);
    };
    const places = treasuries.map((code) => [code, names.region(code)]);
    const now = here();
    const control = {
      origin: select({ label: t("studio.rate.of"), choices: places, value: now.origin, onchange: (origin) => origin !== here().into && change({ origin }) }),
      into: select({ label: t("desk.into"), choices: places, value: now.into, onchange: (into) => into !== here().origin && change({ into }) }),
      goods: select({
        label: t("studio.rate.goods"), value: now.goods,
        choices: [["", t("studio.all_goods")], ...goods.map((one) => [one.name, names.sector(one.name)]),
          ...(now.goods.includes("+") ? [[now.goods, now.goods]] : [])],
        onchange: (value) => change({ goods: value }),
      }),
      how: select({
        label: t("studio.rate.how"), value: now.how,
        choices: ["add", "to", "free"].map((one) => [one, t(`studio.rate.${one}`)]),
        onchange: (how) => change({ how }),
      }),
      size: slider({
        label: t("studio.rate.size"), min: now.how === "add" ? -50 : 0, max: 100, step: 1, value: now.size,
        format: (value) => (here()?.how === "add" ? percent(value) : f.rate(value / 100)),
        oninput: (size) => change({ size }, false), onchange: (size) => change({ size }),
      }),
    };
    if (now.how === "free") control.size.node.hidden = true;
    const remove = button(t("studio.remove"), () => put(get().filter((text) => text !== shown[at].text)), { kind: "plain" });
    return h("fieldset", { class: "rate" }, h("legend", { class: "hidden" }, t("studio.rate.row")),
      h("div", { class: "pair" }, control.origin.node, control.into.node),
      h("div", { class: "pair" }, control.goods.node, control.how.node), control.size.node, remove);
  }

  return {
    node: h("div", {}, usual.map((one) => one.control.node), rows, add),
    update(rates) {
      for (const { way, control } of usual) {
        const found = rates.map(parts).find((one) => isUsual(one, way));
        control.set(found?.size ?? 0);
      }
      const others = rates.filter((text) => {
        const one = parts(text);
        return one && !USUAL.some((way) => isUsual(one, way));
      });
      const same = others.length === shown.length && others.every((text, at) => text === shown[at].text);
      const shape = (text) => parts(text).how;
      if (same && others.every((text, at) => shape(text) === shown[at].shape)) return;
      shown = others.map((text) => ({ text, shape: shape(text) }));
      fill(rows, shown.map((_, at) => row(at)));
    },
  };
}
