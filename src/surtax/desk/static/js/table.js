// Tables that scroll inside themselves and can be taken away as CSV or JSON.

import { h } from "./dom.js";

// columns: [{ key, label, number: true, show(value, row), long: true }]; rows: plain objects.
export function table({ caption, columns, rows, foot = null, className = "" }) {
  const cell = (column, row, tag) => {
    const shown = column.show ? column.show(row[column.key], row) : row[column.key];
    return h(tag, { class: classes(column), scope: tag === "th" ? "row" : null }, shown ?? "");
  };
  const line = (row) => h("tr", { class: row.class ?? null },
    columns.map((column, at) => cell(column, row, at === 0 ? "th" : "td")));
  return h("div", { class: `scroll ${className}`, tabindex: "0", role: "region", "aria-label": caption },
    h("table", {},
      h("caption", {}, caption),
      h("thead", {}, h("tr", {}, columns.map((one) => h("th", { scope: "col", class: classes(one) }, one.label)))),
      h("tbody", {}, rows.map(line)),
      foot && h("tfoot", {}, line(foot))));
}

const classes = (column) =>
  [column.number && "n", column.long && "long"].filter(Boolean).join(" ") || null;

// Buttons that save the rows behind a table, unrounded.
export function downloads(name, columns, rows, t) {
  const keys = columns.map((one) => one.key);
  return h("p", { class: "downloads" },
    h("button", { type: "button", onclick: () => save(`${name}.csv`, "text/csv", toCsv(keys, rows)) },
      "CSV", h("span", { class: "hidden" }, ` ${t("desk.download_of", { what: name })}`)),
    h("button", { type: "button", onclick: () => save(`${name}.json`, "application/json", JSON.stringify(rows, null, 1)) },
      "JSON", h("span", { class: "hidden" }, ` ${t("desk.download_of", { what: name })}`)));
}

export function save(name, kind, text) {
  const address = URL.createObjectURL(new Blob([text], { type: kind }));
  h("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

export const toCsv = (keys, rows) =>
  [keys, ...rows.map((row) => keys.map((key) => row[key]))]
    .map((line) => line.map(cellOf).join(","))
    .join("\n") + "\n";

// Spreadsheets run text that begins like a formula: an apostrophe stops them.
function cellOf(value) {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  let text = typeof value === "object" ? JSON.stringify(value) : String(value);
  if (/^[=+\-@\t\r]/.test(text)) text = `'${text}`;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
