// Canada as equal squares, one for each province and territory: people are not acres.

import { s } from "../dom.js";
import { svg } from "./frame.js";

const WIDE = {
  YT: [0, 0], NT: [1, 0], NU: [2, 0], BC: [0, 1], AB: [1, 1], SK: [2, 1], MB: [3, 1], ON: [4, 1],
  QC: [5, 1], NL: [6, 0], PE: [6, 1], NB: [5, 2], NS: [6, 2],
};
// On a phone seven columns are too small: the east moves under the west.
const NARROW = { ...WIDE, ON: [0, 2], QC: [1, 2], NL: [3, 2], NB: [1, 3], PE: [2, 3], NS: [3, 3] };
const ENDS = { loss: [224, 128, 32], gain: [86, 160, 211] };

// Blue for gains, orange for losses, white at zero; full colour at ±reach.
export function diverging(value, reach) {
  const share = reach ? Math.min(1, Math.abs(value) / reach) : 0;
  const end = value < 0 ? ENDS.loss : ENDS.gain;
  return `#${end.map((one) => Math.round(255 + (one - 255) * share).toString(16).padStart(2, "0")).join("")}`;
}

// values: { ON: { value, text, soft } }; soft: a second, lighter line, such as the range.
export function tiles(values, { label, narrow = false, reach = null }) {
  const grid = narrow ? NARROW : WIDE;
  const size = narrow ? 84 : 96;
  const gap = narrow ? 4 : 6;
  const found = Object.values(values).map((one) => Math.abs(one.value));
  const most = reach ?? Math.max(1e-12, ...found);
  const tile = ([code, [column, row]]) => {
    const one = values[code];
    const x = column * (size + gap);
    const y = row * (size + gap);
    const middle = x + size / 2;
    return s("g", { class: one ? "tile" : "tile none" },
      s("rect", { x, y, width: size, height: size, rx: 4, fill: one ? diverging(one.value, most) : null }),
      s("text", { x: middle, y: y + size * 0.26, class: "mid code" }, code),
      one && s("text", { x: middle, y: y + size * 0.52, class: "mid value" }, one.text),
      one?.soft && s("text", { x: middle, y: y + size * 0.78, class: "mid spread" }, one.soft));
  };
  const columns = narrow ? 4 : 7;
  const rows = narrow ? 4 : 3;
  return svg(columns * (size + gap) - gap, rows * (size + gap) - gap, label, Object.entries(grid).map(tile));
}
