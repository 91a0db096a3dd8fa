// Horizontal bars with their names and values beside them; a zero line; ranges as whiskers.

import { s } from "../dom.js";
import { scale, svg } from "./frame.js";

// rows: [{ name, value, low, high, text, state, soft }]; state: in_force, signed or threatened.
export function bars(rows, { width = 640, label, nameWidth = 168, textWidth = 88, height = 28 } = {}) {
  const ends = rows.flatMap((row) => [row.value, row.low, row.high].filter(Number.isFinite));
  const low = Math.min(0, ...ends);
  const high = Math.max(0, ...ends, low === 0 ? 1e-12 : 0);
  const left = nameWidth + (low < 0 ? textWidth : 8);
  const x = scale(low, high, left, width - textWidth);
  const zero = x(0);
  let below = 0;
  const line = (row) => {
    const name = lines(row.name, nameWidth);
    const tall = Math.max(height, name.length * LINE + 10);
    const y = below + (tall - height) / 2;
    const middle = y + height / 2;
    below += tall;
    const end = x(row.value);
    const whisker = Number.isFinite(row.low) && Number.isFinite(row.high) && row.low < row.high;
    const beyond = row.value < 0
      ? Math.min(end, whisker ? x(row.low) : end) - 6
      : Math.max(end, whisker ? x(row.high) : end) + 6;
    const sign = row.value < 0 ? "loss" : "gain";
    return s("g", { class: row.soft ? "soft" : null },
      name.map((words, at) => s("text", { x: 0, y: middle + (at - (name.length - 1) / 2) * LINE, class: "name" }, words)),
      s("rect", {
        class: `bar ${row.state ?? (low < 0 ? sign : "in_force")}`,
        x: Math.min(zero, end), y: y + 5, width: Math.max(0.5, Math.abs(end - zero)), height: height - 10,
      }),
      whisker && s("path", {
        class: "whisker",
        d: `M${x(row.low)} ${middle}H${x(row.high)}M${x(row.low)} ${middle - 4}v8M${x(row.high)} ${middle - 4}v8`,
      }),
      s("text", { x: beyond, y: middle, class: `value ${row.value < 0 ? "end" : ""}` }, row.text));
  };
  const drawn = rows.map(line);
  return svg(width, below, label, drawn, s("path", { class: "zero", d: `M${zero} 0V${below}` }));
}

const LINE = 17;

// A name in as many lines as the room needs.
function lines(name, room) {
  const letters = Math.floor(room / 7.4);
  const out = [""];
  for (const word of name.split(" ")) {
    if (out.at(-1) && out.at(-1).length + 1 + word.length > letters) out.push("");
    out[out.length - 1] += (out.at(-1) && " ") + word;
  }
  return out;
}
