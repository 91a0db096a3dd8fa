// Shares that change on certain days and stand between them, stacked: steps over a span of days.

import { toDay, toNumber } from "../controls.js";
import { s } from "../dom.js";
import { scale, svg, ticks } from "./frame.js";

// turns: [{ from, values: { name: share } or null, range: { low, high } or null }]; series: [{ name,
// color }], the lowest first; the ends of the range are thin lines over them;
// on, known: days marked by a line, what lies after `known` is as it was foreseen then.
export function steps(turns, series, { since, until, on, known, label, f, said, onpick, width = 640, height = 260 }) {
  const left = 40, right = 8, top = 24, bottom = 28;
  const days = [...turns.map((turn) => toNumber(turn.from)), toNumber(until) + 1];
  const x = scale(toNumber(since), toNumber(until) + 1, left, width - right);
  const total = (turn) => (turn.values ? Object.values(turn.values).reduce((a, b) => a + b, 0) : 0);
  const reach = Math.max(0.01, ...turns.flatMap((turn) => [total(turn), turn.range?.high ?? 0]));
  const y = scale(0, reach * 1.04, height - bottom, top);
  const areas = series.map((one, k) => {
    let path = "";
    turns.forEach((turn, at) => {
      if (!turn.values) return;
      const below = series.slice(0, k).reduce((sum, other) => sum + (turn.values[other.name] ?? 0), 0);
      const here = turn.values[one.name] ?? 0;
      if (!here) return;
      const [a, b] = [x(days[at]), x(days[at + 1])];
      path += `M${a} ${y(below)}V${y(below + here)}H${b}V${y(below)}Z`;
    });
    return s("path", { class: `area ${one.color}`, d: path });
  });
  const ends = ["low", "high"].map((end) => {
    let path = "";
    turns.forEach((turn, at) => {
      if (!turn.range || turn.range.high - turn.range.low < 5e-5) return;
      path += `${path && turns[at - 1]?.range ? "L" : "M"}${x(days[at])} ${y(turn.range[end])}H${x(days[at + 1])}`;
    });
    return s("path", { class: "ends", d: path });
  });
  const grid = ticks(0, reach, 4).map((value) => [
    s("path", { class: value ? "grid" : "zero", d: `M${left} ${y(value)}H${width - right}` }),
    s("text", { class: "soft end", x: left - 6, y: y(value) }, f.number(100 * value, reach < 0.04 ? 1 : 0)),
  ]);
  const months = monthStarts(since, until, width).map((day) =>
    s("text", { class: "soft", x: x(toNumber(day)), y: height - 10 }, f.month(day)));
  const line = (day, kind) => s("path", { class: kind, d: `M${x(toNumber(day))} ${top - 6}V${height - bottom}` });
  const beyond = known && known < until && s("rect", {
    class: "beyond", x: x(toNumber(known)), y: top, width: width - right - x(toNumber(known)), height: height - bottom - top,
  });
  const word = (day, text, row) => {
    const at = x(toNumber(day));
    return s("text", { class: at > width * 0.7 ? "end" : null, x: at + (at > width * 0.7 ? -4 : 4), y: 8 + row }, text);
  };
  const picture = svg(width, height, label, s("text", { class: "soft end", x: left - 6, y: 8 }, "%"),
    grid, areas, beyond, ends, known && known !== on && [line(known, "known"), word(known, said.known, 0)],
    line(on, "now"), word(on, said.on, known && known !== on ? 14 : 0), months);
  if (onpick) {
    picture.classList.add("pick");
    picture.addEventListener("click", (event) => {
      const box = picture.getBoundingClientRect();
      const at = ((event.clientX - box.left) / box.width) * width;
      const back = scale(left, width - right, toNumber(since), toNumber(until) + 1);
      const day = Math.floor(Math.min(toNumber(until), Math.max(toNumber(since), back(at))));
      onpick(toDay(day));
    });
  }
  return picture;
}

// Months far enough from one another for their names, quarters, halves or years.
function monthStarts(since, until, width) {
  const out = [];
  const month = (30.4 * width) / (toNumber(until) - toNumber(since) || 1);
  const every = [3, 6, 12].find((months) => months * month > 88) ?? 24;
  const at = new Date(`${since.slice(0, 7)}-01T00:00:00Z`);
  for (; at.toISOString().slice(0, 10) <= until; at.setUTCMonth(at.getUTCMonth() + every)) {
    const day = at.toISOString().slice(0, 10);
    if (day >= since && toNumber(until) - toNumber(day) > 40) out.push(day);
  }
  return out;
}
