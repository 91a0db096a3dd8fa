// Around every chart: its finding as the title, the picture, source and vintage, and its table.

import { fill, h, s } from "../dom.js";
import { downloads, table } from "../table.js";

// columns and rows: the chart's data as for table(); t: the words.
export function frame({ finding, picture, source, name, columns, rows, t, className = "" }) {
  const title = h("h3", {}, finding);
  const box = h("div", { class: "picture" }, picture);
  const foot = h("figcaption", {}, source);
  const data = h("div", {});
  const details = h("details", { ontoggle: () => details.open && fillTable() },
    h("summary", {}, t("desk.data_table")), data);
  let shown = { columns, rows };
  const fillTable = () =>
    fill(data, table({ caption: title.textContent, ...shown }), downloads(name, shown.columns, shown.rows, t));
  return {
    node: h("figure", { class: `chart ${className}` }, title, box, foot, details),
    update({ finding, picture, source, columns, rows }) {
      fill(title, finding);
      fill(box, picture);
      if (source !== undefined) fill(foot, source);
      shown = { columns, rows };
      if (details.open) fillTable();
    },
  };
}

// A picture fills its place, but its letters grow no larger than those of the page.
export function svg(width, height, label, ...children) {
  const picture = s("svg", { viewBox: `0 0 ${width} ${height}`, class: "pic", role: "img", "aria-label": label }, children);
  picture.style.maxWidth = `${Math.round(1.14 * width)}px`;
  return picture;
}

// About `count` round numbers from low to high.
export function ticks(low, high, count = 5) {
  const rough = (high - low || 1) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((one) => one * power).find((one) => one >= rough * 0.999);
  const out = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k += 1) {
    out.push(Number((k * step).toPrecision(12)));
  }
  return out;
}

export const scale = (low, high, from, to) => (value) =>
  from + ((value - low) / (high - low || 1)) * (to - from);
